"""What somebody may see of many transcripts at once: read with few questions, for lists that go through the study."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.coding import Review
from annotations.names import folded
from annotations.store.many_values import in_lots
from annotations.store.reviews import past_reviews
from annotations.store.tables import coders, reviews, segments
from annotations.store.transcripts import Kept
from annotations.transcript import Role, Span
from service.access.viewer import Viewer
from service.looking.hidden_spans import Hidden
from service.looking.margin import shows_coding
from service.looking.seen_passages import SeenPassages


class SeenInMany:
    """The viewer's own reviews and the passages to code, of these transcripts. The rule is that of one transcript."""

    def __init__(
        self, connection: Connection, segmentation: str, viewer: Viewer, among: Collection[UUID]
    ) -> None:
        self._viewer = viewer
        self._own = _own_reviews(connection, viewer.name, among)
        self._coded = _coded_passages(connection, segmentation, among)
        self._hidden = Hidden.now(connection)

    def passages(self, kept: Kept) -> SeenPassages:
        """What the viewer may see of a transcript."""
        return SeenPassages(self._viewer, kept, self._hidden, self._own.get(kept.id, ()))

    def coded(self, kept: Kept) -> Sequence[Span]:
        """Its passages that are to be coded, in their order."""
        return self._coded.get(kept.id, ())

    def shows(self, kept: Kept, coder: str, span: Span) -> bool:
        """May the viewer see what this coder said of the span?"""
        return shows_coding(self._viewer, kept, self.coded(kept), self.passages(kept), coder, span)


def _own_reviews(connection: Connection, name: str, among: Collection[UUID]) -> dict[UUID, list[Review]]:
    """Where the reviews stand that somebody made, without their codings."""
    found: dict[UUID, list[Review]] = {}
    r = reviews.c
    for some in in_lots(among):
        wanted = (
            select(r.transcript_id, r.start, r.end)
            .join(coders, coders.c.id == r.coder_id)
            .where(coders.c.name_key == folded(name), r.transcript_id.in_(some), r.id.not_in(past_reviews()))
        )
        for transcript, start, end in connection.execute(wanted):
            found.setdefault(transcript, []).append(Review(transcript, name, Span(start, end)))
    return found


def _coded_passages(
    connection: Connection, segmentation: str, among: Collection[UUID]
) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = {}
    roles = [role.value for role in Role if role.is_coded]
    s = segments.c
    for some in in_lots(among):
        wanted = (
            select(s.transcript_id, s.start, s.end)
            .where(s.segmentation == segmentation, s.role.in_(roles), s.transcript_id.in_(some))
            .order_by(s.transcript_id, s.start)
        )
        for transcript, start, end in connection.execute(wanted):
            found.setdefault(transcript, []).append(Span(start, end))
    return found
