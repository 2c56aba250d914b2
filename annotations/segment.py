"""Segments, the units shown and suggested for, and the projection of codings onto them."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from annotations.transcript import Role, Span

Unit = Literal["turn", "passage", "sentence"]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A way to cut transcripts into segments: the unit, the most words of one, and the sentence splitter.

    >>> Segmentation().unit, Segmentation().version == Segmentation(max_words=80).version
    ('turn', False)
    """

    unit: Unit = "turn"
    max_words: int | None = None
    pipeline: str = "rules"

    @property
    def version(self) -> str:
        """The first 16 hex digits of the SHA-256 of what it is."""
        plain = json.dumps([self.unit, self.max_words, self.pipeline, 1])
        return hashlib.sha256(plain.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Segment:
    """A half-open span of one transcript. ``turn`` is the number of the first turn it lies in.

    >>> Segment(index=0, turn=1, speaker="JKG-01", role=Role.PARTICIPANT, span=Span(20, 60)).turn
    1
    """

    index: int
    turn: int
    speaker: str
    role: Role
    span: Span
    id: UUID | None = None


def carries(segment: Span, coding: Span) -> bool:
    """Does the segment carry a code applied to ``coding``: is half of either one inside the other?

    >>> carries(Span(0, 100), Span(90, 120)), carries(Span(0, 100), Span(80, 120))
    (False, True)
    """
    shared = segment.overlap(coding)
    return shared > 0 and (2 * shared >= len(segment) or 2 * shared >= len(coding))


def project(segments: Sequence[Span], codings: Mapping[Key, Span]) -> dict[Key, tuple[int, ...]]:
    """Which segments carry each coding, as positions in ``segments`` (sorted, disjoint).

    A coding that no segment carries by the rule of halves (it lies on a border of several, or on words that
    are no unit) maps to the empty tuple: it is kept and counted, never moved to a segment it is not about.

    >>> project([Span(0, 50), Span(50, 100)], {"cost": Span(10, 30), "trust": Span(20, 90)})
    {'cost': (0,), 'trust': (0, 1)}
    """
    ends = [segment.end for segment in segments]
    return {key: carrying(segments, ends, span) for key, span in codings.items()}


def carrying(segments: Sequence[Span], ends: Sequence[int], coding: Span) -> tuple[int, ...]:
    """Which segments carry this coding, as ``project`` has it; ``ends``: those of the segments, for many questions."""
    at = bisect_left(ends, coding.start + 1)
    positions = []
    while at < len(segments) and segments[at].start < coding.end:
        if carries(segments[at], coding):
            positions.append(at)
        at += 1
    return tuple(positions)


def judged(segments: Sequence[Span], reviews: Sequence[Span]) -> set[int]:
    """The positions of the segments that the reviews' spans cover together by at least half, or lie half in.

    ``reviews`` are one coder's; overlapping ones count once.

    >>> judged([Span(0, 50), Span(50, 100)], [Span(0, 60)])
    {0}
    """
    starts = sorted(reviews)
    merged: list[Span] = []
    for span in starts:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    covered = _covered(segments, merged)
    by_cover = {at for at, shared in covered.items() if 2 * shared >= len(segments[at])}
    by_review = {i for positions in project(segments, dict(enumerate(starts))).values() for i in positions}
    return by_cover | by_review


def _covered(segments: Sequence[Span], disjoint: Sequence[Span]) -> dict[int, int]:
    """How many code points of each segment some disjoint spans cover; segments that none touches are left out."""
    ends = [segment.end for segment in segments]
    covered: dict[int, int] = {}
    for span in disjoint:
        at = bisect_left(ends, span.start + 1)
        while at < len(segments) and segments[at].start < span.end:
            covered[at] = covered.get(at, 0) + (segments[at].overlap(span))
            at += 1
    return covered
