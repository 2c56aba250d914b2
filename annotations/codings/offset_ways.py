"""The ways in which programs count where a passage begins and ends: which of them do its quotes, or ends of words, bear out?

In code points, UTF-16 units (Java, JavaScript, Windows) or bytes; from 0, or from 1 as R and awk do; a line end as one
or two. The text has one character for a line end and no mark of byte order before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from annotations.codings.quote_words import shortened
from annotations.refi.unit_decision import plain_words
from annotations.transcript import Span
from annotations.word_edges import between_words

_UNITS: tuple[tuple[str, Callable[[str], int]], ...] = (
    ("code points", lambda _: 1),
    ("UTF-16 units", lambda character: 1 + (ord(character) > 0xFFFF)),
    ("bytes of UTF-8", lambda character: len(character.encode("utf-8", "surrogatepass"))),
)
_LINE_ENDS = (("", 1), (", every line end as two", 2))
# how much higher than from 0 the first position and the last one are
_FIRST = (("from 0", 0, 0), ("from 1, the last one included", 1, 0), ("from 1", 1, 1))


@dataclass(frozen=True, slots=True)
class OffsetWay:
    """A way of counting and what rows mean in it; None for a row that it puts beyond the text.

    ``hits``: of how many the words of the quote stand just there; ``whole``: how many begin and end between words.
    """

    in_words: str
    spans: tuple[Span | None, ...]
    hits: int
    whole: int
    bare: int  # of how many no white space stands at an end

    @property
    def fit(self) -> tuple[int, int, int]:
        """The larger, the better it fits."""
        return self.hits, self.whole, self.bare


def offset_ways(text: str, rows: Sequence[tuple[int, int, str]]) -> Iterator[OffsetWay]:
    """What rows (start, end and quote) mean in each way of counting: ours first, then the usual ones of other programs."""
    places = {
        (unit, ends): [0, *accumulate(two if character == "\n" else width(character) for character in text)]
        if (unit, two) != ("code points", 1)
        else range(len(text) + 1)
        for unit, width in _UNITS
        for ends, two in _LINE_ENDS
    }
    return (
        _way(
            text,
            rows,
            f"in {unit} {first}{ends}",
            [_span(its, start - begins, end - stops) for start, end, _ in rows],
        )
        for first, begins, stops in _FIRST
        for (unit, ends), its in places.items()
    )


def _span(places: Sequence[int], start: int, end: int) -> Span | None:
    if not 0 <= start < end <= places[-1]:
        return None
    begins, ends = bisect_right(places, start) - 1, bisect_right(places, end) - 1
    return Span(begins, ends) if begins < ends else None


def _way(
    text: str, rows: Sequence[tuple[int, int, str]], in_words: str, spans: Sequence[Span | None]
) -> OffsetWay:
    placed = [(span, quote) for span, (_, _, quote) in zip(spans, rows, strict=True) if span is not None]
    hits = sum(_says(span.of(text), quote) for span, quote in placed)
    whole = sum(
        all(between_words(text, at) is not False for at in (span.start, span.end)) for span, _ in placed
    )
    bare = sum(span.of(text) == span.of(text).strip() for span, _ in placed)
    return OffsetWay(in_words, tuple(spans), hits, whole, bare)


def _says(words: str, quote: str) -> bool:
    """Are these the words of a quote, which may be shortened?"""
    here, wanted = plain_words(words), plain_words(quote)
    return bool(wanted) and (here == wanted or (bool(shortened(quote)) and here.startswith(wanted)))
