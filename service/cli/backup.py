"""tandem backup: the whole study in one file, while everything runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, warn

if TYPE_CHECKING:
    from service.settings import Settings

NAME = "backup"

PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file", metavar="FILE", help="The first line of this file is the backup's password."
    ),
]


def command(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="DIR", help="The folder for it (else study.yaml's, else beside the study's)."
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep", min=1, metavar="N", help="Keep so many good backups in that folder, remove older ones."
        ),
    ] = None,
    password_file: PasswordFileOption = None,
    password: Annotated[bool, typer.Option("--password", help="Encrypt it: ask for a password.")] = False,
    json: JsonOption = False,
    study: StudyOption = None,
) -> None:
    """Put the whole study into one file, and open it to see that it is whole. Others may work meanwhile."""
    from service.backup.make import make_backup
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        secret = asked(parts.settings, password_file, password, parts.study.folder, twice=True)
        made = make_backup(
            parts.study,
            parts.database_url,
            parts.settings,
            to=to,
            keep=keep or parts.study.config.backup.keep,
            password=secret,
        )
    if json:
        as_json(made.to_json())
        return
    sealed = ", encrypted" if made.encrypted else ", not encrypted: whoever has it can read the study"
    say(f"{made.file}", f"{made.bytes / 1e6:,.1f} MB{sealed}. It was opened and is whole.")
    for one in made.removed:
        say(f"Removed the older {one.name}.")
    warn(*made.notes)


def asked(
    settings: Settings, password_file: Path | None, prompt: bool, study: Path | None, *, twice: bool
) -> str | None:
    """The password: of the file, else typed, else of the file that the environment names; None for no password."""
    from service.backup.password import password_in

    if prompt and password_file is None:
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=twice, err=True)
        return typed
    file = password_file or settings.backup_password_file
    return None if file is None else password_in(file, study)
