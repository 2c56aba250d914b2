"""Figures that took long to compute, kept with what they rest on, so that a page shows them at once.

They hold no words of participants, but they may name them, so a withdrawal takes all of them away; they are computed
again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from annotations.store.tables import (
    forgettings,
    kept_figures,
    model_versions,
    now,
    retractions,
    reviews,
    serving,
    transcripts,
    withdrawals,
)


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part of the figures that answer a question: its content, what it rests on, and when it was made."""

    content: str
    stamp: str
    made: datetime


@dataclass(frozen=True, slots=True)
class TakenAway:
    """Which erasure took figures and waiting files away, in words ("a withdrawal"), and when."""

    what: str
    created: datetime


def keep_figures(connection: Connection, question: str, stamp: str, parts: Mapping[str, str]) -> None:
    """Keep the parts of an answer in the place of what answered the question before."""
    connection.execute(delete(kept_figures).where(kept_figures.c.question == question))
    moment = now()
    rows = [
        {"question": question, "part": part, "stamp": stamp, "content": content, "created": moment}
        for part, content in parts.items()
    ]
    if rows:
        connection.execute(kept_figures.insert(), rows)


def kept_part(connection: Connection, question: str, part: str) -> KeptPart | None:
    """One part of what is kept, or None."""
    k = kept_figures
    row = connection.execute(select(k).where(k.c.question == question, k.c.part == part)).first()
    return None if row is None else KeptPart(row.content, row.stamp, row.created)


def part_names(connection: Connection, question: str) -> tuple[str, ...]:
    """The names of the parts that are kept for a question."""
    k = kept_figures
    return tuple(
        connection.execute(select(k.c.part).where(k.c.question == question).order_by(k.c.sequence)).scalars()
    )


def forget_older(connection: Connection, beginning: str, most: int) -> None:
    """Of the questions that begin so, keep the ``most`` that were answered last."""
    k = kept_figures.c
    wanted = (
        select(k.question, func.max(k.sequence).label("last"))
        .where(k.question.startswith(beginning, autoescape=True))
        .group_by(k.question)
        .order_by(func.max(k.sequence).desc())
        .offset(most)
    )
    for row in connection.execute(wanted).all():
        connection.execute(delete(kept_figures).where(k.question == row.question))


def forget_figures(connection: Connection) -> None:
    """Take all of them away."""
    connection.execute(delete(kept_figures))


def taken_away_by(connection: Connection, since: datetime | None = None) -> TakenAway | None:
    """Which erasure took figures and waiting files away last; None for none ``since`` then."""
    last: TakenAway | None = None
    for table, what in ((withdrawals, "a withdrawal"), (forgettings, "the erasing of words")):
        when = connection.execute(select(func.max(table.c.created))).scalar()
        if when is not None and (last is None or when > last.created):
            last = TakenAway(what, when)
    if last is None or (since is not None and last.created < since):
        return None
    return last


def stamp_of(connection: Connection, codebook: str, segmentation: str) -> str:
    """What figures of agreement rest on, as one line: it changes whenever they may.

    The newest review (a consensus is one), retraction, model version and version put to serve; the transcripts with
    whose they are, their case, site and wave; what was erased; the codebook; how transcripts are cut.
    """
    tables = (reviews, retractions, serving, model_versions, withdrawals, forgettings)
    newest = [connection.execute(select(func.max(table.c.sequence))).scalar() or 0 for table in tables]
    t = transcripts.c
    wanted = select(t.name, t.participant, t.case, t.site, t.wave, t.text_hash).order_by(t.sequence)
    described = json.dumps([list(row) for row in connection.execute(wanted)])
    mark = hashlib.sha256(described.encode()).hexdigest()[:16]
    return " ".join([*map(str, newest), mark, codebook, segmentation])
