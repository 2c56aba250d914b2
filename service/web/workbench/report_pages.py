"""The report of methods and results, summaries for member checking, and what was answered to them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response, status

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.store.described_transcripts import described_transcripts
from annotations.store.member_checks import MemberCheck, all_member_checks
from service.access.policy import Action
from service.audit import Did
from service.results.asked_fields import PART, plain_fields
from service.results.check_words import check_json
from service.results.member_answers import (
    ANSWERS,
    COLUMNS,
    FaultyAnswer,
    GivenAnswer,
    KeptAnswers,
    import_answers,
    record_answer,
)
from service.taking_out.all_exports import kind_named
from service.taking_out.export_makers import Wish
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit
from service.web.workbench.given import Given, Sent
from service.web.workbench.in_force import VisitedNow
from service.web.workbench.made_exports import ask_export
from service.web.workbench.result_choices import choices_for

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH = "/results/report"
REPORT = (*PART, "role", "outcome", "for_site")
SUMMARY = ("for", "for_site")
# how the form calls what a command's option names
_FIELDS = {
    "for": "Whose summary",
    "answer": "Answer",
    "what": "What they said",
    "date": "Day",
    "answered_by": "Who answered for the case",
    "phase": "Phase",
    "code": "Code",
    "by": "Who records it",
}


@router.get(PATH)
def report(visit: VisitedNow) -> Response:
    """The forms, and the answers so far."""
    return _page(visit)


@router.post(PATH)
def make_report(visit: VisitedNow, sent: Sent) -> Response:
    """As "tandem report --out FILE" does; a worker makes it."""
    visit.must(Action.EXPORT)
    return _ask(visit, "report", REPORT, sent, ("with_quotes",))


@router.post(f"{PATH}/summary")
def make_summary(visit: VisitedNow, sent: Sent) -> Response:
    """As "tandem report --for NAME --out FILE" does."""
    visit.must(Action.EXPORT)
    return _ask(visit, "summary", SUMMARY, sent, ())


@router.post(f"{PATH}/answer")
def answer(visit: VisitedNow, sent: Sent) -> Response:
    """Record what somebody answered to a summary."""
    visit.must(Action.DECIDE_CODES)
    typed = {name: sent.text(name) for name in _FIELDS if name != "by"}
    given = GivenAnswer(
        typed["for"],
        typed["answer"],
        typed["what"],
        typed["date"],
        typed["answered_by"],
        typed["phase"],
        typed["code"],
    )
    try:
        with visit.parts.alone("report"):
            kept = record_answer(visit.parts, given, by=visit.viewer.name)
    except FaultyAnswer as error:
        return _page(
            visit, fault=f"{_FIELDS[error.option]}: {error.reason}. Nothing was recorded.", typed=typed
        )
    if kept.kept:
        audit(visit, Did.DECIDED, kept.kept[0].owner, what="answer of a participant")
    return saved(PATH, form="answer") if kept.kept else _page(visit, said=_told(kept))


@router.post(f"{PATH}/answers")
def answers(visit: VisitedNow, sent: Sent) -> Response:
    """As "tandem report --answers FILE" does; without "keep" it says what would change."""
    visit.must(Action.DECIDE_CODES)
    files = sent.files("table")
    if not files:
        return _page(visit, fault="Choose a table of answers. Nothing was recorded.")
    name = Path(files[0].filename or "answers.csv").name
    with tempfile.TemporaryDirectory(prefix="tandem-") as folder:
        file = Path(folder) / f"answers{Path(name).suffix.casefold()[:8]}"
        file.write_bytes(files[0].file.read())
        try:
            with visit.parts.alone("report"):
                kept = import_answers(
                    visit.parts, file, by=visit.viewer.name, dry_run=not sent.ticked("really")
                )
        except BadInput as error:
            return _page(visit, fault=str(error).replace(str(file), name))
    if kept.dry_run:
        return _page(
            visit,
            said=f"{name}: {_told(kept)} Nothing was recorded yet: choose it again and tick “record them”.",
        )
    audit(visit, Did.IMPORTED, name, kind="answers of participants")
    return saved(PATH, form="answers")


def _ask(visit: Visit, key: str, names: tuple[str, ...], sent: Given, switches: tuple[str, ...]) -> Response:
    fields = plain_fields({name: sent.all(name) for name in names}, names)
    narrowed = {name: tuple(values) for name, values in fields.items()}
    ticked = frozenset(name for name in switches if sent.ticked(name))
    try:
        return ask_export(visit, kind_named(key), ".docx", Wish(narrowed, ticked))
    except BadInput as error:
        return _page(visit, fault=str(error), fields=fields)


def _page(
    visit: Visit,
    *,
    fault: str = "",
    said: str = "",
    typed: dict[str, str] | None = None,
    fields: dict[str, list[str]] | None = None,
) -> Response:
    visit.must(Action.EXPORT)
    book = visit.parts.codebook
    with visit.parts.store.reading() as connection:
        checks = all_member_checks(connection)
        given = described_transcripts(connection)
        choices = choices_for(visit, connection, REPORT, fields or {})
        quotes_for = choices_for(visit, connection, ("for_site",), {})
    shown = ShownList(
        checks,
        _columns(visit),
        asked_of(visit.request.query_params),
        path=PATH,
        noun="answer",
        empty="No answer is recorded yet.",
    )
    if shown.asked.take:
        return visit.takes(shown, "answers")
    phases = [
        code.name for code in book if book.framework(code.framework).role == "phase" and code.applicable
    ]
    return visit.page(
        "workbench/report.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        choices=choices,
        quotes_for=quotes_for,
        participants=sorted({kept.participant for kept in given} - {""}),
        cases=sorted({kept.case for kept in given} - {""}),
        codes=[code.path for code in book.applicable],
        phases=phases,
        answers=ANSWERS,
        columns=", ".join(COLUMNS),
        list=shown,
        faults=fault.splitlines(),
        said=said,
        typed=typed or {},
    )


def _columns(visit: Visit) -> tuple[ListColumn[MemberCheck], ...]:
    label = visit.parts.codebook.label

    def plain(check: MemberCheck) -> dict[str, Any]:
        return check_json(check, words=True, label=label)

    return (
        ListColumn("of", "Summary of", lambda row: row.owner),
        ListColumn("who", "Answered by", lambda row: row.answered_by),
        ListColumn("answer", "Answer", lambda row: row.answer, choice=True),
        ListColumn("day", "Day", lambda row: row.given.isoformat()),
        ListColumn("about", "About", lambda row: plain(row)["code"] or "all of it"),
        ListColumn("phase", "Phase", lambda row: plain(row)["phase"]),
        ListColumn("what", "What they said", lambda row: row.words),
        ListColumn("by", "Recorded by", lambda row: row.by, choice=True),
    )


def _told(kept: KeptAnswers) -> str:
    return f"{counted(len(kept.kept), 'new answer')}, {kept.unchanged} as before."
