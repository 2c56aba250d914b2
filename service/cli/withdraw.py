"""tandem withdraw: erase a person."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, progress, say, warn

NAME = "withdraw"


def command(
    participant: Annotated[str, typer.Argument(metavar="PARTICIPANT", help="The participant's code.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who erases; it is kept on record.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Erase a participant everywhere: words, codings, suggestions, tasks, and the models that learnt from them."""
    from service.composition import open_parts
    from service.withdrawal import what_would_go, withdraw

    with open_parts(chosen(study)) as parts:
        names = what_would_go(parts, participant)
        if not yes:
            _ask(participant, names)
        with parts.alone("withdraw"), progress("Erasing") as step:
            found = withdraw(parts, participant, by=by, progress=step)
    if json:
        as_json(found.to_json())
        if not found.done:
            raise typer.Exit(1)
        return
    say(
        f"{participant}: {found.transcripts} transcripts, {found.reviews} reviews, {found.codings} codings and "
        f"{found.tasks} tasks in Label Studio were erased."
    )
    if found.models:
        say(f"These models had learnt from them, and their files are gone too: {', '.join(found.models)}.")
    if found.new_model:
        say(
            f"Model {found.new_model} was trained without them and serves now.",
            "",
            "Next: tandem precode, tandem push",
        )
    warn(*found.notes)
    if not found.done:
        raise typer.Exit(1)


def _ask(participant: str, names: tuple[str, ...]) -> None:
    import sys

    from annotations.errors import BadInput

    what = (
        f"This erases {', '.join(names)} of {participant} for good"
        if names
        else f"This goes on erasing {participant}"
    )
    if not sys.stdin.isatty():
        raise BadInput(f"{what}. Nobody can be asked here: give --yes to do it. Nothing was erased.")
    typer.confirm(f"{what}, with everything that people coded there. It cannot be undone. Erase?", abort=True)
