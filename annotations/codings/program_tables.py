"""Tables of coded passages that other programs exported, as rows in the words of a codings file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from annotations.codings.program_columns import ANY_OF_CODES, PROGRAMS, QUALCODER, ProgramColumns
from annotations.codings.program_dates import Order, iso_of, order_of
from annotations.numbers_shown import counted
from annotations.sheets.grids import Grid
from annotations.sheets.sheet import MOST_ABOVE, SheetRow, own_names

# between the names of groups above a code, in the column "above"
ABOVE = "\x1f"
# "Code: Money Applied", or "Code: Money" alone; beside it may stand its range and its weight
_APPLIED = re.compile(r"^code:\s*(.+?)(?<!\srange)(?<!\sweight)(?:\s+applied)?$", re.IGNORECASE)
_WEIGHT = re.compile(r"^code:\s*(.+?)\s+weight$", re.IGNORECASE)
_OF_CODES = re.compile(r"^code:\s*.+$", re.IGNORECASE)
_RANGE = re.compile(r"^(\d{1,9})\s*[-–]\s*(\d{1,9})$")
_WORDLESS = "codings are of something else than text (pictures, sound) and were"
_YES = frozenset({"true", "1", "yes", "x"})


@dataclass(frozen=True, slots=True)
class ProgramRows:
    """What a program's file says, row by row. ``called``: its own names of the columns; ``notes``: sentences to know."""

    program: str
    rows: tuple[SheetRow, ...]
    called: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    listed: bool = False


def find_program(grid: Grid) -> tuple[ProgramColumns, int] | None:
    """Whose table this is, and which of its first rows names the columns; None where no program is known."""
    for at, (_, cells) in enumerate(grid.rows[:MOST_ABOVE]):
        names = set(own_names(cells, {}))
        names |= {ANY_OF_CODES} if any(name.startswith(ANY_OF_CODES) for name in names) else set()
        for layout in PROGRAMS:
            if layout.fits(names):
                return layout, at
    return None


def program_rows(grid: Grid, layout: ProgramColumns, head: int) -> ProgramRows:
    """The rows below the one that names the columns. What holds no code or no words is left out and said."""
    table = _Table(grid, layout, head)
    rows_coded, uncoded, wordless = [], 0, 0
    for number, cells in grid.rows[head + 1 :]:
        if not any(cells):
            continue
        coded = list(table.codings(number, cells))
        no_words = bool(coded) and not coded[0]["quote"]
        uncoded += not coded
        wordless += no_words
        rows_coded += [] if no_words else coded
    rows, notes = tidy(rows_coded)
    if uncoded:
        have = counted(uncoded, "passage carries no code and was", "passages carry no code and were")
        notes.append(f"{have} left out: that does not say that nothing applies.")
    if wordless:
        have = counted(
            wordless, "coding is of something else than text (a picture, sound) and was", _WORDLESS
        )
        notes.append(f"{have} left out.")
    return ProgramRows(layout.program, rows, table.called, table.ignored, tuple(notes), layout.listed)


class _Table:
    def __init__(self, grid: Grid, layout: ProgramColumns, head: int) -> None:
        self._layout = layout
        given = grid.rows[head][1]
        names = own_names(given, {})
        self._at: dict[str, int] = {}
        for own, theirs in layout.columns.items():
            name = next((name for name in theirs if name in names), None)
            if name is not None:
                self._at[own] = names.index(name)
        self.called = MappingProxyType({own: given[at] for own, at in self._at.items()})
        # the column of "Code: Money Applied", and that of its weight, by the code's name
        self._codes = {
            match[1]: at for at, cell in enumerate(given) if (match := _APPLIED.match(cell.strip()))
        }
        self._weights = {
            match[1]: at for at, cell in enumerate(given) if (match := _WEIGHT.match(cell.strip()))
        }
        self._categories = (
            [at for at, name in enumerate(names) if name == "category"] if layout is QUALCODER else []
        )
        read = {*self._at.values(), *self._categories}
        self.ignored = tuple(
            dict.fromkeys(
                cell
                for at, cell in enumerate(given)
                if cell
                and at not in read
                and names[at] not in layout.silent
                and not _OF_CODES.match(cell)
                # a workbook of MAXQDA names the document again before its variables
                and names[at] not in {name for theirs in layout.columns.values() for name in theirs}
            )
        )

    def codings(self, number: int, cells: Sequence[str]) -> Iterator[SheetRow]:
        """What one row says: a coding, or one for each code that has a column of its own; none without a code."""

        def cell(at: int | None) -> str:
            return cells[at] if at is not None and at < len(cells) else ""

        said = {own: cell(at) for own, at in self._at.items()}
        if self._categories:
            # the innermost comes first
            said["above"] = ABOVE.join(filter(None, (cell(at) for at in reversed(self._categories))))
        if self._layout is QUALCODER and re.match(
            r"(?:im|av)id:", cell(_column_of_ids(self.called, self._at))
        ):
            said["quote"] = ""
        span = _RANGE.match(said.pop("at_range", ""))
        if span:
            said |= {"at_start": span[1], "at_end": span[2], "position": span[1]}
        elif said.get("at_start"):
            said["position"] = said["at_start"]
        elif said.get("position"):
            first = re.search(r"\d+", said["position"])
            said["position"] = first.group() if first else ""
        applied = [name for name, at in self._codes.items() if cell(at).casefold() in _YES]
        for name in applied:
            weight = cell(self._weights.get(name))
            yield SheetRow(number, {**said, "code": name, "weight": weight})
        if not applied and said.get("code"):
            yield SheetRow(number, said)


def _column_of_ids(called: Mapping[str, str], at: Mapping[str, int]) -> int | None:
    """QualCoder's column of ids stands between the words and the code's name, and says of what kind a coding is."""
    if {"quote", "code"} <= set(called) and at["code"] == at["quote"] + 2:
        return at["quote"] + 1
    return None


def tidy(rows: Sequence[SheetRow]) -> tuple[tuple[SheetRow, ...], list[str]]:
    """Weights and dates in the form of a codings file; what cannot be told is left out and said."""
    notes = []
    weights = {row["weight"] for row in rows}
    telling = len(weights) > 1 or len(rows) == 1
    if not telling and len(rows) > 1 and weights - {"", "0"}:
        notes.append(f"every row has the weight {weights.pop()}, which says nothing; it was left out.")
    order = order_of(row["created"] for row in rows)
    lost = [row.number for row in rows if row["created"] and iso_of(row["created"], order) is None]
    if lost:
        have = counted(len(lost), "date", "dates")
        notes.append(
            f"{have} (the first in row {lost[0]}) cannot be told, such as 3/4/2021 for March or April; the codings are "
            f"imported without."
        )
    return tuple(_tidied(row, order, telling) for row in rows), notes


def _tidied(row: SheetRow, order: Order | None, telling: bool) -> SheetRow:
    cells = dict(row.cells)
    weight = cells.pop("weight", "")
    memo = [cells.get("memo", "")]
    if weight and weight != "0" and telling:
        memo.append(f"Weight: {weight}")
    cells["memo"] = "\n".join(filter(None, memo))
    if cells.get("created"):
        cells["created"] = iso_of(cells["created"], order) or ""
    return replace(row, cells=cells)
