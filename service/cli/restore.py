"""tandem restore: a backup becomes a study again, in a new folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotations.numbers_shown import counted
from service.cli.backup import PasswordFileOption, asked
from service.cli.options import JsonOption
from service.cli.output import as_json, say, warn

NAME = "restore"


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="A new folder for the study.")],
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="ADDRESS",
            help="A new PostgreSQL schema: postgresql://user@host/name?schema=new.",
        ),
    ] = None,
    password_file: PasswordFileOption = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for the backup's password.")] = False,
    json: JsonOption = False,
) -> None:
    """Make a study of a backup, in a new folder. Nothing that is there is overwritten."""
    from dataclasses import replace

    from service.backup.restore import restore_backup
    from service.composition import open_restored
    from service.settings import read_settings

    settings = read_settings()
    # an address of the environment may be that of the study that still lives
    here = replace(settings, database=database)

    secret = asked(settings, password_file, password, None, twice=False)
    restored = restore_backup(
        file, to, open_study=lambda study: open_restored(study, here), database=database, password=secret
    )
    if json:
        as_json(restored.to_json())
        return
    rows = counted(sum(restored.manifest.main.rows.values()), "row")
    say(
        f"{restored.study.folder} is the study as it was at {restored.manifest.made}: "
        f"{counted(len(restored.manifest.files), 'file')}, {rows}.",
        f'Look at it with "tandem --study {restored.study.folder} status".',
    )
    warn(*restored.notes)
