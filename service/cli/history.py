"""tandem history: every review of a passage, past ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.looking.history import History, Past
    from service.looking.text_versions import EarlierVersion

NAME = "history"
_SHOWN = 200


def command(
    span: Annotated[
        str,
        typer.Argument(
            metavar="SPAN",
            help="TRANSCRIPT:TURN (from 1, as in Label Studio) or TRANSCRIPT:START-END, such as CRK-01:4.",
        ),
    ],
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Show who judged a passage, when, under which condition, what was suggested then, and what they changed."""
    from service.composition import open_parts
    from service.looking.history import history

    with open_parts(chosen(study)) as parts:
        found = history(parts, span)
    if json:
        as_json(found.to_json())
        return
    _print(found)


def _print(found: History) -> None:
    say(_understood(found), f"Characters {found.span.start} to {found.span.end} of its text.")
    say(*(version_line(one) for one in found.earlier_versions), "")
    for coder, code in found.without_review:
        say(
            f"{coder} coded it as {code}; what else they read is not known, so this is no review (see tandem "
            f"import-codings --complete)."
        )
    if not found.reviews:
        asks = "An interviewer says it: it is context, and is not coded."
        say(asks if found.asks else "Nobody has reviewed this passage yet.")
        return
    rows = [
        (
            one.came.replace("T", " ")[:16],
            one.review.coder,
            f"{one.review.condition.value}, {one.review.draw.value}",
            "\n".join(one.codes) or "(nothing applies)",
            _changes(one),
            "\n".join([one.state, *_earlier(one)]),
        )
        for one in found.reviews
    ]
    table("", ("came", "coder", "condition, draw", "codes", "against what was suggested", "state"), rows)


def version_line(one: EarlierVersion) -> str:
    """An earlier version of a text, in a line."""
    more = "its words were erased" if one.erased else "tandem show ID --text --version N prints it"
    return f"Version {one.version} of the text was replaced on {one.replaced[:10]} ({more})."


def _earlier(one: Past) -> list[str]:
    """Where it stood in earlier versions of the text: what moved along is said once, what changed with its words."""
    from annotations.turn_numbers import first_words

    lines = []
    for place in one.earlier:
        if not place.words_changed:
            lines.append(f"moved along from version {place.version}")
            continue
        words = "(erased)" if place.text is None else f"“{first_words(place.text)}”"
        line = f"made on version {place.version}: {words}"
        if place.number is not None:
            line += f"; waits for a person (tandem settle, number {place.number})"
        elif place.settled:
            line += f"; {place.settled} by {place.settled_by}"
        lines.append(line)
    return lines


def _understood(found: History) -> str:
    from annotations.turn_numbers import first_words, passage_named

    words = first_words(found.text, most=_SHOWN)
    if found.turn is None:
        return f"The passage is in {found.transcript}: “{words}”"
    verb = "is" if found.whole_turn else "begins in"
    return f"The passage {verb} {passage_named(found.transcript, found.turn, words)}"


def _changes(one: Past) -> str:
    if one.suggested is None:
        return "nothing was shown"
    parts = (("accepted", one.accepted), ("rejected", one.rejected), ("added", one.added))
    lines = [f"{word}: {', '.join(codes)}" for word, codes in parts if codes]
    return "\n".join(lines or ["nothing was suggested"]) + f"\n(model {one.model})"
