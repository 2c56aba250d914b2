"""My work: a coder's interviews, how far each is, and where she goes on."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service.access.page_links import interview_path
from service.access.policy import Action
from service.looking.my_work import Assigned, work_of
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visited

router = APIRouter(include_in_schema=False)

_COLUMNS = (
    ListColumn[Assigned](
        "interview", "Interview", lambda one: one.name, address=lambda one: interview_path(one.transcript)
    ),
    ListColumn[Assigned](
        "next",
        "Go on",
        lambda one: one.next,
        text=lambda one: "continue" if one.next else "",
        address=lambda one: one.next,
    ),
    ListColumn[Assigned](
        "done",
        "Done",
        lambda one: one.done,
        text=lambda one: f"{one.done} of {one.passages}",
        share=lambda one: one.share,
    ),
    ListColumn[Assigned]("left", "Left", lambda one: one.left),
    ListColumn[Assigned]("skipped", "Skipped", lambda one: one.skipped),
    ListColumn[Assigned]("others", "Done by others", lambda one: one.by_others),
    ListColumn[Assigned]("participant", "Participant", lambda one: one.participant),
    ListColumn[Assigned]("case", "Case", lambda one: one.case, choice=True),
    ListColumn[Assigned]("site", "Site", lambda one: one.site, choice=True),
    ListColumn[Assigned]("wave", "Wave", lambda one: one.wave, choice=True),
    ListColumn[Assigned]("passages", "Passages", lambda one: one.passages),
)


@router.get("/work")
def work(visit: Visited) -> Response:
    """The interviews of whoever is signed in; a lead may look at anybody's (``?coder=NAME``)."""
    visit.must(Action.CODE)
    query = visit.request.query_params
    other = query.get("coder", "").strip()
    if other and other != visit.viewer.name:
        visit.must(Action.HAND_OUT)
    coder = other or visit.viewer.name
    found = work_of(visit.parts, visit.viewer, coder)
    asked = asked_of(query)
    columns = [
        one for one in _COLUMNS if one.key != "others" or any(row.by_others for row in found.interviews)
    ]
    empty = "No interview has been handed out to you yet. A lead does that on the page Hand out."
    also = {"coder": other}
    waiting_first = sorted(found.interviews, key=lambda one: not one.left)
    shown = ShownList(waiting_first, columns, asked, path="/work", noun="interview", empty=empty, also=also)
    if asked.take:
        return visit.takes(shown, f"work of {coder}")
    people = [one.name for one in visit.parts.study.config.people] if visit.may(Action.HAND_OUT) else []
    return visit.page("work.html", work=found, list=shown, other=other, people=people)
