"""tandem export: what people decided, for other programs and for people.

Each option of the command is one kind of export: a function of ``service/exporting`` that gives an ``Exported``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.numbers_shown import tallied
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, WhereOption, chosen
from service.cli.output import as_json, say, warn

if TYPE_CHECKING:
    from service.composition import Parts
    from service.exporting.export_tables import Files
    from service.exporting.exported import Exported
    from service.exporting.wanted import ExportRequest

NAME = "export"
_File = Path | None
_Some = list[str] | None


def command(
    refi: Annotated[
        _File,
        typer.Option(
            "--refi",
            metavar="FILE",
            help="The whole study as a REFI-QDA project (.qdpx), for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.",
        ),
    ] = None,
    no_suggestions: Annotated[
        bool,
        typer.Option(
            "--no-suggestions", help="Leave out of --refi what models suggested; people's codings alone."
        ),
    ] = False,
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
    doubts: Annotated[
        _File,
        typer.Option(
            metavar="FILE",
            help="Memos, questions and answers of the doubts page (.xlsx, .csv); --codings as .xlsx has them too.",
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
    from annotations.errors import BadInput
    from service.audit import Did
    from service.composition import open_parts
    from service.exporting.export_tables import Files
    from service.exporting.wanted import ExportRequest

    files = Files(codings, wide, memos, quotes_by_code, codebook, doubts)
    asked = ExportRequest(*(tuple(some or ()) for some in (wave, case, coder, code, condition, where)))
    if refi is None and not files.some:
        raise BadInput(
            "say what to export: --refi, --codings, --wide, --memos, --quotes-by-code, --codebook or "
            "--doubts, each with a file."
        )
    if refi is not None and asked != ExportRequest():
        raise BadInput("--refi writes the whole study; --wave, --case and the like are for the other files.")
    # transcripts that came since are cut into segments first, which writes
    with open_parts(chosen(study)) as parts, parts.alone(NAME) if wide else nullcontext():
        exported = list(
            _exports(parts, refi, files, asked, no_suggestions=no_suggestions, coded_only=coded_only)
        )
        for export in exported:
            note(parts, Did.EXPORTED, ", ".join(file.name for file in export.files), kind=export.what)
    if json:
        as_json({"exported": [export.to_json() for export in exported]})
        return
    for export in exported:
        _tell(export)


def _exports(
    parts: Parts,
    refi: Path | None,
    files: Files,
    asked: ExportRequest,
    *,
    no_suggestions: bool,
    coded_only: bool,
) -> Iterator[Exported]:
    """One export for each option that was given, in the order of the options."""
    if files.some:
        from service.exporting.export_tables import check_files, export_tables

        check_files(files)
    if refi is not None:
        from service.exporting.export_refi import export_refi

        yield export_refi(parts, refi, suggestions=not no_suggestions)
    if files.some:
        yield from export_tables(parts, files, asked, coded_only=coded_only)


def _tell(exported: Exported) -> None:
    files = " and ".join(map(str, exported.files))
    counts = ", ".join(tallied(count, what) for what, count in exported.counts.items() if count)
    say(f"Wrote {files}", f"{counts or 'Nothing'}.")
    if exported.lost:
        say("", "The format has no place for:", *(f"  {loss}" for loss in exported.lost))
        say("What the second file can hold of this stands there." if len(exported.files) > 1 else "")
    if exported.left_out:
        said = ", ".join(tallied(count, why) for why, count in sorted(exported.left_out.items()))
        say(f"Left out: {said}.")
    warn(*exported.notes)
