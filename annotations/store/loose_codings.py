"""Codings that belong to no review: nobody knows what else their coder looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select

from annotations.coding import Coder, Coding, Condition, Review
from annotations.store.coders import coder_names, keep_coder
from annotations.store.coding_rows import coding_in, coding_row, insert_codings
from annotations.store.tables import codings


class LooseCoding(NamedTuple):
    """A coding that belongs to no review: its id, whose it is, on which transcript, and how it was made."""

    id: UUID
    coder: str
    transcript: UUID
    condition: Condition
    coding: Coding


def add_loose_codings(
    connection: Connection, transcript: UUID, coder: str, condition: Condition, codings: Iterable[Coding]
) -> None:
    """Keep codings of which nobody knows what else their coder looked at."""
    coder_id = keep_coder(connection, Coder(coder))
    insert_codings(connection, [coding_row(c, transcript, coder_id, condition, None) for c in codings])


def adopt_loose_codings(connection: Connection, review: Review) -> tuple[Coding, ...]:
    """Move loose codings of the same coder, span and code into the review; returns the codings still to add."""
    coder_id = keep_coder(connection, Coder(review.coder))
    loose = select(codings.c.id, codings.c.code).where(
        codings.c.review_id.is_(None),
        codings.c.transcript_id == review.transcript,
        codings.c.coder_id == coder_id,
        codings.c.condition == review.condition.value,
        codings.c.start == review.span.start,
        codings.c.end == review.span.end,
    )
    wanted = {coding.code: coding for coding in review.codings}
    for row in connection.execute(loose).all():
        newer = wanted.pop(row.code, None)
        if newer is not None:
            said: dict[str, Any] = {"review_id": review.id, "concrete_example": newer.concrete_example}
            said |= {"memo": newer.memo} if newer.memo else {}
            said |= {"influence": newer.influence} if newer.influence else {}
            connection.execute(codings.update().where(codings.c.id == row.id).values(**said))
    return tuple(wanted.values())


def take_into_review(connection: Connection, coding: UUID, review: Review) -> None:
    """A loose coding belongs to this review from now on."""
    this = codings.c.id == coding
    connection.execute(codings.update().where(this).values(review_id=review.id))


def loose_codings(connection: Connection, *, transcript: UUID | None = None) -> tuple[LooseCoding, ...]:
    """Every coding that belongs to no review, or those of one transcript, in the order in which they came."""
    names = coder_names(connection)
    wanted: Select[Any] = select(codings).where(codings.c.review_id.is_(None)).order_by(codings.c.sequence)
    if transcript is not None:
        wanted = wanted.where(codings.c.transcript_id == transcript)
    return tuple(loose_coding(row, names) for row in connection.execute(wanted))


def loose_coding(row: Row[Any], names: Mapping[UUID, str]) -> LooseCoding:
    """The loose coding that a row holds; ``names``: the coders by id."""
    return LooseCoding(
        row.id, names[row.coder_id], row.transcript_id, Condition(row.condition), coding_in(row)
    )
