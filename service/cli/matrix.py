"""tandem matrix: what was coded where, and what people make of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.noted import note, note_passages
from service.cli.options import JsonOption, StudyOption, WaveOption, WhereOption, chosen
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.results.opened_cell import OpenedCell
    from service.results.study_table import StudyTable
    from service.results.write_cells import WrittenCells

NAME = "matrix"
_SHOWN_COLUMNS = 8


def command(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A .csv, .xlsx or .jsonl table with what people write into cells: code, phase, case (or another column), "
            "summary, passages, quotes, distinguishes, by. Without a file the table is shown.",
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns",
            metavar="NAME",
            help="What the columns stand for: case (the default), site, participant, wave, kind or an attribute; give it "
            "twice to cross two.",
        ),
    ] = None,
    level: Annotated[
        int | None,
        typer.Option(
            "--level",
            metavar="N",
            help="Put codes into the row of the code above them at this level; 1 is the top (elements). Else each code has "
            "its row.",
        ),
    ] = None,
    by_outcome: Annotated[
        str | None,
        typer.Option(
            "--by-outcome",
            metavar="ATTRIBUTE",
            help="Cases from the lowest outcome to the highest, by this attribute of theirs.",
        ),
    ] = None,
    wave: WaveOption = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="C", help="Only transcripts of this case.")
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="Only transcripts of this site.")
    ] = None,
    where: WhereOption = None,
    open_code: Annotated[
        str | None, typer.Option("--open", metavar="CODE", help="Show the passages of a cell: its code …")
    ] = None,
    in_column: Annotated[
        str | None, typer.Option("--in", metavar="COLUMN", help="… and its column, as the table shows it.")
    ] = None,
    phase: Annotated[
        str | None, typer.Option("--phase", metavar="P", help="With --open: in this phase alone.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write an Excel workbook.")
    ] = None,
    docx: Annotated[
        Path | None, typer.Option("--docx", metavar="FILE", help="Write a Word file, fit for an appendix.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write one page that opens offline, in which a cell opens its passages.",
        ),
    ] = None,
    with_quotes: Annotated[
        bool, typer.Option("--with-quotes", help="With participants' words, where consent allows.")
    ] = False,
    for_site: Annotated[
        str | None,
        typer.Option(
            "--for-site",
            metavar="S",
            help="Quotes as people of this site may read them (else as anybody may).",
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who wrote the file, where it does not say.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With a file: show what would change, and keep nothing.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show what was coded in which case, site or wave: codings, participants, ratings and summaries; or keep summaries.

    Each passage counts once for a code, however many people coded it; where there is a consensus, it alone counts.
    """
    from annotations.errors import BadInput
    from service.agreement.report import ReportScope
    from service.audit import Did
    from service.composition import open_parts
    from service.results.read_table import study_table
    from service.results.study_table import WantedTable

    if (open_code is None) != (in_column is None):
        raise BadInput("a cell has a code and a column: give both --open CODE and --in COLUMN.")
    with open_parts(chosen(study)) as parts:
        if file is not None:
            from service.results.write_cells import import_cells

            with parts.alone("matrix"):
                written = import_cells(parts, file, by=by, dry_run=dry_run)
                if not dry_run:
                    note(parts, Did.IMPORTED, file.name, kind="cells of tables")
            as_json(_written_json(written)) if json else _tell(written)
            return
        wanted = WantedTable(
            tuple(columns or ("case",)), level, ReportScope(wave, case, site), where or (), by_outcome
        )
        table_there = study_table(parts, wanted)
        if open_code is not None and in_column is not None:
            from service.results.opened_cell import open_cells

            cells = open_cells(table_there, open_code, in_column, phase)
            note_passages(
                parts, "cells of a table", (it["transcript"] for cell in cells for it in cell.passages)
            )
            as_json({"cells": [_cell_json(cell) for cell in cells]}) if json else _show_cells(cells)
            return
        _write_files(table_there, xlsx, docx, html, with_quotes=with_quotes, site=for_site)
        for made in (xlsx, docx, html):
            if made is not None:
                note(parts, Did.EXPORTED, made.name, kind="table", quotes=with_quotes)
        if json:
            from service.results.table_json import to_json

            as_json(to_json(table_there, with_quotes=with_quotes, site=for_site))
            return
    _show(table_there)
    for made in (xlsx, docx, html):
        if made is not None:
            words = " It holds participants' words, where consent allows." if with_quotes else ""
            say("", f"Written: {made}.{words}")


def _write_files(
    study_table: StudyTable,
    xlsx: Path | None,
    docx: Path | None,
    html: Path | None,
    *,
    with_quotes: bool,
    site: str | None,
) -> None:
    if html is not None:
        from service.results.table_page import write_html

        write_html(study_table, html, with_quotes=with_quotes, site=site)
    if xlsx is not None:
        from service.results.table_workbook import write_xlsx

        write_xlsx(study_table, xlsx, with_quotes=with_quotes, site=site)
    if docx is not None:
        from service.results.table_document import write_docx

        write_docx(study_table, docx, with_quotes=with_quotes, site=site)


def _show(study_table: StudyTable) -> None:
    from annotations.matrix.rating_scale import rating_shown
    from annotations.numbers_shown import counted

    if not study_table.phases:
        say("Nothing has been coded yet. Next: tandem import-codings FILE, or tandem push")
        return
    shown = study_table.columns[:_SHOWN_COLUMNS]
    for phase in study_table.phases:
        title = (
            study_table.label(phase) if phase else ("Phase not stated" if len(study_table.phases) > 1 else "")
        )
        rows = []
        for row in study_table.rows_of(phase):
            cells = []
            for column in shown:
                cell, rated = study_table.cell(phase, row, column), study_table.rating(phase, row, column)
                words = f"{cell.codings} ({len(cell.informants)})" if cell.codings else ""
                if rated is not None and rated.value is not None:
                    words = f"{words} {rating_shown(rated.value)}".strip()
                elif rated is not None and rated.status:
                    words = f"{words} ?".strip()
                if study_table.written(phase, row, column):
                    words = f"{words} ¶".strip()
                cells.append(words)
            rows.append((study_table.label(row), *cells))
        table(title, ("code", *(study_table.shown[column] or "(not stated)" for column in shown)), rows)
        say("")
    say(
        "Codings, and in brackets participants; then the rating (? where raters differ), and ¶ where there is a summary.",
        f"{counted(study_table.matrix.codings, 'coding')} in all. See a cell: tandem matrix --open CODE --in COLUMN",
    )
    if len(study_table.columns) > len(shown):
        say(
            f"{len(study_table.columns) - len(shown)} more columns: see them with --xlsx FILE, --docx FILE or --json."
        )
    warn(*study_table.notes)


def _show_cells(cells: Sequence[OpenedCell]) -> None:
    from annotations.matrix.rating_scale import rating_shown
    from annotations.numbers_shown import counted

    for opened in cells:
        cell = opened.cell
        say(f"{opened.code} × {opened.column or '(not stated)'}{f', {opened.phase}' if opened.phase else ''}: "
            f"{counted(cell['codings'], 'coding')}, {counted(cell['informants'], 'participant')}")  # fmt: skip
        for rating in cell["ratings"]:
            say(
                f"  rated {rating_shown(str(rating['rating']))} by {rating['rater']}. {rating['rationale']}".rstrip()
            )
        if cell["rating_status"] == "consensus":
            say(f"  agreed on: {rating_shown(str(cell['rating']))}")
        if cell["proposed"] is not None and cell["codings"]:
            say(f"  the rule proposes {rating_shown(str(cell['proposed']))}: {cell['proposed_why']}")
        for summary in cell["summaries"]:
            say(f"  {summary['by']} wrote ({summary['written'][:10]}): {summary['text']}")
        for check in cell["member_checks"]:
            told = f": {check['what']}" if check["what"] else ""
            say(f"  {check['answered_by']} {check['answer']} when shown it ({check['date']}){told}")
        for passage in opened.passages:
            place = f"{passage['transcript']}:{passage['turn_shown'] or passage['start']}"
            said = [passage["influence"] or "", "concrete example" if passage["concrete_example"] else ""]
            quote = "" if passage["may_quote"] else "may NOT be quoted"
            more = ", ".join(filter(None, [*said, f"by {' and '.join(passage['coders'])}", quote]))
            say("", f"  {place} ({more})", f"    {passage['text']}")
        say("")


def _cell_json(cell: OpenedCell) -> dict[str, Any]:
    plain = {"phase": cell.phase, "code": cell.code, "column": cell.column, **cell.cell}
    return plain | {"passages": list(cell.passages)}


def _written_json(written: WrittenCells) -> dict[str, Any]:
    return {
        "summaries": len(written.summaries),
        "quotes": len(written.quotes),
        "distinguishes": len(written.distinguishing),
        "unchanged": written.unchanged,
        "rest_on_all_passages_of_the_cell": written.on_all,
        "rest_on_no_passage": written.on_nothing,
        "dry_run": written.dry_run,
    }


def _tell(written: WrittenCells) -> None:
    from annotations.numbers_shown import counted

    if written.dry_run:
        say("This is what would change; nothing was kept.", "")
    say(
        f"{counted(len(written.summaries), 'summary', 'summaries')}, {counted(len(written.quotes), 'quote')} and "
        f"{counted(len(written.distinguishing), 'remark')} on what distinguishes the cases; {written.unchanged} as before."
    )
    if written.on_all:
        are = "summary names" if written.on_all == 1 else "summaries name"
        say(f"{written.on_all} {are} no passages: linked to all passages that the cell holds now.")
    if written.on_nothing:
        are = "summary rests" if written.on_nothing == 1 else "summaries rest"
        warn(f"{written.on_nothing} {are} on no passage: the cell holds no coding.")
    say("", f"Next: {'the same command without --dry-run' if written.dry_run else 'tandem matrix'}")
