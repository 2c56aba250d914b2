"""Tables as they stand in a file, before anybody knows which row names the columns: CSV, XLSX and JSONL."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.decoding import NO_CHARACTER, decode_text
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.sheets.content import MOST_BYTES, read_bytes, refuse_zip_bomb

# Excel writes signs that XML has none for, such as a carriage return, as _x000D_; some programs carry that on to CSV
_REMAINS = re.compile("_x000[dD]_\n?|_x000[aA]_")
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of a file: its rows with the numbers that people see, cells trimmed, empty rows left out.

    ``name``: of the worksheet, "" outside a workbook. ``hidden``: rows that the workbook hides. ``concealed``: the
    whole worksheet is hidden. ``merged``: how many cells were merged over several rows; each of these rows holds the
    value, and ``filled`` says which row and column (from 0) has it so. ``fault``: why the table cannot be read as it
    stands, as a sentence. ``errors``: rows with a cell whose formula came to nothing ("#REF!"); it is empty here.
    ``doubts``: sentences about how its letters and its columns were read.
    """

    name: str
    rows: tuple[tuple[int, list[str]], ...]
    hidden: tuple[int, ...] = ()
    concealed: bool = False
    merged: int = 0
    fault: str | None = None
    errors: tuple[int, ...] = ()
    filled: frozenset[tuple[int, int]] = frozenset()
    doubts: tuple[str, ...] = ()

    @property
    def full_rows(self) -> int:
        """How many rows hold words."""
        return sum(any(cells) for _, cells in self.rows)


def grids_of(file: Path) -> Iterator[Grid]:
    """The tables of a file, in order; of a CSV file one for each separator that it may have, the likeliest first.

    Raises BadInput for a file that holds no table.
    """
    readers: dict[str, Callable[[bytes, str], Iterator[Grid]]] = {
        ".csv": _csv_grids,
        ".tsv": _csv_grids,
        ".xlsx": _xlsx_grids,
        ".jsonl": _jsonl_grids,
    }
    reader = readers.get(file.suffix.lower())
    if file.is_dir():
        raise BadInput(f"{file} is a folder. Give a file.")
    if reader is None:
        project = file.suffix.lower() in (".qdpx", ".qde", ".qdc")
        hint = ' A project comes in with "tandem import-project".' if project else ""
        raise BadInput(
            f'{file}: a table with the ending "{file.suffix}" is not read. Give .csv, .xlsx or .jsonl.{hint}'
        )
    return reader(read_bytes(file), str(file))


def without_remains(text: str) -> str:
    """A cell without what Excel left in it: marks of line ends as they are written in XML."""
    return _REMAINS.sub("\n", text) if "_x000" in text else text


def _csv_grids(content: bytes, file: str) -> Iterator[Grid]:
    text, doubts = decode_text(content, file)
    first = text.split("\n", 1)[0]
    likeliest = sorted(_SEPARATORS, key=first.count, reverse=True)
    yield Grid("", tuple(_csv_rows(text, file, likeliest[0])), doubts=doubts)
    for separator in likeliest[1:]:
        # a title above the columns may hold another mark than the table does
        if separator in text:
            try:
                yield Grid("", tuple(_csv_rows(text, file, separator)), doubts=doubts)
            except BadInput:
                continue


def _csv_rows(text: str, file: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for cells in reader:
            yield number, [without_remains(cell).strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(
            f"{file}, line {reader.line_num}: this is no sound CSV ({error}). Check the quotes."
        ) from error


def _xlsx_grids(content: bytes, file: str) -> Iterator[Grid]:
    refuse_zip_bomb(content, file, "Excel workbook")
    # heavy, and most tables are CSV
    from annotations.sheets.workbook import worksheets

    for sheet in worksheets(content, file):
        yield Grid(
            sheet.name,
            sheet.rows,
            sheet.hidden,
            sheet.concealed,
            sheet.merged,
            sheet.fault,
            sheet.errors,
            sheet.filled,
        )


def _jsonl_grids(content: bytes, file: str) -> Iterator[Grid]:
    # not splitlines: a JSON text may hold other marks that Unicode counts as ends of lines
    text, doubts = decode_text(content, file)
    lines = text.split("\n")
    objects: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{file}, line {number}: this is no JSON. Each line holds one object.") from error
        if not isinstance(plain, dict):
            raise BadInput(f'{file}, line {number}: expected an object such as {{"code": "…"}}.')
        objects.append((number, plain))
    columns = list(dict.fromkeys(key for _, plain in objects for key in plain))
    rows = [(number, [_json_cell(plain.get(column)) for column in columns]) for number, plain in objects]
    unfit = [number for number, cells in rows if any(NO_CHARACTER.search(cell) for cell in cells)]
    if unfit:
        have = counted(len(unfit), "row holds", "rows hold")
        doubts = (
            *doubts,
            f"{have} a NUL, or half of a character, which is no text (the first in line {unfit[0]}); it was taken out.",
        )
        rows = [(number, [NO_CHARACTER.sub("", cell).strip() for cell in cells]) for number, cells in rows]
    yield Grid("", ((0, [NO_CHARACTER.sub("", column) for column in columns]), *rows), doubts=doubts)


def _json_cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n".join(value)  # codes of one passage
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
