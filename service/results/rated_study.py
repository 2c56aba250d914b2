"""All ratings of a study, what the rule proposes for each, and how far raters agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotations.matrix.columns import shown_columns
from annotations.matrix.proposed_rating import Proposal
from annotations.matrix.rated_cells import RatedCell, rated_cells
from annotations.matrix.rater_agreement import RaterAgreement, agreement_of_raters
from annotations.matrix.rating_scale import in_json
from annotations.matrix.tables import CodingCell, codes_below
from annotations.store.cell_place import Column
from annotations.store.ratings import all_ratings
from annotations.store.transcripts import all_texts
from service.access.viewer import Viewer
from service.composition import Parts
from service.results.read_table import table_in
from service.results.seen_codings import sees_whole_tables
from service.results.seen_table import seen_table
from service.results.study_table import StudyTable, WantedTable
from service.results.table_json import rating_json


@dataclass(frozen=True, slots=True)
class RatedPlace:
    """A rated cell in words: its phase, code and column, its ratings, and what the rule proposes."""

    phase: str
    code: str
    column: str
    place: Column
    rated: RatedCell
    proposal: Proposal

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "phase": self.phase,
            "code": self.code,
            **dict(self.place),
            "rating": in_json(self.rated.value),
            "status": self.rated.status,
            "proposed": in_json(self.proposal.value),
            "proposed_why": self.proposal.why,
            "ratings": [rating_json(rating) for rating in self.rated.newest],
            "consensus": None if self.rated.consensus is None else rating_json(self.rated.consensus),
            "history": [rating_json(rating) for rating in self.rated.history],
        }


@dataclass(frozen=True, slots=True)
class RatedStudy:
    """Every rated cell, and how far each pair of raters agrees."""

    cells: tuple[RatedPlace, ...]
    agreement: tuple[RaterAgreement, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "ratings": [cell.to_json() for cell in self.cells],
            "agreement": [agreement.to_json() for agreement in self.agreement],
        }


def rated_study(parts: Parts, viewer: Viewer | None = None) -> RatedStudy:
    """Everything that was rated, in the order in which the cells were rated first, as far as the ``viewer`` may see it."""
    with parts.store.reading() as connection:
        cells = rated_cells(all_ratings(connection))
        columns = {tuple(name for name, _ in cell.history[0].place.column) for cell in cells.values()}
        tables: dict[tuple[str, ...], StudyTable] = {}
        if cells and all_texts(connection):
            tables = {names: table_in(connection, parts, WantedTable(names)) for names in columns}
        if viewer is not None and not sees_whole_tables(viewer):
            tables = {names: seen_table(connection, parts, viewer, table) for names, table in tables.items()}
            if viewer.sites is not None:
                known = {key for table in tables.values() for key in table.rated}
                cells = {key: cell for key, cell in cells.items() if key in known}
    shown = shown_columns(cell.history[0].place.column for cell in cells.values())
    places_rated = []
    for cell in cells.values():
        place = cell.history[0].place
        table = tables.get(tuple(name for name, _ in place.column))
        book = parts.codebook
        phase, code = (
            book.label(code_id) if code_id in book.by_id else code_id for code_id in (place.phase, place.code)
        )
        coded = whole_cell(table, place.phase, place.code, place.column) if table else CodingCell(())
        places_rated.append(RatedPlace(phase, code, shown[place.column], place.column, cell, coded.proposal))
    return RatedStudy(tuple(places_rated), agreement_of_raters(cells))


def whole_cell(table: StudyTable, phase: str, code: str, column: Column) -> CodingCell:
    """The codings of a code and of all codes below it."""
    cells = [table.cell(phase, below, column) for below in codes_below(table.codebook, code)]
    return CodingCell(tuple(passage for cell in cells for passage in cell.found))
