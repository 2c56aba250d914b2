"""What nobody may see yet: the suggestions of passages that a coder is still to judge without them.

Which passages these are is drawn when a transcript is first pushed. Until then nothing is hidden from a lead, who looks
at suggestions to decide whether to push them at all; coders see those of a passage once they have judged it
(``seen_passages``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from sqlalchemy import Connection

from annotations.store.hidden_segments import hidden_segments
from annotations.store.segments import places_of
from annotations.transcript import Span

LEFT_OUT = "left out, for a coder is still to judge without a suggestion; shown once that review is in"


class Hidden:
    """The passages, by transcript. A segment of another segmentation that touches one is hidden with it."""

    def __init__(self, places: Mapping[UUID, Sequence[Span]]) -> None:
        self._places = places

    @classmethod
    def now(cls, connection: Connection, *, of: str | None = None, transcript: UUID | None = None) -> Hidden:
        """As things stand. ``of``: those that this coder still has to judge; ``transcript``: of this one alone."""
        places: dict[UUID, list[Span]] = {}
        hidden = hidden_segments(connection, of=of, transcript=transcript)
        for its_transcript, span in places_of(connection, hidden).values():
            places.setdefault(its_transcript, []).append(span)
        return cls(places)

    @property
    def transcripts(self) -> Set[UUID]:
        """Those of which something is hidden."""
        return self._places.keys()

    def hides(self, transcript: UUID, span: Span) -> bool:
        """Must what is suggested of this span stay unseen?"""
        return any(span.overlap(place) for place in self._places.get(transcript, ()))
