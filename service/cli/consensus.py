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
        found = record(parts, Agreed(transcript, index, code or (), by, memo, moderated, among or ()))
        note(parts, Did.DECIDED, transcript, by=by, turn=turn)
    if json:
        as_json(found.to_json())
        return
    people = " and ".join(dict.fromkeys(coder for _, coder in found.sources))
    say(
        f"The passage is {passage_named(found.transcript, found.turn, found.first_words)}",
        f"{found.by} recorded as {found.condition.value}: {', '.join(found.codes) or 'nothing applies'}. It was made "
        f"from the reviews of {people}, which stay as they are; that they agreed is {found.by}'s word.",
    )
    if found.supersedes:
        say("It takes the place of the consensus before; that one is kept.")
