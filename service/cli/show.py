"""tandem show: a transcript as Tandem sees it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.history import version_line
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.looking.text_versions import EarlierVersion
from service.cli.settle import show_waiting

NAME = "show"


def command(
    transcript: Annotated[str, typer.Argument(metavar="ID", help="The transcript's id, in any case.")],
    text: Annotated[
        bool, typer.Option("--text", help="Print its canonical text, that offsets count in.")
    ] = False,
    version: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="With --text: an earlier version of a text that was corrected, from 1."
        ),
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show a transcript: where it belongs, its turns, and what each coder found on them.

    Turns count from 1, as in Label Studio; with --json they count from 0.
    """
    from zoneinfo import ZoneInfo

    from annotations.errors import BadInput
    from annotations.store.transcripts import get_transcript
    from service.audit import Did
    from service.composition import open_parts
    from service.corrections.list_set_aside import set_aside
    from service.looking.changed_passages import changed_passages
    from service.looking.coded_transcript import coded_transcript
    from service.looking.text_versions import text_of_version, text_versions

    if version is not None and not text:
        raise BadInput("--version goes with --text: it prints an earlier version of the text.")
    with open_parts(chosen(study)) as parts:
        with parts.store.reading() as connection:
            kept = get_transcript(connection, transcript)
            words = kept.transcript.text if version is None else text_of_version(connection, kept, version)
            earlier = text_versions(connection, kept, ZoneInfo(parts.study.config.time_zone))
            waiting = changed_passages(connection, parts.codebook, transcript=kept.id)
        note(parts, Did.SAW, kept.transcript.name)
        if text:
            sys.stdout.write(words)
            return
        plain = coded_transcript(parts, kept).to_json()
        plain["set_aside"] = [annotation.to_json() for annotation in set_aside(parts, transcript=kept.id)]
    plain |= {
        "version": len(earlier) + 1,
        "earlier_versions": [earlier_version.to_json() for earlier_version in earlier],
    }
    plain["waiting"] = [passage.to_json() for passage in waiting]
    if json:
        as_json(plain)
        return
    _print(plain, earlier)
    if waiting:
        say(
            "",
            "The words of these were corrected, and a person has to say whether they hold (tandem settle):",
        )
        show_waiting(waiting)


def _found_on(turn: dict[str, Any]) -> str:
    """The codes, who found that none applies, or that nobody has looked; nothing on what an interviewer says."""
    lines = [f"{c['coder']}: {c['code']}" for c in turn["codings"]]
    lines += [f"{coder}: no code applies" for coder in turn["nothing"]]
    if not lines and turn["role"] == "participant":
        lines = ["(part of a longer coding)" if turn["looked_at"] else "(not looked at)"]
    return "\n".join(lines)


def _print(plain: dict[str, Any], earlier: Sequence[EarlierVersion]) -> None:
    from annotations.turn_numbers import shown_number

    described = ("kind", "participant", "case", "site", "wave", "session", "date", "language")
    say(plain["transcript"], "  ".join(f"{key}: {plain[key]}" for key in described if plain[key]))
    consents = (
        ("may be learnt from" if plain["may_train"] else "may NOT be learnt from"),
        ("may be quoted" if plain["may_quote"] else "may NOT be quoted"),
    )
    say(", ".join(consents))
    if plain["attributes"]:
        say("  ".join(f"{name}: {value}" for name, value in plain["attributes"].items()))
    say(*map(version_line, earlier), "")
    rows = [
        (
            shown_number(turn["turn"]),
            turn["speaker"],
            turn["text"] if len(turn["text"]) < 160 else turn["text"][:157] + " …",
            _found_on(turn),
        )
        for turn in plain["turns"]
    ]
    table("", ("turn", "speaker", "words", "codings"), rows)
    for annotation in plain["set_aside"]:
        say(
            "",
            f"Set aside on turn {shown_number(annotation['turn'])} ({annotation['user'] or 'unknown user'}): "
            f"{annotation['why']}",
        )
