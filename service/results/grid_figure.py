"""Rows of codes by columns of cases as a picture of signs: what triangulation and change over waves are drawn on.

Everything is laid out in inches, so that no label can cover another; signs differ in shape, so that they are read in grey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from annotations.lots import lots
from service.results.picture_files import FAMILY, TextMeasure, empty_picture, rectangle, stroke

if TYPE_CHECKING:
    from matplotlib.figure import Figure


WIDTH = 7.2  # inches
_LABELS = (0.1, 2.5)
_SIZE, _LINE, _GAP = 7.5, 0.135, 0.09
_CELL = 0.5
_WIDEST_CELL = 0.9
INK, QUIET, FAINT = "#111111", "#666666", "#cccccc"
MOST_COLUMNS = int((WIDTH - _LABELS[1] - 0.1) / _CELL)


@dataclass(frozen=True, slots=True)
class GridHead:
    """A row or column: how it is called, and the group that it stands in ("" none)."""

    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class GridMark:
    """A sign in a cell. ``shape``: of matplotlib's markers, "" none; ``filled``: how dark, "none" open; ``words``: beside or
    in place of it; ``boxed``: stands out.
    """

    shape: str = ""
    filled: str = "none"
    words: str = ""
    boxed: bool = False


Marks = Callable[[int, int], GridMark | None]


def grid_figures(
    rows: Sequence[GridHead],
    columns: Sequence[GridHead],
    marks: Marks,
    key: Sequence[tuple[GridMark, str]],
    *,
    tallest: float,
) -> Iterator[Figure]:
    """The grid on as many sheets as its columns and rows ask for; rows with nothing in a sheet's columns are left out there.

    ``marks``: what stands in a row and column, by number.
    """
    measure = TextMeasure(_SIZE)
    for some in _column_lots(columns):
        own = [row for row in range(len(rows)) if any(marks(row, at) is not None for at in some)]

        def marked(row: int, column: int, own: Sequence[int] = own) -> GridMark | None:
            return marks(own[row], column)

        heads = [(at, columns[at]) for at in some]
        yield from _sheets([rows[row] for row in own], heads, marked, key, tallest, measure)


def _column_lots(columns: Sequence[GridHead]) -> Iterator[list[int]]:
    """Columns that a page has room for; those of one group stay together where they can."""
    lot: list[int] = []
    for _, its in groupby(range(len(columns)), key=lambda at: columns[at].group):
        for run in lots(list(its), MOST_COLUMNS):
            if lot and len(lot) + len(run) > MOST_COLUMNS:
                yield lot
                lot = []
            lot = [*lot, *run]
    if lot:
        yield lot


def _sheets(
    rows: Sequence[GridHead],
    columns: Sequence[tuple[int, GridHead]],
    marks: Marks,
    key: Sequence[tuple[GridMark, str]],
    tallest: float,
    measure: TextMeasure,
) -> Iterator[Figure]:
    cell = min(_WIDEST_CELL, (WIDTH - _LABELS[1] - 0.1) / max(len(columns), 1))
    heads = [measure.lines(head_of_column.label, cell - 0.04) for _, head_of_column in columns]
    head = (
        0.12
        + _LINE * max([1, *map(len, heads)])
        + (0.22 if any(head_of_column.group for _, head_of_column in columns) else 0)
    )
    foot = 0.3 + 0.2 * len(_key_lines(key, measure))
    lines = [measure.lines(row.label, _LABELS[1] - _LABELS[0] - 0.15) for row in rows]
    sheet: list[int] = []
    height = head + foot
    for number in range(len(rows)):
        more = _height(rows, lines, sheet, number)
        if sheet and height + more > tallest:
            yield _drawn(rows, columns, lines, heads, sheet, marks, key, (cell, head, height), measure)
            sheet, height = [], head + foot
            more = _height(rows, lines, sheet, number)
        sheet.append(number)
        height += more
    if sheet:
        yield _drawn(rows, columns, lines, heads, sheet, marks, key, (cell, head, height), measure)


def _height(
    rows: Sequence[GridHead], lines: Sequence[Sequence[str]], sheet: Sequence[int], number: int
) -> float:
    own = max(1, len(lines[number])) * _LINE + _GAP
    new = bool(rows[number].group) and (not sheet or rows[sheet[-1]].group != rows[number].group)
    return own + (0.24 if new else 0)


def _drawn(
    rows: Sequence[GridHead],
    columns: Sequence[tuple[int, GridHead]],
    lines: Sequence[Sequence[str]],
    heads: Sequence[Sequence[str]],
    sheet: Sequence[int],
    marks: Marks,
    key: Sequence[tuple[GridMark, str]],
    sizes: tuple[float, float, float],
    measure: TextMeasure,
) -> Figure:
    cell, head, height = sizes
    figure, axes = empty_picture(WIDTH, height)
    left = _LABELS[1]
    _column_heads(axes, columns, heads, cell, head, height, len(_key_lines(key, measure)))
    y = head
    before = ""
    for shaded, number in enumerate(sheet):
        row = rows[number]
        if row.group and (not shaded or row.group != before):
            text(axes, _LABELS[0], y + 0.13, row.group, weight="bold")
            y += 0.24
        before = row.group
        tall = max(1, len(lines[number])) * _LINE + _GAP
        if shaded % 2 == 0:
            fill = rectangle(
                (0.05, y), left + cell * len(columns) - 0.05, tall, facecolor="#f5f5f5", zorder=-5
            )
            axes.add_patch(fill)
        for at, line in enumerate(lines[number]):
            text(axes, _LABELS[0] + 0.1, y + _GAP / 2 + _LINE * (at + 0.5), line)
        for at, (column, _) in enumerate(columns):
            paint(axes, left + cell * (at + 0.5), y + tall / 2, marks(number, column))
        y += tall
    _key(axes, key, y + 0.12, measure)
    return figure


def _column_heads(
    axes: Any,
    columns: Sequence[tuple[int, GridHead]],
    heads: Sequence[Sequence[str]],
    cell: float,
    head: float,
    height: float,
    key_lines: int,
) -> None:
    left, bottom = _LABELS[1], height - 0.2 * key_lines - 0.28
    start = 0
    groups = [head_of_column.group for _, head_of_column in columns]
    for at, (_, column) in enumerate(columns):
        middle = left + cell * (at + 0.5)
        for line, words in enumerate(reversed(heads[at])):
            text(axes, middle, head - 0.1 - _LINE * line, words, align="center", colour=QUIET)
        if at + 1 == len(columns) or groups[at + 1] != column.group:
            if column.group:
                text(
                    axes,
                    left + cell * (start + at + 1) / 2,
                    0.13,
                    column.group,
                    weight="bold",
                    align="center",
                )
            edge = left + cell * (at + 1)
            line_(axes, (edge, edge), (0.05, bottom), FAINT, 0.8)
            start = at + 1
    line_(axes, (left, left), (0.05, bottom), FAINT, 0.8)


def paint(axes: Any, x: float, y: float, mark: GridMark | None) -> None:
    """A sign at this place."""
    if mark is None:
        return
    if mark.boxed:
        axes.add_patch(
            rectangle((x - 0.15, y - 0.095), 0.3, 0.19, facecolor="none", edgecolor=INK, linewidth=0.9)
        )
    shift = 0.15 if mark.shape and mark.words else 0.0
    if mark.shape:
        axes.add_line(
            stroke([x - shift], [y], marker=mark.shape, markersize=5.6, markerfacecolor=mark.filled,
                   markeredgecolor=INK, markeredgewidth=0.9, linestyle="none")
        )  # fmt: skip
    if mark.words:
        at, align = (x - 0.05, "left") if shift else (x, "center")
        text(axes, at, y, mark.words, align=align, colour=INK if mark.shape else QUIET)


def _key_lines(
    key: Sequence[tuple[GridMark, str]], measure: TextMeasure
) -> list[list[tuple[float, GridMark, str]]]:
    """The key in lines, with where each sign stands."""
    lines: list[list[tuple[float, GridMark, str]]] = []
    x = WIDTH
    for mark, words in key:
        wide = measure.width(words) + 0.55
        if x + wide > WIDTH - 0.1:
            lines.append([])
            x = _LABELS[0]
        lines[-1].append((x, mark, words))
        x += wide
    return lines


def _key(axes: Any, key: Sequence[tuple[GridMark, str]], y: float, measure: TextMeasure) -> None:
    line_(axes, (_LABELS[0], WIDTH - 0.1), (y - 0.06, y - 0.06), FAINT, 0.8)
    for number, line in enumerate(_key_lines(key, measure)):
        for x, mark, words in line:
            paint(axes, x + 0.15, y + 0.08 + 0.2 * number, mark)
            text(axes, x + 0.36, y + 0.08 + 0.2 * number, words)


def text(
    axes: Any,
    x: float,
    y: float,
    words: str,
    *,
    size: float = _SIZE,
    weight: str = "normal",
    align: str = "left",
    colour: str = INK,
) -> None:
    """Words at a place, in the middle of their line."""
    shown = "".join(letter for letter in words if letter.isprintable())
    axes.text(x, y, shown, fontsize=size, fontweight=weight, ha=align, va="center", color=colour, family=FAMILY,
              parse_math=False)  # fmt: skip


def line_(axes: Any, xs: tuple[float, float], ys: tuple[float, float], colour: str, width: float) -> None:
    """A line behind all else."""
    axes.add_line(stroke(xs, ys, color=colour, linewidth=width, zorder=-1))
