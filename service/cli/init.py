"""tandem init: a new study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotations.numbers_shown import counted
from service.cli.options import JsonOption
from service.cli.output import as_json, say, warn

NAME = "init"


def command(
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="The study's folder; made if it is not there.")
    ],
    codebook: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="A shipped one (tandem codebook list), or your own (.yaml, .csv, .xlsx, .qdc, .qdpx).",
        ),
    ] = "common-framework",
    name: Annotated[str | None, typer.Option(help="The study's name (else the folder's).")] = None,
    language: Annotated[str, typer.Option(help="The language most of it is in, as two letters.")] = "en",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Stockholm.")] = "UTC",
    json: JsonOption = False,
) -> None:
    """Make a new study: a folder with study.yaml and codebook.yaml."""
    from annotations.errors import BadInput
    from service.new_study import study_from

    if not folder.strip():
        raise BadInput('the folder\'s name is empty. Name one; "." is the folder in which you are.')
    place = Path(folder)
    config = {"name": name or place.resolve().name, "time_zone": time_zone, "language": language}
    study, read = study_from(place, codebook=codebook, config=config)
    chosen = read.codebook
    frameworks = {
        framework.name: sum(code.applicable for code in chosen.of_framework(framework.id))
        for framework in chosen.frameworks
    }
    if json:
        as_json(
            {
                "study": str(study.folder),
                "codebook": chosen.name,
                "codebook_version": chosen.version,
                "codes": sum(frameworks.values()),
                "frameworks": frameworks,
                "notes": list(read.notes),
            }
        )
        return
    codes = ", ".join(f"{framework} ({counted(count, 'code')})" for framework, count in frameworks.items())
    say(
        f'Made the study "{study.config.name}" in {study.folder}',
        f"Codebook: {chosen.name} – {codes}",
        "",
        "Next: go to that folder and bring your transcripts in, for example",
        '  tandem import ../transcripts/*.docx --wave 1 --case "Jönköping"',
    )
    warn(*read.notes)
