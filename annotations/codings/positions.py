"""Which of several places a quote has, by a position that another program gives: a paragraph, a character.

Positions are believed only as far as the quotes that stand once bear them out: they have to grow along the transcript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """A quote of one transcript: the row it stands in, its position, and every place where its words stand."""

    row: int
    position: int
    places: tuple[Span, ...]


def places_by_position(asked: Sequence[Asked], text: str) -> dict[int, Span]:
    """For the rows whose quote stands several times, the one place that fits; rows that stay open are missing.

    ``asked``: all quotes of one transcript; ``text``: its canonical text.
    """
    known = [(one.position, one.places[0].start) for one in asked if len(one.places) == 1]
    if not _grow(known):
        return {}
    found: dict[int, Span] = {}
    lines = _Lines(text)
    alike: dict[tuple[Span, ...], list[Asked]] = {}
    for one in asked:
        if len(one.places) > 1:
            alike.setdefault(one.places, []).append(one)
    for places, rows in alike.items():
        positions = sorted({one.position for one in rows})
        if len(positions) == len(places):
            # as many places as positions: both grow, so they belong together in their order
            found |= {one.row: places[positions.index(one.position)] for one in rows}
            continue
        for one in rows:
            fit = [place for place in places if lines.fits(one.position, place.start, known)]
            fit = (
                fit
                if len(fit) == 1
                else [place for place in fit if lines.is_line(one.position, place.start, known)]
            )
            if len(fit) == 1:
                found[one.row] = fit[0]
    return found


def _grow(known: Sequence[tuple[int, int]]) -> bool:
    ordered = sorted(known)
    return all(before[1] <= after[1] for before, after in pairwise(ordered) if before[0] < after[0])


class _Lines:
    """The lines of a text, as paragraphs are counted: with empty ones or without."""

    def __init__(self, text: str) -> None:
        self._text = text

    def fits(self, position: int, start: int, known: Sequence[tuple[int, int]]) -> bool:
        for where, place in known:
            if where < position and place > start:
                return False
            if where > position and place < start:
                return False
            if where == position and self._line(place, empty=True) != self._line(start, empty=True):
                return False
        return True

    def is_line(self, position: int, start: int, known: Sequence[tuple[int, int]]) -> bool:
        """Do positions count lines, as at least two known ones show, and is this the line?"""
        if len({where for where, _ in known}) < 2:
            return False
        return any(
            self._line(start, empty=empty) == position
            and all(self._line(place, empty=empty) == where for where, place in known)
            for empty in (True, False)
        )

    def _line(self, place: int, *, empty: bool) -> int:
        before = self._text[:place].split("\n")
        return len(before) if empty else 1 + sum(bool(line.strip()) for line in before[:-1])
