"""How often each code stands in people's current codings."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from annotations.store.reviews import past_reviews
from annotations.store.tables import codings


def count_codings(connection: Connection) -> Mapping[str, int]:
    """Codings by code id, those of reviews that were superseded or taken back left out."""
    current = codings.c.review_id.is_(None) | codings.c.review_id.not_in(past_reviews())
    wanted = select(codings.c.code, func.count()).where(current).group_by(codings.c.code)
    return {row[0]: row[1] for row in connection.execute(wanted)}
