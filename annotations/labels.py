"""What each coder found on each segment: the projection of reviews and codings onto a segmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotations.coding import Coding, Condition, Review
from annotations.segment import Segment, judged, project
from annotations.transcript import Span

Loose = tuple[UUID, str, UUID, Condition, Coding]
_Pass = tuple[UUID, str, Condition, frozenset[str] | None, bool]


@dataclass(frozen=True, slots=True)
class Labels:
    """One coder's findings on one transcript under one condition, of the same codes.

    ``judged``: positions of the segments looked at; ``codes``: the codes carried, by position (positions
    without a code are left out). Where ``complete`` is false nothing is known of what else the coder looked
    at, so only ``codes`` means anything. ``decides``: the codes that were asked about; None is every code. ``whole``:
    they were those of the whole codebook, as it stood then, not some that a pass was for alone.

    >>> from uuid import UUID
    >>> seen = Labels(UUID(int=1), "Ines Falk", Condition.INDEPENDENT, True, frozenset({0, 1}), {1: frozenset({"cost"})})
    >>> seen.codes.get(0, frozenset())  # looked at, and nothing applies
    frozenset()
    """

    transcript: UUID
    coder: str
    condition: Condition
    complete: bool
    judged: frozenset[int]
    codes: Mapping[int, frozenset[str]]
    decides: frozenset[str] | None = None
    whole: bool = True

    def decided(self, code: str) -> bool:
        """Was the code among those asked about?"""
        return self.decides is None or code in self.decides


def labels_of(
    segments: Mapping[UUID, Sequence[Segment]], reviews: Sequence[Review], loose: Sequence[Loose] = ()
) -> tuple[Labels, ...]:
    """Project current reviews, and codings that belong to none, onto the segments of each transcript."""
    labels_made = []
    passes: dict[_Pass, list[Review]] = {}
    for review in reviews:
        key = (review.transcript, review.coder, review.condition, review.decides, review.only is None)
        passes.setdefault(key, []).append(review)
    for (transcript, coder, condition, decides, whole), its in passes.items():
        spans = [segment.span for segment in segments.get(transcript, ())]
        applied = [coding for review in its for coding in review.codings]
        seen = frozenset(judged(spans, [review.span for review in its]))
        carried = _carried(spans, applied)
        judged_here = seen | carried.keys()
        labels_made.append(Labels(transcript, coder, condition, True, judged_here, carried, decides, whole))
    partial: dict[tuple[UUID, str, Condition], list[Coding]] = {}
    for _, coder, transcript, condition, coding in loose:
        partial.setdefault((transcript, coder, condition), []).append(coding)
    for (transcript, coder, condition), codings in partial.items():
        carried = _carried([segment.span for segment in segments.get(transcript, ())], codings)
        labels_made.append(Labels(transcript, coder, condition, False, frozenset(carried), carried))
    return tuple(labels_made)


def _carried(spans: Sequence[Span], codings: Sequence[Coding]) -> dict[int, frozenset[str]]:
    by_span: dict[Span, set[str]] = {}
    for coding in codings:
        by_span.setdefault(coding.span, set()).add(coding.code)
    carried: dict[int, set[str]] = {}
    for span, positions in project(spans, {span: span for span in by_span}).items():
        for position in positions:
            carried.setdefault(position, set()).update(by_span[span])
    return {position: frozenset(codes) for position, codes in carried.items()}
