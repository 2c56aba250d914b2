"""Reviews with their codings, in the store. They are only ever added; a change supersedes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection, Row, func, select

from annotations.coding import Coder, Coding, Condition, Draw, Review
from annotations.store.codebook_versions import codes_by_version
from annotations.store.coders import coder_names, keep_coder, keep_coders
from annotations.store.coding_rows import coding_in, coding_row, insert_codings
from annotations.store.loose_codings import LooseCoding, loose_coding
from annotations.store.tables import codings, retractions, review_sources, reviews, transcripts
from annotations.transcript import Span


def add_reviews(connection: Connection, reviews_given: Sequence[Review]) -> None:
    """Keep reviews with their codings, in the order given. Every review carries its id."""
    if not reviews_given:
        return
    ids = keep_coders(connection, (review.coder for review in reviews_given))
    connection.execute(reviews.insert(), [_review_row(review, ids[review.coder]) for review in reviews_given])
    insert_codings(
        connection,
        [
            coding_row(coding, review.transcript, ids[review.coder], review.condition, review.id)
            for review in reviews_given
            for coding in review.codings
        ],
    )
    sources = [{"review_id": r.id, "source_id": source} for r in reviews_given for source in r.sources]
    if sources:
        connection.execute(review_sources.insert(), sources)


def add_review_codings(connection: Connection, review: Review, codings_given: Iterable[Coding]) -> None:
    """Keep codings of a review that is there already."""
    coder_id = keep_coder(connection, Coder(review.coder))
    rows = [coding_row(c, review.transcript, coder_id, review.condition, review.id) for c in codings_given]
    insert_codings(connection, rows)


def current_reviews(connection: Connection, *, transcript: UUID | None = None) -> tuple[Review, ...]:
    """The reviews that nobody has superseded or taken back, with their codings, in the order in which they came."""
    return _current(connection, None if transcript is None else [transcript])


def reviews_among(connection: Connection, some: Collection[UUID]) -> dict[UUID, tuple[Review, ...]]:
    """The same of some transcripts (a few hundred at most), by transcript; those without any are left out."""
    by_transcript: dict[UUID, list[Review]] = {}
    for review in _current(connection, list(some)):
        by_transcript.setdefault(review.transcript, []).append(review)
    return {transcript: tuple(its) for transcript, its in by_transcript.items()}


def derived_reviews(connection: Connection) -> tuple[Review, ...]:
    """The current reviews that were agreed on or moderated, with their codings, in the order in which they came."""
    derived = [condition.value for condition in Condition if condition.derived]
    wanted = select(reviews).where(reviews.c.condition.in_(derived), reviews.c.id.not_in(past_reviews()))
    applied = select(codings).where(codings.c.review_id.is_not(None), codings.c.condition.in_(derived))
    rows = connection.execute(wanted.order_by(reviews.c.sequence)).all()
    return _reviews_in(connection, rows, connection.execute(applied.order_by(codings.c.sequence)))


def snapshot(
    connection: Connection, items: Collection[UUID]
) -> tuple[tuple[Review, ...], tuple[LooseCoding, ...]]:
    """The reviews and loose codings with these ids as they are kept, superseded or adopted since or not."""
    applied = connection.execute(select(codings).order_by(codings.c.sequence))
    its = [row for row in applied if row.id in items or row.review_id in items]
    names = coder_names(connection)
    loose = tuple(loose_coding(row, names) for row in its if row.id in items)
    rows = connection.execute(select(reviews).order_by(reviews.c.sequence))
    return _reviews_in(connection, [row for row in rows if row.id in items], its), loose


def newest_review(connection: Connection) -> datetime | None:
    """When the newest review came, None where there is none."""
    wanted = select(reviews.c.created).order_by(reviews.c.sequence.desc()).limit(1)
    return connection.execute(wanted).scalar()


def reviews_after(connection: Connection, sequence: int) -> int:
    """How many reviews have come since that one, of transcripts that may be learnt from; repeats teach nothing."""
    wanted = (
        select(func.count())
        .select_from(reviews)
        .join(transcripts, transcripts.c.id == reviews.c.transcript_id)
        .where(reviews.c.sequence > sequence, transcripts.c.may_train, reviews.c.draw != Draw.REPEAT.value)
    )
    return connection.execute(wanted).scalar_one()


def applied_codes(
    connection: Connection, among: Collection[UUID]
) -> Mapping[UUID, Mapping[Span, frozenset[str]]]:
    """The codes that anybody's current word puts on spans of these transcripts, and nothing else of them."""
    if not among:
        return {}
    current = codings.c.review_id.is_(None) | codings.c.review_id.not_in(past_reviews())
    wanted = select(codings.c.transcript_id, codings.c.code, codings.c.start, codings.c.end).where(current)
    if len(among) < 500:
        wanted = wanted.where(codings.c.transcript_id.in_(among))
    codes_on: dict[UUID, dict[Span, set[str]]] = {}
    for transcript, code, start, end in connection.execute(wanted):
        if transcript in among:
            codes_on.setdefault(transcript, {}).setdefault(Span(start, end), set()).add(code)
    return {
        transcript: {span: frozenset(codes) for span, codes in its.items()}
        for transcript, its in codes_on.items()
    }


def codes_given_in(connection: Connection, wave: str) -> set[str]:
    """The codes that anybody has given in the transcripts of a wave, also where they were taken back since."""
    wanted = select(codings.c.code).distinct().join(transcripts, transcripts.c.id == codings.c.transcript_id)
    return set(connection.execute(wanted.where(transcripts.c.wave == wave)).scalars())


def retract(connection: Connection, review: UUID, reason: str) -> None:
    """The coder has taken the review back: it stays on record and counts no more."""
    connection.execute(retractions.insert().values(review_id=review, reason=reason))


def reviews_over(
    connection: Connection, transcript: UUID, span: Span
) -> tuple[tuple[Review, datetime, str | None], ...]:
    """Every review that shares words with a span, past ones too: with when it came, and why it was taken back."""
    touching = (reviews.c.transcript_id == transcript) & (reviews.c.start < span.end)
    touching &= reviews.c.end > span.start
    wanted = (
        select(reviews, retractions.c.reason)
        .outerjoin(retractions, retractions.c.review_id == reviews.c.id)
        .where(touching)
        .order_by(reviews.c.sequence)
    )
    rows = connection.execute(wanted).all()
    own = select(codings).where(codings.c.transcript_id == transcript, codings.c.review_id.is_not(None))
    reviews_there = _reviews_in(connection, rows, connection.execute(own.order_by(codings.c.sequence)))
    return tuple((review, row.created, row.reason) for review, row in zip(reviews_there, rows, strict=True))


def count_reviews(connection: Connection) -> tuple[int, int]:
    """How many reviews there are, and how many codings."""
    return (
        connection.execute(select(func.count()).select_from(reviews)).scalar_one(),
        connection.execute(select(func.count()).select_from(codings)).scalar_one(),
    )


def count_reviews_of(connection: Connection) -> dict[UUID, tuple[int, int]]:
    """The same for each transcript of which there is any."""
    counts = [
        {row[0]: int(row[1]) for row in connection.execute(select(column, func.count()).group_by(column))}
        for column in (reviews.c.transcript_id, codings.c.transcript_id)
    ]
    return {
        transcript: (counts[0].get(transcript, 0), counts[1].get(transcript, 0))
        for transcript in counts[0].keys() | counts[1].keys()
    }


def past_reviews() -> CompoundSelect[Any]:
    """A question for the ids of the reviews that another supersedes, or that were taken back."""
    superseded = select(reviews.c.supersedes).where(reviews.c.supersedes.is_not(None))
    return superseded.union(select(retractions.c.review_id))


def _current(connection: Connection, among: Sequence[UUID] | None) -> tuple[Review, ...]:
    wanted = select(reviews).where(reviews.c.id.not_in(past_reviews())).order_by(reviews.c.sequence)
    applied = select(codings).where(codings.c.review_id.is_not(None)).order_by(codings.c.sequence)
    if among is not None:
        wanted = wanted.where(reviews.c.transcript_id.in_(among))
        applied = applied.where(codings.c.transcript_id.in_(among))
    return _reviews_in(connection, connection.execute(wanted).all(), connection.execute(applied), among)


def _reviews_in(
    connection: Connection,
    rows: Sequence[Row[Any]],
    applied: Iterable[Row[Any]],
    among: Sequence[UUID] | None = None,
) -> tuple[Review, ...]:
    """The reviews that these rows hold, with their codings out of ``applied`` and what they were made from.

    ``among``: the transcripts that all of them are of, None where they may be of any.
    """
    by_review: dict[UUID, list[Coding]] = {}
    for row in applied:
        if row.review_id is not None:
            by_review.setdefault(row.review_id, []).append(coding_in(row))
    names, offered, sources = (
        coder_names(connection),
        codes_by_version(connection),
        _sources(connection, among),
    )
    return tuple(
        replace(
            _review(row, names[row.coder_id], offered),
            codings=tuple(by_review.get(row.id, ())),
            sources=sources.get(row.id, ()),
        )
        for row in rows
    )


def _sources(connection: Connection, among: Sequence[UUID] | None) -> dict[UUID, tuple[UUID, ...]]:
    sources: dict[UUID, list[UUID]] = {}
    wanted = select(review_sources)
    if among is not None:
        wanted = wanted.join(reviews, reviews.c.id == review_sources.c.review_id)
        wanted = wanted.where(reviews.c.transcript_id.in_(among))
    for row in connection.execute(wanted):
        sources.setdefault(row.review_id, []).append(row.source_id)
    return {review: tuple(its) for review, its in sources.items()}


def _review_row(review: Review, coder: UUID) -> dict[str, Any]:
    return {
        "id": review.id,
        "transcript_id": review.transcript,
        "coder_id": coder,
        "start": review.span.start,
        "end": review.span.end,
        "condition": review.condition.value,
        "draw": review.draw.value,
        "codebook_version": review.codebook_version,
        "only": None if review.only is None else sorted(review.only),
        "origin": dict(review.origin),
        "shown_version": review.shown_version,
        "lead_time": review.lead_time,
        "supersedes": review.supersedes,
    }


def _review(row: Row[Any], coder: str, offered: Mapping[str, frozenset[str]]) -> Review:
    only = None if row.only is None else frozenset(row.only)
    return Review(
        transcript=row.transcript_id,
        coder=coder,
        span=Span(row.start, row.end),
        condition=Condition(row.condition),
        draw=Draw(row.draw),
        codebook_version=row.codebook_version,
        origin=row.origin,
        shown_version=row.shown_version,
        lead_time=row.lead_time,
        supersedes=row.supersedes,
        only=only,
        decides=offered[row.codebook_version] if only is None else only,
        id=row.id,
        sequence=row.sequence,
    )
