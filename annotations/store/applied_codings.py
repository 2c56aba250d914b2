"""The codings of all current passes with only what a table needs of them, read in little time: a study has many thousands.

What is read are numbers and words, no ids: an id takes as long to read as all else of a row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.coding import Coding, Condition, Draw
from annotations.store.loose_codings import LooseCoding, loose_codings
from annotations.store.many_values import in_lots
from annotations.store.reviews import past_reviews
from annotations.store.tables import coders, codings, reviews, transcripts, turns
from annotations.transcript import Span


class AppliedCoding(NamedTuple):
    """A code on a passage: by whom, in which pass (a number; None: it belongs to none), and whether that was derived."""

    transcript: UUID
    coder: str
    review: int | None
    coding: Coding
    derived: bool = False


class TurnPlace(NamedTuple):
    """Where a turn stands."""

    start: int
    end: int
    number: int


def applied_codings(connection: Connection) -> tuple[AppliedCoding, ...]:
    """The codings of people's own current reviews, and those that belong to none. Second readings are left out."""
    derived = [condition.value for condition in Condition if condition.derived]
    wanted = (
        select(
            transcripts.c.sequence,
            coders.c.name,
            reviews.c.sequence,
            codings.c.code,
            codings.c.start,
            codings.c.end,
            codings.c.influence,
            codings.c.concrete_example,
        )
        .join(reviews, reviews.c.id == codings.c.review_id)
        .join(coders, coders.c.id == codings.c.coder_id)
        .join(transcripts, transcripts.c.id == codings.c.transcript_id)
        .where(
            reviews.c.id.not_in(past_reviews()),
            reviews.c.draw != Draw.REPEAT.value,
            reviews.c.condition.not_in(derived),
        )
        .order_by(codings.c.sequence)
    )
    ids = _ids(connection)
    own = tuple(
        AppliedCoding(ids[at], coder, review, Coding(code, Span(start, end), influence, bool(concrete)))
        for at, coder, review, code, start, end, influence, concrete in connection.execute(wanted)
    )
    return (*own, *map(of_none, loose_codings(connection)))


def read_transcripts(connection: Connection) -> frozenset[UUID]:
    """The transcripts of which somebody has read something: those with a current pass of any kind, or with codings."""
    passes = select(reviews.c.transcript_id).where(reviews.c.id.not_in(past_reviews())).distinct()
    loose = select(codings.c.transcript_id).where(codings.c.review_id.is_(None)).distinct()
    return frozenset((*connection.execute(passes).scalars(), *connection.execute(loose).scalars()))


def of_none(loose: LooseCoding) -> AppliedCoding:
    """A coding that belongs to no review."""
    return AppliedCoding(loose.transcript, loose.coder, None, loose.coding, loose.condition.derived)


def turn_places(
    connection: Connection, of: Collection[UUID] | None = None
) -> Mapping[UUID, tuple[TurnPlace, ...]]:
    """Where the turns of every transcript stand, or of these, in their order."""
    ids = _ids(connection)
    wanted = (
        select(transcripts.c.sequence, turns.c.start, turns.c.end, turns.c.index)
        .join(transcripts, transcripts.c.id == turns.c.transcript_id)
        .order_by(transcripts.c.sequence, turns.c.index)
    )
    asked = (
        [wanted] if of is None else [wanted.where(turns.c.transcript_id.in_(some)) for some in in_lots(of)]
    )
    places: dict[UUID, list[TurnPlace]] = {}
    for query in asked:
        for at, start, end, index in connection.execute(query):
            places.setdefault(ids[at], []).append(TurnPlace(start, end, index))
    return {transcript: tuple(its) for transcript, its in places.items()}


def _ids(connection: Connection) -> Mapping[int, UUID]:
    rows = connection.execute(select(transcripts.c.sequence, transcripts.c.id))
    return {row.sequence: row.id for row in rows}
