"""Rows of a table that people filled in, read one by one: every row is understood, or is a fault by row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from annotations.codings.faults import Fault, in_few_lines
from annotations.errors import BadInput
from annotations.sheets.safe_cells import text_of_safe
from annotations.sheets.sheet import Sheet, SheetRow, read_sheet

Found = TypeVar("Found")


@dataclass
class RowReader:
    """One row, with the faults found in it."""

    file: str
    row: SheetRow
    plain: bool
    faults: list[Fault]
    wrong: bool = False

    def __getitem__(self, column: str) -> str:
        """The cell as it was before a spreadsheet was kept from running it."""
        return self.row[column] if self.plain else text_of_safe(self.row[column])

    def fault(self, column: str, reason: str) -> None:
        """Note why the row cannot be used."""
        self.wrong = True
        self.faults.append(Fault(self.file, self.row.number, column, reason))

    def read(self, column: str, how: Callable[[str], Found]) -> Found | None:
        """What the cell means; a ValueError becomes a fault."""
        try:
            return how(self[column])
        except ValueError as error:
            self.fault(column, str(error))
            return None


@dataclass
class FilledTable:
    """A table as read, with the faults of its rows."""

    sheet: Sheet
    faults: list[Fault] = field(default_factory=list)

    def rows(self) -> Iterator[RowReader]:
        """Each row in turn."""
        plain = self.sheet.file.lower().endswith(".jsonl")
        for row in self.sheet.rows:
            yield RowReader(self.sheet.file, row, plain, self.faults)

    def refuse_faults(self) -> None:
        """Raises BadInput in few lines where any row cannot be used; nothing is kept then."""
        if not self.faults:
            return
        self.faults.sort(key=lambda fault: fault.row)
        bad = len({fault.row for fault in self.faults})
        raise BadInput(
            "\n".join(in_few_lines(self.faults))
            + f"\n{bad:,} of {len(self.sheet.rows):,} rows cannot be used, so nothing was kept. Correct them and try again."
        )


def filled_table(
    file: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str],
    also_called: Mapping[str, Sequence[str]] | None = None,
) -> FilledTable:
    """Read a table that somebody filled in. Raises BadInput for a file that is none, and for hidden rows."""
    sheet = read_sheet(file, required=required, optional=optional, also_called=also_called or {})
    return FilledTable(sheet.refuse_hidden())


class RowsOnlyTried(Exception):
    """Ends the transaction of a dry run."""


def keep_or_take_back(dry_run: bool) -> None:
    """At the end of a writing transaction: on a dry run nothing of it is kept."""
    if dry_run:
        raise RowsOnlyTried
