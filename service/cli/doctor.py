"""tandem doctor: what works, what fails, and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, table

NAME = "doctor"


def command(
    coding: Annotated[
        bool, typer.Option("--coding", help="List what in people's coding can hardly be meant.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Check everything that Tandem stands on, and say what to do about what fails."""
    if coding:
        _second_look(chosen(study), json=json)
        return
    from service.doctor.doctor_checks import run_checks

    with progress("Checking") as step:
        checks = run_checks(chosen(study), step)
    failed = [check for check in checks if not check.ok]
    if json:
        as_json({"ok": not failed, "checks": [check.to_json() for check in checks]})
    else:
        rows = [("ok" if check.ok else "FAILS", check.name, check.found) for check in checks]
        table("", ("", "what", "found"), rows)
        for check in failed:
            say("", f"{check.name}: {check.remedy}")
    if failed:
        raise typer.Exit(1)


def _second_look(folder: Path | None, *, json: bool) -> None:
    from annotations.numbers_shown import counted
    from service.composition import open_parts
    from service.looking.second_look import second_look

    with open_parts(folder) as parts:
        odd = second_look(parts)
    if json:
        as_json({"second_look": [odd_review.to_json() for odd_review in odd]})
        return
    if not odd:
        say("Nothing in people's coding asks for a second look.")
        return
    table(
        "",
        ("coder", "where", "what"),
        [(odd_review.coder, odd_review.place, odd_review.found) for odd_review in odd],
    )
    say(
        "",
        f"{counted(len(odd), 'review')} to look at again. Nothing was changed: whoever coded it opens the passage in "
        f"Label Studio, decides, and presses Update if it was a slip.",
    )
