"""The columns of a codings file as somebody names them ("transcript=Document,code=Code"), and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from annotations.errors import BadInput
from annotations.names import folded
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import MOST_ABOVE


def columns_named(given: str) -> Mapping[str, str]:
    """Our names of columns and those of the file. A column's name may hold a comma: what has no "=" belongs to it.

    Raises BadInput for what names none.
    """
    columns: dict[str, str] = {}
    last = ""
    for part in given.split(",") if given.strip() else ():
        ours, equals, theirs = part.partition("=")
        ours = ours.strip().casefold()
        if not equals and last:
            columns[last] = f"{columns[last]},{part}".strip()
        elif not equals or not ours or not theirs.strip():
            raise BadInput(
                f'--columns: "{part.strip()}" names no column. Write ours=theirs, such as '
                f"transcript=Document,code=Code,quote=Segment."
            )
        elif ours in columns:
            raise BadInput(f'--columns: "{ours}" is named twice. Name it once.')
        else:
            columns[ours], last = theirs.strip(), ours
    return columns


def head_with(grid: Grid, columns: Mapping[str, str]) -> int | None:
    """Which of the first rows names all these columns; None where none does."""
    wanted = {folded(theirs) for theirs in columns.values()}
    for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]):
        if wanted <= {folded(cell) for cell in cells}:
            return at
    return None


def no_such_columns(grids: Sequence[Grid], file: Path, columns: Mapping[str, str]) -> str:
    """A sentence about those of the columns that no table of the file has."""
    head = next((cells for grid in grids for _, cells in grid.rows if any(cells)), [])
    known = {folded(cell) for grid in grids for _, cells in grid.rows[:MOST_ABOVE] for cell in cells}
    missing = [theirs for theirs in columns.values() if folded(theirs) not in known]
    named = ", ".join(f'"{name}"' for name in missing or columns.values())
    there = ", ".join(filter(None, head)) or "nothing"
    return (
        f"{file} has no row that names the columns {named}; found: {there}. Correct --columns, and say there which column "
        f"holds the code: code=Code."
    )
