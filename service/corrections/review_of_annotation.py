"""An annotation as a review: its codings, what was on the screen, and what Label Studio told of its making."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.coding import Coding, Review
from annotations.label_studio.annotation import Arrival
from annotations.label_studio.arrivals import CoderDecision, JudgedAnnotation
from annotations.store.annotation_reviews import Word
from annotations.store.pushed_tasks import OnScreen, PushedTask, shown_at, shown_first
from annotations.store.seen_annotations import Seen
from annotations.transcript import Span
from service.corrections.assisted_reviews import assisted_or_independent


def review_of(
    connection: Connection,
    row: Seen,
    told: JudgedAnnotation,
    task: PushedTask,
    place: tuple[UUID, Span],
    first: Word | None,
) -> Review:
    """The review that an annotation is now; ``first``: the one that it became before, if it did."""
    transcript, span = place
    arrival, decided = told.arrival, told.decision
    saw = arrival.saw_prediction
    if arrival.is_interview:
        # a suggestion elsewhere in the interview was none here
        saw = any(mark.origin.startswith("prediction") for mark in decided.marked)
    stood = None if row.key is None else shown_at(connection, row.project, row.key, arrival.opened)
    condition, shown = assisted_or_independent(connection, row, stood, first, saw=saw)
    boxes = _boxes(connection, row, stood, shown)
    return Review(
        transcript=transcript,
        coder=row.coder or "",
        span=span,
        codings=_codings(decided, span, arrival),
        condition=condition,
        draw=task.draw,
        origin=_origin(row, arrival, decided) | boxes,
        shown_version=shown,
        # of an interview it is the time for all of it
        lead_time=None if arrival.is_interview else arrival.lead_time,
    )


def _codings(decided: CoderDecision, span: Span, arrival: Arrival) -> tuple[Coding, ...]:
    """The codings of a decision: of the words that were marked, or of the passage as a whole."""
    if decided.marked:
        return tuple(
            Coding(code, mark.span, mark.influence, mark.concrete_example, mark.memo, arrival.changed)
            for mark in decided.marked
            for code in mark.codes
        )
    return tuple(
        Coding(
            code,
            span,
            influence=decided.influence,
            concrete_example=decided.concrete_example,
            memo=decided.memo,
            created=arrival.changed,
        )
        for code in decided.codes
    )


def _boxes(connection: Connection, row: Seen, stood: OnScreen | None, shown: UUID | None) -> dict[str, Any]:
    """The codes that stood before the coder, and those of them that came ticked; nothing where it was not kept."""
    if shown is None or row.key is None:
        return {}
    if stood is None or stood.model != shown:
        stood = shown_first(connection, row.project, row.key)
    if stood is None or stood.model != shown or stood.offered is None:
        return {}
    return {"offered": list(stood.offered), "ticked": list(stood.ticked or ())}


def _origin(row: Seen, arrival: Arrival, decided: CoderDecision) -> dict[str, Any]:
    if arrival.is_interview:
        kinds = Counter(mark.origin for mark in decided.marked)
    else:
        kinds = Counter(str(region.get("origin", "manual")) for region in arrival.result)
    origin: dict[str, Any] = {
        "source": "Label Studio",
        "task": row.task,
        "annotation": row.annotation,
        "changed": arrival.changed.isoformat(),
        "regions": dict(sorted(kinds.items())),
        "from_prediction": arrival.from_prediction,
    }
    if arrival.is_interview:
        origin["view"] = "interview"
        origin["interview_lead_time"] = arrival.lead_time
    if decided.marked:
        origin["marked"] = [
            {"start": mark.span.start, "end": mark.span.end, "codes": list(mark.codes), "origin": mark.origin}
            for mark in decided.marked
        ]
    if decided.reached:
        origin["reached"] = list(decided.reached)
    return origin | ({"memo": decided.memo} if decided.memo else {})
