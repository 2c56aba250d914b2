"""Workbooks with a sheet for each code, or for each coder: what stands in the name of a sheet and in no column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.codings.columns_of_codes import with_columns_of_codes
from annotations.codings.program_tables import find_program
from annotations.errors import BadInput
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import MOST_ABOVE, own_names

# as programs name a sheet that nobody has named
_NOBODYS = re.compile(
    r"(?:sheet|blad|tabelle|tabellenblatt|blatt|feuil|feuille|hoja|ark|planilha|foglio|工作表)[\s_]?\d*",
    re.IGNORECASE,
)
_LEAST = 2


@dataclass(frozen=True, slots=True)
class CodesOfSheets:
    """The sheets of a workbook, of these the ones to which the column code was added, and a sentence that says so."""

    grids: tuple[Grid, ...]
    with_codes: tuple[Grid, ...]
    note: str


def codes_of_sheets(
    grids: Sequence[Grid], file: Path, optional: Sequence[str], locating: Sequence[str], transcript: str
) -> CodesOfSheets | None:
    """The sheets with a column code that holds the name of each. None for a file in which a sheet is no code: nobody has
    named the sheets, columns are codes, or it is another program's file.
    """
    heads = [None if grid.concealed else _head(grid, locating, transcript) for grid in grids]
    named = [grid for grid, head in zip(grids, heads, strict=True) if head is not None]
    if len(named) < _LEAST or any(not grid.name or _NOBODYS.fullmatch(grid.name) for grid in named):
        return None
    required = ["code"] if transcript else ["transcript", "code"]
    may_be = (*optional, "coder", "transcript")
    for grid in grids:
        if (
            find_program(grid) is not None
            or with_columns_of_codes([grid], file, required, may_be) is not None
        ):
            return None
    codes = ", ".join(f'"{grid.name}"' for grid in named)
    with_codes = [_with_code(grid, head) for grid, head in zip(grids, heads, strict=True)]
    return CodesOfSheets(
        tuple(with_codes),
        tuple(grid for grid, head in zip(with_codes, heads, strict=True) if head is not None),
        f"no sheet has a column code, so the names of the sheets were read as codes: {codes}.",
    )


def refuse_without_coders(grids: Sequence[Grid], file: str) -> None:
    """Raises BadInput where several sheets hold codings and none says who coded: a sheet may be a coder."""
    if len(grids) < _LEAST or any("coder" in names for grid in grids for names in _names(grid)):
        return
    sheets = ", ".join(f'"{grid.name}"' for grid in grids)
    raise BadInput(
        f"{file}: the sheets {sheets} hold codings, and none has a column coder. If each sheet is one coder's, add the "
        f"column coder to each and write the name in every row. If one person coded all of them, give --coder NAME."
    )


def _head(grid: Grid, locating: Sequence[str], transcript: str) -> int | None:
    """Which row names the transcript and a place, and no code."""
    for at, names in enumerate(_names(grid)):
        if ("transcript" in names or transcript) and names & set(locating):
            return None if "code" in names else at
    return None


def _names(grid: Grid) -> list[set[str]]:
    return [set(own_names(cells, {})) for _, cells in grid.rows[:MOST_ABOVE]]


def _with_code(grid: Grid, head: int | None) -> Grid:
    if head is None:
        return grid
    rows = [
        (number, ["code" if at == head else grid.name if at > head and any(cells) else "", *cells])
        for at, (number, cells) in enumerate(grid.rows)
    ]
    moved = frozenset((number, place + 1) for number, place in grid.filled)
    return replace(grid, rows=tuple(rows), filled=moved)
