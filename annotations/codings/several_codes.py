"""Tables of codings with a column for the first code of a passage, one for the second, and so on."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from annotations.sheets.grids import Grid
from annotations.sheets.marks import MARKS
from annotations.sheets.sheet import MOST_ABOVE, own_names

_CODE = re.compile(
    r"codes?_?#?\d{1,2}|(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)_code|(?:other|additional)_codes?"
)


def with_codes_together(grid: Grid, beside: Collection[str]) -> Grid:
    """A table with "Code 1", "Code 2" … as one column of codes, one below the other; another one as it is.

    ``beside``: the columns (folded, "_" between words) of which one stands in the row that names the columns: codes may
    be called "Code 1" themselves. Where one of them is such a column, it alone is meant.
    """
    if any(map(_CODE.fullmatch, beside)):
        return grid
    for at, (number, cells) in enumerate(grid.rows[:MOST_ABOVE]):
        names = own_names(cells, {})
        places = [place for place, name in enumerate(names) if name == "code" or _CODE.fullmatch(name)]
        if not places or not {*names} & {*beside}:
            continue
        below = grid.rows[at + 1 :]
        said_there = {row[place].casefold() for _, row in below for place in places if place < len(row)}
        if len(places) < 2 or said_there <= MARKS | {""}:
            return grid
        head = ["" if place in places else cell for place, cell in enumerate(cells)]
        head[places[0]] = "code"
        rows = (*grid.rows[:at], (number, head), *((n, _joined(row, places)) for n, row in below))
        named = ", ".join(f'"{" ".join(cells[place].split())}"' for place in places)
        said = f"the columns {named} are read as codes of one passage."
        return replace(grid, rows=rows, doubts=(*grid.doubts, said))
    return grid


def _joined(row: list[str], places: list[int]) -> list[str]:
    codes = [row[place] for place in places if place < len(row) and row[place]]
    made = ["" if place in places else cell for place, cell in enumerate(row)]
    if codes:
        made.extend([""] * (places[0] + 1 - len(made)))
        made[places[0]] = "\n".join(dict.fromkeys(codes))
    return made
