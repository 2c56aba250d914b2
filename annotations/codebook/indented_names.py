"""Codes that a team indented in Excel, or put below headings that go across the table: how they lie below each other."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from annotations.numbers_shown import counted
from annotations.sheets.sheet import MOST_ABOVE, Sheet, SheetRow, own_names

_MOST_BYTES = 5_000_000  # of a codebook; a larger workbook is none


@dataclass(frozen=True, slots=True)
class Indented:
    """Of each row the place of the one above it, and which rows are headings that go across the table."""

    above: tuple[int | None, ...]
    headings: frozenset[int] = frozenset()
    indented: bool = True

    def notes(self, names: Sequence[str]) -> tuple[str, ...]:
        """How the table was read, in sentences. ``names``: of all rows."""
        said = ("the codes are indented; they were read as a tree.",) if self.indented else ()
        if not self.headings:
            return said
        listed = ", ".join(f'"{names[at]}"' for at in sorted(self.headings)[:5])
        more = " …" if len(self.headings) > 5 else ""
        rows = counted(
            len(self.headings),
            "row goes across the table and is a heading that nobody applies",
            "rows go across the table and are headings that nobody applies",
        )
        return (*said, f"{rows}: {listed}{more}.")


def indented_tree(file: Path, sheet: Sheet) -> Indented | None:
    """How the rows of a workbook's table lie below each other by how they look; None where they do not show it."""
    if file.suffix.lower() != ".xlsx" or file.stat().st_size > _MOST_BYTES or not sheet.rows:
        return None
    # heavy, and most codebooks are no workbooks
    from openpyxl import load_workbook

    from annotations.sheets.workbook import DAMAGED

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that openpyxl drops; indents are not among them
            book = load_workbook(io.BytesIO(file.read_bytes()), keep_links=False)
    except DAMAGED:  # its cells were read; a picture or a table of Excel's own may still be odd
        return None
    for worksheet in book.worksheets:
        column = _code_column(worksheet, sheet)
        if column is not None:
            return _of_levels(*_looks(worksheet, column, sheet.rows))
    return None


def _code_column(worksheet: Any, sheet: Sheet) -> int | None:
    """Where the codes of this table stand in a worksheet; None where they stand in another."""
    for number in range(1, MOST_ABOVE + 1):
        names = own_names([str(cell.value or "") for cell in worksheet[number]], {})
        for at, name in enumerate(names, start=1):
            if name and all(
                str(worksheet.cell(row.number, at).value).split() == row["code"].split() for row in sheet.rows
            ):
                return at
    return None


def _looks(worksheet: Any, column: int, rows: Sequence[SheetRow]) -> tuple[list[int], list[bool]]:
    """How far each row's code is indented, and whether it goes across the table; a row that says more is a code."""
    across = {
        merged.min_row
        for merged in worksheet.merged_cells.ranges
        if merged.min_row == merged.max_row and merged.min_col <= column and merged.max_col > column
    }
    levels = []
    for row in rows:
        cell = worksheet.cell(row.number, column)
        written = str(cell.value or "")
        spaces = len(written) - len(written.lstrip())
        # a space alone slips in where a name was pasted
        levels.append(100 * int(cell.alignment.indent or 0) + (0 if written[:spaces] == " " else spaces))
    return levels, [row.number in across and sum(map(bool, row.cells.values())) == 1 for row in rows]


def _of_levels(levels: Sequence[int], across: Sequence[bool]) -> Indented | None:
    """The tree of rows with these indents; a heading stands above all until the next one.

    >>> _of_levels([0, 2, 2, 0, 2], [False] * 5).above
    (None, 0, 0, None, 3)
    """
    adjacent = any(upper and lower for upper, lower in pairwise(across))
    headed = across[0] and not all(across) and not adjacent
    if levels[0] != min(levels) or (len(set(levels)) == 1 and not headed):
        return None
    above: list[int | None] = []
    open_rows: list[tuple[int, int]] = []
    for at, level in enumerate(levels):
        own = -1 if headed and across[at] else level
        while open_rows and open_rows[-1][0] >= own:
            open_rows.pop()
        above.append(open_rows[-1][1] if open_rows else None)
        open_rows.append((own, at))
    headings = frozenset(at for at, is_across in enumerate(across) if is_across) if headed else frozenset()
    return Indented(tuple(above), headings, len(set(levels)) > 1)
