"""Tables as people keep them: CSV, XLSX and JSONL, read as rows that know their number in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from rapidfuzz import fuzz, process

from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.sheets.grids import Grid, grids_of

MOST_ROWS = 1_000_000
MOST_ABOVE = 30  # rows in which the names of the columns are looked for


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as a person sees it, and its cells by column, trimmed, "" where empty.

    ``sheet``: which one it stands in, where several of a workbook were read.
    """

    number: int
    cells: Mapping[str, str]
    sheet: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the file, its columns (small letters, "_" between words) and its rows without the empty ones.

    ``ignored``: columns that mean nothing here, such as a team's own notes. ``hidden``: rows with words that a workbook
    hides. ``unread``: sentences about what the file holds beside this table. ``headings``: the columns as they stand in
    the file. ``filled``: row and column of cells whose value stands in a merged cell above.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    ignored: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    filled: frozenset[tuple[int, str]] = frozenset()

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
    remedy: str = "",
) -> Sheet:
    """Read a table. Raises BadInput if the file is no table, or lacks one of the ``required`` columns; ``remedy`` is
    what that says at its end.

    The row that names the columns may stand below a title, and the table in another sheet than the first: the first row
    that holds all ``required`` columns is taken. ``also_called``: how other programs name a column, where it does not
    stand there by its own name.
    """
    grids = list(_until_found(grids_of(file), required, also_called))
    return sheet_in(grids, file, required=required, optional=optional, also_called=also_called, remedy=remedy)


def sheet_in(
    grids: Sequence[Grid],
    file: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str],
    also_called: Mapping[str, Collection[str]] = MappingProxyType({}),
    remedy: str = "",
) -> Sheet:
    """The table among those of a file whose columns are these, as ``read_sheet`` reads it. Raises BadInput."""
    if not grids:
        raise BadInput(
            f"{file} holds no sheet with cells. It needs a table with the columns {', '.join(required)}."
        )
    grid, at = _head(grids, required, also_called) or (grids[0], 0)
    if not grid.rows or not any(any(cells) for _, cells in grid.rows):
        raise BadInput(f"{file} is empty. It needs a first row with the columns {', '.join(required)}.")
    if grid.fault:
        raise BadInput(grid.fault)
    known = (*required, *optional)
    head, rows = grid.rows[at][1], grid.rows[at + 1 :]
    columns = _columns(head, str(file), required, known, also_called, remedy)
    rows_read = _rows(rows, columns, str(file))
    named = tuple(column for column in columns if column)
    ignored = tuple(column for column in named if column not in known)
    full = {row.number for row in rows_read}
    hidden = tuple(number for number in grid.hidden if number in full)
    headings = {column: " ".join(cell.split()) for column, cell in zip(columns, head, strict=True)}
    filled = frozenset((number, columns[place]) for number, place in grid.filled if place < len(columns))
    return Sheet(
        str(file), named, rows_read, ignored, hidden, what_was_not_read(grids, grid, at), headings, filled
    )


def _rows(rows: Sequence[tuple[int, list[str]]], columns: Sequence[str], file: str) -> tuple[SheetRow, ...]:
    rows_read = []
    for number, cells in rows:
        if any(cells[len(columns) :]):
            raise BadInput(
                f"{file}, row {number}: it has cells up to column {len(cells)}, and the first row names {len(columns)}. "
                f"Put text that contains the separator in quotes."
            )
        plain = dict(zip(columns, cells, strict=False))
        if any(plain.values()):
            rows_read.append(SheetRow(number, plain))
        if len(rows_read) > MOST_ROWS:
            raise BadInput(f"{file} has more than {MOST_ROWS:,} rows. Split it into several files.")
    return tuple(rows_read)


def columns_of(file: Path, also_called: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The columns that a table's first row names, by their own names. Raises BadInput for a file that is no table."""
    grid = next(grids_of(file), None)
    return tuple(own_names(grid.rows[0][1], also_called)) if grid and grid.rows else ()


def what_was_not_read(grids: Sequence[Grid], taken: Grid, head: int) -> tuple[str, ...]:
    """Sentences about what a file holds beside the table that was taken: rows above it, other sheets, merged cells, and
    letters of an older encoding.

    ``head``: which of the table's rows names the columns.
    """
    said = list(taken.doubts)
    above = [number for number, cells in taken.rows[:head] if any(cells)]
    if above:
        place = f'of the sheet "{taken.name}" ' if len(grids) > 1 and taken.name else ""
        rows = f"row {above[0]}" if len(above) == 1 else f"rows {above[0]} to {above[-1]}"
        verb = "stands" if len(above) == 1 else "stand"
        said.append(f"{rows} {place}{verb} above the names of the columns and {_not_read(len(above))}.")
    if taken.concealed:
        said.append(f'the sheet "{taken.name}" is hidden in the workbook, and it was read all the same.')
    others = [grid for grid in grids if grid is not taken and grid.name and grid.full_rows]
    if others:
        named = ", ".join(f'"{grid.name}" ({counted(grid.full_rows, "row")})' for grid in others)
        word = "sheet" if len(others) == 1 else "sheets"
        said.append(f'the sheet "{taken.name}" was read; the {word} {named} {_not_read(len(others))}.')
    if taken.merged:
        cells = counted(taken.merged, "cell is", "cells are")
        said.append(f"{cells} merged over several rows; each of these rows was read with the value.")
    if taken.errors:
        rows = counted(len(taken.errors), "row holds a cell", "rows hold a cell")
        said.append(
            f"{rows} with an error of Excel such as #REF! (the first is row {taken.errors[0]}); it was read as empty."
        )
    return tuple(said)


def _not_read(count: int) -> str:
    return "was not read" if count == 1 else "were not read"


def _until_found(
    grids: Iterable[Grid], required: Sequence[str], also_called: Mapping[str, Collection[str]]
) -> Iterator[Grid]:
    """All sheets of a workbook; of a CSV file, the separators up to the one under which the columns are found."""
    for grid in grids:
        yield grid
        if not grid.name and _head([grid], required, also_called):
            return


def _head(
    grids: Sequence[Grid], required: Sequence[str], also_called: Mapping[str, Collection[str]]
) -> tuple[Grid, int] | None:
    """The first table, and which of its first rows names all the required columns; one that people see goes before one
    that the workbook hides.
    """
    for grid in sorted(grids, key=lambda grid: grid.concealed):
        for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]):
            if set(required) <= set(own_names(cells, also_called)):
                return grid, at
    return None


def _columns(
    head: Sequence[str],
    file: str,
    required: Sequence[str],
    known: Sequence[str],
    also_called: Mapping[str, Collection[str]],
    remedy: str,
) -> list[str]:
    columns = own_names(head, also_called)
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
            f"{file}: the {'column' if len(missing) == 1 else 'columns'} {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. The first row names the columns; "
            f"found: {', '.join(filter(None, columns)) or 'nothing'}.{f' {remedy}' if remedy else ''}"
        )
    return columns


def own_names(first: Sequence[str], also_called: Mapping[str, Collection[str]]) -> list[str]:
    """The names of columns in small letters with "_" between words; those that other programs use by Tandem's own."""
    columns = [folded(cell.strip().strip(":")).replace(" ", "_") for cell in first]
    for own, others in also_called.items():
        if own not in columns:
            at = next((at for at, column in enumerate(columns) if column in others), None)
            if at is not None:
                columns[at] = own
    return columns
