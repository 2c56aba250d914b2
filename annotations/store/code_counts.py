"""How often each code stands in people's current codings."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from annotations.store.tables import codings, reviews


def count_codings(connection: Connection) -> Mapping[str, int]:
    """Codings by code id, those of superseded reviews left out."""
    superseded = select(reviews.c.supersedes).where(reviews.c.supersedes.is_not(None))
    current = codings.c.review_id.is_(None) | codings.c.review_id.not_in(superseded)
    wanted = select(codings.c.code, func.count()).where(current).group_by(codings.c.code)
    return {row[0]: row[1] for row in connection.execute(wanted)}
