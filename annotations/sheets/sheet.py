"""Tables as people keep them: CSV, XLSX and JSONL, read as rows that know their number in the file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rapidfuzz import fuzz, process

from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.numbers_shown import counted

MOST_BYTES = 50_000_000
MOST_UNPACKED = 400_000_000
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a person sees it, and its cells by column, trimmed, "" where empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the file, its columns (small letters, "_" between words) and its rows without the empty ones.

    ``ignored``: columns that mean nothing here, such as a team's own notes. ``hidden``: rows with words that a workbook
    hides. ``headings``: the columns as they stand in the file.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()
    headings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def about_hidden(self) -> str | None:
        """A sentence about rows that a workbook hides, and that were read all the same; None where there are none."""
        if not self.hidden:
            return None
        were, them = ("they were", "them") if len(self.hidden) > 1 else ("it was", "it")
        return f"{self._hides}, and {were} read all the same. What is not meant has to be deleted: hiding leaves {them} in."

    def refuse_hidden(self) -> Sheet:
        """Itself; raises BadInput where a workbook hides rows: nobody would see what they change."""
        if self.hidden:
            raise BadInput(
                f"{self._hides}. Show the rows if they are meant, delete them if not, and try again."
            )
        return self

    @property
    def _hides(self) -> str:
        rows = ", ".join(map(str, self.hidden[:3])) + (" …" if len(self.hidden) > 3 else "")
        return f"{self.file} hides {counted(len(self.hidden), 'row')} ({rows})"


def read_sheet(
    file: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str],
    also_called: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Sheet:
    """Read a table. Raises BadInput for a file that is none, or whose columns are not these.

    ``also_called``: how other programs name a column, where it does not stand there by its own name.
    """
    content = read_bytes(file)
    rows = _reader_for(file)(content, str(file))
    known = (*required, *optional)
    first = next(rows, None)
    if first is None:
        raise BadInput(f"{file} is empty. It needs a first row with the columns {', '.join(required)}.")
    columns = _columns(first, str(file), required, known, also_called)
    found = []
    for number, cells in rows:
        plain = dict(zip(columns, cells, strict=False))
        if any(cells[len(columns) :]):
            raise BadInput(
                f"{file}, row {number}: it has cells up to column {len(cells)}, and the first row names {len(columns)}. "
                f"Put text that contains the separator in quotes."
            )
        if any(plain.values()):
            found.append(Row(number, plain))
        if len(found) > MOST_ROWS:
            raise BadInput(f"{file} has more than {MOST_ROWS:,} rows. Split it into several files.")
    named = tuple(column for column in columns if column)
    ignored = tuple(column for column in named if column not in known)
    full = {row.number for row in found}
    hidden = tuple(number for number in _hidden(file, content) if number in full)
    headings = {column: " ".join(cell.split()) for column, cell in zip(columns, first[1], strict=True)}
    return Sheet(str(file), named, tuple(found), ignored, hidden, headings)


def _hidden(file: Path, content: bytes) -> tuple[int, ...]:
    if file.suffix.lower() != ".xlsx":
        return ()
    from annotations.sheets.workbook import hidden_rows

    return hidden_rows(content, str(file))


def columns_of(file: Path, also_called: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The columns of a table by their own names. Raises BadInput for a file that is no table."""
    first = next(_reader_for(file)(read_bytes(file), str(file)), None)
    return tuple(_own_names(first[1], also_called)) if first else ()


def read_bytes(file: Path) -> bytes:
    """The file's content; raises BadInput if it is missing, a folder, empty or larger than 50 MB."""
    if file.is_dir():
        raise BadInput(f"{file} is a folder. Give a file.")
    if not file.is_file():
        beside = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        close = nearest(file.name, beside, at_least=70)
        guess = f' Did you mean "{close}"?' if close else " Check the name and the folder."
        raise BadInput(f"{file} does not exist.{guess}")
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise BadInput(
            f"{file} has {size / 1e6:.0f} MB; at most {MOST_BYTES // 1_000_000} MB are read. Split it."
        )
    content = file.read_bytes()
    if not content.strip():
        raise BadInput(f"{file} is empty.")
    return content


def decode(content: bytes, file: str) -> str:
    """Text from UTF-8 or UTF-16; raises BadInput for anything else."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError as error:
                remedy = "Save it as UTF-8."
                if file.lower().endswith((".csv", ".tsv")):
                    remedy = 'In Excel choose "CSV UTF-8" when you save, or give the .xlsx file itself.'
                raise BadInput(f"{file} is no UTF-8 text (byte {error.start}). {remedy}") from error
            break
    if "\x00" in text:
        raise BadInput(f"{file} is no text: it holds zero bytes. Give a .csv, .xlsx or .jsonl file.")
    return text


def refuse_zip_bomb(content: bytes, file: str, what: str) -> None:
    """Raise BadInput unless ``content`` is a sound zip archive of a sensible size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            too_many = len(archive.infolist()) > 10_000
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadInput(f"{file} is no {what}, or a damaged one. Open it and save it again.") from error
    if unpacked > MOST_UNPACKED or too_many or unpacked > 200 * len(content) + 20_000_000:
        raise BadInput(
            f"{file} unpacks to {unpacked / 1e6:.0f} MB, which no real {what} does. It was not opened."
        )


Rows = Iterator[tuple[int, list[str]]]


def _reader_for(file: Path) -> Callable[[bytes, str], Rows]:
    readers: dict[str, Callable[[bytes, str], Rows]] = {
        ".csv": _csv_rows,
        ".tsv": _csv_rows,
        ".xlsx": _xlsx_rows,
        ".jsonl": _jsonl_rows,
    }
    found = readers.get(file.suffix.lower())
    if found is None:
        raise BadInput(
            f'{file}: a table with the ending "{file.suffix}" is not read. Give .csv, .xlsx or .jsonl.'
        )
    return found


def _csv_rows(content: bytes, file: str) -> Rows:
    text = decode(content, file)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from _trimmed_csv(reader)
    except csv.Error as error:
        raise BadInput(
            f"{file}, line {reader.line_num}: this is no sound CSV ({error}). Check the quotes."
        ) from error


def _trimmed_csv(reader: Any) -> Rows:
    number = 1
    for cells in reader:
        yield number, [cell.strip() for cell in cells]
        number = reader.line_num + 1


def _xlsx_rows(content: bytes, file: str) -> Rows:
    refuse_zip_bomb(content, file, "Excel workbook")
    # heavy, and most tables are CSV
    from annotations.sheets.workbook import workbook_rows

    yield from workbook_rows(content, file)


def _jsonl_rows(content: bytes, file: str) -> Rows:
    # not splitlines: a JSON text may hold other marks that Unicode counts as ends of lines
    lines = decode(content, file).split("\n")
    found: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{file}, line {number}: this is no JSON. Each line holds one object.") from error
        if not isinstance(plain, dict):
            raise BadInput(f'{file}, line {number}: expected an object such as {{"code": "…"}}.')
        found.append((number, plain))
    columns = list(dict.fromkeys(key for _, plain in found for key in plain))
    yield 0, columns
    for number, plain in found:
        yield number, [_json_cell(plain.get(column)) for column in columns]


def _json_cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text.encode("utf-8", "replace").decode("utf-8")


def _columns(
    first: tuple[int, list[str]],
    file: str,
    required: Sequence[str],
    known: Sequence[str],
    also_called: Mapping[str, Collection[str]],
) -> list[str]:
    columns = _own_names(first[1], also_called)
    for at, column in enumerate(columns):
        if column and columns.index(column) != at:
            raise BadInput(f'{file}: the column "{column}" stands there twice. Keep one.')
        if column and column not in known:
            free = [name for name in known if name not in columns]
            close = process.extractOne(column, free, scorer=fuzz.ratio, score_cutoff=75)
            if close is not None:
                raise BadInput(f'{file}: the column "{column}" is not known. Did you mean "{close[0]}"?')
    missing = [column for column in required if column not in columns]
    if missing:
        raise BadInput(
            f"{file}: the column {', '.join(missing)} is missing. The first row names the columns; "
            f"found: {', '.join(filter(None, columns)) or 'nothing'}."
        )
    return columns


def _own_names(first: Sequence[str], also_called: Mapping[str, Collection[str]]) -> list[str]:
    columns = [folded(cell.strip().strip(":")).replace(" ", "_") for cell in first]
    for own, others in also_called.items():
        if own not in columns:
            at = next((at for at, column in enumerate(columns) if column in others), None)
            if at is not None:
                columns[at] = own
    return columns
