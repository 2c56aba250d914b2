"""Tables with a column for each code and a mark where it applies, as people make them in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.sheets.grids import Grid
from annotations.sheets.marks import APPLIES, MARKS, NOT
from annotations.sheets.sheet import Sheet, SheetRow, sheet_in

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class MarkedCodes:
    """The rows with a code each, the columns that were taken for codes, and what to know of them."""

    rows: tuple[SheetRow, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]


def with_columns_of_codes(
    grids: Sequence[Grid], file: Path, required: Sequence[str], optional: Sequence[str]
) -> tuple[Sheet, MarkedCodes] | None:
    """A table that has a column for each code in the place of the column code; None for another one."""
    try:
        sheet = sheet_in(
            grids, file, required=[name for name in required if name != "code"], optional=optional
        )
    except BadInput:
        return None
    marked = None if "code" in sheet.columns else codes_in_columns(sheet)
    return None if marked is None else (sheet, marked)


def codes_in_columns(sheet: Sheet) -> MarkedCodes | None:
    """The rows of a table whose unknown columns hold marks and nothing else; None where none does.

    A row with several marks is several codings. One in which nothing is marked, and a code is said not to apply, says
    that nothing applies; one without any mark says nothing and is left out.
    """
    cells = {column: {row[column].casefold() for row in sheet.rows} - {""} for column in sheet.ignored}
    columns = [column for column, marks in cells.items() if marks and marks <= MARKS]
    if not any(cells[column] & APPLIES for column in columns):
        return None
    rows: list[SheetRow] = []
    unmarked = 0
    for row in sheet.rows:
        its = list(_codes(row, columns, sheet))
        rows += its
        unmarked += not its
    named = ", ".join(f'"{sheet.headings[column]}"' for column in columns[:_MOST_NAMED])
    named += f" and {len(columns) - _MOST_NAMED} more" if len(columns) > _MOST_NAMED else ""
    are = "column {} is read as a code" if len(columns) == 1 else "columns {} are read as codes"
    notes = [f"the {are.format(named)}; 1, x or yes says that the code applies."]
    if unmarked:
        have = counted(unmarked, "row marks no code and was", "rows mark no code and were")
        notes.append(f"{have} left out: that does not say that nothing applies. 0 says so.")
    return MarkedCodes(tuple(rows), tuple(columns), tuple(notes))


def _codes(row: SheetRow, columns: Sequence[str], sheet: Sheet) -> Iterator[SheetRow]:
    marks = {column: row[column].casefold() for column in columns}
    plain = {column: cell for column, cell in row.cells.items() if column not in marks}
    applied = [column for column, mark in marks.items() if mark in APPLIES]
    for column in applied:
        yield replace(row, cells={**plain, "code": sheet.headings[column]})
    if not applied and any(mark in NOT for mark in marks.values()):
        yield replace(row, cells={**plain, "code": ""})
