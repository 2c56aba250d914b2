"""Timelines as files: pictures, a Word file with pictures and tables, and a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from service.exported_file import safe_cell, whole
from service.results.numbered_document import NumberedDocument, Ref
from service.results.picture_files import as_png, as_svg
from service.results.timeline_events import Dated, Timeline
from service.results.timeline_figure import WIDTH, figures

_PAGE_ROOM = 8.4  # inches of a page of A4 that a picture may take
_HEADS = ("Date", "Phase", "Event", "Actor or place", "Source")
NO_SOURCE = "† no source"


def write_svg(drawn: Sequence[Timeline], file: Path, *, title: str) -> None:
    """One picture of all, under one axis."""
    (figure,) = figures(drawn)
    whole(file, as_svg(figure, title))


def write_png(drawn: Sequence[Timeline], file: Path) -> None:
    """One picture of all, under one axis, at 300 dots an inch."""
    (figure,) = figures(drawn)
    whole(file, as_png(figure))


def write_xlsx(drawn: Sequence[Timeline], file: Path) -> None:
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
    for timeline in drawn:
        for dated_event in timeline.events:
            when, event = dated_event.when, dated_event.event
            cells = (
                event.case,
                event.date,
                None if when.no_start else _cell_date(when.first),
                None if when.no_end else _cell_date(when.last),
                "no" if when.uncertain else "yes",
                dated_event.phase,
                event.text,
                event.actor,
                event.place,
                event.source,
                "; ".join(dated_event.passages),
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


def write_docx(drawn: Sequence[Timeline], file: Path, *, title: str) -> None:
    """A figure and a table a case, numbered; pictures are parted where a page has no room for them."""
    document = NumberedDocument(title)
    add_timelines(document, drawn)
    whole(file, document.as_bytes())


def add_timelines(document: NumberedDocument, drawn: Sequence[Timeline]) -> tuple[Ref, ...]:
    """Put them into a document, the figures first; the numbers that they got."""
    made = []
    for timeline in drawn:
        sheets = list(figures([timeline], tallest=_PAGE_ROOM))
        for at, figure in enumerate(sheets, start=1):
            part = f", part {at} of {len(sheets)}" if len(sheets) > 1 else ""
            made.append(
                document.picture(
                    f"Timeline of {timeline.case}{part}.",
                    as_png(figure),
                    describes=f"Timeline of {timeline.case}; its events are listed in the table below.",
                    inches=min(WIDTH, 6.8),
                )
            )
    for timeline in drawn:
        subject = f"Events of {timeline.case}, their dates as people say them."
        rows = [_row(event) for event in timeline.events]
        made.append(document.table(subject, _HEADS, rows, widths=(2.6, 2.8, 6.0, 2.8, 3.2)))
    return tuple(made)


def _row(dated: Dated) -> tuple[str, ...]:
    event = dated.event
    sources = "; ".join(filter(None, (event.source, *dated.passages)))
    where = ", ".join(filter(None, (event.actor, event.place)))
    return (event.date, dated.phase or "not stated", event.text, where, sources or NO_SOURCE)
