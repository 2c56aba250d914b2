"""A codebook whose workbook has a sheet for each theme: each sheet is a framework, by the sheet's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotations.codebook.codes import TEXTS
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import MOST_ABOVE, own_names

# what such a sheet holds is no theme of the codebook
_PUT_ASIDE = re.compile(
    "(?:deleted|removed|dropped|retired|archived?|old|earlier|previous|change log|versions?|abbreviations"
    "|glossary)(?: (?:codes?|codebook|versions?))?"
)


def sheets_of_codes(grids: Sequence[Grid]) -> list[Grid]:
    """The sheets that each name codes of their own; none where one alone does, or the tables say of what a code is.

    A code that stands in two sheets says that they are versions of one codebook, of which the first is meant. A sheet
    whose column "code" has columns of something else beside it lists participants, sites, changes or counts.
    """
    with_codes: list[Grid] = []
    seen: set[str] = set()
    for grid in grids:
        at = _head(grid)
        if at is None or not grid.name or grid.concealed or _PUT_ASIDE.fullmatch(folded(grid.name)):
            continue
        names = own_names(grid.rows[at][1], {})
        beside = {*names} - {"code", ""}
        if beside and not beside & {"framework", "parent", *TEXTS}:
            continue
        if {"framework", "parent"} & beside:
            return []
        place = names.index("code")
        codes = {
            folded(cells[place]) for _, cells in grid.rows[at + 1 :] if len(cells) > place and cells[place]
        }
        if codes & seen:
            return []
        seen |= codes
        if codes:
            with_codes.append(grid)
    return with_codes if len(with_codes) > 1 else []


def about_sheets(grids: Sequence[Grid], read: Sequence[Grid]) -> list[str]:
    """Sentences about which sheets were read, and which were not."""
    names = ", ".join(f'"{grid.name}"' for grid in read)
    said = [f"the sheets {names} each name codes; each was read as a framework of this name."]
    others = [grid for grid in grids if grid not in read and grid.full_rows]
    if others:
        unread = ", ".join(f'"{grid.name}" ({counted(grid.full_rows, "row")})' for grid in others)
        word, verb = ("sheet", "was") if len(others) == 1 else ("sheets", "were")
        said.append(f"the {word} {unread} {verb} not read.")
    return said


def _head(grid: Grid) -> int | None:
    return next(
        (at for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]) if "code" in own_names(cells, {})), None
    )
