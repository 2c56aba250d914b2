"""The cross-case table as one page that opens offline, in which a cell opens its passages: no script, no font."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotations.matrix.tables import CodingCell
from annotations.store.cell_place import Column
from annotations.turn_numbers import shown_number
from service.design.templating import templates_in
from service.exported_file import whole
from service.results.cell_words import CHECKED, how_it_was_counted, lines_of, rating_words
from service.results.study_table import StudyTable
from service.results.table_json import turn_at

TEMPLATES = Path(__file__).parent / "templates"
_NOT_STATED = "(not stated)"


def write_html(table: StudyTable, file: Path, *, with_quotes: bool, site: str | None = None) -> None:
    """Write the page, whole or not at all. ``with_quotes``: with words of participants, where consent allows."""
    page = (
        templates_in(TEMPLATES)
        .get_template("matrix.html")
        .render(
            study=table.study,
            corner=table.corner,
            codings=table.matrix.codings,
            made=table.made.strftime("%Y-%m-%d %H:%M UTC"),
            with_quotes=with_quotes,
            columns=[table.shown[column] or _NOT_STATED for column in table.columns],
            across=bool(table.distinguishing or table.rated),
            blocks=[_block(table, phase, with_quotes=with_quotes, site=site) for phase in table.phases],
            notes=how_it_was_counted(table, with_quotes=with_quotes),
        )
    )
    whole(file, page.encode())


def _block(table: StudyTable, phase: str, *, with_quotes: bool, site: str | None) -> dict[str, Any]:
    title = table.label(phase) if phase else "Phase not stated" if len(table.phases) > 1 else "All codes"
    rows = []
    for row in table.rows_of(phase):
        said = table.distinguishing.get((phase, row))
        cells = [
            _cell(table, phase, row, column, with_quotes=with_quotes, site=site) for column in table.columns
        ]
        rows.append(
            {
                "code": table.label(row),
                "cells": cells,
                "distinguishes": said.words if said else "",
                "pattern": table.pattern(phase, row),
            }
        )
    return {"title": title, "rows": rows}


def _cell(
    table: StudyTable, phase: str, row: str, column: Column, *, with_quotes: bool, site: str | None
) -> dict[str, Any] | None:
    cell, written = table.cell(phase, row, column), table.written(phase, row, column)
    rating = rating_words(table, phase, row, column)
    if not (cell.codings or written or rating):
        return None
    lines = lines_of(table, phase, row, column, with_quotes=with_quotes, site=site)
    counts, *checks = [line.words for line in lines if line.kind == "counts"] or [""]
    return {
        "summary": [
            *(f"{summary.text} ({summary.author})" for summary in written),
            *(words for words in checks if words.startswith(CHECKED)),
        ],
        "rating": rating,
        "counts": counts,
        "passages": _passages(table, cell, with_quotes=with_quotes, site=site),
    }


def _passages(
    table: StudyTable, cell: CodingCell, *, with_quotes: bool, site: str | None
) -> list[dict[str, str]]:
    passages = []
    for passage, kept in cell.found:
        t, turn = kept.transcript, turn_at(table, kept, passage.span.start)
        place = (
            f"{t.name}:{passage.span.start}-{passage.span.end}"
            if turn is None
            else f"{t.name}:{shown_number(turn)}"
        )
        said = [passage.influence or "", "concrete example" if passage.concrete_example else ""]
        quotable = with_quotes and t.consents.may_quote_at(site)
        passages.append(
            {
                "place": place,
                "said": ", ".join([*filter(None, said), f"by {' and '.join(passage.coders)}"]),
                "words": " ".join(passage.span.of(t.text).split()) if quotable else "",
            }
        )
    return passages
