"""What a coder said in one view as the other shows it: marked words as the answer to a passage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotations.coding import Coding, Review
from annotations.label_studio.arrivals import CoderDecision
from annotations.segment import carries
from annotations.transcript import Span


def on_passage(reviews: Iterable[Review], own: Review) -> tuple[Coding, ...]:
    """What a coder's reviews say of the passage that one of them is about: marks of its neighbours may reach into it."""
    return tuple(
        coding
        for review in reviews
        for coding in review.codings
        if carries(own.span, coding.span) or (review.id == own.id and not beyond(coding, own.span))
    )


def as_passage(codings: Sequence[Coding], memo: str) -> CoderDecision:
    """The answer to a passage that says what these codings say; ``memo``: of a review without any.

    A passage has one influence for all its codes: it is kept where all say the same.
    """
    if not codings:
        return CoderDecision(memo=memo)
    influences = {coding.influence for coding in codings}
    return CoderDecision(
        codes=tuple(sorted({coding.code for coding in codings})),
        memo="\n".join(dict.fromkeys(coding.memo for coding in codings if coding.memo)),
        influence=influences.pop() if len(influences) == 1 else None,
        concrete_example=any(coding.concrete_example for coding in codings),
    )


def beyond(coding: Coding, passage: Span) -> list[Coding]:
    """The parts of a coding that lie outside a passage."""
    parts = []
    if coding.span.start < passage.start:
        parts.append(Span(coding.span.start, min(coding.span.end, passage.start)))
    if coding.span.end > passage.end:
        parts.append(Span(max(coding.span.start, passage.end), coding.span.end))
    return [replace(coding, span=part) for part in parts]
