"""tandem settle: what becomes of codings whose words were corrected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import in_whose_name, note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from annotations.store.transcripts import KeptTranscript
    from annotations.transcript import Span
    from service.looking.changed_passages import ChangedPassage

NAME = "settle"
_SHOWN = 120


def command(
    transcript: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The transcript's id; without it, all that waits is listed."),
    ] = None,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="NUMBER…", help="Which of the list, by their numbers.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of the transcript.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="They hold for the words as these read now.")] = False,
    drop: Annotated[
        bool, typer.Option("--drop", help="They hold no more. They stay on record as taken back.")
    ] = False,
    turn: Annotated[
        int | None, typer.Option(metavar="TURN", help="With --keep: the turn that they hold for, from 1.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who settles it; kept on record.")] = "",
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """List codings whose words were corrected ("tandem import --replace"), and say whether they still hold."""
    from annotations.errors import BadInput
    from annotations.store.transcripts import get_transcript
    from service.access.policy import Action
    from service.audit import Did
    from service.composition import open_parts
    from service.importing.settle_changed import drop_changed, keep_changed
    from service.looking.changed_passages import changed_passages

    if keep and drop:
        raise BadInput("give --keep or --drop, not both. Nothing was changed.")
    if turn is not None and not keep:
        raise BadInput("--turn goes with --keep: it says which turn they hold for. Nothing was changed.")
    if (keep or drop) and (transcript is None or not (numbers or everything)):
        raise BadInput(
            'give the transcript and the numbers to settle, or --all: "tandem settle" lists them. Nothing was changed.'
        )
    with open_parts(chosen(study)) as parts:
        with parts.store.reading() as connection:
            kept = None if transcript is None else get_transcript(connection, transcript)
            waiting = changed_passages(connection, parts.codebook, transcript=kept.id if kept else None)
        if kept is None or not (keep or drop):
            _list(waiting, json=json)
            return
        which = [passage.number for passage in waiting] if everything else numbers or []
        place = None if turn is None else _turn(kept, turn)
        with parts.alone("settle"):
            by = in_whose_name(parts, by, Action.DECIDE_CODES)
            settle = partial(keep_changed, place=place) if keep else drop_changed
            count = settle(parts, kept, which, by=by)
            note(parts, Did.DECIDED, kept.transcript.name, by=by, passages=count)
    left = len(waiting) - count
    if json:
        as_json({"settled": count, "kept": keep, "left": left})
        return
    say(f"{count} {'hold for the words as they read now' if keep else 'hold no more'}; {left} still wait.")


def _turn(kept: KeptTranscript, turn: int) -> Span:
    from annotations.errors import BadInput
    from annotations.turn_numbers import turn_typed

    index = turn_typed(str(turn))
    span_of_turn = next((turn.span for turn in kept.transcript.turns if turn.index == index), None)
    if span_of_turn is None:
        raise BadInput(
            f"{kept.transcript.name} has no turn {turn}; its turns are 1 to {len(kept.transcript.turns)}. Nothing was "
            f"changed."
        )
    return span_of_turn


def _list(waiting: list[ChangedPassage], *, json: bool) -> None:
    if json:
        as_json({"waiting": [passage.to_json() for passage in waiting]})
        return
    if not waiting:
        say("Nothing waits: no transcript was corrected where somebody had coded, or all of it is settled.")
        return
    show_waiting(waiting)
    say(
        "",
        "Does a coding still hold? tandem settle ID NUMBER… --keep --by NAME; if not, --drop. With --keep, --turn says "
        "where it stands now.",
    )


def show_waiting(waiting: list[ChangedPassage]) -> None:
    """The table of what waits for a person."""
    from annotations.turn_numbers import first_words, shown_number

    rows = [
        (
            passage.number,
            passage.transcript,
            passage.coder,
            "\n".join(passage.codes) or "(no code applies)",
            "(erased)" if passage.before is None else first_words(passage.before, most=_SHOWN),
            _now(passage, first_words(passage.after, most=_SHOWN) if passage.after else ""),
            "–" if passage.turn is None else str(shown_number(passage.turn)),
        )
        for passage in waiting
    ]
    table(
        "", ("number", "transcript", "coder", "codes", "words before", "words now", "turn"), rows, numbers=1
    )


def _now(passage: ChangedPassage, words: str) -> str:
    if passage.after is None:
        return "(nothing is left)"
    return f"(the same, elsewhere) {words}" if passage.elsewhere else words
