"""Model versions: what each is worth, which serves, and what a suggestion rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response, status
from sqlalchemy import Connection

from annotations.errors import BadInput, TandemError
from annotations.numbers_shown import number, rounded_percent
from annotations.store.chosen_cuts import chosen_for
from annotations.store.model_versions import (
    ModelVersion,
    champion,
    get_model,
    model_by_id,
    previous_champion,
)
from service.access.policy import Action
from service.audit import Did
from service.looking.model_chain import ListedModel, ModelChain, listed_models, model_chain
from service.looking.trace import trace_suggestion
from service.looking.wave_progress import models_now
from service.serving.evaluation_in_words import in_a_sentence
from service.serving.model_codes import CodeInModel, codes_in_model, what_coders_notice
from service.serving.promote_by_hand import promote_by_hand, roll_back
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.moment_column import moment_column
from service.web.pages import Visit, saved
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.audit import audit
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH, TRACE = "/models", "/models/trace"
Reason = Annotated[str, Form(max_length=5000)]
# the version that the form named, so that a form that was opened earlier does nothing else
Shown = Annotated[str, Form(max_length=40)]
_JUDGED_BY = {"judge set": "participants set aside", "cross-validation": "cross-validation"}


def _stands(row: ListedModel) -> str:
    if row.erased:
        return "erased"
    return "serves" if row.serves else "served before" if row.served else "never served"


def _percent(value: float | None) -> str:
    return "" if value is None else rounded_percent(value)


def _version_columns(zone: tzinfo) -> tuple[ListColumn[ListedModel], ...]:
    return (
        ListColumn[ListedModel](
            "version", "Version", lambda row: int(row.version.lstrip("v") or 0), text=lambda row: row.version,
            address=lambda row: f"{PATH}/{row.version}",
        ),
        ListColumn[ListedModel]("stands", "Stands", _stands, choice=True),
        ListColumn[ListedModel]("verdict", "Rule of promotion", lambda row: row.verdict, choice=True),
        ListColumn[ListedModel]("f1", "F1", lambda row: row.f1, text=lambda row: "" if row.f1 is None else number(row.f1)),
        ListColumn[ListedModel](
            "kappa", "κ with coders", lambda row: row.kappa, text=lambda row: "" if row.kappa is None else number(row.kappa)
        ),
        ListColumn[ListedModel]("by", "Judged by", lambda row: _JUDGED_BY.get(row.measured_on or "", "nobody")),
        ListColumn[ListedModel]("reviews", "Reviews learnt from", lambda row: row.reviews),
        ListColumn[ListedModel]("codes", "Codes suggested", lambda row: row.codes),
        moment_column("created", "Made", lambda row: row.created, zone),
    )  # fmt: skip


_CODES = (
    ListColumn[CodeInModel]("code", "Code", lambda row: row.code),
    ListColumn[CodeInModel]("framework", "Framework", lambda row: row.framework, choice=True),
    ListColumn[CodeInModel]("judged_on", "Judged on", lambda row: row.judged_on),
    ListColumn[CodeInModel](
        "ticks", "Comes ticked", lambda row: "yes" if row.cut is not None else "no", choice=True,
        text=lambda row: f"from {row.cut:.2f}" if row.cut is not None else "no",
    ),
    ListColumn[CodeInModel](
        "right", "Ticks that were right", lambda row: row.ticks_right,
        text=lambda row: "" if row.ticks_right is None else f"{_percent(row.ticks_right)} of {row.ticked}",
    ),
    ListColumn[CodeInModel](
        "recall", "Among the first five", lambda row: row.recall_at_5, text=lambda row: _percent(row.recall_at_5)
    ),
    ListColumn[CodeInModel]("f1", "F1", lambda row: row.f1, text=lambda row: "" if row.f1 is None else number(row.f1)),
    ListColumn[CodeInModel](
        "kappa", "κ with coders", lambda row: row.kappa, text=lambda row: "" if row.kappa is None else number(row.kappa)
    ),
    ListColumn[CodeInModel]("why", "What it lacks", lambda row: row.needs or row.why_not),
)  # fmt: skip


@router.get(PATH)
def versions(visit: VisitedNow) -> Response:
    """Every version, the newest first, and the training that runs."""
    visit.must(Action.SEE_MODELS)
    with visit.parts.store.reading() as connection:
        rows = listed_models(connection)
        job = latest_job(connection, "train")
        now = models_now(connection, visit.parts)
        serving = champion(connection)
        previous = previous_champion(connection) if serving else None
        said = _said(connection, serving.model) if serving else ()
    shown = ShownList(
        tuple(reversed(rows)),
        _version_columns(visit.zone),
        asked_of(visit.request.query_params),
        path=PATH,
        noun="version",
        empty="No model has been trained yet.",
    )
    if shown.asked.take:
        return visit.takes(shown, "models")
    return visit.page(
        "workbench/models.html",
        list=shown,
        job=job,
        progress=now,
        said=said,
        previous=previous and previous.version,
    )


@router.post(f"{PATH}/train")
def train(visit: VisitedNow) -> Response:
    """Let a worker train."""
    visit.must(Action.CHANGE_MODELS)
    return ask_job(visit, "train", {}, back=PATH)


@router.post(f"{PATH}/rollback")
def rollback(visit: VisitedNow, reason: Reason = "", to: Shown = "") -> Response:
    """As "tandem models rollback" does, if it still leads to the version that the page named."""
    visit.must(Action.CHANGE_MODELS)
    with visit.parts.alone("models rollback"):
        model = roll_back(visit.parts.read_again(), by=visit.viewer.name, reason=_given(reason), to=to)
    audit(visit, Did.PROMOTED, model.version, how="rolled back")
    return saved(f"{PATH}/{model.version}", form="rollback")


@router.get(TRACE)
def trace(visit: VisitedNow) -> Response:
    """What a suggestion rests on."""
    visit.must(Action.CHANGE_MODELS)
    visit.must(Action.READ_TEXT)
    query = visit.request.query_params
    asked, version = query.get("suggestion", "").strip()[:500], query.get("version", "").strip()[:40]
    traced, fault = None, ""
    if asked:
        try:
            traced = trace_suggestion(visit.parts, asked, version=version or None)
            visit.reads(traced.suggestion.transcript)
        except TandemError as error:
            fault = str(error)
    code = status.HTTP_404_NOT_FOUND if fault else status.HTTP_200_OK
    return visit.page(
        "workbench/trace.html", code=code, found=traced, asked=asked, version=version, fault=fault
    )


@router.get(f"{PATH}/{{version}}")
def one_version(visit: VisitedNow, version: str) -> Response:
    """One version with everything that is known of it."""
    return _one(visit, version)


@router.post(f"{PATH}/{{version}}/promote")
def promote(visit: VisitedNow, version: str, reason: Reason = "") -> Response:
    """As "tandem models promote" does."""
    visit.must(Action.CHANGE_MODELS)
    try:
        given = _given(reason)
    except BadInput as error:
        return _one(visit, version, fault=str(error))
    with visit.parts.alone("models promote"):
        model = promote_by_hand(visit.parts.read_again(), version, by=visit.viewer.name, reason=given)
    audit(visit, Did.PROMOTED, model.version)
    return saved(f"{PATH}/{model.version}", form=f"promote-{version}")


def _one(visit: Visit, version: str, fault: str = "") -> Response:
    visit.must(Action.SEE_MODELS)
    parts, book = visit.parts, visit.parts.codebook
    least = parts.study.config.aim.least_precision
    with parts.store.reading() as connection:
        model = get_model(connection, version)
        chain: ModelChain = model_chain(parts, connection, model)
        serving = champion(connection)
        parent = None if model.parent is None else model_by_id(connection, model.parent)
        said = _said(connection, model)
        codes = codes_in_model(model, book, least, chosen_for(connection, model.id))
        serves = serving is not None and serving.model.id == model.id
        other = parent if serves or serving is None else serving.model
        before = () if other is None else codes_in_model(other, book, least, chosen_for(connection, other.id))
    shown = ShownList(
        sorted(
            codes, key=lambda code: not code.judged_on
        ),  # most codebooks have many codes that nobody has used yet
        _CODES,
        asked_of(visit.request.query_params),
        path=f"{PATH}/{version}",
        noun="code",
        size=100,
    )
    if shown.asked.take:
        return visit.takes(shown, f"model-{version}")
    return visit.page(
        "workbench/model.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        chain=chain,
        list=shown,
        serves=serves,
        other=other and other.version,
        notices=what_coders_notice(codes, before).sentences if other else (),
        said=said,
        worth=_worth(model.figures),
        ticking=[code for code in codes if code.cut is not None and code.ticked],
        lacking=sum(bool(code.needs) for code in codes),
        fault=[fault] if fault else [],
        number=lambda value: "" if value is None else number(value),
    )


def _said(connection: Connection, model: ModelVersion) -> tuple[str, ...]:
    """What a version is worth, in plain sentences."""
    parent = None if model.parent is None else model_by_id(connection, model.parent)
    return in_a_sentence(
        model.version,
        model.figures,
        verdict=model.verdict,
        parent=None if parent is None else parent.version,
        compared=bool((model.comparison or {}).get("groups")),
    )


def _worth(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Figures beside the main ones, with their names; what was not measured is left out."""
    named = (
        ("F1, mean of codes", "overall", "macro_f1"),
        ("Average precision, mean of codes", "overall", "macro_ap"),
        ("Is it coded at all: κ", "spotting", "kappa"),
        ("Which codes, where coders coded: F1", "labelling", "micro_f1"),
    )
    values = ((title, (figures.get(part) or {}).get(key)) for title, part, key in named)
    return [(title, number(value)) for title, value in values if value is not None]


def _given(reason: str) -> str:
    if not reason.strip():
        raise BadInput(
            "say why: the reason is kept with the decision, for whoever asks later. Nothing was changed."
        )
    return reason
