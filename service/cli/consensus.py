"""tandem consensus: what the team agreed on, kept as a review of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.noted import in_whose_name, note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say

NAME = "consensus"


def command(
    transcript: Annotated[str, typer.Argument(metavar="ID", help="The transcript's id, in any case.")],
    turn: Annotated[
        str,
        typer.Option(
            "--turn", metavar="N", help="The turn that was talked about, from 1, as in Label Studio."
        ),
    ],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who records it.")],
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="CODE", help="A code that applies; give it again for more."),
    ] = None,
    nothing: Annotated[bool, typer.Option("--nothing", help="The team agreed that no code applies.")] = False,
    among: Annotated[
        list[str] | None,
        typer.Option(
            "--among", metavar="NAME", help="Whose codings were talked about (else all who coded it)."
        ),
    ] = None,
    memo: Annotated[str, typer.Option("--memo", help="Why.")] = "",
    moderated: Annotated[bool, typer.Option("--moderated", help="A third person decided.")] = False,
    present: Annotated[
        list[str] | None, typer.Option("--present", metavar="NAME", help="Who was there; again for more.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--changes", metavar="CODE", help="A code whose definition this changes; again for more."
        ),
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Record what the team agreed on for a passage; the coders' own reviews stay as they are."""
    from annotations.errors import BadInput
    from annotations.turn_numbers import passage_named, turn_typed
    from service.access.policy import Action
    from service.agreement.consensus import Agreed, record
    from service.audit import Did
    from service.composition import open_parts

    if bool(code) == nothing:
        raise BadInput(
            "give the codes agreed on with --code, or --nothing where none applies; one of the two."
        )
    index = turn_typed(turn)
    with open_parts(chosen(study)) as parts, parts.alone("consensus"):
        by = in_whose_name(parts, by, Action.DECIDE_CODES)
        agreed = Agreed(
            transcript,
            index,
            code or (),
            by,
            memo,
            moderated,
            among or (),
            present=present or (),
            changed=changes or (),
        )
        agreed_on = record(parts, agreed)
        note(parts, Did.DECIDED, transcript, by=by, turn=turn)
    if json:
        as_json(agreed_on.to_json())
        return
    people = " and ".join(dict.fromkeys(coder for _, coder in agreed_on.sources))
    say(
        f"The passage is {passage_named(agreed_on.transcript, agreed_on.turn, agreed_on.first_words)}",
        f"{agreed_on.by} recorded as {agreed_on.condition.value}: {', '.join(agreed_on.codes) or 'nothing applies'}. "
        f"It was made from the reviews of {people}, which stay as they are; that they agreed is {agreed_on.by}'s word.",
    )
    if agreed_on.supersedes:
        say("It takes the place of the consensus before; that one is kept.")
