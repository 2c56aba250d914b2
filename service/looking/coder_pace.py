"""How long a passage takes each coder: the one measure behind what a lead hands out and what is said to be left."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from sqlalchemy import Connection, select

from annotations.store.tables import coders, reviews

# the newest passages of a coder: people become quicker
LOOKED_AT = 200
FEWEST = 5
# an answer that was left open over lunch counts as so long; below the shortest nobody read anything
LONGEST_S, SHORTEST_S = 900.0, 0.5


def seconds_per_passage(connection: Connection) -> Mapping[str, float]:
    """The median of each coder's newest reviews of which Label Studio kept the time; who has too few is missing."""
    paces: dict[str, float] = {}
    for coder in connection.execute(select(coders.c.id, coders.c.name)).all():
        wanted = (
            select(reviews.c.lead_time)
            .where(reviews.c.coder_id == coder.id, reviews.c.lead_time >= SHORTEST_S)
            .order_by(reviews.c.sequence.desc())
            .limit(LOOKED_AT)
        )
        times = [min(float(time), LONGEST_S) for time in connection.execute(wanted).scalars()]
        if len(times) >= FEWEST:
            paces[coder.name] = median(times)
    return paces
