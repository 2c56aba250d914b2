"""Codings whose words were corrected: what they were, how they read now, and whether they still hold."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from annotations.errors import BadInput
from annotations.store.transcripts import get_transcript
from annotations.transcript import Span
from annotations.turn_numbers import first_words, shown_number, turn_typed
from service.access.page_links import interview_path
from service.access.policy import Action
from service.audit import Did
from service.importing.settle_changed import drop_changed, keep_changed
from service.looking.changed_passages import changed_passages
from service.web.form_route import FormRoute
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit
from service.web.workbench.given import Given, Sent
from service.web.workbench.in_force import VisitedNow

PATH = "/settle"
_MOST, _WORDS = 40, 200
router = APIRouter(include_in_schema=False, route_class=FormRoute)


@router.get(PATH)
def waiting(visit: VisitedNow) -> Response:
    """What waits, the first of it."""
    return _page(visit)


@router.post(PATH)
def settle(visit: VisitedNow, sent: Sent) -> Response:
    """One of them holds for the words as these read now, or holds no more."""
    visit.must(Action.DECIDE_CODES)
    try:
        _settle(visit, sent)
    except BadInput as error:
        return _page(visit, fault=str(error))
    return saved(PATH, form="settled")


def _settle(visit: Visit, sent: Given) -> None:
    does, number = sent.text("does"), sent.text("number")
    if does not in ("keep", "drop") or not (number.isdecimal() and len(number) < 9):
        raise BadInput("choose one of the list, and say whether it holds. Nothing was changed.")
    with visit.parts.store.reading() as connection:
        kept = get_transcript(connection, sent.text("transcript"))
    turn = sent.text("turn")
    place: Span | None = None
    if turn and does == "keep":
        index = turn_typed(turn)
        place = next((turn.span for turn in kept.transcript.turns if turn.index == index), None)
        if place is None:
            raise BadInput(
                f"{kept.transcript.name} has no turn {turn}; its turns are 1 to {len(kept.transcript.turns)}. Nothing was "
                f"changed."
            )
    with visit.parts.alone("settle"):
        by = visit.viewer.name
        if does == "keep":
            count = keep_changed(visit.parts, kept, [int(number)], by=by, place=place)
        else:
            count = drop_changed(visit.parts, kept, [int(number)], by=by)
    audit(visit, Did.DECIDED, kept.transcript.name, passages=count, what=f"{does} after a correction")


def _page(visit: Visit, fault: str = "") -> Response:
    visit.must(Action.DECIDE_CODES)
    with visit.parts.store.reading() as connection:
        changed = changed_passages(connection, visit.parts.codebook)
        names = {passage.transcript for passage in changed}
        addresses = {name: interview_path(get_transcript(connection, name).id) for name in names}
    shown = changed[:_MOST]
    visit.sees_passages("corrected texts", (passage.transcript for passage in shown))
    return visit.page(
        "workbench/settle.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        found=shown,
        more=len(changed) - len(shown),
        addresses=addresses,
        words=lambda said: first_words(said, most=_WORDS),
        turn=lambda index: "" if index is None else str(shown_number(index)),
        faults=fault.splitlines(),
    )
