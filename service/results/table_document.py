"""The cross-case table as a Word file, fit for a journal's appendix: landscape, heads that repeat, notes below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from annotations.lots import lots
from annotations.store.cell_place import Column
from service.exported_file import whole
from service.results.cell_words import CellLine, how_it_was_counted, lines_of
from service.results.numbered_document import Cell, NumberedDocument, Ref, RowGroup
from service.results.study_table import StudyTable

_FIRST = 4.2  # cm, the column of codes
_LAST = 3.6  # cm, what distinguishes the cases
_NARROWEST = 3.4  # cm: a table with more columns is parted


def write_docx(table: StudyTable, file: Path, *, with_quotes: bool, site: str | None = None) -> None:
    """Write the document, whole or not at all."""
    document = NumberedDocument(f"{table.study}: codes by {table.corner}", landscape=True)
    add_tables(document, table, with_quotes=with_quotes, site=site)
    if not table.phases:
        document.text("Nothing has been coded yet.")
    document.notes(how_it_was_counted(table, with_quotes=with_quotes))
    whole(file, document.as_bytes())


def add_tables(
    document: NumberedDocument, table: StudyTable, *, with_quotes: bool, site: str | None
) -> tuple[Ref, ...]:
    """A table for each phase, parted where a page has no room for all columns."""
    made = []
    for phase in table.phases:
        parts = list(_parts(table, document.width))
        for at, columns in enumerate(parts, start=1):
            last = at == len(parts) and _has_last(table)
            widths = [
                _FIRST,
                *[_each(columns, document.width, last=last)] * len(columns),
                *([_LAST] if last else []),
            ]
            ref = document.table(
                _subject(table, phase),
                [
                    "Code",
                    *(table.shown[column] or "(not stated)" for column in columns),
                    *(["Distinguishes"] if last else []),
                ],
                list(_rows(table, phase, columns, with_quotes=with_quotes, site=site, last=last)),
                widths=widths,
                part=f"part {at} of {len(parts)}" if len(parts) > 1 else "",
            )
        made.append(ref)
    return tuple(made)


def _each(columns: Sequence[Column], width: float, *, last: bool) -> float:
    return (width - _FIRST - (_LAST if last else 0)) / max(len(columns), 1)


def _subject(table: StudyTable, phase: str) -> str:
    where = f" by {table.corner}"
    if phase:
        return f"{table.label(phase)}: codes{where}"
    return f"Codes{where}, phase not stated" if len(table.phases) > 1 else f"Codes{where}"


def _has_last(table: StudyTable) -> bool:
    return bool(table.distinguishing or table.rated)


def _parts(table: StudyTable, width: float) -> Iterator[Sequence[Column]]:
    """The columns in groups that a page has room for."""
    room = width - _FIRST - (_LAST if _has_last(table) else 0)
    # as many tables as are needed, equally wide
    most = max(1, int(room / _NARROWEST))
    needed = -(-len(table.columns) // most)
    yield from lots(list(table.columns), -(-len(table.columns) // needed))


def _rows(
    table: StudyTable,
    phase: str,
    columns: Sequence[Column],
    *,
    with_quotes: bool,
    site: str | None,
    last: bool,
) -> Iterator[Sequence[Cell] | RowGroup]:
    rows = table.rows_of(phase)
    frameworks = _frameworks(table, rows)
    headed = len(set(frameworks)) > 1
    before = None
    for row, framework in zip(rows, frameworks, strict=True):
        if headed and framework != before:
            yield RowGroup(framework)
            before = framework
        cells: list[Cell] = [[CellLine("rating", table.label(row))]]
        cells += [
            list(lines_of(table, phase, row, column, with_quotes=with_quotes, site=site))
            for column in columns
        ]
        if last:
            cells.append(_last(table, phase, row))
        yield cells


def _frameworks(table: StudyTable, rows: Sequence[str]) -> list[str]:
    by_id, book = table.codebook.by_id, table.codebook
    return [
        book.framework(by_id[row].framework).name if row in by_id else "No longer in the codebook"
        for row in rows
    ]


def _last(table: StudyTable, phase: str, row: str) -> list[CellLine]:
    said, pattern = table.distinguishing.get((phase, row)), table.pattern(phase, row)
    lines = [CellLine("summary", said.words)] if said else []
    return [*lines, *([CellLine("counts", f"Ratings: {pattern}")] if pattern else [])]
