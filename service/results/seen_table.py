"""A cross-case table as somebody may see it: what is counted tells no more than an open interview would.

A lead and a reader of the whole study see all of it. To a coder a coding counts once she may see it in its interview, so
that no count tells what others found in a passage which she is still to judge. Whoever is limited to sites sees the codings
and columns of transcripts that these sites may see, and what was written of a column only where all of it is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from annotations.errors import unknown
from annotations.matrix.columns import columns_named
from annotations.matrix.rated_cells import RatedCell
from annotations.matrix.tables import CodingCell, Matrix
from annotations.store.attributes import all_attributes
from annotations.store.cell_place import CellPlace, column_key
from annotations.store.described_transcripts import described_transcripts
from annotations.store.transcripts import KeptTranscript
from service.access.transcript_access import sees
from service.access.viewer import Viewer
from service.composition import Parts
from service.looking.attribute_filter import seen_attributes
from service.looking.seen_in_many import SeenInMany
from service.results.seen_codings import ONLY_SEEN, seen_coding, sees_whole_tables, waits_for_own
from service.results.study_table import StudyTable, WantedTable


def refuse_unseen_names(connection: Connection, viewer: Viewer, wanted: WantedTable) -> None:
    """Raises BadInput for a column, outcome or wave that is known only of transcripts which this person may not see.

    It names those that she may see, as a study without the others would.
    """
    if viewer.sites is None:
        return
    seen = [described for described in described_transcripts(connection) if sees(viewer, described)]
    known = seen_attributes(connection, viewer, seen)
    columns_named(wanted.columns, known)
    if wanted.outcome is not None:
        known.resolve(wanted.outcome)
    waves = sorted({described.wave for described in seen} - {""})
    if wanted.among.wave is not None and wanted.among.wave not in waves:
        raise unknown("wave", wanted.among.wave, waves)


def seen_table(connection: Connection, parts: Parts, viewer: Viewer, table: StudyTable) -> StudyTable:
    """The table with nothing in it that the viewer may not see."""
    if sees_whole_tables(viewer):
        return table
    shown = {
        transcript.id: transcript
        for transcript in table.transcripts.values()
        if sees(viewer, transcript.transcript)
    }
    seen = None
    if waits_for_own(viewer):
        seen = SeenInMany(connection, parts.segmentation.version, viewer, shown)
    cells = {}
    for place, cell in table.matrix.cells.items():
        passages = tuple(
            (left, kept)
            for passage, kept in cell.found
            if (left := seen_coding(passage, kept, shown, seen)) is not None
        )
        if passages:
            cells[place] = CodingCell(passages)
    part, whole = _columns(connection, table, shown) if viewer.sites is not None else (_any, _any)
    rated = {key: its for key, its in table.rated.items() if whole(_place(its))}
    summaries = {key: its for key, its in table.summaries.items() if whole(its[0].place)}
    across = table.distinguishing if viewer.sites is None else {}
    rows = {row for _, row, _ in cells} | {code for _, code in across}
    rows |= {_place(its).code for its in rated.values()} | {its[0].place.code for its in summaries.values()}
    columns = tuple(column for column in table.columns if part(CellPlace("", "", column)))
    return replace(
        table,
        columns=columns,
        rows=tuple(row for row in table.rows if row in rows),
        matrix=Matrix(cells, tuple(column for column in table.matrix.columns if column in columns)),
        transcripts=shown,
        rated=rated,
        summaries=summaries,
        quotes=(),
        distinguishing=across,
        checks=(),
        notes=(ONLY_SEEN,),
    )


def _place(its: RatedCell) -> CellPlace:
    return its.history[0].place


def _any(_place: CellPlace) -> bool:
    return True


def _columns(
    connection: Connection, table: StudyTable, shown: Mapping[UUID, KeptTranscript]
) -> tuple[Callable[[CellPlace], bool], Callable[[CellPlace], bool]]:
    """Does the viewer see some transcript of a column; does she see all of them?"""
    columns = columns_named(table.wanted.columns, all_attributes(connection))
    theirs: dict[str, list[bool]] = {}
    for transcript in table.transcripts.values():
        theirs.setdefault(column_key(columns.of(transcript.transcript)), []).append(transcript.id in shown)

    def part(place: CellPlace) -> bool:
        return any(theirs.get(column_key(place.column), ()))

    def whole(place: CellPlace) -> bool:
        return part(place) and all(theirs[column_key(place.column)])

    return part, whole
