"""The cross-case table as a Word file, fit for a journal's appendix: landscape, heads that repeat, notes below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from annotations.lots import lots
from annotations.store.cell_place import Column
from service.exported_file import whole
from service.results.cell_words import Line, how_it_was_counted, lines_of
from service.results.study_table import StudyTable

_PAGE = (Cm(29.7), Cm(21))
_MARGIN = Cm(1.8)
_FIRST = 4.2  # cm, the column of codes
_LAST = 3.6  # cm, what distinguishes the cases
_WIDTH = 29.7 - 2 * 1.8
_NARROWEST = 3.4  # cm: a table with more columns is parted
_SIZE = 8.5


def write_docx(table: StudyTable, file: Path, *, with_quotes: bool, site: str | None = None) -> None:
    """Write the document, whole or not at all."""
    document = Document()
    _set_up(document, table)
    document.add_heading(f"{table.study}: codes by {table.corner}", 1)
    for number, phase in enumerate(table.phases, start=1):
        parts = list(_parts(table))
        for at, columns in enumerate(parts, start=1):
            of = f", part {at} of {len(parts)}" if len(parts) > 1 else ""
            _caption(document, f"Table {number}{of}. ", _subject(table, phase))
            last = at == len(parts) and _has_last(table)
            _table(document, table, phase, columns, with_quotes=with_quotes, site=site, last=last)
    if not table.phases:
        document.add_paragraph("Nothing has been coded yet.")
    _notes(document, how_it_was_counted(table, with_quotes=with_quotes))
    made = BytesIO()
    document.save(made)
    whole(file, made.getvalue())


def _set_up(document: Any, table: StudyTable) -> None:
    for section in document.sections:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = _PAGE
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(3)
    document.core_properties.title = f"{table.study}: codes by {table.corner}"
    document.core_properties.author = ""


def _subject(table: StudyTable, phase: str) -> str:
    where = f" by {table.corner}"
    if phase:
        return f"{table.label(phase)}: codes{where}"
    return f"Codes{where}, phase not stated" if len(table.phases) > 1 else f"Codes{where}"


def _has_last(table: StudyTable) -> bool:
    return bool(table.distinguishing or table.rated)


def _parts(table: StudyTable) -> Iterator[Sequence[Column]]:
    """The columns in groups that a page has room for."""
    room = _WIDTH - _FIRST - (_LAST if _has_last(table) else 0)
    # as many tables as are needed, equally wide
    most = max(1, int(room / _NARROWEST))
    needed = -(-len(table.columns) // most)
    yield from lots(list(table.columns), -(-len(table.columns) // needed))


def _caption(document: Any, number: str, subject: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(10)
    paragraph.add_run(number).bold = True
    paragraph.add_run(_printable(subject))


def _table(
    document: Any,
    table: StudyTable,
    phase: str,
    columns: Sequence[Column],
    *,
    with_quotes: bool,
    site: str | None,
    last: bool,
) -> None:
    heads = [
        "Code",
        *(table.shown[one] or "(not stated)" for one in columns),
        *(["Distinguishes"] if last else []),
    ]
    rows = table.rows_of(phase)
    frameworks = _frameworks(table, rows)
    headed = len(set(frameworks)) > 1
    made = document.add_table(rows=0, cols=len(heads), style="Table Grid")
    made.autofit = False
    _row(made, [[Line("rating", head)] for head in heads], head=True)
    before = None
    for row, framework in zip(rows, frameworks, strict=True):
        if headed and framework != before:
            _group(made, framework)
            before = framework
        cells = [[Line("rating", table.label(row))]]
        cells += [
            list(lines_of(table, phase, row, column, with_quotes=with_quotes, site=site))
            for column in columns
        ]
        if last:
            cells.append(_last(table, phase, row))
        _row(made, cells)
    _widths(made, len(columns), last=last)


def _frameworks(table: StudyTable, rows: Sequence[str]) -> list[str]:
    by_id, book = table.codebook.by_id, table.codebook
    return [
        book.framework(by_id[row].framework).name if row in by_id else "No longer in the codebook"
        for row in rows
    ]


def _last(table: StudyTable, phase: str, row: str) -> list[Line]:
    said, pattern = table.distinguishing.get((phase, row)), table.pattern(phase, row)
    lines = [Line("summary", said.words)] if said else []
    return [*lines, *([Line("counts", f"Ratings: {pattern}")] if pattern else [])]


def _row(made: Any, cells: Sequence[Sequence[Line]], *, head: bool = False) -> None:
    row = made.add_row()
    properties = row._tr.get_or_add_trPr()
    # a row is not torn apart between two pages
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, lines in zip(row.cells, cells, strict=True):
        for at, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(_printable(line.words))
            run.font.size = Pt(_SIZE if line.kind != "counts" else _SIZE - 1)
            run.bold = line.kind == "rating"
            run.italic = line.kind == "quote"
        if head:
            _shade(cell, "E8ECEF")


def _group(made: Any, name: str) -> None:
    row = made.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    joined = row.cells[0].merge(row.cells[-1])
    paragraph = joined.paragraphs[0]
    paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(_printable(name))
    run.bold, run.font.size = True, Pt(_SIZE)
    _shade(joined, "F4F6F7")


def _widths(made: Any, columns: int, *, last: bool) -> None:
    each = (_WIDTH - _FIRST - (_LAST if last else 0)) / max(columns, 1)
    widths = [_FIRST, *[each] * columns, *([_LAST] if last else [])]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    for row in made.rows:
        cells = row._tr.tc_lst
        if len(cells) == len(widths):
            for cell, width in zip(cells, widths, strict=True):
                cell.width = Cm(width)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _notes(document: Any, notes: Sequence[str]) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.add_run("Notes. ").bold = True
    paragraph.add_run(_printable(" ".join(notes)))
    for run in paragraph.runs:
        run.font.size = Pt(_SIZE)


def _printable(words: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(letter for letter in words if letter in "\t\n" or ord(letter) >= 32)
