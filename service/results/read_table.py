"""Reads the store and puts a cross-case table together: the work behind "tandem matrix"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from annotations.attributes import Attributes
from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.matrix.columns import MatrixColumns, columns_named
from annotations.matrix.counted_codings import CountedPassage
from annotations.matrix.orders import by_outcome, columns_in_order, phases_in_order, rows_in_order
from annotations.matrix.rated_cells import RatedCell, rated_cells
from annotations.matrix.tables import matrix_of, rows_at
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.applied_codings import turn_places
from annotations.store.attributes import all_attributes
from annotations.store.cell_place import CellPlace, Column, column_key
from annotations.store.member_checks import current_member_checks
from annotations.store.ratings import all_ratings
from annotations.store.tables import now
from annotations.store.transcripts import KeptTranscript, all_texts
from annotations.store.written_cells import (
    Summary,
    current_distinguishing,
    current_quotes,
    current_summaries,
)
from service.composition import Parts
from service.results.study_findings import chosen_of, findings_in, listed_places
from service.results.study_table import StudyTable, WantedTable

Written = TypeVar("Written", RatedCell, tuple[Summary, ...])


def study_table(parts: Parts, wanted: WantedTable) -> StudyTable:
    """The table as it stands now. Raises BadInput for names that are not known."""
    if wanted.level is not None and wanted.level < 1:
        raise BadInput("a level counts from 1, the top of each framework.")
    with parts.store.reading() as connection:
        return table_in(connection, parts, wanted)


def table_in(connection: Connection, parts: Parts, wanted: WantedTable) -> StudyTable:
    """As ``study_table``, within a transaction."""
    book, config = parts.codebook, parts.study.config
    everything, attributes = all_texts(connection), all_attributes(connection)
    columns = columns_named(wanted.columns, attributes)
    chosen = chosen_of(everything, wanted.among, wanted.where, attributes)
    passages, alone = findings_in(connection, book, chosen)
    row_of = rows_at(book, wanted.level)
    matrix = matrix_of(passages, {kept.id: kept for kept in chosen}, columns, row_of)
    rated = rated_cells(all_ratings(connection))
    written = _by_cell(current_summaries(connection))
    across = {
        (p, c): distinguishing
        for (p, c), distinguishing in current_distinguishing(connection).items()
        if row_of(c) == c
    }
    shown_rated, hidden = _fitting(rated, columns, row_of)
    shown_written, unseen = _fitting(written, columns, row_of)
    places = [cell.history[0].place for cell in shown_rated.values()]
    places += [its[0].place for its in shown_written.values()]
    own = {column_key(column): column for column in _columns(chosen, columns, places)}
    ordered = columns_in_order(own.values(), listed_places(parts))
    if wanted.outcome is not None:
        ordered = _in_order_of_outcome(ordered, wanted.outcome, columns, attributes)
    return StudyTable(
        study=config.name,
        codebook=book,
        wanted=wanted,
        names=columns.names,
        columns=ordered,
        phases=phases_in_order(
            [*(place[0] for place in matrix.cells), *(p.phase for p in places), *(p for p, _ in across)], book
        ),
        rows=rows_in_order(
            [*(place[1] for place in matrix.cells), *(p.code for p in places), *(c for _, c in across)], book
        ),
        matrix=matrix,
        transcripts={kept.id: kept for kept in everything},
        turns=turn_places(connection),
        rated=shown_rated,
        summaries=shown_written,
        quotes=current_quotes(connection),
        distinguishing=across,
        checks=current_member_checks(connection),
        notes=tuple(_notes(passages, book, alone, hidden, unseen)),
        made=now(),
    )


def _by_cell(summaries_given: Iterable[Summary]) -> dict[str, tuple[Summary, ...]]:
    cells: dict[str, list[Summary]] = {}
    for summaries in summaries_given:
        cells.setdefault(summaries.place.key, []).append(summaries)
    return {key: tuple(its) for key, its in cells.items()}


def _fitting(
    written: Mapping[str, Written], columns: MatrixColumns, row_of: Callable[[str], str]
) -> tuple[dict[str, Written], int]:
    """What people wrote into cells of this table, and how much stands in cells of other ones."""
    wanted = {folded(name) for name in columns.names}
    fitting = {}
    for key, its in written.items():
        place = its.history[0].place if isinstance(its, RatedCell) else its[0].place
        if {folded(name) for name, _ in place.column} == wanted and row_of(place.code) == place.code:
            fitting[key] = its
    return fitting, len(written) - len(fitting)


def _columns(
    chosen: Sequence[KeptTranscript], columns: MatrixColumns, places: Sequence[CellPlace]
) -> Iterator[Column]:
    """The columns of all transcripts, coded or not, and of what people wrote; the transcripts' spelling holds."""
    at = {folded(name): position for position, name in enumerate(columns.names)}
    for place in places:
        by_name = {at[folded(name)]: value for name, value in place.column}
        yield tuple((name, by_name[position]) for position, name in enumerate(columns.names))
    for column_kept in reversed(chosen):
        yield columns.of(column_kept.transcript)


def _in_order_of_outcome(
    ordered: Sequence[Column], outcome: str, columns: MatrixColumns, attributes: Attributes
) -> tuple[Column, ...]:
    if "case" not in columns.names:
        raise BadInput(
            "the outcome is one of cases, so the table needs the column case to be put in its order."
        )
    name = attributes.resolve(outcome)
    cases = {value for column in ordered for of, value in column if of == "case" and value}
    known = {
        folded(case): said
        for case in cases
        if (said := attributes.of(participant="", case=case).get(name, ""))
    }
    if not known:
        raise BadInput(
            f'the attribute "{name}" is known of no case. Give it with "tandem participants FILE" (columns case and {name}).'
        )
    return by_outcome(ordered, known, name)


def _notes(
    passages: Sequence[CountedPassage], codebook: Codebook, alone: int, hidden: int, unseen: int
) -> Iterator[str]:
    several = Counter(
        (passage.code, passage.transcript, passage.span, passage.coders) for passage in passages
    )
    twice = sum(count > 1 for count in several.values())
    if twice:
        yield f"{counted(twice, 'coding stands', 'codings stand')} in several phases and counts in each."
    if alone:
        yield f"{counted(alone, 'passage carries', 'passages carry')} a phase and no other code, so no row shows them."
    if gone := Counter(passage.code for passage in passages if passage.code not in codebook.by_id):
        yield (
            f"{counted(sum(gone.values()), 'coding carries a code', 'codings carry codes')} that the codebook no longer "
            f"holds ({', '.join(sorted(gone)[:5])}); they stand last, under their ids."
        )
    if hidden:
        yield (
            f"{counted(hidden, 'rated cell belongs', 'rated cells belong')} to other columns or rows than are shown here "
            f'(see them with "tandem ratings").'
        )
    if unseen:
        yield f"{counted(unseen, 'cell with a summary belongs', 'cells with summaries belong')} to other columns or rows."
