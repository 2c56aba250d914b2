"""Of how many passages of each transcript a model version has spoken, counted once: of a million it takes seconds.

The counts are kept in the database with a mark of what they were counted from, which indexes alone answer. Pre-coding
keeps them at its end; whoever finds none, or others than the mark says, counts.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.store.database import Store
from annotations.store.kept_figures import keep_figures, kept_part
from annotations.store.tables import segments, suggestions, transcript_versions

_QUESTION = "suggestions of each transcript"
_PART = "counts"


class SpokenOf(NamedTuple):
    """Of a transcript: how many segments a model version has spoken of, and how many codes it puts before a coder there."""

    segments: int
    codes: int


def count_spoken(connection: Connection, model: UUID, segmentation: str) -> Mapping[UUID, SpokenOf]:
    """The counts of each transcript, as things stand."""
    codes = func.sum(func.json_array_length(suggestions.c.suggested))
    wanted = (
        select(segments.c.transcript_id, func.count(), codes)
        .join(suggestions, suggestions.c.segment_id == segments.c.id)
        .where(suggestions.c.model_id == model, segments.c.segmentation == segmentation)
        .group_by(segments.c.transcript_id)
    )
    return {row[0]: SpokenOf(row[1], int(row[2])) for row in connection.execute(wanted)}


def keep_spoken(store: Store, model: UUID, segmentation: str) -> None:
    """Count, and keep it in the place of what was kept before, unless that is still true. Nobody waits for the counting."""
    with store.reading() as connection:
        stamp, kept = _stamp(connection, model, segmentation), kept_part(connection, _QUESTION, _PART)
        if kept is not None and kept.stamp == stamp:
            return
        counts = count_spoken(connection, model, segmentation)
    content = json.dumps({str(transcript): count for transcript, count in counts.items()})
    with store.writing() as connection:
        keep_figures(connection, _QUESTION, stamp, {_PART: content})


def spoken_of(connection: Connection, model: UUID, segmentation: str) -> Mapping[UUID, SpokenOf]:
    """The counts of each transcript: those that are kept if they are still true, else counted."""
    kept = kept_part(connection, _QUESTION, _PART)
    if kept is None or kept.stamp != _stamp(connection, model, segmentation):
        return count_spoken(connection, model, segmentation)
    return {UUID(transcript): SpokenOf(*count) for transcript, count in json.loads(kept.content).items()}


class CountedSuggestions:
    """Keeps ``spoken_of`` in memory, for a server. Safe among threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: tuple[str, Mapping[UUID, int]] | None = None

    def now(self, connection: Connection, model: UUID, segmentation: str) -> Mapping[UUID, int]:
        """How many segments of each transcript this model version has spoken of."""
        stamp = _stamp(connection, model, segmentation)
        with self._turn:
            if self._kept is None or self._kept[0] != stamp:
                counts = spoken_of(connection, model, segmentation)
                self._kept = (stamp, {transcript: count.segments for transcript, count in counts.items()})
            return self._kept[1]


def _stamp(connection: Connection, model: UUID, segmentation: str) -> str:
    """Indexes alone answer these; a passage that takes the place of another comes with a new version of its text."""
    spoken = select(func.count()).select_from(suggestions).where(suggestions.c.model_id == model)
    cut = select(func.count()).select_from(segments).where(segments.c.segmentation == segmentation)
    newest = select(func.max(transcript_versions.c.sequence))
    counts = (connection.execute(wanted).scalar() for wanted in (spoken, cut, newest))
    return " ".join(map(str, (model, segmentation, *counts)))
