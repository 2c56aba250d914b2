"""Numbers of lines, as word processors print them in the margin: beside every line, or every fifth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NUMBERS_AMONG_WORDS = (
    "its lines are numbered, and the numbers stand among the words. Save it without numbers of lines, and give it "
    "again."
)
_LEADING = re.compile(r"\s*(?P<number>\d{1,5})(?:\s+|$)")
_TRAILING = re.compile(r"(?:^|\s+)(?P<number>\d{1,5})\s*$")
_STEPS = (1, 2, 5, 10)
_LEAST = 4
# of the lines that would bear a number; blank lines may count, so of every fifth fewer do
_MOSTLY = {1: 0.8}
_FEWER = 0.6


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """The place of a line's number: the page and the line, both from 0, and where in it the number stands."""

    page: int
    line: int
    start: int
    end: int


def line_numbers(pages: Sequence[Sequence[str]]) -> tuple[NumberedLine, ...]:
    """The numbers that count up beside the lines of these pages, from the first or anew on each; none where none do."""
    lines = sum(1 for page in pages for line in page if line.strip() and not line.strip().isdecimal())
    for pattern in (_LEADING, _TRAILING):
        numbers = list(_numbers(pages, pattern))
        for step in _STEPS:
            chain = _chain(numbers, step)
            if len(chain) >= max(_LEAST, _MOSTLY.get(step, _FEWER) * lines / step):
                return tuple(chain)
    return ()


def _numbers(pages: Sequence[Sequence[str]], pattern: re.Pattern[str]) -> Iterator[tuple[int, NumberedLine]]:
    for at, page in enumerate(pages):
        for number, line in enumerate(page):
            m = pattern.search(line) if pattern is _TRAILING else pattern.match(line)
            if m is not None:
                yield int(m["number"]), NumberedLine(at, number, m.start(), m.end())


def _chain(numbers: Sequence[tuple[int, NumberedLine]], step: int) -> list[NumberedLine]:
    """Those that go up by this step, each page from where the last ended or from the beginning."""
    chain: list[NumberedLine] = []
    last = 0
    for number, place in numbers:
        anew = number == step and (not chain or chain[-1].page != place.page)
        if anew or (chain and number == last + step):
            chain.append(place)
            last = number
    return chain
