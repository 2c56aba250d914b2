"""Memos and questions to a passage, a code, a case or the whole study, with their answers: the team's memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from annotations.coding import Coder
from annotations.names import folded
from annotations.store.cell_place import RestingPassage
from annotations.store.coders import coder_names, keep_coder
from annotations.store.tables import coders, doubt_answers, doubts, now, seen_doubts
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class DoubtAnswer:
    """What somebody answered. ``settles``: the team goes by it from now on."""

    author: str
    text: str
    settles: bool = False
    created: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A memo, or a question. ``passage``, ``code`` and ``case`` say what it is about; none of them: the study.

    A passage's ``text_hash`` says in which text its span stands. ``code``: an id of the codebook.
    """

    author: str
    text: str
    is_question: bool = False
    passage: RestingPassage | None = None
    code: str = ""
    case: str = ""
    answers: tuple[DoubtAnswer, ...] = ()
    created: datetime | None = None
    id: UUID | None = None

    @property
    def about(self) -> str:
        """What it is about: "passage", "code", "case" or "study"."""
        return "passage" if self.passage else "code" if self.code else "case" if self.case else "study"

    @property
    def settled(self) -> bool:
        """Has an answer settled it?"""
        return any(answer.settles for answer in self.answers)

    @property
    def open(self) -> bool:
        """Does a question wait for the answer that settles it?"""
        return self.is_question and not self.settled


def add_doubt(connection: Connection, doubt: Doubt) -> UUID:
    """Keep a memo or a question; its answers are added on their own."""
    new = uuid4()
    at = doubt.passage
    span = None if at is None else at.span
    values = {
        "id": new,
        "author_id": keep_coder(connection, Coder(doubt.author)),
        "transcript_id": None if at is None else at.transcript,
        "start": None if span is None else span.start,
        "end": None if span is None else span.end,
        "text_hash": None if at is None else at.text_hash,
        "code": doubt.code,
        "case": doubt.case,
        "is_question": doubt.is_question,
        "text": doubt.text,
        "created": doubt.created or now(),
    }
    connection.execute(doubts.insert().values(**values))
    return new


def add_answer(connection: Connection, doubt: UUID, answer: DoubtAnswer) -> UUID:
    """Keep an answer."""
    new = uuid4()
    values = {
        "id": new,
        "doubt_id": doubt,
        "author_id": keep_coder(connection, Coder(answer.author)),
        "text": answer.text,
        "settles": answer.settles,
        "created": answer.created or now(),
    }
    connection.execute(doubt_answers.insert().values(**values))
    return new


def take_back(connection: Connection, doubt: UUID) -> None:
    """It is shown no more, nor are its answers; both stay on record."""
    connection.execute(doubts.update().where(doubts.c.id == doubt).values(taken_back=now()))


def all_doubts(connection: Connection, *, transcript: UUID | None = None) -> tuple[Doubt, ...]:
    """Those that nobody has taken back, in the order in which they came; of one transcript or of all the study."""
    wanted = select(doubts).where(doubts.c.taken_back.is_(None)).order_by(doubts.c.sequence)
    if transcript is not None:
        wanted = wanted.where(doubts.c.transcript_id == transcript)
    return _doubts(connection, connection.execute(wanted).all())


def doubt_by_id(connection: Connection, doubt: UUID) -> Doubt | None:
    """The one with this id, or None where there is none or it was taken back."""
    wanted = select(doubts).where(doubts.c.id == doubt, doubts.c.taken_back.is_(None))
    doubts_there = _doubts(connection, connection.execute(wanted).all())
    return doubts_there[0] if doubts_there else None


def doubts_concerning(connection: Connection, who: str, *, with_open: bool) -> tuple[Doubt, ...]:
    """Those that somebody wrote or answered; with those of others that wait for an answer, where asked."""
    me = select(coders.c.id).where(coders.c.name_key == folded(who)).scalar_subquery()
    answered = select(doubt_answers.c.doubt_id).where(doubt_answers.c.author_id == me)
    settled = select(doubt_answers.c.doubt_id).where(doubt_answers.c.settles.is_(True))
    mine = [doubts.c.author_id == me, doubts.c.id.in_(answered)]
    if with_open:
        mine.append(doubts.c.is_question.is_(True) & doubts.c.id.not_in(settled))
    wanted = select(doubts).where(doubts.c.taken_back.is_(None), or_(*mine)).order_by(doubts.c.sequence)
    return _doubts(connection, connection.execute(wanted).all())


def answers_seen(connection: Connection, who: str) -> Mapping[UUID, int]:
    """How many answers somebody has had before them, by memo or question; one that they never opened is not there."""
    s = seen_doubts.c
    wanted = select(s.doubt_id, s.answers).where(s.reader_key == folded(who))
    return {row.doubt_id: row.answers for row in connection.execute(wanted)}


def keep_seen(connection: Connection, doubt: UUID, who: str, answers: int) -> None:
    """Somebody has had so many of its answers before them; what they saw before stays seen."""
    # two windows may say so at once; both databases know the same words for it
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    s = seen_doubts.c
    new = insert(seen_doubts).values(doubt_id=doubt, reader_key=folded(who), answers=answers)
    keep = new.on_conflict_do_update(
        index_elements=[s.doubt_id, s.reader_key], set_={"answers": answers}, where=s.answers < answers
    )
    connection.execute(keep)


def _doubts(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Doubt, ...]:
    if not rows:
        return ()
    names = coder_names(connection)
    answers: dict[UUID, list[DoubtAnswer]] = {}
    wanted = select(doubt_answers).order_by(doubt_answers.c.sequence)
    if len(rows) == 1:
        wanted = wanted.where(doubt_answers.c.doubt_id == rows[0].id)
    for row in connection.execute(wanted):
        answer = DoubtAnswer(names[row.author_id], row.text, row.settles, row.created, row.id)
        answers.setdefault(row.doubt_id, []).append(answer)
    return tuple(_doubt(row, names, answers.get(row.id, ())) for row in rows)


def _doubt(row: Row[Any], names: Mapping[UUID, str], answers: Sequence[DoubtAnswer]) -> Doubt:
    span = None if row.start is None else Span(row.start, row.end)
    return Doubt(
        author=names[row.author_id],
        text=row.text,
        is_question=row.is_question,
        passage=None if row.transcript_id is None else RestingPassage(row.transcript_id, span, row.text_hash),
        code=row.code,
        case=row.case,
        answers=tuple(answers),
        created=row.created,
        id=row.id,
    )
