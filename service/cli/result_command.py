"""What the commands for patterns, saturation, triangulation and change share: options, files, and what is shown."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from service.cli.noted import note_files
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
from service.cli.output import as_json, say, table, warn

if TYPE_CHECKING:
    from service.composition import Parts
    from service.results.named_results import ResultAsked
    from service.results.result_parts import ResultParts, ResultTable

_SHOWN = 25
_NEXT = "Next: tandem import-codings FILE, or tandem push"
Own = Callable[..., Mapping[str, Any]]


def result_command(
    name: str, *, by_wave: bool = True, leave_out: tuple[str, ...] = (), first: int | None = None
) -> Callable[[Own], Callable[..., None]]:
    """A command of the result of this name. What is decorated says its own options, and gives what they ask for by name.

    ``leave_out``: columns that do not fit on a terminal; ``first``: of so many tables alone.
    """

    def made(own: Own) -> Callable[..., None]:
        def command(**options: Any) -> None:
            asked = own(**{key: options[key] for key in inspect.signature(own).parameters})
            _run(name, asked, options, leave_out, first)

        its, shared = inspect.signature(own), inspect.signature(_shared)
        both = [*its.parameters.values(), *shared.parameters.values()]
        kept = [parameter for parameter in both if by_wave or parameter.name != "wave"]
        hints = get_type_hints(_shared, include_extras=True) | get_type_hints(own, include_extras=True)
        command.__doc__ = own.__doc__
        command.__annotations__ = {parameter.name: hints[parameter.name] for parameter in kept}
        # Typer reads the options of a command here
        command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [parameter.replace(annotation=hints[parameter.name]) for parameter in kept]
        )
        return command

    return made


def _shared(
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
    """The options of all of them."""


def _run(
    name: str,
    own: Mapping[str, Any],
    options: Mapping[str, Any],
    leave_out: tuple[str, ...],
    first: int | None,
) -> None:
    from service.composition import open_parts
    from service.results.named_results import read_result, refuse_unmeant

    asked = _asked(own, options)
    refuse_unmeant(asked)
    with open_parts(chosen(options["study"])) as parts:
        result_read = read_result(parts, name, asked)
        made = _write_asked(parts, name, result_read.parts, options)
    if options["json"]:
        as_json(result_read.found.to_json())
        return
    if result_read.nothing:
        say(f"{result_read.nothing} {_NEXT}")
        return
    for shown_table in result_read.parts().tables[:first]:
        _show_table(shown_table, leave_out)
    warn(*result_read.notes)
    for file in made:
        say(f"Written: {file}.")


def _asked(own: Mapping[str, Any], options: Mapping[str, Any]) -> ResultAsked:
    from service.agreement.report import ReportScope
    from service.results.named_results import ResultAsked
    from service.results.study_findings import WantedFindings

    among = ReportScope(options.get("wave"), options["case"], options["site"])
    columns = tuple(options["columns"] or ("case",))
    wanted = WantedFindings(columns, options["level"], among, options["where"] or (), own.get("role"))
    return ResultAsked(wanted, **{key: value for key, value in own.items() if key != "role"})


def _write_asked(
    parts: Parts, kind: str, parts_asked: Callable[[], ResultParts], options: Mapping[str, Any]
) -> list[Path]:
    """Write the files that were asked for, and note it; those written. Raises BadInput for a file under another ending."""
    from annotations.errors import BadInput

    asked: list[Path] = []
    for ending in ("svg", "png", "xlsx", "docx"):
        file = options[ending]
        if file is not None and file.suffix.lower() != f".{ending}":
            raise BadInput(f"{file}: --{ending} writes a file that ends in .{ending}. Give it such a name.")
        asked += [file] if file is not None else []
    if not asked:
        return []
    from service.results.parts_files import write_result

    result = parts_asked()
    made = [written for file in asked for written in write_result(result, file)]
    note_files(parts, made, kind, quotes=False)
    return made


def _show_table(shown_table: ResultTable, leave_out: tuple[str, ...]) -> None:
    """A table on the terminal, the first rows of it."""
    from service.results.result_parts import words_of

    kept = [at for at, column in enumerate(shown_table.columns) if column not in leave_out]
    rows = [[words_of(row[at]) for at in kept] for row in shown_table.printed[:_SHOWN]]
    if not rows:
        say(f"{shown_table.subject}: nothing.", "")
        return
    table(shown_table.subject, [shown_table.columns[at].strip() for at in kept], rows)
    if len(shown_table.rows) > len(rows):
        say(f"… and {len(shown_table.rows) - len(rows):,} more: see them with --xlsx FILE or --json.")
    say("")
