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
        past = history(parts, span)
    if json:
        as_json(past.to_json())
        return
    _print(past)


def _print(past: History) -> None:
    say(_understood(past), f"Characters {past.span.start} to {past.span.end} of its text.")
    say(*(version_line(earlier) for earlier in past.earlier_versions), "")
    for coder, code in past.without_review:
        say(
            f"{coder} coded it as {code}; what else they read is not known, so this is no review (see tandem "
            f"import-codings --complete)."
        )
    if not past.reviews:
        asks = "An interviewer says it: it is context, and is not coded."
        say(asks if past.asks else "Nobody has reviewed this passage yet.")
        return
    rows = [
        (
            review.came.replace("T", " ")[:16],
            review.review.coder,
            f"{review.review.condition.value}, {review.review.draw.value}",
            "\n".join(review.codes) or "(nothing applies)",
            _changes(review),
            "\n".join([review.state, *_earlier(review)]),
        )
        for review in past.reviews
    ]
    table("", ("came", "coder", "condition, draw", "codes", "against what was suggested", "state"), rows)


def version_line(version: EarlierVersion) -> str:
    """An earlier version of a text, in a line."""
    more = "its words were erased" if version.erased else "tandem show ID --text --version N prints it"
    return f"Version {version.version} of the text was replaced on {version.replaced[:10]} ({more})."


def _earlier(review: Past) -> list[str]:
    """Where it stood in earlier versions of the text: what moved along is said once, what changed with its words."""
    from annotations.turn_numbers import first_words

    lines = []
    for place in review.earlier:
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


def _understood(past: History) -> str:
    from annotations.turn_numbers import first_words, passage_named

    words = first_words(past.text, most=_SHOWN)
    if past.turn is None:
        return f"The passage is in {past.transcript}: “{words}”"
    verb = "is" if past.whole_turn else "begins in"
    return f"The passage {verb} {passage_named(past.transcript, past.turn, words)}"


def _changes(review: Past) -> str:
    if review.suggested is None:
        return "nothing was shown"
    parts = (("accepted", review.accepted), ("rejected", review.rejected), ("added", review.added))
    lines = [f"{word}: {', '.join(codes)}" for word, codes in parts if codes]
    return "\n".join(lines or ["nothing was suggested"]) + f"\n(model {review.model})"
