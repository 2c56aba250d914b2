"""Which transcripts were drawn to learn from and which to judge by. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.store.tables import group_draws

Purpose = Literal["learn", "judge"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What became of a transcript in a draw. ``stratum``: its case, wave and kind then; ``seed``: the draw's."""

    transcript: UUID
    purpose: Purpose
    stratum: Sequence[str]
    seed: int


def drawn_so_far(connection: Connection) -> Mapping[UUID, Purpose]:
    """Every transcript that has been drawn, with what for."""
    rows = connection.execute(select(group_draws).order_by(group_draws.c.sequence))
    return {row.transcript_id: row.purpose for row in rows}


def keep_draws(connection: Connection, draws: Iterable[Drawn]) -> None:
    """Keep draws of transcripts that had none."""
    rows = [
        {
            "transcript_id": drawn.transcript,
            "purpose": drawn.purpose,
            "stratum": list(drawn.stratum),
            "seed": drawn.seed,
        }
        for drawn in draws
    ]
    if rows:
        connection.execute(group_draws.insert(), rows)
