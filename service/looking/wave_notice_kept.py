"""How a wave differs from what the model learnt on, as its last pre-coding found: kept with the job, without words.

What participants said may have to be erased, and jobs stay; so a job keeps no passage, only the counts and the words that
at least three participants share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.store.jobs import latest_of

MANY_FAR = 0.15


def without_quotes(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a pre-coding found, without passages."""
    plain = dict(result)
    if plain.get("novelty"):
        clusters = [
            {key: value for key, value in cluster.items() if key != "quotes"}
            for cluster in plain["novelty"].get("clusters", ())
        ]
        plain["novelty"] = {**plain["novelty"], "clusters": clusters}
    return plain


@dataclass(frozen=True, slots=True)
class CodeShift:
    """A code's share where the model learnt and the share it expects in the wave, each of 100 segments."""

    code: str
    learnt: float
    now: float


@dataclass(frozen=True, slots=True)
class Theme:
    """Passages like no known code and like each other: how many, of how many participants, and words they share."""

    segments: int
    participants: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaveNotice:
    """What is told. ``far``: of 100 segments, how many are unlike what was learnt; ``expected``: how many usually are."""

    made: datetime
    model: str
    far: float | None
    expected: float
    shifts: tuple[CodeShift, ...]
    themes: tuple[Theme, ...]

    @property
    def careful(self) -> bool:
        """Is so much new that suggestions want more care?"""
        return self.far is not None and self.far > 100 * MANY_FAR


def notice_of(connection: Connection, book: Codebook, wave: str) -> WaveNotice | None:
    """What the newest pre-coding of this wave by a worker told; None where none told anything."""
    job = latest_of(connection, "precode", lambda asked: asked.get("wave") in (wave, None))
    result = None if job is None else job.result
    if job is None or result is None or not result.get("novelty"):
        return None
    novelty = result["novelty"]
    far = novelty.get("unlike_what_was_learnt")
    return WaveNotice(
        made=job.finished or job.created,
        model=str(result.get("model_version", "")),
        far=None if far is None else 100 * float(far),
        expected=100 * float(novelty.get("expected", 0.05)),
        shifts=tuple(
            CodeShift(book.label(shift["code"]), 100 * float(shift["learnt"]), 100 * float(shift["now"]))
            for shift in novelty.get("codes", ())
            if shift["code"] in book.by_id
        ),
        themes=tuple(
            Theme(int(cluster["segments"]), int(cluster["groups"]), tuple(map(str, cluster["words"])))
            for cluster in novelty.get("clusters", ())
        ),
    )
