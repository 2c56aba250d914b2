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

from annotations.matrix.counted_codings import Counted
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class CodedPassage:
    """A passage of a transcript and the codes on it, phases among them."""

    transcript: UUID
    span: Span
    codes: frozenset[str]


def coded_passages(found: Iterable[Counted]) -> tuple[CodedPassage, ...]:
    """The passages of these findings, by transcript in the order of the text."""
    by_transcript: dict[UUID, dict[Span, set[str]]] = {}
    for one in found:
        codes = by_transcript.setdefault(one.transcript, {}).setdefault(one.span, set())
        codes.add(one.code)
        if one.phase:
            codes.add(one.phase)
    return tuple(
        CodedPassage(transcript, span, frozenset(codes))
        for transcript, spans in by_transcript.items()
        for span, codes in _carrying(_joined(spans)).items()
    )


def _joined(spans: Mapping[Span, set[str]]) -> dict[Span, set[str]]:
    """Spans of nearly the same words as one, called by the first of them."""
    joined: dict[Span, set[str]] = {}
    open_: list[Span] = []
    for span in sorted(spans):
        open_ = [one for one in open_ if one.end > span.start]
        same = max((one for one in open_ if _each_half(one, span)), key=lambda one: one & span, default=None)
        if same is None:
            joined[span] = set(spans[span])
            open_.append(span)
        else:
            joined[same] |= spans[span]
    return joined


def _each_half(one: Span, other: Span) -> bool:
    shared = one & other
    return 2 * shared >= len(one) and 2 * shared >= len(other)


def _carrying(passages: Mapping[Span, set[str]]) -> dict[Span, set[str]]:
    """Each passage with the codes of those that cover at least half of it."""
    found = {span: set(codes) for span, codes in passages.items()}
    open_: list[Span] = []
    for span in sorted(passages):
        open_ = [one for one in open_ if one.end > span.start]
        for one in open_:
            shared = one & span
            if 2 * shared >= len(span):
                found[span] |= passages[one]
            if 2 * shared >= len(one):
                found[one] |= passages[span]
        open_.append(span)
    return found


def codes_on(passages: Sequence[CodedPassage]) -> tuple[str, ...]:
    """Every code that any of them carries, sorted."""
    return tuple(sorted({code for one in passages for code in one.codes}))
