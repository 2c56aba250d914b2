"""Rows of an Excel workbook's first sheet, as text."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from annotations.errors import BadInput

_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_HIDDEN = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
MOST_CELLS = 20_000_000
MOST_ROWS = 1_048_576  # Excel's own limit
# what openpyxl, zipfile and the XML parser raise for archives that are no sound workbook
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


def workbook_rows(content: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, empty ones left out; of a formula the value last calculated.

    Raises BadInput for a damaged workbook, and for a formula that was never calculated.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that openpyxl drops; cells are not among them
            rows = list(_rows(content, file))
    except _DAMAGED as error:
        raise BadInput(
            f"{file} is no Excel workbook, or a damaged or protected one. Open it and save it again as .xlsx."
        ) from error
    yield from rows


def _rows(content: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    formulas = _first_sheet(content, data_only=False) if _has_formulas(content) else None
    cells = 0
    for number, values in enumerate(_first_sheet(content, data_only=True), start=1):
        if formulas is not None:
            _refuse_uncalculated(values, next(formulas), number, file)
        # an empty row counts too: a workbook may claim any number of them
        cells += max(len(values), 1)
        if cells > MOST_CELLS or number > MOST_ROWS:
            raise BadInput(
                f"{file} has more than {MOST_CELLS:,} cells or {MOST_ROWS:,} rows. Keep only those needed."
            )
        row = [_text(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row or number == 1:
            yield number, row


def _first_sheet(content: bytes, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=data_only).worksheets[0]
    # a workbook may claim any size, and rows would be filled up to it
    sheet.reset_dimensions()  # type: ignore[union-attr, unused-ignore]
    return iter(sheet.iter_rows(values_only=True))


def hidden_rows(content: bytes, file: str) -> tuple[int, ...]:
    """The numbers of the first sheet's rows that somebody hid, or a filter does. Raises BadInput as ``workbook_rows``."""
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as archive:
            warnings.simplefilter("ignore")
            sheet: Any = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
            # openpyxl reads what a row is only where it reads a whole workbook into memory
            rows = _ROW.findall(archive.read(sheet._worksheet_path))
    except _DAMAGED as error:
        raise BadInput(
            f"{file} is no Excel workbook, or a damaged or protected one. Open it and save it again as .xlsx."
        ) from error
    numbers = (_NUMBER.search(row) for row in rows if _HIDDEN.search(row))
    return tuple(int(found.group(1)) for found in numbers if found)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(re.search(rb"<(\w+:)?f[ />]", archive.read(name)) for name in sheets)


def _refuse_uncalculated(values: tuple[Any, ...], formulas: tuple[Any, ...], number: int, file: str) -> None:
    for at, (value, formula) in enumerate(zip(values, formulas, strict=False), start=1):
        if value is None and formula is not None:
            raise BadInput(
                f"{file}, row {number}, cell {get_column_letter(at)}{number}: its formula was never calculated, so "
                f"it has no value. Open the file in a spreadsheet program and save it, or paste the values."
            )


def _text(value: object) -> str:
    if value is None:
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
