"""What was agreed on, and where the model is surest against people."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Response, status
from fastapi.responses import RedirectResponse

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.turn_numbers import shown_number
from service.access.policy import Action
from service.agreement.model_against_people import RULE as SURE_RULE
from service.agreement.model_against_people import AgainstPeople, ModelAgainstPeople
from service.agreement.telling_disagreements import (
    AgreedDecision,
    TellingDisagreements,
    decisions,
    place_of,
)
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.workbench.in_force import VisitedNow
from service.web.workbench.words_shown import words_shown

router = APIRouter(include_in_schema=False, route_class=FormRoute)
MODELS, DECISIONS = "/models/disagreements", "/disagreements/decisions"


@router.get(DECISIONS)
def decided(visit: VisitedNow) -> Response:
    """What was agreed on, the newest first."""
    visit.must(Action.READ_TEXT)
    visit.must(Action.DECIDE_CODES)
    with visit.parts.store.reading() as connection:
        decided_ones = decisions(connection, visit.parts)
    shown = ShownList(
        decided_ones,
        _DECIDED,
        asked_of(visit.request.query_params),
        path=DECISIONS,
        noun="decision",
        empty="Nothing has been agreed on yet.",
    )
    if shown.asked.take:
        return visit.takes(shown, "decisions")
    visit.sees_passages("what was agreed", (row.transcript for row in shown.on_page))
    return visit.page("workbench/decisions.html", list=shown)


@router.get(f"{DECISIONS}/{{review}}")
def open_decision(visit: VisitedNow, review: UUID) -> Response:
    """To the passage that a decision is about, with who said what; where people differ no more, to its interview."""
    visit.must(Action.READ_TEXT)
    visit.must(Action.DECIDE_CODES)
    telling: TellingDisagreements = visit.request.app.state.disagreements
    with visit.parts.store.reading() as connection:
        place = place_of(connection, visit.parts, review)
        differ = {placed.key for placed in telling.now(connection, visit.parts).found}
    if place is None:
        raise BadInput("This decision does not stand any more: it was taken back, or another took its place.")
    here = f"/disagreements/{place[0]}/{place[1]}" if place in differ else f"/interviews/{place[0]}"
    return RedirectResponse(here, status.HTTP_303_SEE_OTHER)


@router.get(MODELS)
def against_people(visit: VisitedNow) -> Response:
    """Where the model is surest against everybody who judged."""
    visit.must(Action.READ_TEXT)
    visit.must(Action.CHANGE_MODELS, asked="see where the model disagrees with people")
    book, query = visit.parts.codebook, visit.request.query_params
    code = query.get("code", "")
    wanted = book.find(code).id if code else None
    kept: ModelAgainstPeople = visit.request.app.state.against_people
    with visit.parts.store.reading() as connection:
        against = [
            disagreement
            for disagreement in kept.now(connection, visit.parts)
            if wanted in (None, disagreement.code)
        ]
    shown = ShownList(
        against,
        _against(book),
        asked_of(query),
        path=MODELS,
        noun="place",
        also={"code": code},
        empty="No model serves that has spoken of a passage which people have judged.",
    )
    if shown.asked.take:
        return visit.takes(shown, "model-against-people")
    visit.sees_passages("the model against people", (row.name for row in shown.on_page))
    return visit.page("workbench/model_against_people.html", list=shown, chosen=code, rule=SURE_RULE)


def _against(book: Codebook) -> Sequence[ListColumn[AgainstPeople]]:
    return (
        ListColumn(
            "words",
            "Passage",
            lambda row: words_shown(row.words),
            address=lambda row: f"/interviews/{row.transcript}#turn-{shown_number(row.turn)}",
        ),
        ListColumn("code", "Code", lambda row: book.label(row.code)),
        ListColumn("kind", "How they differ", lambda row: row.kind, choice=True),
        ListColumn(
            "probability",
            "Model says",
            lambda row: row.probability,
            text=lambda row: f"{row.probability:.2f} (threshold {row.threshold:.2f})",
        ),
        ListColumn("apart", "How sure", lambda row: row.apart, text=lambda row: f"{row.apart:.1f}"),
        ListColumn("coders", "Judged by", lambda row: ", ".join(row.coders)),
        ListColumn(
            "learnt", "Learnt from this interview", lambda row: "yes" if row.learnt else "no", choice=True
        ),
        ListColumn("interview", "Interview", lambda row: f"{row.name}, turn {shown_number(row.turn)}"),
        ListColumn("case", "Case", lambda row: row.case, choice=True),
        ListColumn("wave", "Wave", lambda row: row.wave, choice=True),
        ListColumn(
            "trace",
            "Why",
            lambda _row: "what it rests on",
            address=lambda row: (
                f"/models/trace?{urlencode({'suggestion': f'{row.segment}:{book.label(row.code)}'})}"
            ),
        ),
    )


_DECIDED = (
    ListColumn[AgreedDecision](
        "words",
        "Passage",
        lambda row: words_shown(row.words),
        address=lambda row: f"{DECISIONS}/{row.review}",
    ),
    ListColumn[AgreedDecision]("codes", "Agreed", lambda row: ", ".join(row.codes) or "no code applies"),
    ListColumn[AgreedDecision]("why", "Why", lambda row: row.why),
    ListColumn[AgreedDecision](
        "changed",
        "Changes the definition of",
        lambda row: ", ".join(row.changed),
        address=lambda row: f"/codebook?{urlencode({'q': row.changed[0]})}" if row.changed else None,
        choice=True,
    ),
    ListColumn[AgreedDecision]("present", "Present", lambda row: ", ".join(row.present)),
    ListColumn[AgreedDecision]("by", "Recorded by", lambda row: row.by, choice=True),
    ListColumn[AgreedDecision]("recorded", "On", lambda row: row.recorded),
    ListColumn[AgreedDecision]("interview", "Interview", lambda row: row.transcript),
)
