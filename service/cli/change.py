"""tandem change: what is new, gone or turned round from wave to wave."""

from __future__ import annotations

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
    WhereOption,
    XlsxOption,
    chosen,
)
from service.cli.output import as_json, say, warn
from service.cli.result_files import say_written, show_table, write_asked

NAME = "change"


def command(
    columns: ColumnsOption = None,
    level: LevelOption = None,
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
    """Show the table of each wave side by side, with what is new, gone or turned round; and the same for participants who
    were interviewed again.
    """
    from service.agreement.report import ReportScope
    from service.composition import open_parts
    from service.results.changed import change_over_waves, change_parts
    from service.results.study_findings import WantedFindings

    wanted = WantedFindings(tuple(columns or ("case",)), level, ReportScope(None, case, site), where or ())
    with open_parts(chosen(study)) as parts:
        found = change_over_waves(parts, wanted)
        made = write_asked(
            parts, "change", lambda: change_parts(found), xlsx=xlsx, docx=docx, svg=svg, png=png
        )
    if json:
        as_json(found.to_json())
        return
    if not found.found:
        say("Nothing has been coded yet. Next: tandem import-codings FILE, or tandem push")
        return
    for one in change_parts(found).tables:
        show_table(one)
    warn(*found.notes)
    say_written(made)
