"""The passages behind a cell, with their words: what "tandem matrix --open" shows on the study's own machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotations.errors import BadInput, unknown
from annotations.names import folded
from annotations.store.cell_place import Column
from annotations.turn_numbers import shown_number
from service.results.check_words import check_json
from service.results.study_table import StudyTable
from service.results.table_json import cell_json, turn_at


@dataclass(frozen=True, slots=True)
class OpenedCell:
    """A cell with its place and its passages."""

    phase: str
    code: str
    column: str
    cell: dict[str, Any]
    passages: tuple[dict[str, Any], ...]


def open_cells(table: StudyTable, code: str, column: str, phase: str | None) -> tuple[OpenedCell, ...]:
    """The cells of a code and a column: one a phase, or that of one phase. Raises BadInput for names that are not known."""
    row = _row(table, code)
    wanted = _column(table, column)
    phases = table.phases if phase is None else (_phase(table, phase),)
    opened = [_opened(table, phase, row, wanted) for phase in phases]
    with_something = [
        cell_opened
        for cell_opened in opened
        if cell_opened.passages or cell_opened.cell["ratings"] or cell_opened.cell["summaries"]
    ]
    if not with_something:
        raise BadInput(
            f'the cell of "{table.label(row)}" and "{table.shown[wanted]}" is empty: nothing was coded there.'
        )
    return tuple(with_something)


def _row(table: StudyTable, code: str) -> str:
    code_id = table.codebook.find(code).id
    if code_id not in table.rows:
        raise BadInput(
            f'the code "{table.label(code_id)}" has no row in this table: nobody applied it in these transcripts.'
        )
    return code_id


def _column(table: StudyTable, given: str) -> Column:
    for column, shown in table.shown.items():
        if folded(shown) == folded(given):
            return column
    raise unknown(
        "column",
        given,
        [name for name in table.shown.values() if name],
        remedy="Give one as the table shows it.",
    )


def _phase(table: StudyTable, given: str) -> str:
    for phase in table.phases:
        names = {folded(phase), folded(table.label(phase))} if phase else {"", "-", "not stated"}
        if folded(given) in names:
            return phase
    raise unknown("phase", given, [table.label(phase) if phase else "not stated" for phase in table.phases])


def _opened(table: StudyTable, phase: str, row: str, column: Column) -> OpenedCell:
    cell = table.cell(phase, row, column)
    passages = []
    for passage, kept in cell.found:
        turn = turn_at(table, kept, passage.span.start)
        passages.append(
            {
                "transcript": kept.transcript.name,
                "turn": turn,
                "turn_shown": None if turn is None else shown_number(turn),
                "start": passage.span.start,
                "end": passage.span.end,
                "participant": kept.transcript.participant,
                "kind": kept.transcript.kind.value,
                "code": table.label(passage.code),
                "coders": list(passage.coders),
                "influence": passage.influence,
                "concrete_example": passage.concrete_example,
                "may_quote": kept.transcript.consents.may_quote,
                "text": passage.span.of(kept.transcript.text),
            }
        )
    plain = cell_json(table, phase, row, column, with_quotes=False, site=None)
    # on the study's own machine, where passages are read as they are
    plain["member_checks"] = [
        check_json(answer, words=True, label=table.label) for answer in table.answers(phase, row, column)
    ]
    return OpenedCell(
        table.label(phase) if phase else "", table.label(row), table.shown[column], plain, tuple(passages)
    )
