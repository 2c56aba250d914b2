"""Answers of Label Studio that are set aside: where each stands, whose it is, why, and what to do."""

from __future__ import annotations

from fastapi import APIRouter, Response

from annotations.store.transcripts import get_transcript
from annotations.turn_numbers import shown_number
from service.access.page_links import interview_path
from service.access.policy import Action
from service.corrections.list_set_aside import SetAside, set_aside
from service.page_words import for_pages
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.workbench.in_force import VisitedNow

PATH = "/set-aside"
router = APIRouter(include_in_schema=False, route_class=FormRoute)


@router.get(PATH)
def waiting(visit: VisitedNow) -> Response:
    """As "tandem pull" lists them after it has read."""
    visit.must(Action.DECIDE_CODES, asked="see the answers that were set aside")
    answers = set_aside(visit.parts)
    with visit.parts.store.reading() as connection:
        names = {answer.transcript for answer in answers if answer.transcript}
        addresses = {name: interview_path(get_transcript(connection, name).id) for name in names}
    columns = (
        ListColumn[SetAside](
            "interview",
            "Interview",
            lambda answer: answer.transcript or "not known",
            address=lambda answer: addresses.get(answer.transcript or ""),
            choice=True,
        ),
        ListColumn[SetAside](
            "turn", "Turn", lambda answer: None if answer.turn is None else shown_number(answer.turn)
        ),
        ListColumn[SetAside]("coder", "Whose", lambda answer: answer.coder or answer.user, choice=True),
        ListColumn[SetAside]("why", "Why, and what to do", lambda answer: for_pages(answer.why)),
        ListColumn[SetAside](
            "task", "Task in Label Studio", lambda answer: answer.task, address=lambda answer: answer.address
        ),
    )
    asked = asked_of(visit.request.query_params)
    shown = ShownList(answers, columns, asked, path=PATH, noun="answer", empty="No answer is set aside.")
    if asked.take:
        return visit.takes(shown, "answers-set-aside")
    return visit.page("workbench/set_aside.html", list=shown)
