"""Offsets that count bytes, or from 1: which of these ways of counting do the quotes, or the ends of words, bear out?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from annotations.refi.unit_decision import plain_words
from annotations.transcript import Span

USUAL = "in code points from 0"
_UNITS: tuple[tuple[str, Callable[[str], int]], ...] = (
    ("code points", lambda _: 1),
    ("UTF-16 units", lambda character: 1 + (ord(character) > 0xFFFF)),
    ("bytes of UTF-8", lambda character: len(character.encode("utf-8", "surrogatepass"))),
)
_LINE_ENDS = (("", 1), (", every line end as two", 2))
# how much higher than from 0 the first position and the last one are
_FIRST = (("from 0", 0, 0), ("from 1, the last one included", 1, 0), ("from 1", 1, 1))


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A way of counting and what rows mean in it; None for a row that it puts beyond the text.

    ``hits``: of how many the words of the quote stand just there; ``whole``: how many begin and end between words.
    """

    in_words: str
    spans: tuple[Span | None, ...]
    hits: int
    whole: int
    bare: int  # of how many no white space stands at an end


def other_ways(text: str, rows: Sequence[tuple[int, int, str]]) -> list[OtherWay]:
    """The ways of counting, those that fit these rows (start, end and quote) best first; the usual one is among them."""
    ways = [_way(text, rows, in_words, spans) for in_words, spans in _spans(text, rows)]
    return sorted(ways, key=lambda way: (-way.hits, -way.whole, -way.bare))


def within_a_word(text: str, at: int) -> bool:
    """Does a place lie in the middle of a word?"""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _spans(text: str, rows: Sequence[tuple[int, int, str]]) -> Iterator[tuple[str, tuple[Span | None, ...]]]:
    for unit, width in _UNITS:
        for said_of_ends, end in _LINE_ENDS:
            places = [
                0,
                *accumulate(end if character == "\n" else width(character) for character in text),
            ]
            for first, begin_by, end_by in _FIRST:
                spans = (_span(places, start - begin_by, stop - end_by) for start, stop, _ in rows)
                yield f"in {unit} {first}{said_of_ends}", tuple(spans)


def _span(places: Sequence[int], start: int, end: int) -> Span | None:
    if not 0 <= start < end <= places[-1]:
        return None
    begins, ends = bisect_right(places, start) - 1, bisect_right(places, end) - 1
    return Span(begins, ends) if begins < ends else None


def _way(
    text: str, rows: Sequence[tuple[int, int, str]], in_words: str, spans: tuple[Span | None, ...]
) -> OtherWay:
    placed = [
        (span, plain_words(quote))
        for span, (_, _, quote) in zip(spans, rows, strict=True)
        if span is not None
    ]
    hits = sum(bool(quote) and plain_words(span.of(text)) == quote for span, quote in placed)
    whole = sum(not any(within_a_word(text, at) for at in (span.start, span.end)) for span, _ in placed)
    bare = sum(span.of(text) == span.of(text).strip() for span, _ in placed)
    return OtherWay(in_words, spans, hits, whole, bare)
