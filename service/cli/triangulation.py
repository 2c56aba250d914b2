"""tandem triangulation: which kinds of source and which roles support each finding."""

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

NAME = "triangulation"


def command(
    role: Annotated[
        str | None,
        typer.Option(
            "--role", metavar="ATTRIBUTE", help='The attribute that says who somebody is (else "role").'
        ),
    ] = None,
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
    """Show for each finding (code, case and phase) which kinds of source and which roles support it, contradict it, or are
    silent, and whether interviews, documents and field notes agree.
    """
    from service.agreement.report import ReportScope
    from service.composition import open_parts
    from service.results.study_findings import WantedFindings
    from service.results.triangulated import triangulation, triangulation_parts

    wanted = WantedFindings(
        tuple(columns or ("case",)), level, ReportScope(wave, case, site), where or (), role
    )
    with open_parts(chosen(study)) as parts:
        found = triangulation(parts, wanted)
        made = write_asked(
            parts, "triangulation", lambda: triangulation_parts(found), xlsx=xlsx, docx=docx, svg=svg, png=png
        )
    if json:
        as_json(found.to_json())
        return
    if not found.found:
        say("Nothing has been coded yet. Next: tandem import-codings FILE, or tandem push")
        return
    for one in triangulation_parts(found).tables:
        show_table(one, leave_out=("Informants", "In words"))
    warn(*found.notes)
    say_written(made)
