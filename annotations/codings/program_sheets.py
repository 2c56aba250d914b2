"""The sheets of a workbook that another program exported: all that have its layout are read, and the others are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotations.codings.program_tables import ProgramRows, find_program, program_rows
from annotations.errors import BadInput
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import Sheet, what_was_not_read


def rows_of_sheets(grids: Sequence[Grid], file: str) -> tuple[ProgramRows, tuple[str, ...]] | None:
    """The rows of every sheet with the layout of one program, and sentences about what was not read.

    None where no program's layout is known. Raises BadInput for a sheet that cannot be read as it stands.
    """
    known = [(grid, layout) for grid in grids if (layout := find_program(grid)) is not None]
    if not known:
        return None
    same = [(grid, layout) for grid, layout in known if layout[0].program == known[0][1][0].program]
    others = [grid for grid in grids if all(grid is not taken for taken, _ in same)]
    read: list[ProgramRows] = []
    unread: list[str] = []
    for at, (grid, layout) in enumerate(same):
        if grid.fault:
            raise BadInput(grid.fault)
        rows_of_grid = program_rows(grid, *layout)
        if len(same) > 1:
            notes = tuple(f'sheet "{grid.name}": {note}' for note in rows_of_grid.notes)
            rows = tuple(replace(row, sheet=grid.name) for row in rows_of_grid.rows)
            rows_of_grid = replace(rows_of_grid, rows=rows, notes=notes)
        read.append(rows_of_grid)
        beside = [grid, *(others if at == 0 else ())]
        hidden = Sheet(file, (), (), hidden=grid.hidden).about_hidden
        unread += [*what_was_not_read(beside, grid, layout[1]), *((hidden,) if hidden else ())]
    if len(same) > 1:
        named = ", ".join(f'"{grid.name}"' for grid, _ in same)
        unread.append(f"the sheets {named} all have this layout, and each was read.")
    whole = replace(
        read[0],
        rows=tuple(row for part in read for row in part.rows),
        ignored=tuple(dict.fromkeys(name for part in read for name in part.ignored)),
        notes=tuple(note for part in read for note in part.notes),
    )
    return whole, tuple(unread)
