"""What a result is made of where it is printed: tables and pictures with what they are called, to go into any file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

MOST_ROWS_PRINTED = 600


@dataclass(frozen=True)
class ResultTable:
    """``name``: short, for a sheet; ``subject``: the caption. ``widths``: of the columns, in proportion.

    ``first``: how many of the rows a document prints (else at most 600); all are in a workbook.
    """

    name: str
    subject: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    widths: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    first: int | None = None

    @property
    def printed(self) -> tuple[tuple[Any, ...], ...]:
        """The rows that a document shows."""
        return self.rows[: MOST_ROWS_PRINTED if self.first is None else self.first]


@dataclass(frozen=True)
class ResultFigure:
    """A picture: ``describes`` it for whoever cannot see it; ``draw`` gives its sheets of at most so many inches."""

    name: str
    subject: str
    describes: str
    draw: Callable[[float], Sequence[Figure]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultParts:
    """All of one result; ``notes``: what holds for all of it: how it was counted."""

    title: str
    tables: tuple[ResultTable, ...]
    figures: tuple[ResultFigure, ...] = ()
    notes: tuple[str, ...] = ()
