"""Why rows of a codings file cannot be placed, each by its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotations.problems import MOST_LINES as MOST_LINES
from annotations.problems import Problem
from annotations.problems import in_few_lines as _in_few_lines


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

    @property
    def problem(self) -> Problem:
        """The same without the transcript."""
        return Problem(self.file, self.reason, self.row, self.column)

    def __str__(self) -> str:
        return str(self.problem)


def in_few_lines(faults: Sequence[Fault]) -> tuple[str, ...]:
    """A line for each kind of fault, the most frequent first: how often it is found, and its first three rows."""
    return _in_few_lines([fault.problem for fault in faults])
