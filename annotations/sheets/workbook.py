"""The worksheets of an Excel workbook, as text."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import BadInput

_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_HIDDEN = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"']")
_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
# what stands in a cell whose formula came to nothing
_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
MOST_CELLS = 20_000_000
MOST_ROWS = 1_048_576  # Excel's own limit
# what openpyxl, zipfile and the XML parser raise for archives that are no sound workbook
DAMAGED = (
    *DAMAGED_ZIP,
    InvalidFileException,
    ArithmeticError,
    AttributeError,
    OSError,
    SyntaxError,
    TypeError,
)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A worksheet as text; see ``grids.Grid`` for what its parts mean."""

    name: str
    rows: tuple[tuple[int, list[str]], ...]
    hidden: tuple[int, ...]
    concealed: bool
    merged: int
    filled: frozenset[tuple[int, int]]
    fault: str | None
    errors: tuple[int, ...]


def worksheets(content: bytes, file: str) -> tuple[Worksheet, ...]:
    """Every worksheet with its rows and their numbers, empty ones left out; of a formula the value last calculated.

    A value that is merged over several rows stands in each of them. Raises BadInput for a damaged workbook.
    """
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as archive:
            warnings.simplefilter("ignore")  # of features that openpyxl drops; cells are not among them
            values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            formulas = None
            if _has_formulas(archive):
                formulas = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheets = []
            left = MOST_CELLS
            for at, sheet in enumerate(values.worksheets):
                beside = None if formulas is None else formulas.worksheets[at]
                sheets.append(_worksheet(sheet, beside, archive, file, left))
                left -= sum(max(len(cells), 1) for _, cells in sheets[-1].rows)
    except DAMAGED as error:
        raise BadInput(
            f"{file} is no Excel workbook, or a damaged or protected one. Open it and save it again as .xlsx."
        ) from error
    return tuple(sheets)


def _worksheet(
    sheet: Any, with_formulas: Any, archive: zipfile.ZipFile, file: str, most_cells: int
) -> Worksheet:
    # openpyxl reads what a row is, and what is merged, only where it reads a whole workbook into memory
    xml = archive.read(sheet._worksheet_path)
    hidden = tuple(
        int(n.group(1)) for row in _ROW.findall(xml) if _HIDDEN.search(row) and (n := _NUMBER.search(row))
    )
    fault = None
    errors: list[int] = []
    formulas = None if with_formulas is None else _values(with_formulas)
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    for number, values in enumerate(_values(sheet), start=1):
        if formulas is not None:
            fault = fault or _uncalculated(values, next(formulas), number, file)
        # an empty row counts too: a workbook may claim any number of them
        cells += max(len(values), 1)
        if cells > most_cells or number > MOST_ROWS:
            raise BadInput(
                f"{file} has more than {MOST_CELLS:,} cells or {MOST_ROWS:,} rows. Keep only those needed."
            )
        if any(value in _ERRORS for value in values if isinstance(value, str)):
            errors.append(number)
        row = [_text(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row or number == 1:
            rows.append((number, row))
    merged, filled = _fill_merged(rows, xml, file)
    return Worksheet(
        sheet.title, tuple(rows), hidden, sheet.sheet_state != "visible", merged, filled, fault, tuple(errors)
    )


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # a workbook may claim any size, and rows would be filled up to it
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(values_only=True))


def _fill_merged(
    rows: list[tuple[int, list[str]]], xml: bytes, file: str
) -> tuple[int, frozenset[tuple[int, int]]]:
    """Put what is merged over several rows into each of them: how many such cells there are, and what was filled."""
    numbers = [number for number, _ in rows]
    merged = made = 0
    filled: set[tuple[int, int]] = set()
    for merged_cells in _MERGED.findall(xml):
        letters, first, last = (part.decode("ascii") for part in merged_cells)
        left, top, bottom = column_index_from_string(letters), int(first), int(last)
        at = bisect_left(numbers, top)
        if bottom <= top or at == len(numbers) or numbers[at] != top or len(rows[at][1]) < left:
            continue
        value = rows[at][1][left - 1]
        merged += bool(value)
        # an empty row stays empty: a merged cell may reach beyond the table
        for number, cells in rows[at + 1 : bisect_right(numbers, bottom)] if value else ():
            made += 1 + max(0, left - len(cells))
            if made > MOST_CELLS:
                raise BadInput(f"{file} merges more than {MOST_CELLS:,} cells, which no real workbook does.")
            cells.extend([""] * (left - len(cells)))
            if not cells[left - 1]:
                cells[left - 1] = value
                filled.add((number, left - 1))
    return merged, frozenset(filled)


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    return any(re.search(rb"<(\w+:)?f[ />]", archive.read(name)) for name in sheets)


def _uncalculated(values: tuple[Any, ...], formulas: tuple[Any, ...], number: int, file: str) -> str | None:
    for at, (value, formula) in enumerate(zip(values, formulas, strict=False), start=1):
        if value is None and formula is not None:
            return (
                f"{file}, row {number}, cell {get_column_letter(at)}{number}: its formula was never calculated, so "
                f"it has no value. Open the file in a spreadsheet program and save it, or paste the values."
            )
    return None


def _text(value: object) -> str:
    if value is None or (isinstance(value, str) and value in _ERRORS):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # Excel writes signs that XML has none for, such as a carriage return, as _x000D_
    plain = unescape(str(value)) if "_x" in str(value) else str(value)
    return plain.replace("\r\n", "\n").replace("\r", "\n").strip()
