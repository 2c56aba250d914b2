"""How good suggestions are on people whose words the model never saw, and what a random split would have claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, Response

from annotations.groups import GroupBy
from annotations.numbers_shown import number
from service.access.policy import Action
from service.serving.evaluation_in_words import (
    EvaluatedCode,
    at_random_in_words,
    effort_in_words,
    evaluated_codes,
    main_rows,
    no_kappa_in_words,
    people_rows,
    repeated_in_words,
    ticks_in_words,
    why_no_interval,
)
from service.serving.kept_evaluation import group_by_of, kept_evaluation
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit
from service.web.workbench.asked_jobs import ask_job, latest_job
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH = "/models/unseen"
_WORDS = {
    "participant": "participant",
    "transcript": "transcript",
    "site": "site",
    "case": "case",
}
# a document of nobody is judged like a participant, and is none
_MANY = {
    "participant": "participants or documents",
    "transcript": "transcripts",
    "site": "sites",
    "case": "cases",
}


def _shown(value: float | None) -> str:
    return "" if value is None else number(value)


_CODES = (
    ListColumn[EvaluatedCode]("code", "Code", lambda row: row.code),
    ListColumn[EvaluatedCode]("framework", "Framework", lambda row: row.framework, choice=True),
    ListColumn[EvaluatedCode]("segments", "Passages", lambda row: row.segments),
    ListColumn[EvaluatedCode](
        "precision", "Precision", lambda row: row.precision, text=lambda row: _shown(row.precision)
    ),
    ListColumn[EvaluatedCode](
        "recall", "Recall", lambda row: row.recall, text=lambda row: _shown(row.recall)
    ),
    ListColumn[EvaluatedCode]("f1", "F1", lambda row: row.f1, text=lambda row: _shown(row.f1)),
    ListColumn[EvaluatedCode](
        "chance",
        "F1, split at random",
        lambda row: row.f1_at_random,
        text=lambda row: _shown(row.f1_at_random),
    ),
    ListColumn[EvaluatedCode]("kappa", "κ", lambda row: row.kappa),
    ListColumn[EvaluatedCode]("ticks", "Ticks right", lambda row: row.ticks),
    ListColumn[EvaluatedCode](
        "first", "In first 5", lambda row: row.in_first_5, text=lambda row: _shown(row.in_first_5)
    ),
)


@router.get(PATH)
def unseen(visit: VisitedNow, by: str = "participant") -> Response:
    """What was evaluated last, and how far the job is that does it anew."""
    visit.must(Action.SEE_MODELS)
    return _page(visit, group_by_of(by))


@router.post(PATH)
def evaluate(visit: VisitedNow, by: Annotated[str, Form(max_length=40)] = "participant") -> Response:
    """Let a worker evaluate; raises BadInput for what cannot be kept together."""
    visit.must(Action.CHANGE_MODELS, asked="have the model measured anew")
    group_by = group_by_of(by)
    return ask_job(visit, "evaluate", {"group_by": group_by}, back=f"{PATH}?by={group_by}")


def _page(visit: Visit, by: GroupBy) -> Response:
    with visit.parts.store.reading() as connection:
        kept = kept_evaluation(connection, visit.parts, by)
        job = latest_job(connection, "evaluate", lambda asked: asked.get("group_by") == by)
    figures = None if kept is None else kept.figures
    shown = ShownList(
        () if figures is None else evaluated_codes(figures),
        _CODES,
        asked_of(visit.request.query_params),
        path=PATH,
        noun="code",
        size=100,
        also={"by": by},
        empty="" if figures is None else "Nobody has given a code that could be looked for.",
    )
    if shown.asked.take:
        return visit.takes(shown, f"evaluation-by-{by}")
    people = None if figures is None else figures["people"]
    return visit.page(
        "workbench/evaluation.html",
        kept=kept,
        figures=figures,
        job=job,
        list=shown,
        by=by,
        group=_WORDS[by],
        groups=_MANY[by],
        choices=[(known, _WORDS[known]) for known in get_args(GroupBy)],
        rows=[] if figures is None else main_rows(figures),
        at_random="" if figures is None else at_random_in_words(figures, _WORDS[by]),
        repeated="" if figures is None else repeated_in_words(figures, _WORDS[by]),
        people=people,
        people_rows=[] if figures is None else people_rows(figures),
        ticks="" if figures is None else ticks_in_words(figures["codes"]),
        effort="" if figures is None else effort_in_words(figures),
        no_interval=() if figures is None else _no_interval(figures),
        no_kappa=() if figures is None else no_kappa_in_words(figures),
    )


def _no_interval(figures: Mapping[str, Any]) -> list[str]:
    """Why a mean of kappa has no interval, for each side that there is."""
    people = figures["people"] or {}
    sides = [("model and coders", figures), ("two people", people.get("person"))]
    sides.append(("model and people on the same passages", people.get("model")))
    said = [
        why_no_interval(side["overall"], who)
        for who, side in sides
        if side and side["overall"].get("n_segments")
    ]
    return [why for why in said if why]
