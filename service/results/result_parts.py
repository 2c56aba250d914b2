"""What a result is made of where it is printed: tables and pictures with what they are called, to go into any file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotations.numbers_shown import number

if TYPE_CHECKING:
    # a page that shows a table loads no drawing program
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
    """A picture: ``describes`` it for whoever cannot see it; ``draw`` gives its sheets of at most so many inches.

    ``of``: the name of the table that lists what it shows.
    """

    name: str
    subject: str
    describes: str
    of: str
    draw: Callable[[float], Iterable[Figure]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultParts:
    """All of one result; ``notes``: what holds for all of it: how it was counted."""

    title: str
    tables: tuple[ResultTable, ...]
    figures: tuple[ResultFigure, ...] = ()
    notes: tuple[str, ...] = ()


def words_of(value: Any) -> str:
    """A cell as people read it: figures with a real minus sign and two digits, tiny ones as such."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return "< 0.001" if 0 < value < 0.001 else f"{value:.3f}" if 0 < value < 0.1 else number(value)
    return f"{value:,}" if isinstance(value, int) else str(value)
