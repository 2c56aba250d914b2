"""Ratings of codes by case or site, in the store. They are only ever added; the newest of a rater holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from annotations.coding import Coder
from annotations.store.cell_place import CellPlace, column_of
from annotations.store.coders import coder_names, keep_coder
from annotations.store.tables import now, ratings


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person says a code does in a case or site: a value of the scale, "" where it was taken back.

    ``consensus``: the raters agreed on it afterwards, and ``rater`` recorded it.
    """

    place: CellPlace
    rater: str
    value: str
    rationale: str = ""
    consensus: bool = False
    created: datetime | None = None
    id: UUID | None = None


def add_ratings(connection: Connection, ratings_given: Sequence[Rating]) -> None:
    """Keep ratings, in the order given."""
    ids = {
        name: keep_coder(connection, Coder(name))
        for name in dict.fromkeys(rating.rater for rating in ratings_given)
    }
    moment = now()
    rows = [
        {
            **rating.place.row(),
            "id": uuid4(),
            "rater_id": ids[rating.rater],
            "value": rating.value,
            "rationale": rating.rationale,
            "consensus": rating.consensus,
            "created": rating.created or moment,
        }
        for rating in ratings_given
    ]
    if rows:
        connection.execute(ratings.insert(), rows)


def all_ratings(connection: Connection) -> tuple[Rating, ...]:
    """Every rating that was ever given, in the order in which they came."""
    names = coder_names(connection)
    return tuple(
        Rating(
            CellPlace(row.phase, row.code, column_of(row.column)),
            names[row.rater_id],
            row.value,
            row.rationale,
            row.consensus,
            row.created,
            row.id,
        )
        for row in connection.execute(select(ratings).order_by(ratings.c.sequence))
    )
