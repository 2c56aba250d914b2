"""Results: the cross-case table with cells that open, and ratings by two people with their consensus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response, status
from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.matrix.rated_cells import ONE, RatedCell
from annotations.matrix.rating_scale import VALUES, rating_shown
from annotations.names import folded
from annotations.store.cell_place import Column as TableColumn
from annotations.store.described_transcripts import described_transcripts
from service.access.policy import Action
from service.access.transcript_access import about, sees
from service.agreement.report import ReportScope
from service.audit import Did
from service.composition import Parts
from service.looking.attribute_filter import seen_attributes
from service.results.cell_words import how_it_was_counted, rating_words
from service.results.kept_tables import KeptTables
from service.results.opened_cell import OpenedCell, open_cells
from service.results.rate_cell import rate_cell
from service.results.rated_study import RatedPlace, rated_study, whole_cell
from service.results.raters_in_words import agreement_of_raters_in_words
from service.results.study_table import StudyTable, WantedTable
from service.web.form_of_before import mark_of
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit
from service.web.workbench.in_force import VisitedNow

router = APIRouter(include_in_schema=False, route_class=FormRoute)
PATH, CELL, RATINGS = "/results", "/results/cell", "/results/ratings"
NOT_STATED = "(not stated)"
_FILTERS = ("columns", "and", "level", "wave", "outcome", "framework")


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell on the page: how many codings of how many people, its rating in words, what people wrote, its address."""

    codings: int
    informants: int
    rating: str
    summary: tuple[str, ...]
    address: str


_ShownRow = tuple[str, list[ShownCell | None], str]


@router.get(PATH)
def matrix(visit: VisitedNow) -> Response:
    """The table; a cell opens its passages."""
    visit.must(Action.SEE_FIGURES)
    query = visit.request.query_params
    filters = {key: query[key][:200] for key in _FILTERS if query.get(key)}
    table, fault = None, ""
    with visit.parts.store.reading() as connection:
        try:
            table = _table(visit, connection, filters)
        except BadInput as error:
            fault = str(error)
        seen = [text for text in described_transcripts(connection) if sees(visit.viewer, text)]
        attributes = sorted(seen_attributes(connection, visit.viewer, seen).names)
        waves = sorted({text.wave for text in seen} - {""})
    book = visit.parts.codebook
    blocks = _blocks(table, book, filters) if table else []
    return visit.page(
        "workbench/matrix.html",
        table=table,
        fault=fault,
        columns=[table.shown[column] or NOT_STATED for column in table.columns] if table else [],
        blocks=blocks,
        notes=how_it_was_counted(table, with_quotes=False) if table else (),
        filters=filters,
        by=["case", "site", "participant", "wave", "kind", *attributes],
        attributes=attributes,
        waves=waves,
        frameworks=[framework.name for framework in book.frameworks],
        patterns=any(pattern for _, rows in blocks for _, _, pattern in rows),
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
    )


def _blocks(table: StudyTable, book: Codebook, filters: dict[str, str]) -> list[tuple[str, list[_ShownRow]]]:
    """The rows of each phase that has some, under what it is called."""
    framework = filters.get("framework", "")
    blocks = []
    for phase in table.phases:
        rows = [
            (
                table.label(row),
                [_shown(table, phase, row, column, filters) for column in table.columns],
                table.pattern(phase, row),
            )
            for row in table.rows_of(phase)
            if not framework or (row in book.by_id and book.framework(book[row].framework).name == framework)
        ]
        if rows:
            title = (
                table.label(phase) if phase else "Phase not stated" if len(table.phases) > 1 else "All codes"
            )
            blocks.append((title, rows))
    return blocks


@router.get(CELL)
def cell(visit: VisitedNow) -> Response:
    """A cell with its passages, what people wrote, and its ratings."""
    return _cell(visit)


@router.post(CELL)
def rate(
    visit: VisitedNow,
    value: Annotated[str, Form(max_length=40)] = "",
    rationale: Annotated[str, Form(max_length=20_000)] = "",
    consensus: Annotated[str, Form()] = "",
    phase: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep a rating of one's own, or what the raters agreed on."""
    visit.must(Action.DECIDE_CODES if consensus else Action.CODE)
    query = visit.request.query_params
    filters = {key: query[key][:200] for key in _FILTERS if query.get(key)}
    try:
        if not value:
            raise BadInput("choose a value. Nothing was kept.")
        with visit.parts.store.reading() as connection:
            table = _table(visit, connection, filters)
        column = _column_of(table, query.get("column", ""))
        with visit.parts.alone("ratings"):
            rate_cell(
                visit.parts,
                phase=phase,
                code=query.get("code", ""),
                column=column,
                rater=visit.viewer.name,
                value=value,
                rationale=rationale,
                consensus=bool(consensus),
            )
    except BadInput as error:
        return _cell(visit, fault=str(error))
    audit(visit, Did.DECIDED, query.get("code", ""), what="a rating", consensus=bool(consensus))
    place = {key: query.get(key, "") for key in ("code", "column", "phase")}
    return saved(
        f"{CELL}?{urlencode({**filters, **place})}",
        form=_kept_as(query.get("code", ""), query.get("column", ""), phase, agreed=bool(consensus)),
    )


@router.get(RATINGS)
def ratings(visit: VisitedNow) -> Response:
    """Everything that was rated, and how far raters agree."""
    visit.must(Action.SEE_FIGURES)
    rated = rated_study(visit.parts, visit.viewer)
    columns = _rating_columns(visit)
    shown = ShownList(
        rated.cells,
        columns,
        asked_of(visit.request.query_params),
        path=RATINGS,
        noun="cell",
        empty="Nothing has been rated yet. Open a cell of the cross-case table and rate it there.",
    )
    if shown.asked.take:
        return visit.takes(shown, "ratings")
    return visit.page(
        "workbench/ratings.html",
        list=shown,
        agreement=[agreement_of_raters_in_words(pair) for pair in rated.agreement],
    )


def _table(visit: Visit, connection: Connection, filters: dict[str, str]) -> StudyTable:
    kept: KeptTables = visit.request.app.state.tables
    return kept.of(connection, visit.parts, _wanted(visit.parts, filters), visit.viewer)


def _wanted(_parts: Parts, filters: dict[str, str]) -> WantedTable:
    level = filters.get("level", "")
    if level and not (level.isdecimal() and 0 < int(level) < 10):
        raise BadInput("a level counts from 1, the top of each framework.")
    names = (filters.get("columns", "case"), *([filters["and"]] if filters.get("and") else ()))
    among = ReportScope(wave=filters.get("wave"))
    return WantedTable(tuple(names), int(level) if level else None, among, (), filters.get("outcome"))


def _shown(
    table: StudyTable, phase: str, row: str, column: TableColumn, filters: dict[str, str]
) -> ShownCell | None:
    its, written = table.cell(phase, row, column), table.written(phase, row, column)
    rated = table.rating(phase, row, column)
    # the second rater is not to be swayed by the first
    lone = rated is not None and rated.status == ONE
    rating = "one rater so far" if lone else rating_words(table, phase, row, column)
    if not (its.codings or written or rating):
        return None
    place = {"code": row, "column": table.shown[column], "phase": phase}
    address = f"{CELL}?{urlencode({**filters, **place})}"
    return ShownCell(
        its.codings, len(its.informants), rating, tuple(written_one.text for written_one in written), address
    )


def _cell(visit: Visit, fault: str = "") -> Response:
    visit.must(Action.READ_TEXT)
    query = visit.request.query_params
    filters = {key: query[key][:200] for key in _FILTERS if query.get(key)}
    with visit.parts.store.reading() as connection:
        table = _table(visit, connection, filters)
    code, column = query.get("code", ""), query.get("column", "")
    phase = query.get("phase")
    opened = open_cells(table, code, column, phase or None)
    if phase == "":
        opened = tuple(opened_cell for opened_cell in opened if not opened_cell.phase) or opened
    kept = {transcript.transcript.name: transcript for transcript in table.transcripts.values()}
    places = [_open(visit, table, opened_cell, kept) for opened_cell in opened]
    visit.sees_passages(
        f"cell {code} in {column}",
        (passage_plain["transcript"] for it in places for passage_plain in it["passages"]),
    )
    return visit.page(
        "workbench/cell.html",
        code=status.HTTP_422_UNPROCESSABLE_CONTENT if fault else status.HTTP_200_OK,
        title=opened[0].code,
        column=opened[0].column or NOT_STATED,
        places=places,
        kept_as=partial(_kept_as, code, column),
        values=[(value, rating_shown(value)) for value in VALUES],
        fault=[fault] if fault else [],
        back=f"{PATH}?{urlencode(filters)}",
        here=f"{CELL}?{urlencode({**filters, 'code': code, 'column': column, 'phase': phase or ''})}",
        rateable={name for name, _ in _column_of(table, column)} <= {"case", "site", "wave"},
        corner=table.corner,
    )


def _kept_as(code: str, column: str, phase: str, *, agreed: bool) -> str:
    """Under which name the browser keeps what is typed about a cell: what is meant for one comes back in no other."""
    return f"{'agreed' if agreed else 'rating'}-{mark_of([code, column, phase])}"


def _open(visit: Visit, table: StudyTable, opened: OpenedCell, kept: dict[str, Any]) -> dict[str, Any]:
    """A cell as the page shows it: passages that the viewer may see, and ratings as far as they may be seen."""
    passages = []
    for it in opened.passages:
        its = kept.get(it["transcript"])
        if its is not None and visit.may(Action.READ_TEXT, about(visit.viewer, its.transcript)):
            passages.append({**it, "address": f"/interviews/{its.id}#turn-{it['turn_shown'] or 1}"})
    column = _column_of(table, opened.column)
    row = table.codebook.find(opened.code).id
    phase = next(
        (known for known in table.phases if (table.label(known) if known else "") == opened.phase), ""
    )
    rated = table.rating(phase, row, column)
    proposal = whole_cell(table, phase, row, column).proposal
    return {
        "phase": opened.phase,
        "passages": passages,
        "hidden": len(opened.passages) - len(passages),
        "summaries": [(said.text, said.author) for said in table.written(phase, row, column)],
        "ratings": _seen_ratings(visit, rated),
        "own": next((it.value for it in rated.newest if _is_own(visit, it.rater)), "") if rated else "",
        "raters": len(rated.newest) if rated else 0,
        "consensus": rated.consensus if rated else None,
        "proposed": rating_shown(proposal.value) if proposal.value else "",
        "proposed_why": proposal.why,
    }


def _is_own(visit: Visit, rater: str) -> bool:
    return folded(rater) == folded(visit.viewer.name)


def _seen_ratings(visit: Visit, rated: RatedCell | None) -> list[tuple[str, str, str]]:
    """Rater, value and rationale. Another's rating stays unseen until one's own is in, or two people have rated."""
    if rated is None:
        return []
    open_to_all = rated.consensus is not None or len(rated.newest) > 1
    own_is_in = any(_is_own(visit, it.rater) for it in rated.newest)
    return [
        (it.rater, rating_shown(it.value), it.rationale)
        if open_to_all or own_is_in
        else (it.rater, "shown once yours is in", "")
        for it in rated.newest
    ]


def _column_of(table: StudyTable, given: str) -> TableColumn:
    for column, shown in table.shown.items():
        if folded(shown) == folded(given):
            return column
    raise BadInput(f'the table has no column "{given}". Open the cell from the table.')


def _rating_columns(visit: Visit) -> tuple[ListColumn[RatedPlace], ...]:
    def said(row: RatedPlace) -> str:
        return "; ".join(f"{who}: {value}" for who, value, _ in _seen_ratings(visit, row.rated))

    return (
        ListColumn("code", "Code", lambda row: row.code),
        ListColumn("place", "Case or site", lambda row: row.column, choice=True),
        ListColumn("phase", "Phase", lambda row: row.phase, choice=True),
        ListColumn("said", "Ratings", said),
        ListColumn(
            "value",
            "Stands",
            lambda row: row.rated.value if len(row.rated.newest) > 1 or row.rated.consensus else None,
            text=lambda row: (
                rating_shown(row.rated.value)
                if row.rated.value and (len(row.rated.newest) > 1 or row.rated.consensus)
                else ""
            ),
        ),
        ListColumn("status", "Because", lambda row: row.rated.status, choice=True),
        ListColumn(
            "why", "Why agreed", lambda row: row.rated.consensus.rationale if row.rated.consensus else ""
        ),
        ListColumn(
            "rule",
            "The rule proposes",
            lambda row: rating_shown(row.proposal.value) if row.proposal.value else "",
        ),
    )
