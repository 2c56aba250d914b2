"""The table with which people correct how another program's names are understood: ``what, theirs, ours``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotations.errors import BadInput, nearest
from annotations.names import folded
from annotations.sheets.safe_cells import text_of_safe
from annotations.sheets.sheet import SheetRow, read_sheet

WHATS = ("code", "coder", "source", "case", "variable", "set")
LEFT_OUT = ("-", "–", "—")
ADDED = "+"


@dataclass(frozen=True)
class NameMap:
    """What people say of their names: by kind and folded name, ours. ``file`` and ``rows`` are for messages."""

    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    file: str = ""

    def get(self, what: str, *theirs: str) -> str | None:
        """What is said of the first of these spellings of which anything is said."""
        for name in theirs:
            entry = self.entries.get((what, folded(name)))
            if entry is not None:
                return entry
        return None

    def faults(self, known: Mapping[str, Sequence[str]]) -> list[str]:
        """A sentence for each row that names what the project does not hold."""
        said = []
        for (what, name), row in self.rows.items():
            there = {folded(name) for name in known.get(what, ())}
            if name not in there:
                close = nearest(name, known.get(what, ()))
                guess = f' Did you mean "{close}"?' if close else ""
                said.append(f'{self.file}, row {row}: the project holds no {what} "{name}".{guess}')
        return said


def read_map(file: Path) -> NameMap:
    """Read a table of names. Raises BadInput that names the rows which cannot be used."""
    sheet = read_sheet(file, required=("what", "theirs", "ours"), optional=("about",)).refuse_hidden()
    # a table that Tandem wrote has marks before what a spreadsheet would run, such as "-"
    listed = [
        SheetRow(row.number, {key: text_of_safe(cell) for key, cell in row.cells.items()})
        for row in sheet.rows
    ]
    entries: dict[tuple[str, str], str] = {}
    rows: dict[tuple[str, str], int] = {}
    faults = []
    for row in listed:
        what, key = folded(row["what"]), (folded(row["what"]), folded(row["theirs"]))
        if what not in WHATS:
            faults.append(
                f'{file}, row {row.number}, column "what": "{row["what"]}" is none of {", ".join(WHATS)}.'
            )
        elif not row["theirs"]:
            faults.append(
                f'{file}, row {row.number}, column "theirs": it is empty. It names what the project says.'
            )
        elif entries.get(key, row["ours"]) != row["ours"]:
            faults.append(
                f'{file}, row {row.number}: row {rows[key]} says something else of "{row["theirs"]}". Keep one.'
            )
        elif row["ours"]:
            entries[key], rows[key] = row["ours"], row.number
    if faults:
        raise BadInput("\n".join(faults))
    return NameMap(entries, rows, str(file))
