"""What is worked out of each transcript's reviews, kept in this process's memory and worked out anew where they changed.

A question over the whole study (where do people differ?) is answered transcript by transcript, and between two looks
few of them change. Nothing of a transcript that left the study stays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.coding import Review
from annotations.segment import Segment
from annotations.store.described_transcripts import DescribedTranscript, described_transcripts
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.tables import retractions, reviews
from annotations.store.transcripts import KeptTranscript, all_texts, transcript_by_id
from service.composition import Parts

Found = TypeVar("Found")
# so many at once are read together: one question for all reviews costs less than one for each transcript
_MANY = 20


@dataclass(frozen=True)
class OneTranscript:
    """A transcript with its segments and the reviews of it that stand."""

    kept: KeptTranscript
    segments: tuple[Segment, ...]
    reviews: tuple[Review, ...]


class KeptByTranscript(Generic[Found]):
    """What ``work`` finds in each transcript. Safe among threads: one works, the others wait and find it done.

    ``rests_on``: what else it rests on besides the transcript and its reviews; all is worked out anew if that changes.
    """

    def __init__(
        self,
        work: Callable[[Connection, Parts, OneTranscript], Found],
        rests_on: Callable[[Connection, Parts], Hashable] = lambda _connection, _parts: None,
    ) -> None:
        self._work = work
        self._rests_on = rests_on
        self._turn = threading.Lock()
        self._base: Hashable = None
        self._newest: Hashable = None
        self._found: dict[UUID, tuple[Hashable, Found]] = {}
        self._all: Mapping[UUID, Found] = {}

    def of(self, connection: Connection, parts: Parts) -> Mapping[UUID, Found]:
        """What there is to find, by transcript: the same mapping as long as nothing has changed."""
        with self._turn:
            base = (parts.codebook.version, parts.segmentation.version, self._rests_on(connection, parts))
            if base != self._base:
                self._found.clear()
                self._base, self._newest = base, None
            everything = described_transcripts(connection)
            newest = (_newest(connection), everything)
            if newest != self._newest:
                self._bring_up_to_date(connection, parts, everything)
                self._newest = newest
                self._all = {transcript: entry for transcript, (_, entry) in self._found.items()}
            return self._all

    def _bring_up_to_date(
        self, connection: Connection, parts: Parts, everything: Sequence[DescribedTranscript]
    ) -> None:
        counts = _counts(connection)
        marks = {kept.id: (kept, counts.get(kept.id)) for kept in everything}
        self._found = {at: entry for at, entry in self._found.items() if marks.get(at) == entry[0]}
        todo = [kept.id for kept in everything if kept.id not in self._found]
        for transcript in _read(connection, parts, todo):
            self._found[transcript.kept.id] = (
                marks[transcript.kept.id],
                self._work(connection, parts, transcript),
            )


def _read(connection: Connection, parts: Parts, wanted: Sequence[UUID]) -> list[OneTranscript]:
    version = parts.segmentation.version
    if len(wanted) > _MANY:
        chosen = set(wanted)
        todo = [text for text in all_texts(connection) if text.id in chosen]
        segments = segments_of(connection, version)
        by_transcript: dict[UUID, list[Review]] = {}
        for review in current_reviews(connection):
            by_transcript.setdefault(review.transcript, []).append(review)
        return [
            OneTranscript(kept, segments.get(kept.id, ()), tuple(by_transcript.get(kept.id, ())))
            for kept in todo
        ]
    some = [
        kept for transcript_id in wanted if (kept := transcript_by_id(connection, transcript_id)) is not None
    ]
    return [
        OneTranscript(
            kept,
            segments_of(connection, version, transcript=kept.id).get(kept.id, ()),
            current_reviews(connection, transcript=kept.id),
        )
        for kept in some
    ]


def _newest(connection: Connection) -> Hashable:
    return tuple(
        connection.execute(select(func.max(table.c.sequence))).scalar() for table in (reviews, retractions)
    )


def _counts(connection: Connection) -> dict[UUID, Hashable]:
    """How many reviews and retractions each transcript has, and its newest review."""
    r = reviews.c
    taken_back = (
        select(r.transcript_id, func.count())
        .join(retractions, retractions.c.review_id == r.id)
        .group_by(r.transcript_id)
    )
    back = {row[0]: row[1] for row in connection.execute(taken_back)}
    wanted = select(r.transcript_id, func.max(r.sequence), func.count()).group_by(r.transcript_id)
    return {row[0]: (row[1], row[2], back.get(row[0], 0)) for row in connection.execute(wanted)}
