"""When things were said and what had been learnt by then: what a prospective comparison needs of the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.coding import Condition
from annotations.store.tables import codings, learnt_from, review_sources, reviews, suggestions


def review_moments(connection: Connection) -> Mapping[UUID, datetime]:
    """When each review came in."""
    return {row.id: row.created for row in connection.execute(select(reviews.c.id, reviews.c.created))}


def review_coders(connection: Connection) -> Mapping[UUID, UUID]:
    """The coder's id of every review, superseded ones included."""
    return {row.id: row.coder_id for row in connection.execute(select(reviews.c.id, reviews.c.coder_id))}


def what_reviews_rest_on(connection: Connection) -> Mapping[UUID, frozenset[UUID]]:
    """Of each derived review all that it was made from, the sources of its sources and superseded ones included."""
    own: dict[UUID, list[UUID]] = {}
    for review, source in connection.execute(select(review_sources.c.review_id, review_sources.c.source_id)):
        own.setdefault(review, []).append(source)

    def below(review: UUID) -> frozenset[UUID]:
        direct = own.get(review, [])
        return frozenset(direct).union(*(below(source) for source in direct))

    return {review: below(review) for review in own}


def assisted_reviews(connection: Connection) -> frozenset[UUID]:
    """The reviews whose coder saw suggestions, superseded ones included."""
    wanted = select(reviews.c.id).where(reviews.c.condition == Condition.ASSISTED.value)
    return frozenset(connection.execute(wanted).scalars())


def suggestions_made(
    connection: Connection, among: Collection[UUID]
) -> Mapping[UUID, Sequence[tuple[datetime, UUID]]]:
    """For each of these segments, when which model version spoke of it, the earliest first."""
    made: dict[UUID, list[tuple[datetime, UUID]]] = {}
    wanted = select(suggestions.c.segment_id, suggestions.c.created, suggestions.c.model_id)
    for segment, created, model in connection.execute(wanted.order_by(suggestions.c.created)):
        if segment in among:
            made.setdefault(segment, []).append((created, model))
    return made


def learnt_transcripts(connection: Connection) -> Mapping[UUID, frozenset[UUID]]:
    """The transcripts that each model version has learnt from, through reviews and through loose codings.

    Those that only judged it taught it nothing: whatever is said of them is a test.
    """
    learnt: dict[UUID, set[UUID]] = {}
    for items in (reviews, codings):
        wanted = select(learnt_from.c.model_id, items.c.transcript_id).distinct()
        wanted = wanted.join(items, items.c.id == learnt_from.c.item_id)
        for model, transcript in connection.execute(wanted.where(learnt_from.c.purpose == "learn")):
            learnt.setdefault(model, set()).add(transcript)
    return {model: frozenset(its) for model, its in learnt.items()}
