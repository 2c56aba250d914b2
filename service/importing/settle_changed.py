"""A person says what becomes of a review or coding whose words were corrected: it holds for the new words, or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection

from annotations.coding import Coding, Review
from annotations.errors import BadInput
from annotations.segment import carries
from annotations.store.loose_codings import add_loose_codings, loose_codings, take_into_review
from annotations.store.reviews import add_review_codings, add_reviews, reviews_over, snapshot
from annotations.store.transcript_versions import (
    DROPPED,
    KEPT,
    MovedPassage,
    open_passages,
    settle_passages,
    versions_of,
)
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span
from service.composition import Parts
from service.looking.changed_passages import changed_passages

_SETTLED = "settled"


def keep_changed(
    parts: Parts, kept: KeptTranscript, numbers: Collection[int], *, by: str, place: Span | None = None
) -> int:
    """These hold for the words as they read now, or for ``place``; returns how many there were. Raises BadInput.

    A review becomes a new one of the same coder, which supersedes it; the condition in which it was made stays.
    """
    with parts.store.writing() as connection:
        chosen = _chosen(connection, kept, numbers, by)
        where = {
            passage.number: Span(passage.start, passage.end)
            for passage in changed_passages(connection, parts.codebook, transcript=kept.id)
            if passage.start is not None and passage.end is not None
        }
        gone = [passage.number for passage in chosen if place is None and passage.number not in where]
        if gone:
            raise BadInput(
                f"nothing is left of the words of {', '.join(map(str, gone))} in {kept.transcript.name}. Say with --turn "
                f"which turn it holds for, or give --drop. Nothing was changed."
            )
        for passage in chosen:
            _keep(connection, kept, passage, place or (None if passage.now else where[passage.number]), by)
        settle_passages(connection, [passage.id for passage in chosen], KEPT, by=by)
    return len(chosen)


def drop_changed(parts: Parts, kept: KeptTranscript, numbers: Collection[int], *, by: str) -> int:
    """These hold no more, and stay on record as taken back; returns how many there were. Raises BadInput."""
    with parts.store.writing() as connection:
        chosen = _chosen(connection, kept, numbers, by)
        settle_passages(connection, [passage.id for passage in chosen], DROPPED, by=by)
    return len(chosen)


def _chosen(
    connection: Connection, kept: KeptTranscript, numbers: Collection[int], by: str
) -> list[MovedPassage]:
    if not by.strip():
        raise BadInput("--by is missing. Say who settles it; it is kept on record. Nothing was changed.")
    waiting = {passage.number: passage for passage in open_passages(connection, kept.id)}
    strange = [number for number in dict.fromkeys(numbers) if number not in waiting]
    if strange:
        known = f"There are {', '.join(map(str, waiting))}." if waiting else "Nothing waits there."
        raise BadInput(
            f"no coding of {kept.transcript.name} waits under number {', '.join(map(str, strange))}. {known} Nothing was "
            f"changed."
        )
    return [waiting[number] for number in dict.fromkeys(numbers)]


def _keep(
    connection: Connection, kept: KeptTranscript, passage: MovedPassage, place: Span | None, by: str
) -> None:
    """``place``: where it stands from now on; None: where the words between its neighbours are."""
    (review,), _ = snapshot(connection, {passage.review} if passage.review else set())
    placed = [replace(coding, span=place or coding.span) for coding in review.codings]
    if passage.coding is not None:
        add_loose_codings(connection, kept.id, review.coder, review.condition, placed)
        return
    _refuse_if_judged_anew(connection, kept, passage, review, place or review.span)
    new = replace(
        review,
        id=uuid4(),
        span=place or review.span,
        codings=(),
        supersedes=review.id,
        origin={**review.origin, "settled_by": by, _SETTLED: "kept when its words were corrected"},
    )
    add_reviews(connection, [new])
    add_review_codings(connection, new, _not_there_yet(connection, new, placed))


def _refuse_if_judged_anew(
    connection: Connection, kept: KeptTranscript, passage: MovedPassage, review: Review, span: Span
) -> None:
    """The newest word of a coder holds: what they said of the earlier words may not come after it."""
    since = {version.id: version.replaced for version in versions_of(connection, kept.id)}[passage.version]
    there = reviews_over(connection, kept.id, span)
    past = {other.supersedes for other, _, _ in there}
    for other, came, taken_back in there:
        if (
            (other.coder, other.condition.derived) == (review.coder, review.condition.derived)
            and other.id not in past
            and taken_back is None
            and came > since
            and _SETTLED not in other.origin
            and carries(span, other.span)
        ):
            raise BadInput(
                f"{review.coder} has judged the words of {passage.number} in {kept.transcript.name} since they were "
                f"corrected, and what was said before would take the place of that. It can only be let go: give --drop. "
                f"Nothing was changed."
            )


def _not_there_yet(connection: Connection, review: Review, placed: list[Coding]) -> list[Coding]:
    """Codings that had outlived the review are taken into the new one; returns the others."""
    loose = {
        (coding.coding.code, coding.coding.span): coding.id
        for coding in loose_codings(connection, transcript=review.transcript)
        if (coding.coder, coding.condition) == (review.coder, review.condition)
    }
    left = []
    for coding in placed:
        known = loose.get((coding.code, coding.span))
        if known is None:
            left.append(coding)
        else:
            take_into_review(connection, known, review)
    return left
