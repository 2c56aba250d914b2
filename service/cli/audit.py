"""tandem audit: who saw, took, brought in and changed what, when, from where."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

NAME = "audit"
_SHOWN = 40


def command(
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person did.")] = None,
    did: Annotated[
        str | None, typer.Option(metavar="WHAT", help='Only this, such as "exported" or "saw a transcript".')
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write all of it to a .csv or .xlsx file.")
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show the audit log, newest first. Entries are only ever added, and hold no words of transcripts."""
    from annotations.errors import unknown
    from annotations.store.audit_log import rows_of
    from service.audit import COLUMNS, Did, as_cells
    from service.composition import open_parts
    from service.exporting.tables_out import write_table

    if did is not None and did not in list(Did):
        raise unknown("entry of the audit log", did, list(Did))
    with open_parts(chosen(study)) as parts:
        with parts.store.reading() as connection:
            entries = [as_cells(row) for row in rows_of(connection, who=who, did=did)]
        if to is not None:
            write_table(to, COLUMNS, entries, sheet="audit")
            note(parts, Did.SAW_AUDIT, to.name)
    if json:
        as_json({"entries": entries, "file": None if to is None else str(to)})
        return
    if to is not None:
        say(f"Wrote {len(entries):,} entries to {to}.")
        return
    if not entries:
        say("Nothing has been written down.")
        return
    shown = entries[:_SHOWN]
    table("", COLUMNS[1:], [tuple(row[column] for column in COLUMNS[1:]) for row in shown])
    if len(entries) > _SHOWN:
        say(f"… and {len(entries) - _SHOWN:,} more. --to FILE writes all.")
