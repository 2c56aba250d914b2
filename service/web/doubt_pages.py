"""Doubts: memos and questions about a passage, a code, a case or the study, and what the team answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response, status

from annotations.names import folded
from annotations.store.transcripts import transcript_by_id
from service.access.page_links import anchor, interview_path
from service.access.policy import Action
from service.access.transcript_access import must_read, sees
from service.doubts.news import News, news_for, opened
from service.doubts.seen import SeenDoubt, doubt_seen, doubts_seen
from service.doubts.write import (
    Unfit,
    answer,
    may_take_back,
    note_on_case,
    note_on_code,
    note_on_passage,
    note_on_study,
    withdraw_doubt,
)
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.moment_column import moment_column
from service.web.pages import Visit, Visited, saved

PATH = "/doubts"
_SHOWN = 160
Words = Annotated[str, Form(max_length=100_000)]
Short = Annotated[str, Form(max_length=1_000)]
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def _columns(zone: tzinfo, new: Mapping[UUID, News]) -> tuple[ListColumn[SeenDoubt], ...]:
    return (
        ListColumn[SeenDoubt](
            "text",
            "Memo or question",
            lambda row: row.doubt.text,
            text=lambda row: _short(row.doubt.text),
            address=lambda row: f"{PATH}/{row.id}",
        ),
        ListColumn[SeenDoubt]("about", "About", lambda row: row.doubt.about, choice=True),
        ListColumn[SeenDoubt]("place", "Where", lambda row: row.place, address=lambda row: row.address),
        ListColumn[SeenDoubt]("by", "By", lambda row: row.doubt.author, choice=True),
        moment_column("when", "When", lambda row: row.doubt.created, zone),
        ListColumn[SeenDoubt]("state", "State", lambda row: row.state, choice=True),
        ListColumn[SeenDoubt](
            "answers",
            "Answers",
            lambda row: "\n".join(f"{said.author}: {said.text}" for said in row.doubt.answers),
            text=lambda row: str(len(row.doubt.answers) or ""),
        ),
        ListColumn[SeenDoubt]("new", "New to you", lambda row: new.get(row.id, ""), choice=True),
    )


@router.get(PATH)
def doubts(visit: Visited) -> Response:
    """All that somebody may see: what is new to them first, and newest first."""
    visit.must(Action.WRITE_DOUBT)
    seen_doubts = doubts_seen(visit.parts, visit.viewer)
    asked = asked_of(visit.request.query_params)
    empty = "Nobody has noted or asked anything yet. Do so here, or beside a turn of an interview."
    news = news_for(visit.parts, visit.viewer)
    new_first = sorted(seen_doubts, key=lambda row: row.id not in news.of)
    columns = [column for column in _columns(visit.zone, news.of) if news.of or column.key != "new"]
    shown = ShownList(new_first, columns, asked, path=PATH, noun="doubt", empty=empty)
    if asked.take:
        return visit.takes(shown, "doubts")
    return visit.page("doubts.html", list=shown, news=news)


@router.get(f"{PATH}/new")
def new_doubt(
    visit: Visited, transcript: UUID | None = None, turn: str = "", code: str = "", case: str = ""
) -> Response:
    """The form, about what the address says."""
    visit.must(Action.WRITE_DOUBT)
    return _form(visit, transcript, turn, code, case)


@router.post(PATH)
def note(
    visit: Visited,
    text: Words = "",
    kind: Short = "question",
    transcript: Annotated[UUID | None, Form()] = None,
    turn: Short = "",
    code: Short = "",
    case: Short = "",
) -> Response:
    """Keep what was written, and show it."""
    asks = kind != "memo"
    try:
        if transcript is not None:
            made = note_on_passage(visit.parts, visit.viewer, transcript, turn, text, is_question=asks)
        elif code:
            made = note_on_code(visit.parts, visit.viewer, code, text, is_question=asks)
        elif case:
            made = note_on_case(visit.parts, visit.viewer, case, text, is_question=asks)
        else:
            made = note_on_study(visit.parts, visit.viewer, text, is_question=asks)
    except Unfit as fault:
        return _form(visit, transcript, turn, code, case, text=text, kind=kind, fault=fault)
    return saved(f"{PATH}/{made}", _keep(transcript, turn, code, case))


@router.get(f"{PATH}/{{doubt}}")
def one_doubt(visit: Visited, doubt: UUID) -> Response:
    """A memo or question with its answers."""
    visit.must(Action.WRITE_DOUBT)
    return _shown(visit, doubt)


@router.post(f"{PATH}/{{doubt}}/answer")
def answer_doubt(visit: Visited, doubt: UUID, text: Words = "", settles: Short = "") -> Response:
    """Keep an answer."""
    visit.must(Action.WRITE_DOUBT)
    try:
        answer(visit.parts, visit.viewer, doubt, text, settles=bool(settles))
    except Unfit as fault:
        return _shown(visit, doubt, text=text, fault=fault)
    return saved(f"{PATH}/{doubt}", f"answer-{doubt}")


@router.post(f"{PATH}/{{doubt}}/take-back")
def take_back(visit: Visited, doubt: UUID) -> Response:
    """Show it no more."""
    visit.must(Action.WRITE_DOUBT)
    withdraw_doubt(visit.parts, visit.viewer, doubt)
    return saved(PATH, "taken-back")


def _shown(visit: Visit, doubt: UUID, *, text: str = "", fault: Unfit | None = None) -> Response:
    seen_doubt = doubt_seen(visit.parts, visit.viewer, doubt)
    if seen_doubt is None:
        said = "The study has no memo or question of this address that you may see."
        return visit.page("fault.html", code=404, title="This is not here", sentence=said)
    if seen_doubt.words:
        visit.sees_passages("a doubt", [seen_doubt.place])
    before, me = opened(visit.parts, visit.viewer, seen_doubt), folded(visit.viewer.name)
    new_answers = {said.id for said in seen_doubt.doubt.answers[before:] if folded(said.author) != me}
    return visit.page(
        "doubt.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        one=seen_doubt,
        new_answers=new_answers,
        text=text,
        fault=fault,
        may_settle=visit.may(Action.DECIDE_CODES),
        may_take_back=may_take_back(visit.viewer, seen_doubt),
    )


def _form(
    visit: Visit,
    transcript: UUID | None,
    turn: str,
    code: str,
    case: str,
    *,
    text: str = "",
    kind: str = "question",
    fault: Unfit | None = None,
) -> Response:
    about, words, back = "the study", "", PATH
    if transcript is not None:
        with visit.parts.store.reading() as connection:
            kept = transcript_by_id(connection, transcript)
        if kept is None or not sees(visit.viewer, kept.transcript):
            said = "The study has no interview of this id any more."
            return visit.page("fault.html", code=404, title="This interview is not here", sentence=said)
        must_read(visit.viewer, kept.transcript)
        about, back = kept.transcript.name, interview_path(transcript)
        its = kept.transcript.turns
        if turn.isdecimal() and 1 <= int(turn[:9]) <= len(its):
            at = its[int(turn) - 1]
            about = f"{kept.transcript.name}, turn {turn}"
            visit.sees_passages("a new doubt", [about])
            words, back = at.span.of(kept.transcript.text), f"{back}#{anchor(at.index)}"
    elif code:
        book = visit.parts.codebook
        about = f"the code {book.label(code)}" if code in book.by_id else f'the code "{code[:80]}"'
        back = f"/codebook/{code}" if code in book.by_id else "/codebook"
    elif case:
        about = f"case {case[:80]}"
    return visit.page(
        "doubt_new.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        about=about,
        words=words,
        back=back,
        keep=_keep(transcript, turn, code, case),
        hidden={
            "transcript": str(transcript or ""),
            "turn": turn[:20],
            "code": code[:200],
            "case": case[:200],
        },
        text=text,
        kind=kind,
        fault=fault,
    )


def _keep(transcript: UUID | None, turn: str, code: str, case: str) -> str:
    """The name under which the browser keeps what is typed."""
    return f"doubt-{transcript or ''}-{turn[:9]}-{code[:40]}-{case[:40]}"[:80]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN].rsplit(None, 1)[0]} …"
