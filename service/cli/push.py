"""tandem push: segments and suggestions into Label Studio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from annotations.numbers_shown import counted
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, WaveOption, chosen
from service.cli.output import as_json, progress, say, warn

if TYPE_CHECKING:
    from service.pushing import Pushed

NAME = "push"


def command(
    wave: WaveOption = None,
    blind: Annotated[
        float | None,
        typer.Option(metavar="PART", help="Part of each transcript that shows no suggestion, such as 0.15."),
    ] = None,
    double: Annotated[
        float | None,
        typer.Option(
            metavar="PART", help="Part that two coders get independently; each coder has a project then."
        ),
    ] = None,
    repeat: Annotated[
        float | None,
        typer.Option(metavar="PART", help="Part that comes again, at the end, to the same coder."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="The draw's seed; recorded either way.")
    ] = None,
    coder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Who gets a project of their own; with --double all of study.yaml."
        ),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(
            metavar="VIEW",
            help="What one task is from now on: passage (at first), or interview, which is read and marked as a whole.",
        ),
    ] = None,
    order: Annotated[
        str,
        typer.Option(
            metavar="BY",
            help="Order of new passages: reading; or, to build a training set: transcripts (those first that the model "
            "is least sure of), rare (half for rare codes, half at random), unsure.",
        ),
    ] = "reading",
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Put a wave before the coders in Label Studio, suggestions filled in. Pushing again doubles nothing.

    What is drawn stays drawn: later pushes need no options, and new transcripts are drawn in the same way.
    """
    from service.audit import Did
    from service.composition import open_parts
    from service.label_studio.addresses import address_for_people
    from service.pushing import PushOptions, push
    from service.pushing.passage_order import order_by
    from service.pushing.push_asked import order_named, view_named

    asked = PushOptions(blind, double, repeat, seed, tuple(coder or ()), view_named(view))
    by = order_named(order)
    with open_parts(chosen(study)) as parts, parts.alone("push"), progress("Pushing to Label Studio") as step:
        pushed = push(parts, wave=wave, progress=step, asked=asked, order=order_by(parts, by))
        addresses = [
            address_for_people(parts.settings, pushed_project.project.url) for pushed_project in pushed
        ]
        note(parts, Did.HANDED_OUT, f"wave {wave}" if wave else "all waves", projects=len(pushed))
    if json:
        as_json({"projects": [pushed_project.to_json() for pushed_project in pushed]})
        return
    for pushed_project, address in zip(pushed, addresses, strict=True):
        _show(pushed_project, address)
    warn(*dict.fromkeys(note for pushed_project in pushed for note in pushed_project.notes))
    say("", "Coders open their address above, log in, and choose Label All Tasks.")


def _show(pushed: Pushed, address: str) -> None:
    waiting = f"{pushed.waiting} waiting until their transcript is finished, " if pushed.waiting else ""
    say(
        f"{pushed.project.title}: {counted(pushed.created, 'new task')}, {pushed.updated:,} brought up to date, "
        f"{pushed.unchanged:,} unchanged, {waiting}{pushed.reviewed:,} left alone because a coder has begun there.",
    )
    drawn = [f"{count} {kind}" for kind, count in pushed.draws.items() if count]
    if drawn:
        say(
            f"  without suggestions: {', '.join(drawn)}, drawn with seed {pushed.seed}; coders are not told which"
        )
    say(f"  {address}")
