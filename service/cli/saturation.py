"""tandem saturation: when interviews stopped bringing new codes."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.options import (
    CaseOption,
    ColumnsOption,
    DocxOption,
    JsonOption,
    LevelOption,
    PngOption,
    SiteOption,
    StudyOption,
    SvgOption,
    WaveOption,
    WhereOption,
    XlsxOption,
    chosen,
)
from service.cli.output import as_json, say, warn
from service.cli.result_files import say_written, show_table, write_asked

NAME = "saturation"


def command(
    base: Annotated[
        int,
        typer.Option(
            "--base", metavar="N", help="So many first interviews are what new codes are compared with."
        ),
    ] = 4,
    run: Annotated[
        int, typer.Option("--run", metavar="N", help="So many interviews are looked at together.")
    ] = 2,
    threshold: Annotated[
        float,
        typer.Option(
            "--threshold",
            metavar="X",
            help="Saturation: a run brings no more than this share of the base's codes.",
        ),
    ] = 0.05,
    columns: ColumnsOption = None,
    level: LevelOption = None,
    wave: WaveOption = None,
    case: CaseOption = None,
    site: SiteOption = None,
    where: WhereOption = None,
    xlsx: XlsxOption = None,
    docx: DocxOption = None,
    svg: SvgOption = None,
    png: PngOption = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show what each further interview of a case added: new codes, and new informants of each code; and when it ended.

    The method is that of Guest, Namey and Chen (2020): base, run, and threshold of new information.
    """
    from service.agreement.report import ReportScope
    from service.composition import open_parts
    from service.results.saturations import refuse_strange, saturations, saturations_parts
    from service.results.study_findings import WantedFindings

    refuse_strange(base, run, threshold)
    wanted = WantedFindings(tuple(columns or ("case",)), level, ReportScope(wave, case, site), where or ())
    with open_parts(chosen(study)) as parts:
        found = saturations(parts, wanted, base=base, run=run, threshold=threshold)
        made = write_asked(
            parts, "saturation", lambda: saturations_parts(found), xlsx=xlsx, docx=docx, svg=svg, png=png
        )
    if json:
        as_json(found.to_json())
        return
    if not found.found:
        say("No interview has been coded yet. Next: tandem import-codings FILE, or tandem push")
        return
    first, second, _ = saturations_parts(found).tables
    show_table(first)
    show_table(second, leave_out=("New codes",))
    warn(*found.notes)
    say_written(made)
