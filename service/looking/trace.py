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
    model_by_id,
    serving_history,
    versions_with,
)
from annotations.store.reviews import snapshot
from annotations.store.segments import segments_of
from annotations.store.suggestions import suggestions_of
from annotations.store.transcripts import Kept, all_transcripts, get_transcript
from annotations.turn_numbers import first_words, shown_number, turn_typed
from service.composition import Parts
from service.looking.hidden import LEFT_OUT, Hidden

HOW = (
    'A suggestion is named TRANSCRIPT:TURN:CODE (as "tandem suggestions" lists them; turns count from 1, as in Label '
    "Studio), or SEGMENT-ID:CODE."
)


def trace_suggestion(parts: Parts, name: str, *, version: str | None) -> dict[str, Any]:
    """What a suggestion rests on. Raises BadInput for a name that names none, TandemError if nothing was suggested, or is
    still hidden."""
    with parts.store.reading() as connection:
        model = _version(connection, version)
        kept, segment, code = _place(connection, parts, name, model)
        if Hidden.now(connection).hides(kept.id, segment.span):
            raise TandemError(f"{_place_of(kept, segment)} is {LEFT_OUT}.")
        found = suggestions_of(connection, model).get(_id(segment))
        if found is None:
            raise TandemError(
                f'{model.version} has said nothing of {_place_of(kept, segment)}. Run "tandem precode", or name '
                f"another version with --version."
            )
        suggestion = next((one for one in found.one_by_one(model) if one.code == code.id), None)
        if suggestion is None:
            why = model.too_few.get(code.id, {}).get("reason", "it was not in the codebook then")
            raise TandemError(f"{model.version} does not judge {parts.codebook.label(code.id)}: {why}.")
        return {
            "suggestion": _suggestion(parts, connection, model, kept, segment, suggestion),
            "model": model_chain(parts, connection, model),
            "reviews": _reviews(connection, model, kept.id),
            "codebook": {
                "version": model.codebook_version,
                "present": model.codebook_version == parts.codebook.version,
                "code": code.path,
                "definition": code.definition,
            },
        }


def trace_review(parts: Parts, name: str) -> dict[str, Any]:
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
        return {
            "review": {
                "id": str(item),
                "transcript": names[review.transcript if review else loose[0][2]],
                "coder": review.coder if review else loose[0][1],
                "condition": (review.condition if review else loose[0][3]).value,
                "codes": [one.code for one in review.codings] if review else [loose[0][4].code],
            },
            "versions": [
                {
                    "version": model.version,
                    "purpose": purpose,
                    "run_id": model.run_id,
                    "serves": serving is not None and serving.model.id == model.id,
                }
                for model, purpose in versions_with(connection, item)
            ],
        }


def model_chain(parts: Parts, connection: Connection, model: ModelVersion) -> dict[str, Any]:
    """A version with all that it was made of, and when it served."""
    parent = None if model.parent is None else model_by_id(connection, model.parent)
    served = [one for one in serving_history(connection) if one.model.id == model.id]
    overall = model.figures.get("overall") or {}
    return {
        "version": model.version,
        "kind": model.kind,
        "created": model.created.isoformat() if model.created else None,
        "verdict": model.verdict,
        "reason": model.reason,
        "comparison": model.comparison,
        "served": [
            {"since": one.created.isoformat(), "how": one.verdict, "why": one.reason, "by": one.by}
            for one in reversed(served)
        ],
        "parent": parent.version if parent else None,
        "run_id": model.run_id,
        "mlflow": parts.settings.tracking_uri or f"sqlite:///{parts.study.tracking_file}",
        "recipe": model.recipe,
        "embedder": model.embedder,
        "segmentation": model.segmentation,
        "codebook_version": model.codebook_version,
        "sha256": model.sha256,
        "files": str(parts.study.models_folder / model.folder),
        "reviews": model.reviews,
        "reviews_hash": model.reviews_hash,
        "codes": sum(cut is not None for cut in model.thresholds.values()),
        "measured_on": model.figures.get("measured_on"),
        "overall": {
            key: overall.get(key)
            for key in (
                "micro_f1",
                "kappa",
                "kappa_interval",
                "kappa_interval_reason",
                "few_transcripts",
                "groups",
            )
        },
    }


def _suggestion(
    parts: Parts,
    connection: Connection,
    model: ModelVersion,
    kept: Kept,
    segment: Segment,
    found: Suggestion,
) -> dict[str, Any]:
    return {
        "transcript": kept.transcript.name,
        "turn": segment.turn,
        "start": segment.span.start,
        "end": segment.span.end,
        "first_words": first_words(segment.span.of(kept.transcript.text)),
        "segment": str(segment.id),
        "code": parts.codebook.label(found.code) if found.code in parts.codebook.by_id else found.code,
        "code_id": found.code,
        "probability": round(found.probability, 4),
        "threshold": round(found.threshold, 4),
        "suggested": found.suggested,
        "evidence": _evidence(connection, model.segmentation, found.evidence),
    }


def _evidence(connection: Connection, segmentation: str, found: Sequence[Evidence]) -> list[dict[str, Any]]:
    wanted = {one.segment: one.similarity for one in found}
    names = {kept.id: kept.transcript.name for kept in all_transcripts(connection)} if wanted else {}
    places = [
        {
            "transcript": names.get(transcript, ""),
            "turn": one.turn,
            "segment": str(one.id),
            "similarity": round(wanted[_id(one)], 4),
        }
        for transcript, cut in (segments_of(connection, segmentation).items() if wanted else ())
        for one in cut
        if one.id in wanted
    ]
    return sorted(places, key=lambda one: -float(str(one["similarity"])))


def _reviews(connection: Connection, model: ModelVersion, transcript: UUID) -> dict[str, Any]:
    """The snapshot that a version learnt from, counted, with every id."""
    items = learnt_items(connection, model.id)
    reviews, loose = snapshot(connection, items.keys())
    counted = Counter((review.coder, review.condition.value, items[_of(review.id)]) for review in reviews)
    counted.update((one[1], f"{one[3].value}, loose", items[one[0]]) for one in loose)
    own = any(review.transcript == transcript and items[_of(review.id)] == "learn" for review in reviews)
    return {
        "hash": model.reviews_hash,
        "learnt": sum(purpose == "learn" for purpose in items.values()),
        "judged_by": sum(purpose == "judge" for purpose in items.values()),
        "gone": len(items) - len(reviews) - len(loose),
        "of_this_transcript": own,
        "by": [
            {"coder": coder, "condition": condition, "purpose": purpose, "count": count}
            for (coder, condition, purpose), count in sorted(counted.items())
        ],
        "ids": [str(item) for item in items],
    }


def _version(connection: Connection, version: str | None) -> ModelVersion:
    if version is not None:
        return get_model(connection, version)
    serving = champion(connection)
    if serving is None:
        raise TandemError('no model has been trained yet. Run "tandem train" first.')
    return serving.model


def _place(
    connection: Connection, parts: Parts, name: str, model: ModelVersion
) -> tuple[Kept, Segment, Code]:
    first, _, rest = name.partition(":")
    segments = segments_of(connection, model.segmentation)
    try:
        wanted = UUID(first)
    except ValueError:
        return _by_turn(connection, parts, name, segments)
    for kept in all_transcripts(connection):
        for one in segments.get(kept.id, ()):
            if one.id == wanted:
                return kept, one, parts.codebook.resolve(rest)
    raise BadInput(f'no segment of {model.version} has the id "{first}". {HOW}')


def _by_turn(connection: Connection, parts: Parts, name: str, segments: Any) -> tuple[Kept, Segment, Code]:
    # a transcript's name may hold colons, so the longest known name that fits is meant
    fits = [
        kept
        for kept in all_transcripts(connection)
        if folded(name).startswith(f"{folded(kept.transcript.name)}:")
    ]
    if not fits:
        get_transcript(connection, name.split(":")[0])
    kept = max(fits, key=lambda one: len(one.transcript.name), default=None)
    # not by its length: a name may be spelt in more characters than it was imported with
    rest = name.split(":", kept.transcript.name.count(":") + 1)[-1] if kept else ""
    turn, _, code = rest.partition(":")
    if kept is None or not turn.strip().isdigit() or not code:
        raise BadInput(f'"{name}" names no suggestion. {HOW}')
    index = turn_typed(turn)
    here = [one for one in segments.get(kept.id, ()) if one.turn == index]
    if not here:
        raise BadInput(f"{kept.transcript.name} has no segment in turn {shown_number(index)}. {HOW}")
    if len(here) > 1:
        ids = ", ".join(str(one.id) for one in here[:4])
        raise BadInput(f"{_place_of(kept, here[0])} has several segments; give one's id: {ids}.")
    return kept, here[0], parts.codebook.resolve(code)


def _place_of(kept: Kept, segment: Segment) -> str:
    return f"turn {shown_number(segment.turn)} of {kept.transcript.name}"


def _id(segment: Segment) -> UUID:
    return _of(segment.id)


def _of(given: UUID | None) -> UUID:
    if given is None:
        raise ValueError("what comes from the store has its id")
    return given
