"""tandem trace: what a suggestion rests on, and what rests on a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.noted import note
from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from service.looking.trace_results import TracedReview, TracedSuggestion

NAME = "trace"


def command(
    suggestion: Annotated[
        str | None,
        typer.Argument(
            metavar="[SUGGESTION]",
            help='TRANSCRIPT:TURN:CODE, as "tandem suggestions" lists them (JKG-01:4:Cost; turns count from 1, as in Label '
            "Studio), or SEGMENT-ID:CODE.",
        ),
    ] = None,
    review: Annotated[
        str | None,
        typer.Option("--review", metavar="ID", help="The other way: which versions learnt from this review."),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="V", help="Of this model version, not the serving one.")
    ] = None,
    study: StudyOption = None,
    json: JsonOption = False,
) -> None:
    """Walk from a suggestion to its model, run, reviews and codebook; or from a review to what learnt from it."""
    from annotations.errors import BadInput
    from service.audit import Did
    from service.composition import open_parts
    from service.looking.trace import HOW, trace_review, trace_suggestion
    from service.looking.trace_results import TracedSuggestion

    if (suggestion is None) == (review is None):
        raise BadInput(f"give a suggestion, or --review ID. {HOW}")
    with open_parts(chosen(study)) as parts:
        if suggestion is not None:
            traced: TracedSuggestion | TracedReview = trace_suggestion(parts, suggestion, version=version)
            note(parts, Did.SAW_PASSAGES, suggestion)
        else:
            traced = trace_review(parts, review or "")
    if json:
        as_json(traced.to_json())
    elif isinstance(traced, TracedSuggestion):
        _show_suggestion(traced)
    else:
        _show_review(traced)


def _show_suggestion(traced: TracedSuggestion) -> None:
    from annotations.numbers_shown import counted
    from annotations.turn_numbers import passage_named, shown_number
    from service.cli.models import show_chain

    suggestion, reviews, codebook = traced.suggestion, traced.reviews, traced.codebook
    cold = traced.model.kind == "cold start"
    what = "rank" if cold else "probability"
    no_probability = (
        " (it knows only the codebook's words, so this ranks passages and is no probability)" if cold else ""
    )
    verb = "suggests" if suggestion.suggested else "does not suggest"
    say(
        f"The passage is {passage_named(suggestion.transcript, suggestion.turn, suggestion.first_words)}",
        f"{traced.model.version} {verb} {suggestion.code} there (segment {suggestion.segment}): {what} "
        f"{suggestion.probability:.2f}, threshold {suggestion.threshold:.2f}{no_probability}.",
    )
    if suggestion.sentence:
        say(f"Carried by: “{suggestion.sentence.text}”")
    if suggestion.evidence:
        shown = "; ".join(
            f"{e.transcript}, turn {shown_number(e.turn)} ({e.similarity:.2f})" for e in suggestion.evidence
        )
        say(f"Nearest passages that people coded so: {shown}.")
    say("", "The model:")
    show_chain(traced.model)
    judged = f"; {reviews.judged_by} more only measured it" if reviews.judged_by else ""
    say(
        "",
        f"It learnt from {counted(reviews.learnt, 'review or coding', 'reviews and codings')}{judged}. "
        f"{'Some' if reviews.of_this_transcript else 'None'} of them are of this transcript.",
    )
    if reviews.gone:
        say(f"{reviews.gone} of them are no longer here.")
    rows = [(row.coder, row.condition, row.purpose, row.count) for row in reviews.by]
    table("", ("coder", "condition", "for", "reviews"), rows, numbers=1)
    present = "the present one" if codebook.present else "not the present one"
    say("", f"The codebook version {codebook.version} is {present}; there, {codebook.code} means:")
    say(f"  {codebook.definition or '(no definition)'}")
    say("", "Every review's id: --json. What learnt from one of them: tandem trace --review ID")


def _show_review(traced: TracedReview) -> None:
    review = traced.review
    codes = ", ".join(review.codes) or "nothing applies"
    say(f"Review {review.id}: {review.coder} on {review.transcript} ({review.condition}): {codes}.")
    if not traced.versions:
        say("No model has learnt from it.")
        return
    did = {"learn": "learnt from it", "judge": "was measured by it, and did not learn from it"}
    rows = [
        (version.version, did[version.purpose], "yes" if version.serves else "no", version.run_id)
        for version in traced.versions
    ]
    table("", ("version", "what", "serves", "MLflow run"), rows)
