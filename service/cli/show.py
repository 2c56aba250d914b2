"""tandem show: a transcript as Tandem sees it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from annotations.coding import Review
    from annotations.store.transcripts import Kept
    from annotations.transcript import Span
    from service.composition import Parts

NAME = "show"


def command(
    transcript: Annotated[str, typer.Argument(metavar="ID", help="The transcript's id, in any case.")],
    text: Annotated[
        bool, typer.Option("--text", help="Print its canonical text, that offsets count in.")
    ] = False,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show a transcript: where it belongs, its turns, and what each coder found on them.

    Turns count from 1, as in Label Studio; with --json they count from 0.
    """
    from annotations.store.loose_codings import loose_codings
    from annotations.store.reviews import current_reviews
    from annotations.store.transcripts import get_transcript
    from service.composition import open_parts
    from service.corrections.set_aside import set_aside

    with open_parts(chosen(study)) as parts:
        with parts.store.reading() as connection:
            kept = get_transcript(connection, transcript)
            reviews = current_reviews(connection, transcript=kept.id)
            loose = loose_codings(connection, transcript=kept.id)
        if text:
            sys.stdout.write(kept.transcript.text)
            return
        applied = [(r.coder, r.condition.value, c) for r in reviews for c in r.codings]
        applied += [(one.coder, one.condition.value, one.coding) for one in loose]
        found = _found(parts, kept, applied, reviews)
        found["set_aside"] = [one.to_json() for one in set_aside(parts, transcript=kept.id)]
    if json:
        as_json(found)
        return
    _print(found)


def _found(
    parts: Parts, kept: Kept, applied: list[tuple[str, str, Any]], reviews: tuple[Review, ...]
) -> dict[str, Any]:
    t = kept.transcript
    known = parts.codebook.by_id
    return {
        "transcript": t.name,
        "kind": t.kind.value,
        "case": t.case,
        "site": t.site,
        "wave": t.wave,
        "participant": t.participant,
        "session": t.session,
        "language": t.language,
        "date": None if t.date is None else t.date.isoformat(),
        "may_train": t.consents.may_train,
        "may_quote": t.consents.may_quote,
        "source": t.source,
        "characters": len(t.text),
        "reviews": len(reviews),
        "turns": [
            {
                "turn": turn.index,
                "speaker": turn.speaker,
                "role": turn.role.value,
                "start": turn.span.start,
                "end": turn.span.end,
                "text": turn.span.of(t.text),
                "codings": [
                    {
                        "coder": coder,
                        "condition": condition,
                        "code": parts.codebook.label(c.code) if c.code in known else c.code,
                        "start": c.span.start,
                        "end": c.span.end,
                        "memo": c.memo,
                    }
                    for coder, condition, c in applied
                    if _starts_in(c.span, turn.span)
                ],
            }
            for turn in t.turns
        ],
    }


def _starts_in(coding: Span, turn: Span) -> bool:
    return turn.start <= coding.start < turn.end


def _print(found: dict[str, Any]) -> None:
    from annotations.turn_numbers import shown_number

    described = ("kind", "participant", "case", "site", "wave", "session", "date", "language")
    say(found["transcript"], "  ".join(f"{key}: {found[key]}" for key in described if found[key]))
    consents = (
        ("may be learnt from" if found["may_train"] else "may NOT be learnt from"),
        ("may be quoted" if found["may_quote"] else "may NOT be quoted"),
    )
    say(", ".join(consents), "")
    rows = [
        (
            shown_number(turn["turn"]),
            turn["speaker"],
            turn["text"] if len(turn["text"]) < 160 else turn["text"][:157] + " …",
            "\n".join(f"{c['coder']}: {c['code']}" for c in turn["codings"]),
        )
        for turn in found["turns"]
    ]
    table("", ("turn", "speaker", "words", "codings"), rows)
    for one in found["set_aside"]:
        say(
            "",
            f"Set aside on turn {shown_number(one['turn'])} ({one['user'] or 'unknown user'}): {one['why']}",
        )
