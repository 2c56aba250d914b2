"""From a suggestion to everything that it rests on, and from a review to everything that rests on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Code
from annotations.coding import Evidence, Suggestion
from annotations.errors import BadInput, TandemError
from annotations.names import folded
from annotations.segment import Segment
from annotations.store.model_versions import (
    ModelVersion,
    champion,
    get_model,
    learnt_items,
    versions_with,
)
from annotations.store.reviews import snapshot
from annotations.store.segments import segments_of
from annotations.store.suggestions import suggestions_on
from annotations.store.transcripts import KeptTranscript, all_transcripts, get_transcript
from annotations.transcript import Span
from annotations.turn_numbers import first_words, shown_number, turn_typed
from service.composition import Parts
from service.looking.hidden_spans import LEFT_OUT, Hidden
from service.looking.model_chain import model_chain
from service.looking.trace_results import (
    CodeThen,
    CountedReviews,
    LearntFrom,
    Precedent,
    ReviewOrCoding,
    Sentence,
    Taught,
    TracedReview,
    TracedSuggestion,
    WhatIsSuggested,
)

HOW = (
    'A suggestion is named TRANSCRIPT:TURN:CODE (as "tandem suggestions" lists them; turns count from 1, as in Label '
    "Studio), or SEGMENT-ID:CODE."
)


def trace_suggestion(parts: Parts, name: str, *, version: str | None) -> TracedSuggestion:
    """What a suggestion rests on. Raises BadInput for a name that names none, TandemError if nothing was suggested, or is
    still hidden."""
    with parts.store.reading() as connection:
        model = _version(connection, version)
        kept, segment, code = _place(connection, parts, name, model)
        if not segment.role.is_coded:
            raise BadInput(
                f"{_place_of(kept, segment)} is an interviewer's. Suggestions are made for what participants say; see who "
                f'speaks with "tandem show {kept.transcript.name}".'
            )
        if Hidden.now(connection, transcript=kept.id).hides(kept.id, segment.span):
            raise TandemError(f"{_place_of(kept, segment)} is {LEFT_OUT}.")
        suggestions = suggestions_on(connection, model, [_id(segment)]).get(_id(segment))
        if suggestions is None:
            raise TandemError(
                f'{model.version} has said nothing of {_place_of(kept, segment)}. Run "tandem precode", or name '
                f"another version with --version."
            )
        suggestion = next(
            (
                suggestion_there
                for suggestion_there in suggestions.one_by_one(model)
                if suggestion_there.code == code.id
            ),
            None,
        )
        if suggestion is None:
            why = model.too_few.get(code.id, {}).get("reason", "it was not in the codebook then")
            raise TandemError(f"{model.version} does not judge {parts.codebook.label(code.id)}: {why}.")
        return TracedSuggestion(
            suggestion=_suggestion(parts, connection, model, kept, segment, suggestion),
            model=model_chain(parts, connection, model),
            reviews=_reviews(connection, model, kept.id),
            codebook=CodeThen(
                version=model.codebook_version,
                present=model.codebook_version == parts.codebook.version,
                code=code.path,
                definition=code.definition,
            ),
        )


def trace_review(parts: Parts, name: str) -> TracedReview:
    """The versions that learnt from a review (or loose coding), or were measured by it."""
    try:
        item = UUID(name)
    except ValueError as error:
        raise BadInput(f'--review "{name}" is no id. Ids look like 7f0c1b52-….') from error
    with parts.store.reading() as connection:
        reviews, loose = snapshot(connection, {item})
        if not reviews and not loose:
            raise BadInput(f"no review or coding has the id {item}.")
        names = {kept.id: kept.transcript.name for kept in all_transcripts(connection)}
        serving = champion(connection)
        review = reviews[0] if reviews else None
        return TracedReview(
            ReviewOrCoding(
                id=str(item),
                transcript=names[review.transcript if review else loose[0].transcript],
                coder=review.coder if review else loose[0].coder,
                condition=(review.condition if review else loose[0].condition).value,
                codes=tuple(coding.code for coding in review.codings) if review else (loose[0].coding.code,),
            ),
            tuple(
                Taught(
                    model.version, purpose, model.run_id, serving is not None and serving.model.id == model.id
                )
                for model, purpose in versions_with(connection, item)
            ),
        )


def _suggestion(
    parts: Parts,
    connection: Connection,
    model: ModelVersion,
    kept: KeptTranscript,
    segment: Segment,
    suggestion: Suggestion,
) -> WhatIsSuggested:
    return WhatIsSuggested(
        transcript=kept.transcript.name,
        turn=segment.turn,
        start=segment.span.start,
        end=segment.span.end,
        first_words=first_words(segment.span.of(kept.transcript.text)),
        segment=str(segment.id),
        code=parts.codebook.label(suggestion.code)
        if suggestion.code in parts.codebook.by_id
        else suggestion.code,
        code_id=suggestion.code,
        probability=round(suggestion.probability, 4),
        threshold=round(suggestion.threshold, 4),
        suggested=suggestion.suggested,
        sentence=None if (its := suggestion.sentence) is None else _sentence(its, kept.transcript.text),
        evidence=_evidence(connection, model.segmentation, suggestion.evidence),
    )


def _sentence(span: Span, text: str) -> Sentence:
    return Sentence(span.start, span.end, span.of(text))


def _evidence(
    connection: Connection, segmentation: str, evidence: Sequence[Evidence]
) -> tuple[Precedent, ...]:
    wanted = {evidence_there.segment: evidence_there.similarity for evidence_there in evidence}
    names = {kept.id: kept.transcript.name for kept in all_transcripts(connection)} if wanted else {}
    places = [
        Precedent(names.get(transcript, ""), segment.turn, str(segment.id), round(wanted[_id(segment)], 4))
        for transcript, cut in (segments_of(connection, segmentation).items() if wanted else ())
        for segment in cut
        if segment.id in wanted
    ]
    return tuple(sorted(places, key=lambda place: -place.similarity))


def _reviews(connection: Connection, model: ModelVersion, transcript: UUID) -> LearntFrom:
    """The snapshot that a version learnt from, counted, with every id."""
    items = learnt_items(connection, model.id)
    reviews, loose = snapshot(connection, items.keys())
    counted = Counter((review.coder, review.condition.value, items[_of(review.id)]) for review in reviews)
    counted.update(
        (loose_coding[1], f"{loose_coding[3].value}, loose", items[loose_coding[0]]) for loose_coding in loose
    )
    own = any(review.transcript == transcript and items[_of(review.id)] == "learn" for review in reviews)
    return LearntFrom(
        hash=model.reviews_hash,
        learnt=sum(purpose == "learn" for purpose in items.values()),
        judged_by=sum(purpose == "judge" for purpose in items.values()),
        gone=len(items) - len(reviews) - len(loose),
        of_this_transcript=own,
        by=tuple(
            CountedReviews(coder, condition, purpose, count)
            for (coder, condition, purpose), count in sorted(counted.items())
        ),
        ids=tuple(str(item) for item in items),
    )


def _version(connection: Connection, version: str | None) -> ModelVersion:
    if version is not None:
        return get_model(connection, version)
    serving = champion(connection)
    if serving is None:
        raise TandemError('no model has been trained yet. Run "tandem train" first.')
    return serving.model


def _place(
    connection: Connection, parts: Parts, name: str, model: ModelVersion
) -> tuple[KeptTranscript, Segment, Code]:
    first, _, rest = name.partition(":")
    segments = segments_of(connection, model.segmentation)
    try:
        wanted = UUID(first)
    except ValueError:
        return _by_turn(connection, parts, name, segments)
    for kept in all_transcripts(connection):
        for segment in segments.get(kept.id, ()):
            if segment.id == wanted:
                return kept, segment, parts.codebook.resolve(rest)
    raise BadInput(f'no segment of {model.version} has the id "{first}". {HOW}')


def _by_turn(
    connection: Connection, parts: Parts, name: str, segments: Any
) -> tuple[KeptTranscript, Segment, Code]:
    # a transcript's name may hold colons, so the longest known name that fits is meant
    fits = [
        kept
        for kept in all_transcripts(connection)
        if folded(name).startswith(f"{folded(kept.transcript.name)}:")
    ]
    if not fits:
        get_transcript(connection, name.split(":")[0])
    kept = max(fits, key=lambda fit: len(fit.transcript.name), default=None)
    # not by its length: a name may be spelt in more characters than it was imported with
    rest = name.split(":", kept.transcript.name.count(":") + 1)[-1] if kept else ""
    turn, _, code = rest.partition(":")
    if kept is None or not turn.strip().isdigit() or not code:
        raise BadInput(f'"{name}" names no suggestion. {HOW}')
    index = turn_typed(turn)
    here = [segment for segment in segments.get(kept.id, ()) if segment.turn == index]
    if not here:
        raise BadInput(f"{kept.transcript.name} has no segment in turn {shown_number(index)}. {HOW}")
    if len(here) > 1:
        ids = ", ".join(str(segment.id) for segment in here[:4])
        raise BadInput(f"{_place_of(kept, here[0])} has several segments; give one's id: {ids}.")
    return kept, here[0], parts.codebook.resolve(code)


def _place_of(kept: KeptTranscript, segment: Segment) -> str:
    return f"turn {shown_number(segment.turn)} of {kept.transcript.name}"


def _id(segment: Segment) -> UUID:
    return _of(segment.id)


def _of(given: UUID | None) -> UUID:
    if given is None:
        raise ValueError("what comes from the store has its id")
    return given
