"""Coders, reviews and codings, in the store. Reviews are only ever added; a change supersedes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CompoundSelect, Connection, Row, Select, Text, cast, func, select

from annotations.codebook.codes import Codebook
from annotations.coding import Coder, Coding, Condition, Draw, Review
from annotations.names import folded
from annotations.store.tables import (
    codebook_versions,
    coders,
    codings,
    retractions,
    review_sources,
    reviews,
    transcripts,
)
from annotations.transcript import Span


def keep_codebook(connection: Connection, codebook: Codebook) -> str:
    """Record this version of the codebook, once, and return its version."""
    known = select(codebook_versions.c.version).where(codebook_versions.c.version == codebook.version)
    if connection.execute(known).first() is None:
        values = {"version": codebook.version, "content": codebook.content()}
        connection.execute(codebook_versions.insert().values(**values))
    return codebook.version


def codebook_content(connection: Connection, version: str) -> Mapping[str, Any]:
    """What this version of the codebook said, as plain data; every version that a review names is kept."""
    wanted = select(codebook_versions.c.content).where(codebook_versions.c.version == version)
    found: Mapping[str, Any] = connection.execute(wanted).scalar_one()
    return found


@lru_cache(maxsize=256)
def _codes_in(text: str) -> frozenset[str]:
    """The codes that could be applied in a codebook, from its content as text (a version is never changed)."""
    found: set[str] = set()
    todo = [code for framework in json.loads(text)["frameworks"] for code in framework["codes"]]
    while todo:
        code = todo.pop()
        if code.get("applicable", True):
            found.add(code["id"])
        todo += code.get("codes", [])
    return frozenset(found)


def _codes_by_version(connection: Connection) -> Mapping[str, frozenset[str]]:
    wanted = select(codebook_versions.c.version, cast(codebook_versions.c.content, Text).label("content"))
    return {row.version: _codes_in(row.content) for row in connection.execute(wanted)}


def keep_coder(connection: Connection, coder: Coder) -> UUID:
    """The id under which a coder is known, making it if the name is new."""
    known = select(coders.c.id).where(coders.c.name_key == folded(coder.name))
    found = connection.execute(known).scalar()
    if found is not None:
        return UUID(str(found))
    new = uuid4()
    values = {"id": new, "name": coder.name, "name_key": folded(coder.name), "kind": coder.kind}
    connection.execute(coders.insert().values(**values))
    return new


def coder_names(connection: Connection) -> Mapping[UUID, str]:
    """The people who have coded, by id, in the order in which they came."""
    wanted = select(coders.c.id, coders.c.name).where(coders.c.kind == "person").order_by(coders.c.sequence)
    return {row.id: row.name for row in connection.execute(wanted)}


def add_reviews(connection: Connection, found: Sequence[Review]) -> None:
    """Keep reviews with their codings, in the order given. Every review carries its id."""
    ids = {name: keep_coder(connection, Coder(name)) for name in dict.fromkeys(r.coder for r in found)}
    if not found:
        return
    connection.execute(reviews.insert(), [_review_row(review, ids[review.coder]) for review in found])
    _insert(
        connection,
        [
            _coding_row(coding, review.transcript, ids[review.coder], review.condition, review.id)
            for review in found
            for coding in review.codings
        ],
    )
    sources = [{"review_id": r.id, "source_id": source} for r in found for source in r.sources]
    if sources:
        connection.execute(review_sources.insert(), sources)


def add_loose_codings(
    connection: Connection, transcript: UUID, coder: str, condition: Condition, found: Iterable[Coding]
) -> None:
    """Keep codings of which nobody knows what else their coder looked at."""
    coder_id = keep_coder(connection, Coder(coder))
    _insert(connection, [_coding_row(c, transcript, coder_id, condition, None) for c in found])


def add_review_codings(connection: Connection, review: Review, found: Iterable[Coding]) -> None:
    """Keep codings of a review that is there already."""
    coder_id = keep_coder(connection, Coder(review.coder))
    rows = [_coding_row(c, review.transcript, coder_id, review.condition, review.id) for c in found]
    _insert(connection, rows)


def adopt_loose_codings(connection: Connection, review: Review) -> tuple[Coding, ...]:
    """Move loose codings of the same coder, span and code into the review; returns the codings still to add."""
    coder_id = keep_coder(connection, Coder(review.coder))
    loose = select(codings.c.id, codings.c.code).where(
        codings.c.review_id.is_(None),
        codings.c.transcript_id == review.transcript,
        codings.c.coder_id == coder_id,
        codings.c.condition == review.condition.value,
        codings.c.start == review.span.start,
        codings.c.end == review.span.end,
    )
    wanted = {coding.code: coding for coding in review.codings}
    for row in connection.execute(loose).all():
        newer = wanted.pop(row.code, None)
        if newer is not None:
            said: dict[str, Any] = {"review_id": review.id, "concrete_example": newer.concrete_example}
            said |= {"memo": newer.memo} if newer.memo else {}
            said |= {"influence": newer.influence} if newer.influence else {}
            connection.execute(codings.update().where(codings.c.id == row.id).values(**said))
    return tuple(wanted.values())


def current_reviews(connection: Connection, *, transcript: UUID | None = None) -> tuple[Review, ...]:
    """The reviews that nobody has superseded or taken back, with their codings, in the order in which they came."""
    wanted = select(reviews).where(reviews.c.id.not_in(_past())).order_by(reviews.c.sequence)
    applied = select(codings).where(codings.c.review_id.is_not(None)).order_by(codings.c.sequence)
    if transcript is not None:
        wanted = wanted.where(reviews.c.transcript_id == transcript)
        applied = applied.where(codings.c.transcript_id == transcript)
    by_review: dict[UUID, list[Coding]] = {}
    for row in connection.execute(applied):
        by_review.setdefault(row.review_id, []).append(_coding(row))
    names, offered = coder_names(connection), _codes_by_version(connection)
    sources = _sources(connection)
    return tuple(
        replace(
            _review(row, names[row.coder_id], offered),
            codings=tuple(by_review.get(row.id, ())),
            sources=sources.get(row.id, ()),
        )
        for row in connection.execute(wanted)
    )


def loose_codings(
    connection: Connection, *, transcript: UUID | None = None
) -> tuple[tuple[UUID, str, UUID, Condition, Coding], ...]:
    """Codings that belong to no review: their id, coder, transcript, condition and the coding."""
    names = coder_names(connection)
    wanted: Select[Any] = select(codings).where(codings.c.review_id.is_(None)).order_by(codings.c.sequence)
    if transcript is not None:
        wanted = wanted.where(codings.c.transcript_id == transcript)
    return tuple(
        (row.id, names[row.coder_id], row.transcript_id, Condition(row.condition), _coding(row))
        for row in connection.execute(wanted)
    )


def coders_of(connection: Connection, found: Collection[UUID]) -> Mapping[UUID, str]:
    """Who made each of these reviews, superseded ones included."""
    if not found:
        return {}
    wanted = select(reviews.c.id, coders.c.name).join(coders, coders.c.id == reviews.c.coder_id)
    return {row.id: row.name for row in connection.execute(wanted) if row.id in found}


def snapshot(
    connection: Connection, items: Collection[UUID]
) -> tuple[tuple[Review, ...], tuple[tuple[UUID, str, UUID, Condition, Coding], ...]]:
    """The reviews and loose codings with these ids as they are kept, superseded or adopted since or not."""
    by_review: dict[UUID, list[Coding]] = {}
    loose = []
    names, offered = coder_names(connection), _codes_by_version(connection)
    for row in connection.execute(select(codings).order_by(codings.c.sequence)):
        if row.review_id in items:
            by_review.setdefault(row.review_id, []).append(_coding(row))
        if row.id in items:
            condition = Condition(row.condition)
            loose.append((row.id, names[row.coder_id], row.transcript_id, condition, _coding(row)))
    sources = _sources(connection)
    found = tuple(
        replace(
            _review(row, names[row.coder_id], offered),
            codings=tuple(by_review.get(row.id, ())),
            sources=sources.get(row.id, ()),
        )
        for row in connection.execute(select(reviews).order_by(reviews.c.sequence))
        if row.id in items
    )
    return found, tuple(loose)


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
    current = codings.c.review_id.is_(None) | codings.c.review_id.not_in(_past())
    wanted = select(codings.c.transcript_id, codings.c.code, codings.c.start, codings.c.end).where(current)
    if len(among) < 500:
        wanted = wanted.where(codings.c.transcript_id.in_(among))
    found: dict[UUID, dict[Span, set[str]]] = {}
    for transcript, code, start, end in connection.execute(wanted):
        if transcript in among:
            found.setdefault(transcript, {}).setdefault(Span(start, end), set()).add(code)
    return {
        transcript: {span: frozenset(codes) for span, codes in its.items()}
        for transcript, its in found.items()
    }


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
    applied: dict[UUID, list[Coding]] = {}
    own = select(codings).where(codings.c.transcript_id == transcript, codings.c.review_id.is_not(None))
    for row in connection.execute(own.order_by(codings.c.sequence)):
        applied.setdefault(row.review_id, []).append(_coding(row))
    names, sources = coder_names(connection), _sources(connection)
    offered = _codes_by_version(connection)
    return tuple(
        (
            replace(
                _review(row, names[row.coder_id], offered),
                codings=tuple(applied.get(row.id, ())),
                sources=sources.get(row.id, ()),
            ),
            row.created,
            row.reason,
        )
        for row in rows
    )


def count_reviews(connection: Connection) -> tuple[int, int]:
    """How many reviews there are, and how many codings."""
    return (
        connection.execute(select(func.count()).select_from(reviews)).scalar_one(),
        connection.execute(select(func.count()).select_from(codings)).scalar_one(),
    )


def _past() -> CompoundSelect[Any]:
    """The ids of the reviews that another supersedes, or that were taken back."""
    superseded = select(reviews.c.supersedes).where(reviews.c.supersedes.is_not(None))
    return superseded.union(select(retractions.c.review_id))


def _sources(connection: Connection) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, list[UUID]] = {}
    for row in connection.execute(select(review_sources)):
        found.setdefault(row.review_id, []).append(row.source_id)
    return {review: tuple(its) for review, its in found.items()}


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(codings.insert(), rows)


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


def _coding_row(
    coding: Coding, transcript: UUID, coder: UUID, condition: Condition, review: UUID | None
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "review_id": review,
        "transcript_id": transcript,
        "coder_id": coder,
        "code": coding.code,
        "start": coding.span.start,
        "end": coding.span.end,
        "condition": condition.value,
        "influence": coding.influence,
        "concrete_example": coding.concrete_example,
        "memo": coding.memo,
        "applied": coding.created,
    }


def _coding(row: Row[Any]) -> Coding:
    return Coding(
        code=row.code,
        span=Span(row.start, row.end),
        influence=row.influence,
        concrete_example=row.concrete_example,
        memo=row.memo,
        created=row.applied,
    )


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
