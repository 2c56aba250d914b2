"""What the commands for patterns, saturation, triangulation and change share: which files were asked for, and the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.cli.output import say, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.results.result_parts import ResultParts, ResultTable

_SHOWN = 25


def write_asked(
    parts: Callable[[], ResultParts],
    *,
    xlsx: Path | None,
    docx: Path | None,
    svg: Path | None,
    png: Path | None,
) -> list[Path]:
    """Write the files that were asked for; those written. Raises BadInput for a picture under another ending."""
    from annotations.errors import BadInput

    for ending, file in ((".svg", svg), (".png", png), (".xlsx", xlsx), (".docx", docx)):
        if file is not None and file.suffix.lower() != ending:
            raise BadInput(
                f"{file}: --{ending[1:]} writes a file that ends in {ending}. Give it such a name."
            )
    if not any((xlsx, docx, svg, png)):
        return []
    from service.results.parts_files import write_docx, write_pictures, write_xlsx

    found = parts()
    made: list[Path] = []
    for file in (svg, png):
        if file is not None:
            made += write_pictures(found, file)
    if xlsx is not None:
        write_xlsx(found, xlsx)
        made.append(xlsx)
    if docx is not None:
        write_docx(found, docx)
        made.append(docx)
    return made


def show_table(one: ResultTable, *, leave_out: tuple[str, ...] = ()) -> None:
    """A table on the terminal, the first rows of it."""
    kept = [at for at, column in enumerate(one.columns) if column not in leave_out]
    rows = [[_shown(row[at]) for at in kept] for row in one.printed[:_SHOWN]]
    if not rows:
        say(f"{one.subject}: nothing.", "")
        return
    table(one.subject, [one.columns[at].strip() for at in kept], rows)
    if len(one.rows) > len(rows):
        say(f"… and {len(one.rows) - len(rows):,} more: see them with --xlsx FILE or --json.")
    say("")


def say_written(made: list[Path]) -> None:
    """Which files there are."""
    for one in made:
        say(f"Written: {one}.")


def _shown(value: Any) -> str:
    from service.results.parts_files import words_of

    return words_of(value)
