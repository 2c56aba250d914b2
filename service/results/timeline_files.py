"""Timelines as files: pictures, a Word file with pictures and tables, and a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from service.exported_file import safe_cell, whole
from service.results.picture_files import as_png, as_svg
from service.results.timeline_events import Dated, Timeline
from service.results.timeline_figure import WIDTH, figures

_PAGE_ROOM = 8.4  # inches of a page of A4 that a picture may take
_HEADS = ("Date", "Phase", "Event", "Actor or place", "Source")
NO_SOURCE = "† no source"


def write_svg(found: Sequence[Timeline], file: Path, *, title: str) -> None:
    """One picture of all, under one axis."""
    (figure,) = figures(found)
    whole(file, as_svg(figure, title))


def write_png(found: Sequence[Timeline], file: Path) -> None:
    """One picture of all, under one axis, at 300 dots an inch."""
    (figure,) = figures(found)
    whole(file, as_png(figure))


def write_xlsx(found: Sequence[Timeline], file: Path) -> None:
    """A list of events with their dates as written and as understood."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = "Events"
    columns = (
        "case",
        "date",
        "from",
        "to",
        "certain",
        "phase",
        "event",
        "actor",
        "place",
        "source",
        "passages",
        "mark",
    )
    sheet.append(columns)
    for timeline in found:
        for one in timeline.events:
            when, event = one.when, one.event
            cells = (
                event.case,
                event.date,
                None if when.no_start else _cell_date(when.first),
                None if when.no_end else _cell_date(when.last),
                "no" if when.uncertain else "yes",
                one.phase,
                event.text,
                event.actor,
                event.place,
                event.source,
                "; ".join(one.passages),
                "" if event.has_source else NO_SOURCE,
            )
            sheet.append([safe_cell(cell) for cell in cells])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFGHIJKL", (16, 16, 12, 12, 9, 18, 50, 20, 16, 30, 24, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    whole(file, out.getvalue())


def _cell_date(day: Any) -> Any:
    """Excel knows no day before 1900; such a one stays text."""
    return day if day.year >= 1900 else day.isoformat()


def write_docx(found: Sequence[Timeline], file: Path, *, title: str) -> None:
    """A figure and a table a case, numbered; pictures are parted where a page has no room for them."""
    from docx import Document
    from docx.shared import Cm, Inches, Pt

    document = Document()
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.add_heading(title, 1)
    number = 0
    for timeline in found:
        sheets = list(figures([timeline], tallest=_PAGE_ROOM))
        for at, figure in enumerate(sheets, start=1):
            number += 1
            picture: Any = document.add_picture(io.BytesIO(as_png(figure)), width=Inches(min(WIDTH, 6.8)))
            _describe(picture, f"Timeline of {timeline.case}; its events are listed in the table below.")
            part = f", part {at} of {len(sheets)}" if len(sheets) > 1 else ""
            _caption(document, f"Figure {number}. ", f"Timeline of {timeline.case}{part}.")
    for number, timeline in enumerate(found, start=1):
        _caption(document, f"Table {number}. ", f"Events of {timeline.case}, their dates as people say them.")
        _table(document, timeline)
    out = io.BytesIO()
    document.save(out)
    whole(file, out.getvalue())


def _describe(picture: Any, words: str) -> None:
    """For whoever cannot see it."""
    picture._inline.docPr.set("descr", _printable(words))


def _caption(document: Any, number: str, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(number).bold = True
    paragraph.add_run(_printable(words))


def _table(document: Any, timeline: Timeline) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    rows = [_HEADS, *(_row(one) for one in timeline.events)]
    made = document.add_table(rows=len(rows), cols=len(_HEADS), style="Table Grid")
    made.autofit = False
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    widths = (2.6, 2.8, 6.0, 2.8, 3.2)
    for at, (row, words) in enumerate(zip(made.rows, rows, strict=True)):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, word, width in zip(row.cells, words, widths, strict=True):
            cell.width = Cm(width)
            cell.text = _printable(word)
            _small(cell, bold=at == 0)


def _small(cell: Any, *, bold: bool) -> None:
    from docx.shared import Pt

    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(1)
        for run in paragraph.runs:
            run.font.size, run.bold = Pt(8.5), bold


def _row(one: Dated) -> tuple[str, ...]:
    event = one.event
    sources = "; ".join(filter(None, (event.source, *one.passages)))
    where = ", ".join(filter(None, (event.actor, event.place)))
    return (event.date, one.phase or "not stated", event.text, where, sources or NO_SOURCE)


def _printable(words: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(letter for letter in words if letter in "\t\n" or ord(letter) >= 32)
