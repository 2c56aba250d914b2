"""Mending a table that was sent, cell by cell or all cells that say the same: in our copy, never in the file of the team."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotations.decoding import decode_text
from annotations.errors import BadInput
from annotations.names import folded
from annotations.problems import Problem
from annotations.sheets.content import read_bytes
from annotations.sheets.grids import Grid, grids_of, without_remains

TABLES = (".csv", ".tsv", ".xlsx", ".jsonl")
_HEAD_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Alike:
    """Cells of one column that are at fault for one reason. ``value``: what all of them say; rows as people see them.

    ``cells``: row and value of each, where they say different things.
    """

    column: str
    reason: str
    value: str | None
    rows: tuple[int, ...]
    cells: tuple[tuple[int, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "column": self.column,
            "reason": self.reason,
            "value": self.value,
            "rows": list(self.rows),
            "cells": [list(cell) for cell in self.cells],
        }


@dataclass
class _MendedColumn:
    grid: Grid
    place: int
    cells: dict[int, str] = field(default_factory=dict)


def alike(problems: Sequence[Problem], file: Path) -> list[Alike]:
    """Problems in groups that are mended at one stroke, the largest first.

    Cells of a column that say the same are one group; single ones that are at fault alike are another.
    """
    names = {problem.column for problem in problems if problem.column and problem.row is not None}
    columns = {name: column_there for name in names if (column_there := _column(file, name)) is not None}
    same: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    whole = _in_sheets(problems)
    for problem in problems:
        if _sheet_of(problem):
            continue
        if problem.row is None:
            whole.append(Alike(problem.column, problem.reason, None, ()))
            continue
        said = columns[problem.column].cells.get(problem.row, "") if problem.column in columns else ""
        same.setdefault((problem.column, folded(said) or problem.reason), []).append(
            (problem.row, said, problem.reason)
        )
    groups: list[Alike] = []
    singles: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for (column, _), cells in same.items():
        if len(cells) > 1 and cells[0][1]:
            groups.append(Alike(column, cells[0][2], cells[0][1], tuple(row for row, _, _ in cells)))
        else:
            for one_cell in cells:
                kind = _kind_of_reason(one_cell[2], one_cell[1])
                singles.setdefault((column, kind), []).append(one_cell)
    for (column, kind), cells in singles.items():
        reason = cells[0][2] if len(cells) == 1 else kind
        pairs = tuple((row, said) for row, said, _ in cells)
        groups.append(Alike(column, reason, None, tuple(row for row, _ in pairs), pairs))
    return [*whole, *sorted(groups, key=lambda group: -len(group.rows))]


def _sheet_of(problem: Problem) -> str:
    """The sheet that a problem names, where several sheets of a workbook were read."""
    return problem.file.partition(', sheet "')[2].removesuffix('"') if problem.row is not None else ""


def _in_sheets(problems: Sequence[Problem]) -> list[Alike]:
    """Problems of one sheet of several, those alike together. The row does not tell which cell is meant, so none is
    mended here: they are corrected in the file.
    """
    rows: dict[tuple[str, str, str], list[int]] = {}
    for problem in problems:
        if (sheet := _sheet_of(problem)) and problem.row is not None:
            rows.setdefault((sheet, problem.column, problem.reason), []).append(problem.row)
    return [
        Alike(column, f'sheet "{sheet}", row {its[0]}{_and_more(len(its) - 1)}: {reason}', None, ())
        for (sheet, column, reason), its in rows.items()
    ]


def _and_more(count: int) -> str:
    return f" and {count} more" if count else ""


def _kind_of_reason(reason: str, value: str) -> str:
    """The reason without the words of the cell itself, so that cells at fault alike stand together."""
    return reason.replace(value, "…") if len(value) > 1 else reason


def mend(file: Path, changes: Sequence[tuple[int, str, str]], same: Mapping[tuple[str, str], str]) -> int:
    """Change cells of a table: ``changes`` by row and column; ``same``: all cells of a column that say this, to that.

    Returns how many cells were changed. Raises BadInput for a file that is no table, or a column that it does not have.
    """
    wanted: dict[tuple[int, str], str] = {(row, column): value for row, column, value in changes}
    for (name, value), new in same.items():
        for row, said in _column_there(file, name).cells.items():
            if folded(said) == folded(value):
                wanted.setdefault((row, name), new)
    if not wanted:
        return 0
    ending = file.suffix.lower()
    if ending not in TABLES:
        raise BadInput(f"{file.name} is no table, so its cells are corrected in the program that wrote it.")
    {".xlsx": _in_workbook, ".jsonl": _in_lines}.get(ending, _in_csv)(file, wanted)
    return len(wanted)


def _column_there(file: Path, name: str) -> _MendedColumn:
    column_read = _column(file, name)
    if column_read is None:
        raise BadInput(f'{file.name} has no column "{name[:80]}".')
    return column_read


def _column(file: Path, name: str) -> _MendedColumn | None:
    """A column by its heading, with the cells below it by row; None where the file is no table or has none."""
    try:
        return next(_columns(file, name), None)
    except BadInput:
        return None


def _columns(file: Path, name: str) -> Iterator[_MendedColumn]:
    wanted = _heading(name)
    if file.suffix.lower() not in TABLES:
        return
    # as in reading, a sheet that people see goes before a hidden one
    for grid in sorted(grids_of(file), key=lambda grid: grid.concealed):
        for at, (_, cells) in enumerate(grid.rows[:_HEAD_WITHIN]):
            heads = [_heading(cell) for cell in cells]
            if wanted in heads:
                place = heads.index(wanted)
                below = {
                    row: cells[place] if place < len(cells) else "" for row, cells in grid.rows[at + 1 :]
                }
                yield _MendedColumn(grid, place, below)
                break


def _heading(cell: str) -> str:
    return folded(cell).replace(" ", "_").replace("-", "_")


def _places(file: Path, wanted: Mapping[tuple[int, str], str]) -> dict[tuple[int, int], str]:
    """The same by row and place of the column."""
    columns = {name: _column_there(file, name) for _, name in wanted}
    return {(row, columns[name].place): value for (row, name), value in wanted.items()}


def _in_csv(file: Path, wanted: Mapping[tuple[int, str], str]) -> None:
    places = _places(file, wanted)
    text, _ = decode_text(read_bytes(file), str(file))
    first = text.split("\n", 1)[0]
    name = next(iter(wanted))[1]
    # the separator under which the column is found
    separator = next(
        (
            separator
            for separator in sorted(",;\t", key=first.count, reverse=True)
            if any(_heading(name) == _heading(cell) for cell in _some_cells(text, separator))
        ),
        ",",
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    number = 1
    for cells in reader:
        for (row, place), value in places.items():
            if row == number:
                cells += [""] * (place + 1 - len(cells))
                cells[place] = value
        writer.writerow([without_remains(cell) for cell in cells])
        # the numbers of rows stay: a cell over several lines takes as many as before
        number = reader.line_num + 1
    _write(file, out.getvalue().encode("utf-8-sig"))


def _some_cells(text: str, separator: str) -> Iterator[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for _, cells in zip(range(_HEAD_WITHIN), reader, strict=False):
        yield from cells


def _in_workbook(file: Path, wanted: Mapping[tuple[int, str], str]) -> None:
    from openpyxl import load_workbook

    columns = {name: _column_there(file, name) for _, name in wanted}
    book = load_workbook(file)
    for (row, name), value in wanted.items():
        cell = book[columns[name].grid.name].cell(row=row, column=columns[name].place + 1)
        cell.value = value
        # what begins with "=" is a word here
        cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    _write(file, out.getvalue())


def _in_lines(file: Path, wanted: Mapping[tuple[int, str], str]) -> None:
    lines = decode_text(read_bytes(file), str(file))[0].split("\n")
    for (row, name), value in wanted.items():
        plain = json.loads(lines[row - 1])
        key = next((heading for heading in plain if _heading(heading) == _heading(name)), name)
        lines[row - 1] = json.dumps(plain | {key: value}, ensure_ascii=False)
    _write(file, "\n".join(lines).encode())


def _write(file: Path, content: bytes) -> None:
    """In place: it is our own copy, for its owner alone already."""
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    beside.touch(0o600)
    beside.write_bytes(content)
    beside.replace(file)
