"""How often each code stands in people's current codings and reviews, and in a model's suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.store.reviews import past_reviews
from annotations.store.tables import codings, suggestions


def count_codings(connection: Connection) -> Mapping[str, int]:
    """Codings by code id, those of reviews that were superseded or taken back left out."""
    current = codings.c.review_id.is_(None) | codings.c.review_id.not_in(past_reviews())
    wanted = select(codings.c.code, func.count()).where(current).group_by(codings.c.code)
    return {row[0]: row[1] for row in connection.execute(wanted)}


def count_reviews(connection: Connection) -> Mapping[str, int]:
    """Reviews that put the code on their passage, by code id, those that were superseded or taken back left out."""
    current = codings.c.review_id.not_in(past_reviews())
    number = func.count(codings.c.review_id.distinct())
    wanted = select(codings.c.code, number).where(current).group_by(codings.c.code)
    return {row[0]: row[1] for row in connection.execute(wanted)}


def count_suggestions(connection: Connection, model: UUID) -> Mapping[str, int]:
    """Passages for which a model version suggests the code, by code id."""
    wanted = select(suggestions.c.suggested).where(suggestions.c.model_id == model)
    return Counter(code for (codes,) in connection.execute(wanted) for code in codes)
