"""Tables as files for people: CSV and Excel, written whole, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotations.errors import BadInput
from service.exported_file import safe_cell, write_rows, written_whole

LONGEST_CELL = 32_767  # characters; Excel's own limit
MOST_ROWS = 1_048_575  # below the row of names; Excel's own limit
_WIDEST = 60


def refuse_other_endings(file: Path, *allowed: str) -> None:
    """Raises BadInput unless the file's name ends in one of these."""
    if file.suffix.lower() not in allowed:
        raise BadInput(
            f'{file}: the ending "{file.suffix}" is not written here. Allowed: {", ".join(allowed)}.'
        )


def write_table(
    file: Path,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    *,
    sheet: str,
    beside: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> None:
    """Write rows by column, as the file's ending says. ``beside``: further sheets, in a workbook alone."""
    refuse_other_endings(file, ".csv", ".xlsx")
    if file.suffix.lower() == ".csv":
        _write_csv(file, columns, rows)
        return
    if len(rows) > MOST_ROWS:
        raise BadInput(
            f"{file}: a workbook holds {MOST_ROWS:,} rows, and there are {len(rows):,}. Write .csv, or filter."
        )
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _sheet(book, sheet, columns, rows)
    for name, others in (beside or {}).items():
        _sheet(book, name, list(others[0]) if others else ["nothing"], others)
    out = io.BytesIO()
    book.save(out)
    with written_whole(file) as opened:
        opened.write(out.getvalue())


def _write_csv(file: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    out = io.StringIO(newline="")
    write_rows(out, columns, rows)
    with written_whole(file) as opened:
        # the mark makes Excel read it as UTF-8
        opened.write(out.getvalue().encode("utf-8-sig", "replace"))


def _sheet(book: Any, title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns, start=1):
        longest = max([len(column), *(len(str(row.get(column) or "")) for row in rows[:200])])
        sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, longest + 2)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{len(rows) + 1}"
    sheet.append([_bold(sheet, column) for column in columns])
    for row in rows:
        sheet.append([_fit(row.get(column)) for column in columns])


def _bold(sheet: Any, words: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, safe_cell(words))
    cell.font = Font(bold=True)
    return cell


def _fit(value: Any) -> Any:
    """A cell that a workbook can hold; half a character has no place in its XML."""
    safe = safe_cell(value)
    if not isinstance(safe, str):
        return safe
    return safe.encode("utf-8", "replace").decode("utf-8")[:LONGEST_CELL]
