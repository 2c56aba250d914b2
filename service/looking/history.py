"""Every review of a passage: who, when, under which condition, what was suggested then, and what they made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Review
from annotations.errors import BadInput
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import reviews_over
from annotations.store.transcripts import KeptTranscript, get_transcript
from annotations.transcript import Span, Turn
from annotations.turn_numbers import shown_number, turn_typed
from service.composition import Parts
from service.looking.suggested_then import suggested_then
from service.looking.text_versions import (
    EarlierPlace,
    EarlierVersion,
    earlier_places,
    text_versions,
)

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A review that stands or stood, when it came, and what became of it; codes by their names.

    ``suggested``: what came ticked; ``offered``: what stood there as a box without a tick (None: not on record).
    ``accepted``, ``rejected`` and ``added`` are derived, where something had been suggested; ``added`` holds what was not
    ticked, so also what was taken of the offered. ``earlier``: where it stood in earlier versions of the text.
    """

    review: Review
    came: str
    state: str
    codes: Names
    memo: str
    model: str | None
    suggested: Names | None
    accepted: Names | None
    rejected: Names | None
    added: Names | None
    offered: Names | None
    offered_and_taken: Names | None
    offered_not_taken: Names | None
    earlier: tuple[EarlierPlace, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""

        def listed(codes: Names | None) -> list[str] | None:
            return None if codes is None else list(codes)

        review = self.review
        return {
            "review": str(review.id),
            "coder": review.coder,
            "came": self.came,
            "start": review.span.start,
            "end": review.span.end,
            "condition": review.condition.value,
            "draw": review.draw.value,
            "state": self.state,
            "codes": list(self.codes),
            # the words that were coded, which may be a part of the passage or reach beyond it
            "codings": [
                {"code_id": coding.code, "start": coding.span.start, "end": coding.span.end}
                for coding in review.codings
            ],
            "memo": self.memo,
            "model_version": self.model,
            "suggested": listed(self.suggested),
            "accepted": listed(self.accepted),
            "rejected": listed(self.rejected),
            "added": listed(self.added),
            "offered": listed(self.offered),
            "offered_and_taken": listed(self.offered_and_taken),
            "offered_not_taken": listed(self.offered_not_taken),
            "lead_time": review.lead_time,
            "supersedes": None if review.supersedes is None else str(review.supersedes),
            "earlier": [earlier_version.to_json() for earlier_version in self.earlier],
        }


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a passage. ``turn``, from 0, is the one that it begins in (None: in none), ``whole_turn``: is the
    span all of it? ``version``: which version of the text this is. ``without_review``: coder and code of codings of which
    nobody knows what else was read. ``asks``: does an interviewer say it?
    """

    transcript: str
    turn: int | None
    whole_turn: bool
    span: Span
    text: str
    version: int
    earlier_versions: tuple[EarlierVersion, ...]
    asks: bool
    without_review: tuple[tuple[str, str], ...]
    reviews: tuple[Past, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "transcript": self.transcript,
            "turn": self.turn,
            "whole_turn": self.whole_turn,
            "start": self.span.start,
            "end": self.span.end,
            "text": self.text,
            "version": self.version,
            "earlier_versions": [version.to_json() for version in self.earlier_versions],
            "asks": self.asks,
            "codings_without_review": [{"coder": coder, "code": code} for coder, code in self.without_review],
            "reviews": [past.to_json() for past in self.reviews],
        }


def _kept_codes(review: Review, name: str) -> frozenset[str] | None:
    kept = review.origin.get(name)
    return frozenset(map(str, kept)) if isinstance(kept, list | tuple) else None


def history(parts: Parts, given: str) -> History:
    """The history of a span, given as TRANSCRIPT:TURN (as people count, from 1) or TRANSCRIPT:START-END. Raises BadInput."""
    zone = ZoneInfo(parts.study.config.time_zone)
    with parts.store.reading() as connection:
        kept, span = passage_typed(connection, given)
        past = _past(connection, kept.id, span, parts.codebook, zone)
        versions = text_versions(connection, kept, zone)
        loose = [
            (coding.coder, parts.codebook.label(coding.coding.code))
            for coding in loose_codings(connection, transcript=kept.id)
            if coding.coding.span.start < span.end and span.start < coding.coding.span.end
        ]
    turn = _turn_at(kept.transcript.turns, span)
    return History(
        transcript=kept.transcript.name,
        turn=None if turn is None else turn.index,
        whole_turn=turn is not None and turn.span == span,
        span=span,
        text=span.of(kept.transcript.text),
        version=len(versions) + 1,
        earlier_versions=versions,
        asks=turn is not None and not turn.role.is_coded,
        without_review=tuple(loose),
        reviews=tuple(past),
    )


def passage_typed(connection: Connection, given: str) -> tuple[KeptTranscript, Span]:
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
        the_turn = next((turn for turn in kept.transcript.turns if turn.index == index), None)
        if the_turn is None:
            raise BadInput(_no_turn(kept, index))
        return kept, the_turn.span
    start, end = map(int, place.split("-"))
    if not start < end <= len(kept.transcript.text):
        raise BadInput(
            f"{kept.transcript.name} has no passage {place}: give a start below the end, and an end of "
            f"{len(kept.transcript.text)} at most."
        )
    return kept, Span(start, end)


def _no_turn(kept: KeptTranscript, index: int) -> str:
    name, last = kept.transcript.name, max((turn.index for turn in kept.transcript.turns), default=-1)
    if index < last:
        return f"nobody says anything in turn {shown_number(index)} of {name}, so nobody has judged it."
    has = f"its turns are 1 to {shown_number(last)}" if last >= 0 else "it has no turns"
    return f"{name} has no turn {shown_number(index)}; {has}."


def _turn_at(turns: Sequence[Turn], span: Span) -> Turn | None:
    """The turn that a span begins in."""
    return next((turn for turn in turns if turn.span.start <= span.start < turn.span.end), None)


def _past(
    connection: Connection, transcript: UUID, span: Span, codebook: Codebook, zone: ZoneInfo
) -> list[Past]:
    reviews = reviews_over(connection, transcript, span)
    superseded = {review.supersedes for review, _, _ in reviews if review.supersedes}
    shown = suggested_then(connection, [review for review, _, _ in reviews])
    places = earlier_places(connection, transcript)
    past = []
    for review, came, taken_back in reviews:
        state = "stands"
        if taken_back is not None:
            state = f"taken back: {taken_back}"
        elif review.id in superseded:
            state = "superseded"
        then = shown.get(review.id) if review.id else None
        made = _made(review, then.codes if then else None, codebook)
        past.append(
            replace(
                made,
                came=came.astimezone(zone).isoformat(timespec="seconds"),
                state=state,
                model=then.model if then else None,
                earlier=tuple(places.get(review.id, ())) if review.id else (),
            )
        )
    return past


def _made(review: Review, suggested: frozenset[str] | None, codebook: Codebook) -> Past:
    """What a review made of what had been suggested."""

    def labels(codes: frozenset[str]) -> Names:
        return tuple(codebook.label(code) if code in codebook.by_id else code for code in sorted(codes))

    codes, shown = review.codes, suggested
    ticked, offered = (_kept_codes(review, name) for name in ("ticked", "offered"))
    if ticked is not None:
        shown = ticked  # what came filled in, and not all that the model thinks likely
    only_offered = None if ticked is None or offered is None else offered - ticked
    memos = "\n".join(dict.fromkeys(coding.memo for coding in review.codings if coding.memo))
    return Past(
        review=review,
        came="",
        state="",
        codes=labels(codes),
        memo=memos or str(review.origin.get("memo", "")),
        model=None,
        suggested=None if shown is None else labels(shown),
        accepted=None if shown is None else labels(shown & codes),
        rejected=None if shown is None else labels(shown - codes),
        added=None if shown is None else labels(codes - shown),
        offered=None if only_offered is None else labels(only_offered),
        offered_and_taken=None if only_offered is None else labels(only_offered & codes),
        offered_not_taken=None if only_offered is None else labels(only_offered - codes),
    )
