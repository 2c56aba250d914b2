"""tandem doctor: what works, what fails, and the remedy."""

from __future__ import annotations

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table

NAME = "doctor"


def command(study: StudyOption = None, json: JsonOption = False) -> None:
    """Check everything that Tandem stands on, and say what to do about what fails."""
    from service.doctor_checks import run_checks

    with progress("Checking") as step:
        found = run_checks(chosen(study), step)
    failed = [check for check in found if not check.ok]
    if json:
        as_json({"ok": not failed, "checks": [check.to_json() for check in found]})
    else:
        rows = [("ok" if check.ok else "FAILS", check.name, check.found) for check in found]
        table("", ("", "what", "found"), rows)
        for check in failed:
            say("", f"{check.name}: {check.remedy}")
    if failed:
        raise typer.Exit(1)
