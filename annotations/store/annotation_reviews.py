"""Which annotation became which review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.coding import Condition
from annotations.store.many_values import in_lots
from annotations.store.seen_annotations import Slot
from annotations.store.tables import annotation_reviews, retractions, reviews


@dataclass(frozen=True, slots=True)
class Word:
    """A review that an annotation became. ``taken_back``: it has been retracted."""

    review: UUID
    project: UUID
    annotation: int
    key: UUID
    segment: UUID
    coder: str
    content: str
    changed: datetime
    condition: Condition = Condition.INDEPENDENT
    shown_version: UUID | None = None
    taken_back: bool = False


def words(connection: Connection, keys: Collection[UUID]) -> dict[Slot, list[Word]]:
    """The reviews that annotations on these tasks became, by slot, oldest first."""
    words_by_slot: dict[Slot, list[Word]] = {}
    for some in in_lots(keys):
        for word in _words(connection, annotation_reviews.c.key.in_(some)):
            words_by_slot.setdefault(Slot(word.key, word.coder), []).append(word)
    return words_by_slot


def words_of_reviews(connection: Connection, review_ids: Collection[UUID]) -> dict[UUID, Word]:
    """For those of these reviews that came from Label Studio, whence."""
    return {
        word.review: word
        for some in in_lots(review_ids)
        for word in _words(connection, annotation_reviews.c.review_id.in_(some))
    }


def add_words(connection: Connection, words: Sequence[Word]) -> None:
    """Keep which annotation became which review."""
    rows = [
        {
            "review_id": word.review,
            "project_id": word.project,
            "annotation_id": word.annotation,
            "key": word.key,
            "segment_id": word.segment,
            "coder": word.coder,
            "content": word.content,
            "changed": word.changed,
        }
        for word in words
    ]
    if rows:
        connection.execute(annotation_reviews.insert(), rows)


def _words(connection: Connection, which: Any) -> Iterable[Word]:
    w = annotation_reviews
    wanted = (
        select(w, reviews.c.condition, reviews.c.shown_version, retractions.c.sequence.label("taken_back"))
        .join(reviews, reviews.c.id == w.c.review_id)
        .outerjoin(retractions, retractions.c.review_id == w.c.review_id)
        .where(which)
        .order_by(w.c.sequence)
    )
    for row in connection.execute(wanted):
        yield Word(
            row.review_id,
            row.project_id,
            row.annotation_id,
            row.key,
            row.segment_id,
            row.coder,
            row.content,
            row.changed,
            Condition(row.condition),
            row.shown_version,
            row.taken_back is not None,
        )
