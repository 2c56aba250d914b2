"""Every review of a passage: who, when, under which condition, what was suggested then, and what they made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Review
from annotations.errors import BadInput
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import reviews_over
from annotations.store.transcripts import Kept, get_transcript
from annotations.transcript import Span, Turn
from annotations.turn_numbers import shown_number, turn_typed
from service.composition import Parts
from service.looking.suggested_then import suggested_then
from service.looking.text_versions import earlier_places, text_versions


@dataclass(frozen=True, slots=True)
class Past:
    """A review that stands or stood, when it came, and what became of it."""

    review: Review
    came: datetime
    state: str
    suggested: frozenset[str] | None
    model: str | None

    @property
    def codes(self) -> frozenset[str]:
        """What its coder applied."""
        return self.review.codes

    def to_json(self, codebook: Codebook, zone: ZoneInfo) -> dict[str, Any]:
        """As plain data; accepted, rejected and added are derived here, where something had been suggested.

        ``suggested``: what came ticked; ``offered``: what stood there as a box without a tick (None: not on record).
        ``added`` holds what was not ticked, so also what was taken of the offered.
        """

        def labels(codes: frozenset[str]) -> list[str]:
            return [codebook.label(code) if code in codebook.by_id else code for code in sorted(codes)]

        review, shown = self.review, self.suggested
        ticked, offered = (_kept_codes(review, name) for name in ("ticked", "offered"))
        if ticked is not None:
            shown = ticked  # what came filled in, and not all that the model thinks likely
        only_offered = None if ticked is None or offered is None else offered - ticked
        return {
            "review": str(review.id),
            "coder": review.coder,
            "came": self.came.astimezone(zone).isoformat(timespec="seconds"),
            "start": review.span.start,
            "end": review.span.end,
            "condition": review.condition.value,
            "draw": review.draw.value,
            "state": self.state,
            "codes": labels(self.codes),
            "memo": "\n".join(dict.fromkeys(c.memo for c in review.codings if c.memo))
            or str(review.origin.get("memo", "")),
            "model_version": self.model,
            "suggested": None if shown is None else labels(shown),
            "accepted": None if shown is None else labels(shown & self.codes),
            "rejected": None if shown is None else labels(shown - self.codes),
            "added": None if shown is None else labels(self.codes - shown),
            "offered": None if only_offered is None else labels(only_offered),
            "offered_and_taken": None if only_offered is None else labels(only_offered & self.codes),
            "offered_not_taken": None if only_offered is None else labels(only_offered - self.codes),
            "lead_time": review.lead_time,
            "supersedes": None if review.supersedes is None else str(review.supersedes),
        }


def _kept_codes(review: Review, name: str) -> frozenset[str] | None:
    kept = review.origin.get(name)
    return frozenset(map(str, kept)) if isinstance(kept, list | tuple) else None


def history(parts: Parts, given: str) -> dict[str, Any]:
    """The history of a span, given as TRANSCRIPT:TURN (as people count, from 1) or TRANSCRIPT:START-END.

    ``turn`` of what comes back, from 0, is the one that the span begins in (None: in none), and ``whole_turn`` says
    whether the span is all of it. Raises BadInput.
    """
    with parts.store.reading() as connection:
        kept, span = passage_typed(connection, given)
        past = _past(connection, kept.id, span)
        places = earlier_places(connection, kept.id)
        versions = text_versions(connection, kept, ZoneInfo(parts.study.config.time_zone))
        loose = [
            (one.coder, one.coding.code)
            for one in loose_codings(connection, transcript=kept.id)
            if one.coding.span.start < span.end and span.start < one.coding.span.end
        ]
    zone = ZoneInfo(parts.study.config.time_zone)
    turn = _turn_at(kept.transcript.turns, span)
    return {
        "transcript": kept.transcript.name,
        "turn": None if turn is None else turn.index,
        "whole_turn": turn is not None and turn.span == span,
        "start": span.start,
        "end": span.end,
        "text": span.of(kept.transcript.text),
        "version": len(versions) + 1,
        "earlier_versions": versions,
        "asks": turn is not None and not turn.role.is_coded,
        "codings_without_review": [
            {"coder": coder, "code": parts.codebook.label(code)} for coder, code in loose
        ],
        "reviews": [
            one.to_json(parts.codebook, zone)
            | {"earlier": places.get(one.review.id, []) if one.review.id else []}
            for one in past
        ],
    }


def passage_typed(connection: Connection, given: str) -> tuple[Kept, Span]:
    """The passage that a person typed, as TRANSCRIPT:TURN (from 1) or TRANSCRIPT:START-END. Raises BadInput."""
    name, colon, place = given.rpartition(":")
    turn = re.fullmatch(r"\d+", place)
    offsets = re.fullmatch(r"(\d+)-(\d+)", place)
    if not colon or not (turn or offsets):
        raise BadInput(
            f'"{given}" is no passage. Give TRANSCRIPT:TURN (the number that Label Studio and "tandem show" print, '
            f"from 1) or TRANSCRIPT:START-END (characters), such as CRK-01:4 or CRK-01:120-180."
        )
    kept = get_transcript(connection, name)
    if turn:
        index = turn_typed(place)
        found = next((one for one in kept.transcript.turns if one.index == index), None)
        if found is None:
            raise BadInput(_no_turn(kept, index))
        return kept, found.span
    start, end = map(int, place.split("-"))
    if not start < end <= len(kept.transcript.text):
        raise BadInput(
            f"{kept.transcript.name} has no passage {place}: give a start below the end, and an end of "
            f"{len(kept.transcript.text)} at most."
        )
    return kept, Span(start, end)


def _no_turn(kept: Kept, index: int) -> str:
    name, last = kept.transcript.name, max((one.index for one in kept.transcript.turns), default=-1)
    if index < last:
        return f"nobody says anything in turn {shown_number(index)} of {name}, so nobody has judged it."
    has = f"its turns are 1 to {shown_number(last)}" if last >= 0 else "it has no turns"
    return f"{name} has no turn {shown_number(index)}; {has}."


def _turn_at(turns: Sequence[Turn], span: Span) -> Turn | None:
    """The turn that a span begins in."""
    return next((one for one in turns if one.span.start <= span.start < one.span.end), None)


def _past(connection: Connection, transcript: UUID, span: Span) -> list[Past]:
    found = reviews_over(connection, transcript, span)
    superseded = {review.supersedes for review, _, _ in found if review.supersedes}
    shown = suggested_then(connection, [review for review, _, _ in found])
    past = []
    for review, came, taken_back in found:
        state = "stands"
        if taken_back is not None:
            state = f"taken back: {taken_back}"
        elif review.id in superseded:
            state = "superseded"
        then = shown.get(review.id) if review.id else None
        past.append(Past(review, came, state, then.codes if then else None, then.model if then else None))
    return past
