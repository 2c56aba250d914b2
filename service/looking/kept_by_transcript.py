"""What is worked out of each transcript's reviews, kept in this process's memory and worked out anew where they changed.

A question over the whole study (where do people differ?) is answered transcript by transcript, and between two looks
few of them change. Nothing of a transcript that left the study stays.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection, func, select

from annotations.coding import Review
from annotations.segment import Segment
from annotations.store.described_transcripts import described_transcripts
from annotations.store.reviews import reviews_among
from annotations.store.segments import segments_in
from annotations.store.tables import retractions, reviews
from annotations.store.transcripts import KeptTranscript, texts_by_id
from service.composition import Parts

Found = TypeVar("Found")
# so many are read together: a question for each would cost more, and one for all would hold a large study in memory
AT_ONCE = 20
# where nobody waits for it: a page that is asked for meanwhile is held up for a tenth of a second at most
GENTLY = 2
# how long it rests then after a piece of work, in times of what that took
RESTS = 1.0


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
        self._marked: Hashable = None
        self._marks: dict[UUID, Hashable] = {}
        self._found: dict[UUID, tuple[Hashable, Found]] = {}
        self._all: Mapping[UUID, Found] = {}

    def of(self, connection: Connection, parts: Parts) -> Mapping[UUID, Found]:
        """What there is to find, by transcript: the same mapping as long as nothing has changed."""
        with self._turn:
            while not self._step(connection, parts, AT_ONCE):
                pass
            return self._all

    def prepare(self, parts: Parts) -> None:
        """The same before anybody asks, in small pieces with rests, so that pages are answered meanwhile.

        Between two pieces neither a lock nor a transaction is held: whoever asks goes on with the work at once, and an
        erasure need not wait for a reader.
        """
        done = False
        while not done:
            began = time.thread_time()
            with parts.store.reading() as connection, self._turn:
                done = self._step(connection, parts, GENTLY)
            # what was worked out stays: looking through all of it for garbage would stop every thread, a third of a
            # second in a large study
            gc.freeze()
            time.sleep(RESTS * (time.thread_time() - began))

    def _step(self, connection: Connection, parts: Parts, most: int) -> bool:
        """Work on so many transcripts of those that have changed; True once none is left."""
        base = (parts.codebook.version, parts.segmentation.version, self._rests_on(connection, parts))
        if base != self._base:
            self._found.clear()
            self._base, self._newest, self._marked = base, None, None
        everything = described_transcripts(connection)
        newest = (_newest(connection), everything)
        if newest == self._newest:
            return True
        if newest != self._marked:
            counts = _counts(connection)
            self._marks = {kept.id: (kept, counts.get(kept.id)) for kept in everything}
            self._found = {at: entry for at, entry in self._found.items() if self._marks.get(at) == entry[0]}
            self._marked = newest
        todo = [at for at in self._marks if at not in self._found]
        for transcript in _read(connection, parts, todo[:most]):
            self._found[transcript.kept.id] = (
                self._marks[transcript.kept.id],
                self._work(connection, parts, transcript),
            )
        if len(todo) > most:
            return False
        self._newest = newest
        self._all = {transcript: entry for transcript, (_, entry) in self._found.items()}
        return True


def _read(connection: Connection, parts: Parts, some: Sequence[UUID]) -> Iterator[OneTranscript]:
    segments = segments_in(connection, parts.segmentation.version, some)
    its_reviews = reviews_among(connection, some)
    for kept in texts_by_id(connection, some):
        yield OneTranscript(kept, segments.get(kept.id, ()), its_reviews.get(kept.id, ()))


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
