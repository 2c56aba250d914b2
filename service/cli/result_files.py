"""What the commands for patterns, saturation, triangulation and change share: which files were asked for, and the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.cli.noted import note
from service.cli.output import say, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.composition import Parts
    from service.results.result_parts import ResultParts, ResultTable

_SHOWN = 25


def write_asked(
    parts: Parts,
    kind: str,
    parts_of_result: Callable[[], ResultParts],
    *,
    xlsx: Path | None,
    docx: Path | None,
    svg: Path | None,
    png: Path | None,
) -> list[Path]:
    """Write the files that were asked for, and note it; those written. Raises BadInput for a file under another ending."""
    from annotations.errors import BadInput

    for ending, file in ((".svg", svg), (".png", png), (".xlsx", xlsx), (".docx", docx)):
        if file is not None and file.suffix.lower() != ending:
            raise BadInput(
                f"{file}: --{ending[1:]} writes a file that ends in {ending}. Give it such a name."
            )
    if not any((xlsx, docx, svg, png)):
        return []
    from service.audit import Did
    from service.results.parts_files import write_docx, write_pictures, write_xlsx

    result = parts_of_result()
    made: list[Path] = []
    for file in (svg, png):
        if file is not None:
            made += write_pictures(result, file)
    if xlsx is not None:
        write_xlsx(result, xlsx)
        made.append(xlsx)
    if docx is not None:
        write_docx(result, docx)
        made.append(docx)
    for written in made:
        note(parts, Did.EXPORTED, written.name, kind=kind, quotes=False)
    return made


def show_table(result: ResultTable, *, leave_out: tuple[str, ...] = ()) -> None:
    """A table on the terminal, the first rows of it."""
    kept = [at for at, column in enumerate(result.columns) if column not in leave_out]
    rows = [[_shown(row[at]) for at in kept] for row in result.printed[:_SHOWN]]
    if not rows:
        say(f"{result.subject}: nothing.", "")
        return
    table(result.subject, [result.columns[at].strip() for at in kept], rows)
    if len(result.rows) > len(rows):
        say(f"… and {len(result.rows) - len(rows):,} more: see them with --xlsx FILE or --json.")
    say("")


def say_written(made: list[Path]) -> None:
    """Which files there are."""
    for file in made:
        say(f"Written: {file}.")


def _shown(value: Any) -> str:
    from service.results.parts_files import words_of

    return words_of(value)
