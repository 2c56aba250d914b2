"""Files of codings as rows: Tandem's own columns, those of other programs, or columns that the team has named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from annotations.codings.columns_of_codes import with_columns_of_codes
from annotations.codings.named_columns import head_with, no_such_columns
from annotations.codings.names_of_sheets import codes_of_sheets, refuse_without_coders
from annotations.codings.nvivo_report import rows_of_nvivo
from annotations.codings.program_sheets import rows_of_sheets
from annotations.codings.program_tables import ProgramRows, find_program
from annotations.codings.qualcoder_database import is_qualcoder, read_qualcoder
from annotations.codings.several_codes import with_codes_together
from annotations.decoding import decode_text
from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.sheets.content import read_bytes
from annotations.sheets.grids import Grid, grids_of
from annotations.sheets.safe_cells import text_of_safe
from annotations.sheets.sheet import MOST_ABOVE, SheetRow, own_names, sheet_in, what_was_not_read

REQUIRED = ("transcript", "coder", "code")
LOCATING = ("turn", "turn_shown", "start", "quote")
OPTIONAL = (
    "id",
    "turn",
    "turn_shown",
    "start",
    "end",
    "quote",
    "framework",
    "condition",
    "memo",
    "created",
    "influence",
    "concrete_example",
    "draw",
    "part_of_review",
)
# columns of the table that "tandem export --codings" writes for people; the others say all that is needed
FOR_PEOPLE = (
    "participant",
    "case",
    "site",
    "wave",
    "path_of_code",
    "memo_of_review",
    "shown_model",
    "suggested_then",
    "decision",
    "rejected_then",
)
OF_ATTRIBUTES = "attribute:_"  # and the columns that it has for the study's attributes
NAMEABLE = (
    "transcript",
    "code",
    "coder",
    "quote",
    *(name for name in OPTIONAL if name not in ("id", "quote", "draw", "part_of_review")),
)
_HOW_TO_NAME = (
    "If they have other names there, say which: --columns transcript=Document,code=Code,quote=Segment (kept in "
    "study.yaml)."
)


@dataclass(frozen=True, slots=True)
class CodingsFile:
    """A file of codings as read, not placed yet.

    ``program``: whose layout it has, "" for Tandem's own. ``called``: how the file calls a column of ours. ``several``:
    may a cell hold several codes, which then are told by the codebook; ``listed``: its program writes them so.
    """

    file: str
    rows: tuple[SheetRow, ...]
    ignored: tuple[str, ...] = ()
    names_coders: bool = True
    unread: tuple[str, ...] = ()
    program: str = ""
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    listed: bool = False

    @property
    def complete(self) -> Literal["listed", "none"]:
        """What ``--complete`` is where nobody says: ``listed`` if some rows have an empty code, else ``none``."""
        return "listed" if any(not row["code"] for row in self.rows) else "none"

    def by(self, coder: str) -> CodingsFile:
        """The same with this coder wherever the file names none."""
        rows = tuple(
            row if row["coder"] else replace(row, cells={**row.cells, "coder": coder}) for row in self.rows
        )
        return replace(self, rows=rows, names_coders=True)


def read_codings(
    file: Path,
    *,
    coder: str = "",
    transcript: str = "",
    columns: Mapping[str, str] = MappingProxyType({}),
    kept_columns: Mapping[str, str] = MappingProxyType({}),
) -> CodingsFile:
    """Read a file of codings; raises BadInput if it is none.

    ``coder``, ``transcript``: where the file names none. ``columns``: how it calls columns of ours; ``kept_columns``:
    the same, used where the file has all of these columns.
    """
    read = _read(file, coder, transcript, _checked(columns), kept_columns)
    if not coder:
        return read
    if read.names_coders and "coder" in read.called:
        said = (
            f'every row says who coded ("{read.called["coder"]}"), so --coder was not used. Other names of a person stand '
            f"in study.yaml as aliases."
        )
        return replace(read, unread=(*read.unread, said))
    return read.by(coder)


def _read(
    file: Path, coder: str, transcript: str, columns: Mapping[str, str], kept: Mapping[str, str]
) -> CodingsFile:
    ending = file.suffix.lower()
    if is_qualcoder(file):
        return _of_program(read_qualcoder(file), file, transcript, ())
    if ending == ".docx":
        return _of_program(_word_rows(file, transcript), file, transcript, ())
    if ending == ".txt":
        text, doubts = decode_text(read_bytes(file), str(file))
        lines = [(n, [line.strip()]) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        rows_read = rows_of_nvivo(lines, code=file.stem)
        if rows_read is None:
            raise BadInput(
                f"{file} is no list of references of NVivo, and other texts hold no codings. Give a table."
            )
        return _of_program(rows_read, file, transcript, doubts)
    grids: list[Grid] = []
    named = own_names([*columns.values(), *kept.values()], {})
    for written in grids_of(file):
        grid = with_codes_together(written, ("transcript", "coder", *LOCATING, *named))
        grids.append(grid)
        if not grid.name and _known(grid, columns or kept):
            break
    return _in_grids(grids, file, coder, transcript, columns, kept)


def _known(grid: Grid, columns: Mapping[str, str]) -> bool:
    return bool(
        (columns and head_with(grid, columns) is not None)
        or _own_head(grid) is not None
        or find_program(grid)
    )


def _in_grids(
    grids: Sequence[Grid],
    file: Path,
    coder: str,
    transcript: str,
    columns: Mapping[str, str],
    kept: Mapping[str, str],
) -> CodingsFile:
    for wanted, how in ((columns, "the columns that you named"), (kept, "the columns that study.yaml names")):
        for grid in grids:
            at = head_with(grid, wanted) if wanted else None
            if at is not None:
                return _named(grids, grid, at, file, wanted, how)
    if columns:
        raise BadInput(no_such_columns(grids, file, columns))
    own = [grid for grid in grids if _own_head(grid) is not None and not grid.concealed]
    by_sheet = None if own else codes_of_sheets(grids, file, (*OPTIONAL, *FOR_PEOPLE), LOCATING, transcript)
    if by_sheet is not None:
        read = _in_each(by_sheet.with_codes, by_sheet.grids, file, coder, transcript)
        return replace(read, unread=(*read.unread, by_sheet.note))
    if len(own) > 1 and all(grid.name for grid in own):
        return _in_each(own, grids, file, coder, transcript)
    if any(_own_head(grid) is not None for grid in grids):
        return _own(grids, file, coder, transcript)
    program = rows_of_sheets(grids, str(file))
    if program is not None:
        return _of_program(program[0], file, transcript, program[1])
    for grid in grids:
        rows_read = rows_of_nvivo(grid.rows, code=file.stem)
        if rows_read is not None:
            return _of_program(rows_read, file, transcript, what_was_not_read(grids, grid, 0))
    return _own(grids, file, coder, transcript)


def _in_each(
    own: Sequence[Grid], grids: Sequence[Grid], file: Path, coder: str, transcript: str
) -> CodingsFile:
    """The rows of every sheet with our columns, each with its sheet."""
    if not coder:
        refuse_without_coders(own, str(file))
    parts = [(grid.name, _own([grid], file, coder, transcript)) for grid in own]
    rows = tuple(replace(row, sheet=name) for name, part in parts for row in part.rows)
    notes = [f'sheet "{name}": {note}' for name, part in parts for note in part.unread]
    named = ", ".join(f'"{name}"' for name, _ in parts)
    notes.append(f"the sheets {named} all have these columns, and each was read.")
    left = [grid.name for grid in grids if grid.full_rows and all(grid is not taken for taken in own)]
    notes += [f'the sheet "{name}" was not read.' for name in left]
    ignored = tuple(dict.fromkeys(name for _, part in parts for name in part.ignored))
    return CodingsFile(str(file), rows, ignored, all(part.names_coders for _, part in parts), tuple(notes))


def _own(grids: Sequence[Grid], file: Path, coder: str, transcript: str) -> CodingsFile:
    given = {"coder": coder, "transcript": transcript}
    required = [name for name in REQUIRED if not given.get(name)]
    heads = {name for grid in grids for _, cells in grid.rows[:MOST_ABOVE] for name in own_names(cells, {})}
    attributes = [name for name in heads if name.startswith(OF_ATTRIBUTES)]
    optional = (*OPTIONAL, *FOR_PEOPLE, *attributes, "coder", "transcript")
    marked = None
    try:
        sheet = sheet_in(grids, file, required=required, optional=optional)
    except BadInput as error:
        wide = with_columns_of_codes(grids, file, required, optional)
        if wide is None:
            raise BadInput(
                f"{error} {_HOW_TO_NAME}" if "missing. The first row" in str(error) else str(error)
            ) from error
        sheet, marked = wide
    if not set(LOCATING) & set(sheet.columns):
        raise BadInput(
            f"{file}: nothing says where the passages are. Add the column turn (from 0) or turn_shown (from 1), "
            f"or start and end, or quote. {_HOW_TO_NAME}"
        )
    # a table that Tandem wrote has marks before what a spreadsheet would run; in JSONL there are none
    plain = file.suffix.lower() == ".jsonl"
    marked_rows = sheet.rows if marked is None else marked.rows
    rows = marked_rows if plain else tuple(map(_as_it_was, marked_rows))
    rows = rows if "transcript" in sheet.columns else _with(rows, "transcript", transcript)
    unread = (*sheet.unread, *((sheet.about_hidden,) if sheet.about_hidden else ()))
    if marked is None:
        return CodingsFile(str(file), rows, sheet.ignored, "coder" in sheet.columns, unread)
    ignored = tuple(column for column in sheet.ignored if column not in marked.columns)
    return CodingsFile(str(file), rows, ignored, "coder" in sheet.columns, (*unread, *marked.notes))


def _named(
    grids: Sequence[Grid], grid: Grid, at: int, file: Path, columns: Mapping[str, str], how: str
) -> CodingsFile:
    """A table of which the team has said how it calls our columns; what it calls by our own names is read too."""
    wanted = {folded(theirs): own for own, theirs in columns.items()}
    head: list[str] = []
    for cell in grid.rows[at][1]:
        own = wanted.get(folded(cell)) or own_names([cell], {})[0]
        free = own not in head and (folded(cell) in wanted or own not in columns)
        head.append(own if free else f"({cell})")
    renamed = replace(grid, rows=((grid.rows[at][0], head), *grid.rows[at + 1 :]))
    known = [name for name in ("transcript", "code", *NAMEABLE) if name in head]
    others = [name for name in head if name and name not in known]
    sheet = sheet_in([renamed], file, required=("code",), optional=(*known, *others))
    if not set(LOCATING) & set(sheet.columns):
        raise BadInput(
            f"{file}: nothing says where the passages are. Name a column of quotes: --columns quote=…"
        )
    unread = (*what_was_not_read(grids, grid, at), *((sheet.about_hidden,) if sheet.about_hidden else ()))
    other = {own: theirs for own, theirs in columns.items() if own != theirs} or columns
    meant = ", ".join(f'{own} is "{theirs}"' for own, theirs in other.items())
    said = f"{file.name} is read with {how}: {meant}."
    names = bool(sheet.rows) and all(row["coder"] for row in sheet.rows)
    ignored = tuple(name.strip("()") for name in others)
    return CodingsFile(
        str(file),
        sheet.rows,
        ignored,
        names,
        (said, *unread),
        "",
        MappingProxyType(dict(columns)),
        listed=True,
    )


def _of_program(program: ProgramRows, file: Path, transcript: str, unread: Sequence[str]) -> CodingsFile:
    if not program.rows:
        raise BadInput(
            f"{file} is read as {program.program}, and it holds no coded words. {' '.join(program.notes)}".strip()
        )
    rows = program.rows if not transcript else _with(program.rows, "transcript", transcript)
    notes = (f"{file.name} is read as {program.program}.", *unread, *program.notes)
    names = all(row["coder"] for row in rows)
    return CodingsFile(
        str(file), rows, program.ignored, names, notes, program.program, program.called, program.listed
    )


def _word_rows(file: Path, transcript: str) -> ProgramRows:
    from annotations.codings.word_comments import rows_of_comments
    from annotations.codings.word_lines import comments_of, lines_of, opened

    document = opened(read_bytes(file), str(file))
    program = rows_of_nvivo(list(lines_of(document)), code=file.stem)
    if program is not None:
        return program
    comments = comments_of(document)
    if not comments:
        raise BadInput(
            f"{file} holds no codings: neither references as NVivo exports them, nor comments with codes. Give a table, or "
            f"export the codings again."
        )
    return rows_of_comments(comments, transcript or file.stem)


def _with(rows: Sequence[SheetRow], column: str, value: str) -> tuple[SheetRow, ...]:
    return tuple(row if row[column] else replace(row, cells={**row.cells, column: value}) for row in rows)


def _as_it_was(row: SheetRow) -> SheetRow:
    return SheetRow(row.number, {column: text_of_safe(cell) for column, cell in row.cells.items()})


def _own_head(grid: Grid) -> int | None:
    """Which row names columns of Tandem's own layout: the transcript, the code and a place."""
    for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]):
        names = set(own_names(cells, {}))
        if {"transcript", "code"} <= names and names & set(LOCATING):
            return at
    return None


def _checked(columns: Mapping[str, str]) -> Mapping[str, str]:
    for name in columns:
        if name not in NAMEABLE:
            close = nearest(name, NAMEABLE)
            guess = f'Did you mean "{close}"?' if close else f"Known: {', '.join(NAMEABLE)}."
            raise BadInput(f'--columns: "{name}" is no column of codings. {guess}')
    # "Code 1" and "Code 2" are one column by then
    return {"code": "code", **columns} if columns else columns
