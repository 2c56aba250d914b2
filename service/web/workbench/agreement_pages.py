"""How far people agree: in words first, the figures one click below, and single pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response
from markupsafe import Markup
from sqlalchemy import Connection

from annotations.numbers_shown import ranging
from annotations.store.described_transcripts import described_transcripts
from annotations.store.transcripts import all_texts
from service.access.policy import Action
from service.access.transcript_access import sees
from service.agreement.in_words import BOUNDS, framework_only, in_words, sentences
from service.agreement.kept_report import SLICED as SLICES
from service.agreement.kept_report import (
    KeptReport,
    arguments_of,
    asked_by,
    figures_of_comparison,
    kept_report,
)
from service.agreement.page import figures_in_page
from service.agreement.report import ReportScope, chosen_transcripts
from service.composition import Parts
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
# whoever is limited to sites of which nothing is in the study asks about none
NO_SITE = "no site of yours"
Figure = tuple[str, str, str, str, float | None, str, int, int]
_COEFFICIENTS = {
    "kappa": "κ",
    "alpha": "α",
    "positive": "positive agreement",
    "negative": "negative agreement",
    "percent": "alike",
    "ac1": "AC1",
    "alpha masi": "α with MASI",
}
_COLUMNS = (
    ListColumn[Figure]("code", "What", lambda row: row[1]),
    ListColumn[Figure]("framework", "Framework", lambda row: row[0], choice=True),
    ListColumn[Figure]("coefficient", "Figure", lambda row: row[2], choice=True),
    ListColumn[Figure](
        "value", "Value", lambda row: row[4], text=lambda row: "" if row[4] is None else f"{row[4]:.2f}"
    ),
    ListColumn[Figure]("interval", "95 %, or why there is none", lambda row: row[5]),
    ListColumn[Figure]("units", "Segments", lambda row: row[6]),
    ListColumn[Figure]("groups", "Participants", lambda row: row[7]),
)


@router.get("/agreement")
def words(visit: VisitedNow) -> Response:
    """The report in words."""
    visit.must(Action.SEE_FIGURES)
    asked, framework = _asked(visit)
    with visit.parts.store.reading() as connection:
        common = _common(visit, connection, asked, framework)
    kept: KeptReport | None = common["kept"]
    said = None
    if kept is not None:
        report = framework_only(kept.report, framework)
        said = in_words(report)
        common |= {"gist": list(sentences(said)), "facts": report.facts, "bounds": BOUNDS}
    return visit.page("workbench/agreement.html", said=said, **common)


@router.get("/agreement/figures")
def figures(visit: VisitedNow) -> Response:
    """The tables and plots."""
    visit.must(Action.SEE_FIGURES)
    asked, framework = _asked(visit)
    with visit.parts.store.reading() as connection:
        common = _common(visit, connection, asked, framework)
    kept: KeptReport | None = common["kept"]
    report = None if kept is None else framework_only(kept.report, framework)
    body = "" if report is None else Markup(figures_in_page(report))  # noqa: S704 (made by our own template)
    return visit.page("workbench/agreement_figures.html", body=body, **common)


@router.get("/agreement/pairs")
def pairs(visit: VisitedNow) -> Response:
    """Every figure of one comparison, as a list: of two people, of a condition, of the model with somebody."""
    visit.must(Action.SEE_FIGURES)
    asked, framework = _asked(visit)
    query = visit.request.query_params
    with visit.parts.store.reading() as connection:
        common = _common(visit, connection, asked, framework)
        kept: KeptReport | None = common["kept"]
        known = (
            {} if kept is None else {str(at): comparison for at, comparison in enumerate(kept.comparisons)}
        )
        wanted = known.get(query.get("who", "0"))
        figures = () if wanted is None else figures_of_comparison(connection, asked, wanted)
    rows: list[Figure] = [
        (
            figure.framework or "all frameworks",
            figure.code or _LEVELS.get(figure.level, figure.level),
            _COEFFICIENTS.get(figure.coefficient, figure.coefficient),
            figure.level,
            figure.value,
            ranging(figure.interval) if figure.interval else figure.reason or figure.interval_reason or "",
            figure.units,
            figure.groups,
        )
        for figure in figures
        if not framework or figure.framework in ("", framework)
    ]
    shown = ShownList(
        rows,
        _COLUMNS,
        asked_of(query),
        path="/agreement/pairs",
        noun="figure",
        size=100,
        also=arguments_of(asked) | {"who": query.get("who", "0")},
    )
    if shown.asked.take:
        return visit.takes(shown, "agreement")
    return visit.page(
        "workbench/agreement_pairs.html",
        list=shown,
        wanted=wanted,
        who=[(at, comparison.in_words) for at, comparison in known.items()],
        who_now=query.get("who", "0"),
        **common,
    )


@router.post("/agreement/measure")
def measure(
    visit: VisitedNow,
    wave: Annotated[str, Form()] = "",
    case: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """Let a worker measure this anew. Raises BadInput for a wave, case or site that no transcript has."""
    visit.must(Action.CHANGE_MODELS, asked="have agreement measured anew")
    asked = asked_by({"wave": wave or None, "case": case or None, "site": site or None})
    with visit.parts.store.reading() as connection:
        chosen_transcripts(all_texts(connection), asked)
    return ask_job(visit, "measure", arguments_of(asked), back=_address("/agreement", asked))


_LEVELS = {
    "all": "coded at all",
    "framework": "coded at all, by this framework",
    "mean of codes": "mean of codes",
    "labelling": "which codes, where both coded",
    "sets of codes": "sets of codes",
}


def _asked(visit: Visit) -> tuple[ReportScope, str]:
    query = visit.request.query_params
    asked = asked_by({key: query.get(key) or None for key in SLICES})
    if visit.viewer.sites is not None:
        own = _own_sites(visit)
        # figures of every site would tell of the others
        asked = replace(asked, site=asked.site if asked.site in own else next(iter(own), NO_SITE))
    return asked, query.get("framework", "")[:200]


def _own_sites(visit: Visit) -> list[str]:
    with visit.parts.store.reading() as connection:
        texts = described_transcripts(connection)
    # one that its participant closed to this site counts in no figure that somebody there may see
    closed = {text.site for text in texts if not sees(visit.viewer, text)}
    return sorted(
        site for site in {text.site for text in texts} - closed - {""} if visit.viewer.sees_site(site)
    )


def _address(path: str, asked: ReportScope, **more: str) -> str:
    said = urlencode(arguments_of(asked) | {key: value for key, value in more.items() if value})
    return f"{path}?{said}" if said else path


def _common(visit: Visit, connection: Connection, asked: ReportScope, framework: str) -> dict[str, Any]:
    parts: Parts = visit.parts
    kept = kept_report(connection, parts, asked)
    arguments = arguments_of(asked)
    transcripts = [
        text
        for text in described_transcripts(connection)
        if visit.viewer.sees_site(text.site or None) and sees(visit.viewer, text)
    ]
    options = {key: sorted({getattr(transcript, key) for transcript in transcripts} - {""}) for key in SLICES}
    return {
        "kept": kept,
        "job": latest_job(connection, "measure", lambda asked_with: dict(asked_with) == arguments),
        "arguments": arguments,
        "framework": framework,
        "frameworks": [framework.name for framework in parts.codebook.frameworks],
        "options": {key: values for key, values in options.items() if len(values) > 1},
        "limited": asked.site if visit.viewer.sites is not None else "",
        "may_measure": visit.may(Action.CHANGE_MODELS),
        "address": lambda path, **more: _address(path, asked, **({"framework": framework} | more)),
    }
