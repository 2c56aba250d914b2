"""My work: a coder's interviews, how far each is, and where she goes on."""

from __future__ import annotations

from fastapi import APIRouter, Response

from annotations.transcript import Kind
from annotations.transcript_kinds import counted_kinds, kind_of_all
from annotations.turn_numbers import shown_number
from service.access.page_links import interview_path
from service.access.policy import Action
from service.corrections.list_set_aside import SetAside, set_aside_of
from service.doubts.news import news_for
from service.looking.my_work import Assigned, work_of
from service.page_words import for_their_coder
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visited

# so many answers that are set aside are listed
_MOST_ASIDE = 20
router = APIRouter(include_in_schema=False, route_class=FormRoute)

_COLUMNS = (
    ListColumn[Assigned](
        "next",
        "Go on",
        lambda row: row.next,
        text=lambda row: ("continue" if row.begun else "begin") if row.next else "",
        address=lambda row: row.next,
    ),
    ListColumn[Assigned](
        "done",
        "Done",
        lambda row: row.done,
        text=lambda row: f"{row.done} of {row.passages}",
        share=lambda row: row.share,
    ),
    ListColumn[Assigned]("left", "Left", lambda row: row.left),
    ListColumn[Assigned](
        "skipped",
        "Skipped",
        lambda row: row.skipped,
        text=lambda row: f"{row.skipped}, go back" if row.skipped_at else str(row.skipped),
        address=lambda row: row.skipped_at,
    ),
    ListColumn[Assigned]("others", "Done by others", lambda row: row.by_others),
    ListColumn[Assigned]("kind", "Kind", lambda row: row.kind.value, choice=True),
    ListColumn[Assigned]("participant", "Participant", lambda row: row.participant),
    ListColumn[Assigned]("case", "Case", lambda row: row.case, choice=True),
    ListColumn[Assigned]("site", "Site", lambda row: row.site, choice=True),
    ListColumn[Assigned]("wave", "Wave", lambda row: row.wave, choice=True),
    ListColumn[Assigned]("passages", "Passages", lambda row: row.passages),
)


@router.get("/work")
def work(visit: Visited) -> Response:
    """The interviews of whoever is signed in; a lead may look at anybody's (``?coder=NAME``)."""
    visit.must(Action.CODE)
    query = visit.request.query_params
    other = query.get("coder", "").strip()
    if other and other != visit.viewer.name:
        visit.must(Action.HAND_OUT, asked="see the work of another coder")
    coder = other or visit.viewer.name
    own_work = work_of(visit.parts, visit.viewer, coder)
    asked = asked_of(query)
    kinds = [row.kind for row in own_work.interviews]
    noun = kind_of_all(kinds or [Kind.INTERVIEW])
    shown_if = {"others": any(row.by_others for row in own_work.interviews), "kind": len(set(kinds)) > 1}
    name = ListColumn[Assigned](
        "interview",
        noun.capitalize(),
        lambda row: row.name,
        address=lambda row: interview_path(row.transcript),
    )
    columns = [name, *(column for column in _COLUMNS if shown_if.get(column.key, True))]
    empty = "No interview has been handed out to you yet. A lead does that on the page Hand out."
    also = {"coder": other}
    waiting_first = sorted(own_work.interviews, key=lambda interview: not interview.left)
    shown = ShownList(waiting_first, columns, asked, path="/work", noun=noun, empty=empty, also=also)
    if asked.take:
        return visit.takes(shown, f"work of {coder}")
    names = {row.name for row in own_work.interviews}
    aside = [row for row in set_aside_of(visit.parts, coder) if row.transcript in names]
    people = [person.name for person in visit.parts.study.config.people] if visit.may(Action.HAND_OUT) else []
    news = news_for(visit.parts, visit.viewer)
    return visit.page(
        "work.html",
        work=own_work,
        kinds=counted_kinds(kinds),
        list=shown,
        other=other,
        people=people,
        news=news,
        aside=[(row.address, _place_of(row), for_their_coder(row.why)) for row in aside[:_MOST_ASIDE]],
        aside_count=len(aside),
    )


def _place_of(answer: SetAside) -> str:
    turn = "" if answer.turn is None else f", turn {shown_number(answer.turn)}"
    return f"{answer.transcript}{turn}"
