"""A coding as a row of its table, and back: for the codings of reviews and for loose ones alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row

from annotations.coding import Coding, Condition
from annotations.store.tables import codings
from annotations.transcript import Span


def insert_codings(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep these rows, in the order given."""
    if rows:
        connection.execute(codings.insert(), [dict(row) for row in rows])


def coding_row(
    coding: Coding, transcript: UUID, coder: UUID, condition: Condition, review: UUID | None
) -> dict[str, Any]:
    """The row of a new coding; ``review``: None for a loose one."""
    return {
        "id": uuid4(),
        "review_id": review,
        "transcript_id": transcript,
        "coder_id": coder,
        "code": coding.code,
        "start": coding.span.start,
        "end": coding.span.end,
        "condition": condition.value,
        "influence": coding.influence,
        "concrete_example": coding.concrete_example,
        "memo": coding.memo,
        "applied": coding.created,
    }


def coding_in(row: Row[Any]) -> Coding:
    """The coding that a row holds."""
    return Coding(
        code=row.code,
        span=Span(row.start, row.end),
        influence=row.influence,
        concrete_example=row.concrete_example,
        memo=row.memo,
        created=row.applied,
    )
