"""Tables of codes that stand on their side: the names of the columns below each other, and each code a column.

Many codebooks in Word give each code a table of its own so: Code, Brief definition, When to use, Example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from annotations.codebook.column_names import is_known
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import own_names

_MOST = 0.6  # of the names in the first column this share is known


def upright(rows: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """The rows with each code in a row of its own; None where the table does not stand on its side."""
    if len(rows) < 2 or not rows[0]:
        return None
    names = own_names([row[0] if row else "" for row in rows], {})
    across = own_names(rows[0][1:], {})
    known = sum(map(is_known, names))
    if not is_known(names[0], "code") or known < max(2, _MOST * len(names)):
        return None
    if not any(across) or any(map(is_known, across)):
        return None
    return [list(column) for column in zip_longest(*rows, fillvalue="")]


def upright_grids(grids: Sequence[Grid]) -> list[Grid]:
    """The tables of a workbook upright; ``Grid.doubts`` says of which stood on its side that it did."""
    made = []
    for grid in grids:
        rows = upright([cells for _, cells in grid.rows if any(cells)])
        if rows is None:
            made.append(grid)
        else:
            said = (*grid.doubts, "each code stands in a column of the table; it was read so.")
            made.append(replace(grid, rows=tuple(enumerate(rows, 1)), hidden=(), doubts=said))
    return made
