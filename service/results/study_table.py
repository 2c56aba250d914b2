"""A cross-case table of the study, with all that people wrote into its cells, to be asked cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.matrix.columns import shown_columns
from annotations.matrix.orders import pattern_of
from annotations.matrix.rated_cells import RatedCell
from annotations.matrix.tables import CodingCell, Matrix
from annotations.store.applied_codings import TurnPlace
from annotations.store.cell_place import CellPlace, Column, column_key, place_key
from annotations.store.member_checks import MemberCheck
from annotations.store.transcripts import KeptTranscript
from annotations.store.written_cells import ChosenQuote, Distinguishing, Summary
from service.agreement.report import ReportScope


@dataclass(frozen=True)
class WantedTable:
    """Which table: its columns, its rows (``level``: 1 the top of each framework, None codes as applied), of which
    transcripts, and in which order (``outcome``: the attribute of the cases by which their columns stand).
    """

    columns: Sequence[str] = ("case",)
    level: int | None = None
    among: ReportScope = field(default_factory=ReportScope)
    where: Sequence[str] = ()
    outcome: str | None = None


@dataclass(frozen=True)
class StudyTable:
    """The table with all that people wrote into it. Keys of ``rated`` and ``summaries`` are those of cells."""

    study: str
    codebook: Codebook
    wanted: WantedTable
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    phases: tuple[str, ...]
    rows: tuple[str, ...]
    matrix: Matrix
    transcripts: Mapping[UUID, KeptTranscript]
    turns: Mapping[UUID, tuple[TurnPlace, ...]]
    rated: Mapping[str, RatedCell]
    summaries: Mapping[str, tuple[Summary, ...]]
    quotes: tuple[ChosenQuote, ...]
    distinguishing: Mapping[tuple[str, str], Distinguishing]
    checks: tuple[MemberCheck, ...]
    notes: tuple[str, ...]
    made: datetime

    @cached_property
    def shown(self) -> Mapping[Column, str]:
        """How each column is called."""
        return shown_columns(self.columns)

    @property
    def corner(self) -> str:
        """What the columns stand for, in words."""
        return " × ".join(self.names)

    def label(self, code: str) -> str:
        """How a code or phase is called; one that has left the codebook by its id."""
        return self.codebook.label(code) if code in self.codebook.by_id else code

    def cell(self, phase: str, row: str, column: Column) -> CodingCell:
        """The codings that stand there."""
        return self.matrix.cell(phase, row, column)

    def rating(self, phase: str, row: str, column: Column) -> RatedCell | None:
        """The ratings of a cell, or None where nobody rated it."""
        return self.rated.get(place_key(phase, row, column_key(column)))

    def written(self, phase: str, row: str, column: Column) -> tuple[Summary, ...]:
        """What people wrote of a cell."""
        return self.summaries.get(place_key(phase, row, column_key(column)), ())

    def answers(self, phase: str, row: str, column: Column) -> tuple[MemberCheck, ...]:
        """What was answered in member checking that concerns a cell: by its informants, or for its case."""
        cell = self.cell(phase, row, column)
        if not self.checks or not cell.codings:
            return ()
        codes = {row, *(passage.code for passage, _ in cell.found)}
        return tuple(check for check in self.checks if check.concerns(phase, codes, cell.informants, column))

    def pattern(self, phase: str, row: str) -> str:
        """What the ratings of a row say across the columns."""
        values = [
            cell.value if (cell := self.rating(phase, row, column)) else None for column in self.columns
        ]
        return pattern_of(values, by_outcome=self.wanted.outcome is not None)

    def rows_of(self, phase: str) -> tuple[str, ...]:
        """The rows with anything in them in this phase."""
        has = self._rows_by_phase.get(phase, frozenset())
        return tuple(row for row in self.rows if row in has)

    @cached_property
    def _rows_by_phase(self) -> Mapping[str, frozenset[str]]:
        rows_of: dict[str, set[str]] = {}
        for phase, row, _ in self.matrix.cells:
            rows_of.setdefault(phase, set()).add(row)
        for place in self.written_places:
            rows_of.setdefault(place.phase, set()).add(place.code)
        for phase, code in self.distinguishing:
            rows_of.setdefault(phase, set()).add(code)
        return {phase: frozenset(its) for phase, its in rows_of.items()}

    @cached_property
    def written_places(self) -> tuple[CellPlace, ...]:
        """The cells that hold ratings or summaries."""
        return (
            *(cell.history[0].place for cell in self.rated.values()),
            *(its[0].place for its in self.summaries.values()),
        )
