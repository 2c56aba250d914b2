"""Passages with all the codes that they carry: the units in which codes meet.

- Codings of nearly the same words (half of each lies in the other) are of one passage.
- A coding also puts its code on every shorter passage of which it covers at least half: a wide one carries its code to the
  passages within it, and does not take their codes on.
- The phase of a coding counts as a code of its passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotations.matrix.counted_codings import CountedPassage
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class PassageCodes:
    """A passage of a transcript and the codes on it, phases among them."""

    transcript: UUID
    span: Span
    codes: frozenset[str]


def coded_passages(counted: Iterable[CountedPassage]) -> tuple[PassageCodes, ...]:
    """The passages of these findings, by transcript in the order of the text."""
    by_transcript: dict[UUID, dict[Span, set[str]]] = {}
    for passage in counted:
        codes = by_transcript.setdefault(passage.transcript, {}).setdefault(passage.span, set())
        codes.add(passage.code)
        if passage.phase:
            codes.add(passage.phase)
    return tuple(
        PassageCodes(transcript, span, frozenset(codes))
        for transcript, spans in by_transcript.items()
        for span, codes in _carrying(_joined(spans)).items()
    )


def _joined(spans: Mapping[Span, set[str]]) -> dict[Span, set[str]]:
    """Spans of nearly the same words as one, called by the first of them."""
    joined: dict[Span, set[str]] = {}
    open_: list[Span] = []
    for span in sorted(spans):
        open_ = [open_span for open_span in open_ if open_span.end > span.start]
        same = max(
            (open_span for open_span in open_ if _each_half(open_span, span)),
            key=lambda open_span: open_span.overlap(span),
            default=None,
        )
        if same is None:
            joined[span] = set(spans[span])
            open_.append(span)
        else:
            joined[same] |= spans[span]
    return joined


def _each_half(span: Span, other: Span) -> bool:
    shared = span.overlap(other)
    return 2 * shared >= len(span) and 2 * shared >= len(other)


def _carrying(passages: Mapping[Span, set[str]]) -> dict[Span, set[str]]:
    """Each passage with the codes of those that cover at least half of it."""
    codes_of = {span: set(codes) for span, codes in passages.items()}
    open_: list[Span] = []
    for span in sorted(passages):
        open_ = [open_span for open_span in open_ if open_span.end > span.start]
        for open_span in open_:
            shared = open_span.overlap(span)
            if 2 * shared >= len(span):
                codes_of[span] |= passages[open_span]
            if 2 * shared >= len(open_span):
                codes_of[open_span] |= passages[span]
        open_.append(span)
    return codes_of


def codes_on(passages: Sequence[PassageCodes]) -> tuple[str, ...]:
    """Every code that any of them carries, sorted."""
    return tuple(sorted({code for passage in passages for code in passage.codes}))
