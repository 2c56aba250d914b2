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
        kept = [one for one in both if by_wave or one.name != "wave"]
        hints = get_type_hints(_shared, include_extras=True) | get_type_hints(own, include_extras=True)
        command.__doc__ = own.__doc__
        command.__annotations__ = {one.name: hints[one.name] for one in kept}
        # Typer reads the options of a command here
        command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [one.replace(annotation=hints[one.name]) for one in kept]
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
        found = read_result(parts, name, asked)
        made = _write_asked(parts, name, found.parts, options)
    if options["json"]:
        as_json(found.found.to_json())
        return
    if found.nothing:
        say(f"{found.nothing} {_NEXT}")
        return
    for one in found.parts().tables[:first]:
        _show_table(one, leave_out)
    warn(*found.notes)
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
    parts: Parts, kind: str, found: Callable[[], ResultParts], options: Mapping[str, Any]
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

    result = found()
    made = [one for file in asked for one in write_result(result, file)]
    note_files(parts, made, kind, quotes=False)
    return made


def _show_table(one: ResultTable, leave_out: tuple[str, ...]) -> None:
    """A table on the terminal, the first rows of it."""
    from service.results.result_parts import words_of

    kept = [at for at, column in enumerate(one.columns) if column not in leave_out]
    rows = [[words_of(row[at]) for at in kept] for row in one.printed[:_SHOWN]]
    if not rows:
        say(f"{one.subject}: nothing.", "")
        return
    table(one.subject, [one.columns[at].strip() for at in kept], rows)
    if len(one.rows) > len(rows):
        say(f"… and {len(one.rows) - len(rows):,} more: see them with --xlsx FILE or --json.")
    say("")
