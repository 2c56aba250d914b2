"""Which of several places a quote has, by a position that another program gives: a paragraph, a character.

Positions are believed only as far as the quotes that stand once bear them out: they have to grow along the transcript.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class AskedQuote:
    """A quote of one transcript: the row it stands in, its position, and every place where its words stand."""

    row: int
    position: int
    places: tuple[Span, ...]


def places_by_position(asked: Sequence[AskedQuote], text: str) -> dict[int, Span]:
    """For the rows whose quote stands several times, the one place that fits; rows that stay open are missing.

    ``asked``: all quotes of one transcript; ``text``: its canonical text.
    """
    known = [
        (asked_quote.position, asked_quote.places[0].start)
        for asked_quote in asked
        if len(asked_quote.places) == 1
    ]
    if not _grow(known):
        return {}
    spans: dict[int, Span] = {}
    lines = _CountedLines(text, known)
    alike: dict[tuple[Span, ...], list[AskedQuote]] = {}
    for asked_quote in asked:
        if len(asked_quote.places) > 1:
            alike.setdefault(asked_quote.places, []).append(asked_quote)
    for places, rows in alike.items():
        positions = sorted({asked_quote.position for asked_quote in rows})
        if len(positions) == len(places):
            # as many places as positions: both grow, so they belong together in their order
            spans |= {asked_quote.row: places[positions.index(asked_quote.position)] for asked_quote in rows}
            continue
        for asked_quote in rows:
            fit = [place for place in places if lines.fits(asked_quote.position, place.start)]
            fit = (
                fit
                if len(fit) == 1
                else [place for place in fit if lines.is_line(asked_quote.position, place.start)]
            )
            if len(fit) == 1:
                spans[asked_quote.row] = fit[0]
    return spans


def _grow(known: Sequence[tuple[int, int]]) -> bool:
    ordered = sorted(known)
    return all(before[1] <= after[1] for before, after in pairwise(ordered) if before[0] < after[0])


class _CountedLines:
    """The lines of a text, as paragraphs are counted: with empty ones or without. ``known``: positions and places."""

    def __init__(self, text: str, known: Sequence[tuple[int, int]]) -> None:
        self._starts = [0]
        self._full = [0]  # how many lines with words stand before each line
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
            self._full.append(self._full[-1] + bool(line.strip()))
        self._known = sorted(set(known))
        positions = len({position for position, _ in known})
        self._counted = [
            empty
            for empty in (True, False)
            if positions > 1 and all(self._line(place, empty=empty) == position for position, place in known)
        ]

    def fits(self, position: int, start: int) -> bool:
        """Does this place stand where the position does, between those that are known?"""
        at = bisect_left(self._known, (position, -1))
        if at and self._known[at - 1][1] > start:
            return False
        while at < len(self._known) and self._known[at][0] == position:
            if self._line(self._known[at][1], empty=True) != self._line(start, empty=True):
                return False
            at += 1
        return at == len(self._known) or self._known[at][1] >= start

    def is_line(self, position: int, start: int) -> bool:
        """Do positions count lines, as at least two known ones show, and is this the line?"""
        return any(self._line(start, empty=empty) == position for empty in self._counted)

    def _line(self, place: int, *, empty: bool) -> int:
        number = bisect_right(self._starts, place)
        return number if empty else 1 + self._full[number - 1]
