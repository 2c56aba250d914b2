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
            help="A shipped one (tandem codebook list), or your own (.yaml, .csv, .xlsx, .docx, .qdc, .qdpx).",
        ),
    ] = "common-framework",
    name: Annotated[str | None, typer.Option(help="The study's name (else the folder's).")] = None,
    language: Annotated[str, typer.Option(help="The language most of it is in, as two letters.")] = "en",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Stockholm.")] = "UTC",
    lead: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who leads it: the first account, which invites the others."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a new study: a folder with study.yaml and codebook.yaml, and with --lead the first account."""
    from annotations.errors import BadInput
    from service.accounts.people import first_account
    from service.composition import open_parts
    from service.new_study import study_from
    from service.person_named import person_named

    if not folder.strip():
        raise BadInput('the folder\'s name is empty. Name one; "." is the folder in which you are.')
    place = Path(folder)
    config = {"name": name or place.resolve().name, "time_zone": time_zone, "language": language}
    if lead is not None:
        lead = person_named(lead, "--lead", purpose="It stands beside what this person codes and decides.")
    study, read = study_from(place, codebook=codebook, config=config)
    if lead is not None:
        with open_parts(study.folder) as parts:
            first_account(parts.store, lead)
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
                "lead": lead,
                "notes": list(read.notes),
            }
        )
        return
    codes = ", ".join(f"{framework} ({counted(count, 'code')})" for framework, count in frameworks.items())
    say(
        f'Made the study "{study.config.name}" in {study.folder}',
        f"Codebook: {chosen.name} – {codes}",
        *([f"{lead} leads it. The link that tandem serve prints signs in by that name."] if lead else []),
        "",
        "Next: go to that folder and bring your transcripts in, for example",
        '  tandem import ../transcripts/*.docx --wave 1 --case "Jönköping"',
    )
    warn(*read.notes)
