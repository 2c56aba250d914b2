"""What somebody may see of many transcripts at once: read with few questions, for lists that go through the study."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from annotations.coding import Review
from annotations.names import folded
from annotations.store.reviews import past_reviews
from annotations.store.tables import coders, reviews, segments, transcripts
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Role, Span
from service.access.viewer import Viewer
from service.looking.hidden_spans import Hidden
from service.looking.margin import shows_coding
from service.looking.seen_passages import SeenPassages

_Places = Mapping[UUID, list[tuple[int, int]]]


class SeenInMany:
    """The viewer's own reviews and the passages to code, of these transcripts. The rule is that of one transcript.

    Spans stay pairs of numbers until one is asked for: there may be a hundred thousand.
    """

    def __init__(
        self, connection: Connection, segmentation: str, viewer: Viewer, among: Collection[UUID]
    ) -> None:
        self._viewer = viewer
        roles = [role.value for role in Role if role.is_coded]
        r, s = reviews.c, segments.c
        own = (
            select(transcripts.c.sequence, r.start, r.end)
            .join(transcripts, transcripts.c.id == r.transcript_id)
            .join(coders, coders.c.id == r.coder_id)
            .where(coders.c.name_key == folded(viewer.name), r.id.not_in(past_reviews()))
        )
        coded = (
            select(transcripts.c.sequence, s.start, s.end)
            .join(transcripts, transcripts.c.id == s.transcript_id)
            .where(s.segmentation == segmentation, s.role.in_(roles))
            .order_by(s.transcript_id, s.start)
        )
        ids = _numbers(connection, among)
        self._own = _places(connection, own, ids)
        self._coded = _places(connection, coded, ids)
        self._hidden, self._again = Hidden.now(connection), Hidden.now(connection, of=viewer.name)

    @property
    def read(self) -> Collection[UUID]:
        """The transcripts in which the viewer has read something herself."""
        return self._own.keys()

    def shows(self, kept: KeptTranscript, coder: str, span: Span) -> bool:
        """May the viewer see what this coder said of the span?"""
        coded = self._coded.get(kept.id, [])
        touched = []
        for start, end in coded[max(0, bisect_left(coded, (span.start, 0)) - 1) :]:
            if start >= span.end:
                break
            if end > span.start:
                touched.append(Span(start, end))
        begin = min([span.start, *(segment_span.start for segment_span in touched)])
        last = max([span.end, *(segment_span.end for segment_span in touched)])
        near = [
            Review(kept.id, self._viewer.name, Span(start, end))
            for start, end in self._own.get(kept.id, [])
            if start < last and end > begin
        ]
        seen = SeenPassages(self._viewer, kept, self._hidden, self._again, near)
        return shows_coding(self._viewer, kept, touched, seen, coder, span)


def _numbers(connection: Connection, among: Collection[UUID]) -> dict[int, UUID]:
    """The transcripts by number: an id for each of many rows would take long to read."""
    wanted = set(among)
    rows = connection.execute(select(transcripts.c.sequence, transcripts.c.id))
    return {row.sequence: row.id for row in rows if row.id in wanted}


def _places(connection: Connection, wanted: Select[Any], ids: Mapping[int, UUID]) -> _Places:
    places: dict[UUID, list[tuple[int, int]]] = {}
    for number, start, end in connection.execute(wanted):
        if number in ids:
            places.setdefault(ids[number], []).append((start, end))
    return places
