"""tandem export: codings, memos, quotes and the codebook, for people and other programs."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import JsonOption, StudyOption, WhereOption, chosen
from service.cli.output import as_json, say, warn

if TYPE_CHECKING:
    from service.exporting.exported import Exported

NAME = "export"
_File = Path | None
_Some = list[str] | None


def command(
    codings: Annotated[
        _File,
        typer.Option(metavar="FILE", help="One row a quote (.xlsx, .csv); import-codings reads it back."),
    ] = None,
    wide: Annotated[
        _File,
        typer.Option(
            metavar="FILE", help="Segments by codes, 0 or 1 for each coder, for R and SPSS (.csv, .xlsx)."
        ),
    ] = None,
    memos: Annotated[_File, typer.Option(metavar="FILE", help="One row a memo (.xlsx, .csv).")] = None,
    quotes_by_code: Annotated[
        _File,
        typer.Option(metavar="FILE", help="A coding report: each code with its quotes and memos (.docx)."),
    ] = None,
    codebook: Annotated[
        _File,
        typer.Option(
            metavar="FILE", help="The codebook for other programs (.qdc), or as .xlsx, .csv, .docx."
        ),
    ] = None,
    wave: Annotated[
        _Some, typer.Option(metavar="W", help="Only this wave; several: the option once for each.")
    ] = None,
    case: Annotated[_Some, typer.Option(metavar="CASE", help="Only this case.")] = None,
    coder: Annotated[_Some, typer.Option(metavar="NAME", help="Only this coder's.")] = None,
    code: Annotated[_Some, typer.Option(metavar="CODE", help="Only this code and those below it.")] = None,
    condition: Annotated[
        _Some,
        typer.Option(metavar="CONDITION", help="Only independent, assisted, consensus or moderated codings."),
    ] = None,
    where: WhereOption = None,
    coded_only: Annotated[
        bool,
        typer.Option(
            "--coded-only", help="No rows for passages on which a coder found that nothing applies."
        ),
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Write what people have decided into files: for reading, counting, another program. Quotes only by consent."""
    from service.composition import open_parts
    from service.exporting.export_tables import Files, export_tables
    from service.exporting.wanted import Asked

    files = Files(codings, wide, memos, quotes_by_code, codebook)
    asked = Asked(*(tuple(some or ()) for some in (wave, case, coder, code, condition, where)))
    # transcripts that came since are cut into segments first, which writes
    with open_parts(chosen(study)) as parts, parts.alone(NAME) if wide else nullcontext():
        written = export_tables(parts, files, asked, coded_only=coded_only)
    if json:
        as_json({"exported": [one.to_json() for one in written]})
        return
    for one in written:
        _tell(one)


def _tell(found: Exported) -> None:
    files = " and ".join(map(str, found.files))
    counts = ", ".join(f"{count:,} {what}" for what, count in found.counts.items() if count)
    say(f"Wrote {files}", f"{counts or 'Nothing'}.")
    if found.left_out:
        said = ", ".join(f"{count:,} {why}" for why, count in sorted(found.left_out.items()))
        say(f"Left out: {said}.")
    warn(*found.notes)
