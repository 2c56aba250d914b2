"""tandem export: what people decided, for other programs and for people.

Each option of the command is one kind of export: a function of ``service/exporting`` that gives an ``Exported``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, warn

if TYPE_CHECKING:
    from service.composition import Parts
    from service.exporting.exported import Exported

NAME = "export"


def command(
    refi: Annotated[
        Path | None,
        typer.Option(
            "--refi",
            metavar="FILE",
            help="The whole study as a REFI-QDA project (.qdpx), for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.",
        ),
    ] = None,
    no_suggestions: Annotated[
        bool,
        typer.Option("--no-suggestions", help="Leave out what models suggested; people's codings alone."),
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Write what was coded into a file for another program."""
    from annotations.errors import BadInput
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        found = list(_exports(parts, refi=refi, no_suggestions=no_suggestions))
    if not found:
        raise BadInput('say what to export, such as --refi FILE.qdpx. "tandem export --help" lists all.')
    if json:
        as_json({"exported": [one.to_json() for one in found]})
        return
    for one in found:
        _tell(one)


def _exports(parts: Parts, *, refi: Path | None, no_suggestions: bool) -> Iterator[Exported]:
    """One export for each option that was given, in the order of the options."""
    if refi is not None:
        from service.exporting.export_refi import export_refi

        yield export_refi(parts, refi, suggestions=not no_suggestions)


def _tell(found: Exported) -> None:
    files = " and ".join(map(str, found.files))
    counts = ", ".join(f"{count:,} {what}" for what, count in found.counts.items())
    say(f"Wrote {files}", f"{counts}.")
    if found.lost:
        say("", "The format has no place for:", *(f"  {one}" for one in found.lost))
        say("What the second file can hold of this stands there." if len(found.files) > 1 else "")
    warn(*found.notes)
