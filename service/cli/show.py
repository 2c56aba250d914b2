"""tandem show: a transcript as Tandem sees it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from service.cli.history import version_line
from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table
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
        found = coded_transcript(parts, kept).to_json()
        found["set_aside"] = [one.to_json() for one in set_aside(parts, transcript=kept.id)]
    found |= {"version": len(earlier) + 1, "earlier_versions": [one.to_json() for one in earlier]}
    found["waiting"] = [one.to_json() for one in waiting]
    if json:
        as_json(found)
        return
    _print(found)
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


def _print(found: dict[str, Any]) -> None:
    from annotations.turn_numbers import shown_number

    described = ("kind", "participant", "case", "site", "wave", "session", "date", "language")
    say(found["transcript"], "  ".join(f"{key}: {found[key]}" for key in described if found[key]))
    consents = (
        ("may be learnt from" if found["may_train"] else "may NOT be learnt from"),
        ("may be quoted" if found["may_quote"] else "may NOT be quoted"),
    )
    say(", ".join(consents))
    if found["attributes"]:
        say("  ".join(f"{name}: {value}" for name, value in found["attributes"].items()))
    say(*(version_line(one) for one in found["earlier_versions"]), "")
    rows = [
        (
            shown_number(turn["turn"]),
            turn["speaker"],
            turn["text"] if len(turn["text"]) < 160 else turn["text"][:157] + " …",
            _found_on(turn),
        )
        for turn in found["turns"]
    ]
    table("", ("turn", "speaker", "words", "codings"), rows)
    for one in found["set_aside"]:
        say(
            "",
            f"Set aside on turn {shown_number(one['turn'])} ({one['user'] or 'unknown user'}): {one['why']}",
        )
