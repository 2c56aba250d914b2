"""A result's tables and pictures as files: Excel, Word, SVG, PNG. Each is written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations.errors import BadInput
from service.exported_file import whole
from service.exporting.tables_out import write_table
from service.results.grid_figure import WIDTH
from service.results.numbered_document import TALLEST_PICTURE, NumberedDocument, Ref
from service.results.picture_files import TALLEST, as_png, as_svg
from service.results.result_parts import ResultFigure, ResultParts, ResultTable, words_of


def write_result(parts: ResultParts, file: Path) -> list[Path]:
    """One file as its ending says (.xlsx, .docx, .svg, .png), or several where there are several pictures; those written."""
    ending = file.suffix.lower()
    if ending in (".svg", ".png"):
        return write_pictures(parts, file)
    (write_docx if ending == ".docx" else write_xlsx)(parts, file)
    return [file]


def write_xlsx(parts: ResultParts, file: Path) -> None:
    """A workbook: a sheet a table, and one with how it was counted."""
    first, *others = parts.tables
    notes = dict.fromkeys(
        (
            *parts.notes,
            *(n for table in parts.tables for n in table.notes),
            *(n for f in parts.figures for n in f.notes),
        )
    )
    beside = {other.name: _rows(other) for other in others}
    beside["How it was counted"] = [{"note": note} for note in notes]
    write_table(file, first.columns, _rows(first), sheet=first.name, beside=beside)


def _rows(table: ResultTable) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def write_docx(parts: ResultParts, file: Path) -> None:
    """A Word file: the pictures and the tables, numbered, with notes."""
    document = NumberedDocument(parts.title, landscape=True)
    add_parts(document, parts)
    whole(file, document.as_bytes())


def add_parts(document: NumberedDocument, parts: ResultParts) -> tuple[Ref, ...]:
    """Put them into a document, pictures first; the numbers that they got."""
    made: list[Ref] = []
    for figure in parts.figures:
        made += _add_figure(document, figure)
    made += [ref for table in parts.tables if (ref := add_table(document, table)) is not None]
    document.notes(parts.notes)
    return tuple(made)


def add_table(document: NumberedDocument, table: ResultTable) -> Ref | None:
    """Put a table into a document with its notes; the number that it got, None where it has no row."""
    if not table.rows:
        document.text(f"{table.subject}: there is nothing to show.")
        return None
    rows = [[words_of(value) for value in row] for row in table.printed]
    ref = document.table(table.subject, table.columns, rows, widths=table.widths)
    left = len(table.rows) - len(table.printed)
    more = (
        (f"{left:,} more rows are left out here; the workbook of this result (--xlsx) has all.",)
        if left
        else ()
    )
    document.notes((*table.notes, *more))
    return ref


def _add_figure(document: NumberedDocument, figure: ResultFigure) -> list[Ref]:
    tallest = min(TALLEST_PICTURE, (document.height - 1.6) / 2.54)
    sheets = list(figure.draw(tallest))
    made = []
    for at, sheet in enumerate(sheets, start=1):
        part = f", part {at} of {len(sheets)}" if len(sheets) > 1 else ""
        made.append(
            document.picture(
                f"{figure.subject}{part}.",
                as_png(sheet),
                describes=figure.describes,
                inches=WIDTH,
                most=tallest,
            )
        )
    if made:
        document.notes(figure.notes)
    return made


def write_pictures(parts: ResultParts, file: Path) -> list[Path]:
    """Every picture as the file's ending says (.svg or .png); several are told apart by what they are called. Those written.

    They are all drawn before the first is written.
    """
    drawn = [
        (figure, at, sheet)
        for figure in parts.figures
        for at, sheet in enumerate(figure.draw(TALLEST), start=1)
    ]
    if not drawn:
        raise BadInput(f"{file}: there is nothing to draw yet, so no picture was written.")
    named = _named(file, [(figure.name, at) for figure, at, _ in drawn])
    svg = file.suffix.lower() == ".svg"
    contents = [as_svg(sheet, figure.subject) if svg else as_png(sheet) for figure, _, sheet in drawn]
    for path, content in zip(named, contents, strict=True):
        whole(path, content)
    return named


def _named(file: Path, names: Sequence[tuple[str, int]]) -> list[Path]:
    """One is called as asked; of several each says which it is."""
    if len(names) < 2:
        return [file] * len(names)
    several = len({name for name, _ in names}) > 1
    named = []
    for name, at in names:
        more = [name] if several else []
        more += [str(at)] if sum(other == name for other, _ in names) > 1 else []
        named.append(file.with_stem("-".join((file.stem, *more))))
    return named
