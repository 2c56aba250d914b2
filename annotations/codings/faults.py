"""Why rows of a codings file cannot be placed, each by its row, and said in few lines however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 30
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be placed. ``column``: as the file calls it.

    ``transcript``: the one that the row means, or, where it means none of the study (``names_none``), what it says.
    """

    file: str
    row: int
    column: str
    reason: str
    transcript: str = ""
    names_none: bool = False

    def __str__(self) -> str:
        return f'{self.file}, row {self.row}, column "{self.column}": {_ended(self.reason)}'


def in_few_lines(faults: Sequence[Fault]) -> tuple[str, ...]:
    """A line for each kind of fault, the most frequent first: how often it is found, and its first three rows.

    A kind is a column and a reason. Beyond 30 kinds the rest is counted.
    """
    kinds: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        kinds.setdefault((fault.file, fault.column, fault.reason), []).append(fault)
    several = [alike for alike in kinds.values() if len(alike) > 1]
    # one of each kind stay in the order of the file, after those that explain many rows
    ordered = sorted(several, key=len, reverse=True) + [alike for alike in kinds.values() if len(alike) == 1]
    lines = [_line(alike) for alike in ordered[:MOST_LINES]]
    rest = ordered[MOST_LINES:]
    if rest:
        lines.append(f"… and {sum(map(len, rest)):,} more, of {len(rest):,} further kinds.")
    return tuple(lines)


def _line(alike: Sequence[Fault]) -> str:
    first = alike[0]
    if len(alike) == 1:
        return str(first)
    rows = ", ".join(str(fault.row) for fault in alike[:_PLACES])
    more = " …" if len(alike) > _PLACES else ""
    return (
        f'{first.file}, rows {rows}{more} ({len(alike):,} ×), column "{first.column}": {_ended(first.reason)}'
    )


def _ended(reason: str) -> str:
    return reason if reason.endswith((".", "?")) else f"{reason}."
