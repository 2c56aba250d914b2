"""tandem backup: the whole study in one file, while everything runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, warn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service.backup.make import MadeBackup
    from service.composition import Parts
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
    nightly: Annotated[
        str | None,
        typer.Option(
            "--nightly", metavar="HH:MM", help="Go on, and make one each night at this time, until stopped."
        ),
    ] = None,
    json: JsonOption = False,
    study: StudyOption = None,
) -> None:
    """Put the whole study into one file, and open it to see that it is whole. Others may work meanwhile."""
    from annotations.store.database import is_up_to_date
    from service.audit import Did
    from service.backup.make import make_backup
    from service.composition import open_parts

    with open_parts(chosen(study)) as parts:
        secret = asked(parts.settings, password_file, password, parts.study.folder, twice=True)

        def make() -> None:
            if is_up_to_date(parts.database_url):
                # before it is made, so that the backup tells of itself
                note(parts, Did.BACKED_UP, str(to or parts.study.config.backup.to or ""))
            kept = keep or parts.study.config.backup.keep
            _show(
                make_backup(
                    parts.study, parts.database_url, parts.settings, to=to, keep=kept, password=secret
                ),
                json,
            )

        if nightly is None:
            make()
        else:
            _each_night(parts, nightly, make)


def _each_night(parts: Parts, at: str, make: Callable[[], None]) -> None:
    import signal
    import sys

    from annotations.study.config import parse_config
    from service.backup.kept import last_good
    from service.backup.nightly import each_night

    entry = {"nightly": at}
    config = parse_config(
        {"name": parts.study.config.name, "time_zone": parts.study.config.time_zone, "backup": entry},
        where="--nightly",
    )

    def last() -> datetime | None:
        good = last_good(parts.settings, parts.study)
        return None if good is None else good.moment

    # as the first process of a container it would not be stopped by SIGTERM otherwise
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say(f"A backup is made each night at {config.backup.nightly} ({config.time_zone}). Stop with Ctrl+C.")
    each_night(config, make, last=last, failed=warn)


def _show(made: MadeBackup, json: bool) -> None:
    if json:
        as_json(made.to_json())
        return
    sealed = ", encrypted" if made.encrypted else ", not encrypted: whoever has it can read the study"
    from service.backup.kept import size_said

    say(f"{made.file}", f"{size_said(made.bytes)}{sealed}. It was opened and is whole.")
    for older in made.removed:
        say(f"Removed the older {older.name}.")
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
