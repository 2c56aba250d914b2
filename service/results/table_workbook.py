"""The cross-case table as an Excel workbook: a sheet a phase to read, and lists to work with."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotations.matrix.rating_scale import in_json
from annotations.turn_numbers import shown_number
from service.exported_file import safe_cell, whole
from service.results.cell_words import how_it_was_counted, lines_of
from service.results.study_table import StudyTable
from service.results.table_json import cell_json, passage_named, turn_at

NOT_STATED = "(not stated)"
_MOST_LETTERS = 32_000  # Excel's cells hold 32,767


def write_xlsx(table: StudyTable, file: Path, *, with_quotes: bool, site: str | None = None) -> None:
    """Write the workbook, whole or not at all."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    titles: set[str] = set()
    for phase in table.phases:
        named = table.label(phase) if phase else "Phase not stated" if len(table.phases) > 1 else "Matrix"
        _block(book.create_sheet(_title(named, titles)), table, phase, with_quotes=with_quotes, site=site)
    _list(book, "Cells", list(_cells(table, with_quotes=with_quotes, site=site)))
    _list(book, "Passages", list(_passages(table)))
    _list(book, "Ratings", list(_ratings(table)))
    _list(book, "Summaries", list(_summaries(table)))
    _list(
        book,
        "How it was counted",
        [{"note": note} for note in how_it_was_counted(table, with_quotes=with_quotes)],
    )
    out = io.BytesIO()
    book.save(out)
    whole(file, out.getvalue())


def _block(sheet: Any, table: StudyTable, phase: str, *, with_quotes: bool, site: str | None) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    heads = [table.shown[column] or NOT_STATED for column in table.columns]
    across = _says_what_distinguishes(table)
    _append(
        sheet, ["Framework", "Code", *heads, *(["Distinguishes", "What the ratings say"] if across else [])]
    )
    for row in table.rows_of(phase):
        code = table.codebook.by_id.get(row)
        cells: list[Any] = [table.codebook.framework(code.framework).name if code else "", table.label(row)]
        for column in table.columns:
            lines = lines_of(table, phase, row, column, with_quotes=with_quotes, site=site)
            cells.append("\n".join(line.words for line in lines))
        if across:
            said = table.distinguishing.get((phase, row))
            cells += [said.words if said else "", table.pattern(phase, row)]
        _append(sheet, cells)
    line = Side(style="thin", color="BBBBBB")
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = Border(bottom=line)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8ECEF")
    sheet.freeze_panes = "C2"
    for at in range(1, sheet.max_column + 1):
        sheet.column_dimensions[sheet.cell(1, at).column_letter].width = 16 if at == 1 else 30
    sheet.page_setup.orientation = "landscape"
    sheet.print_title_rows = "1:1"


def _says_what_distinguishes(table: StudyTable) -> bool:
    return bool(table.distinguishing or table.rated)


def _cells(table: StudyTable, *, with_quotes: bool, site: str | None) -> Iterator[dict[str, Any]]:
    """One row a cell, for pivot tables and statistics."""
    for phase in table.phases:
        for row in table.rows_of(phase):
            for column in table.columns:
                plain = cell_json(table, phase, row, column, with_quotes=with_quotes, site=site)
                kinds = {
                    f"{kind}s": plain["sources"].get(kind, 0)
                    for kind in ("interview", "document", "field note")
                }
                yield {
                    "phase": table.label(phase) if phase else "",
                    "code": table.label(row),
                    **dict(column),
                    "codings": plain["codings"],
                    "informants": plain["informants"],
                    **kinds,
                    "rating": plain["rating"],
                    "rating status": plain["rating_status"],
                    "proposed": plain["proposed"] if plain["codings"] else None,
                    "why proposed": plain["proposed_why"] if plain["codings"] else None,
                    "summary": "\n".join(plain["summary"]),
                    "quotes": "\n".join(
                        f"“{quote['text']}” ({quote['participant']})" for quote in plain["quotes"]
                    ),
                }


def _passages(table: StudyTable) -> Iterator[dict[str, Any]]:
    """Every coding that counts, without its words."""
    for (phase, row, _), cell in table.matrix.cells.items():
        for passage, kept in cell.found:
            t, turn = kept.transcript, turn_at(table, kept, passage.span.start)
            yield {
                "phase": table.label(phase) if phase else "",
                "row": table.label(row),
                "code": table.label(passage.code),
                "transcript": t.name,
                "turn_shown": None if turn is None else shown_number(turn),
                "start": passage.span.start,
                "end": passage.span.end,
                "kind": t.kind.value,
                "case": t.case,
                "site": t.site,
                "wave": t.wave,
                "participant": t.participant,
                "influence": passage.influence or "",
                "concrete example": "yes" if passage.concrete_example else "",
                "coded by": "; ".join(passage.coders),
            }


def _ratings(table: StudyTable) -> Iterator[dict[str, Any]]:
    """Every rating that was ever given to a cell of this table."""
    for cell in table.rated.values():
        for rating in cell.history:
            place = rating.place
            yield {
                "phase": table.label(place.phase) if place.phase else "",
                "code": table.label(place.code),
                **dict(place.column),
                "rater": rating.rater,
                "rating": in_json(rating.value) if rating.value else "taken back",
                "consensus": "yes" if rating.consensus else "",
                "rationale": rating.rationale,
                "given": rating.created.isoformat(timespec="seconds") if rating.created else "",
            }


def _summaries(table: StudyTable) -> Iterator[dict[str, Any]]:
    for its in table.summaries.values():
        for summary in its:
            yield {
                "phase": table.label(summary.place.phase) if summary.place.phase else "",
                "code": table.label(summary.place.code),
                **dict(summary.place.column),
                "summary": summary.text,
                "by": summary.author,
                "written": summary.created.isoformat(timespec="seconds") if summary.created else "",
                "passages": "; ".join(
                    passage_named(table.transcripts, table.turns, passage) for passage in summary.passages
                ),
            }


def _list(book: Any, title: str, rows: Sequence[dict[str, Any]]) -> None:
    from openpyxl.styles import Font

    sheet = book.create_sheet(title)
    columns = list(rows[0]) if rows else ["nothing to show"]
    _append(sheet, columns)
    for row in rows:
        _append(sheet, [row.get(column) for column in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns):
        longest = max([len(column), *(len(str(row.get(column) or "")) for row in rows[:200])])
        sheet.column_dimensions[sheet.cell(1, at + 1).column_letter].width = min(60, longest + 2)


def _append(sheet: Any, values: Sequence[Any]) -> None:
    sheet.append([_fitting(safe_cell(value)) for value in values])


def _fitting(value: Any) -> Any:
    """Text that is longer than a cell may be is cut, and says so."""
    if isinstance(value, str) and len(value) > _MOST_LETTERS:
        return f"{value[:_MOST_LETTERS]} … (cut: see --json)"
    return value


def _title(named: str, titles: set[str]) -> str:
    """A sheet's name: at most 31 letters, none of those that Excel refuses, and each once."""
    plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in named).strip("' ")[:28] or "Matrix"
    title, number = plain, 1
    while title.casefold() in titles or title.casefold() in {"cells", "passages", "ratings", "summaries"}:
        number += 1
        title = f"{plain} {number}"
    titles.add(title.casefold())
    return title
