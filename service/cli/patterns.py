"""tandem patterns: which codes meet more often than by chance, what is alike, and what rests on one source."""

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

NAME = "patterns"


def command(
    framework: Annotated[
        str | None,
        typer.Option("--framework", metavar="F", help="Only pairs with a code of this framework …"),
    ] = None,
    crossed_with: Annotated[
        str | None, typer.Option("--with", metavar="F", help="… and one of this framework, such as phases.")
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
    """Show which codes stand on the same passages more or less often than by chance, which codes and cases are alike, and
    which findings rest on a single source.
    """
    from service.agreement.report import ReportScope
    from service.composition import open_parts
    from service.results.patterns import patterns
    from service.results.patterns_parts import patterns_parts
    from service.results.study_findings import WantedFindings

    wanted = WantedFindings(tuple(columns or ("case",)), level, ReportScope(wave, case, site), where or ())
    with open_parts(chosen(study)) as parts:
        found = patterns(parts, wanted, framework=framework, crossed_with=crossed_with)
        made = write_asked(
            parts, "patterns", lambda: patterns_parts(found), xlsx=xlsx, docx=docx, svg=svg, png=png
        )
    if json:
        as_json(found.to_json())
        return
    if not found.passages:
        say("Nothing has been coded yet. Next: tandem import-codings FILE, or tandem push")
        return
    for one in patterns_parts(found).tables:
        show_table(one, leave_out=("with the first", "with the second", "Documents", "Ratio", "p"))
    warn("p says where to look, and proves nothing: how it is worked out stands in docs/results.md.")
    say_written(made)
