"""How many passages of each transcript somebody has judged: counted anew only where something has changed."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from annotations.segment import judged, project
from annotations.store.many_values import in_lots
from annotations.store.reviews import past_reviews
from annotations.store.tables import codings, retractions, reviews, segments, transcripts
from annotations.transcript import Role, Span

# fewer than these are asked for by name
_FEW = 400


class JudgedCount(NamedTuple):
    """The passages to code of a transcript, and how many of them somebody has judged, for the whole codebook."""

    passages: int
    judged: int


class _Mark(NamedTuple):
    """What tells whether anything about a transcript's passages has changed. ``reviewed``: has anybody looked at it?"""

    reviewed: bool
    counted_from: object


class JudgedPassages:
    """Keeps the counts of each transcript with a mark of all that they were counted from. Safe among threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: dict[UUID, tuple[_Mark, JudgedCount]] = {}
        self._of_all: object = None

    def now(self, connection: Connection, segmentation: str) -> dict[UUID, JudgedCount]:
        """The counts of every transcript that this segmentation has cut."""
        of_all = _mark_of_all(connection, segmentation)
        with self._turn:
            if of_all == self._of_all:
                return {transcript: count for transcript, (_, count) in self._kept.items()}
            marks = _marks(connection, segmentation)
            stale = [
                transcript
                for transcript, mark in marks.items()
                if transcript not in self._kept or self._kept[transcript][0] != mark
            ]
            if stale:
                # what nobody has looked at, most of a large study, the database counts by itself
                read = [transcript for transcript in stale if marks[transcript].reviewed]
                counts = _to_code(connection, segmentation, stale) if len(read) < len(stale) else {}
                counts |= counted_passages(connection, segmentation, read) if read else {}
                for transcript in stale:
                    self._kept[transcript] = (marks[transcript], counts.get(transcript, JudgedCount(0, 0)))
            for gone in self._kept.keys() - marks.keys():
                del self._kept[gone]
            self._of_all = of_all
            return {transcript: self._kept[transcript][1] for transcript in marks}


def counted_passages(
    connection: Connection, segmentation: str, only: Collection[UUID] | None = None
) -> dict[UUID, JudgedCount]:
    """The counts as things stand; ``only``: of these transcripts.

    As ``labels.labels_of`` has it: each coder's reviews under one condition and codebook are projected together, and a
    passage that carries a code of theirs is judged too.
    """
    s, r, c = segments.c, reviews.c, codings.c
    numbers = {
        row.sequence: row.id for row in connection.execute(select(transcripts.c.sequence, transcripts.c.id))
    }
    t = transcripts.c.sequence
    current = (r.id.not_in(past_reviews()), r.only.is_(None))
    of_segments = select(t, s.start, s.end, s.role).join(transcripts, transcripts.c.id == s.transcript_id)
    of_segments = of_segments.where(s.segmentation == segmentation)
    key = (t, r.coder_id, r.condition, r.codebook_version)
    of_reviews = select(*key, r.start, r.end).join(transcripts, transcripts.c.id == r.transcript_id)
    of_codings = select(*key, c.start, c.end).join(reviews, r.id == c.review_id)
    of_codings = of_codings.join(transcripts, transcripts.c.id == r.transcript_id)
    cut: dict[int, list[Any]] = {}
    for row in _rows(connection, of_segments.order_by(t, s.index), s.transcript_id, only):
        cut.setdefault(row[0], []).append(row)
    seen = _by_pass(_rows(connection, of_reviews.where(*current).order_by(*key), r.transcript_id, only))
    carried = _by_pass(_rows(connection, of_codings.where(*current).order_by(*key), r.transcript_id, only))
    positions: dict[int, set[int]] = {}
    spans = {at: [Span(row[1], row[2]) for row in its] for at, its in cut.items()}
    for transcript_and_coder, its in seen.items():
        if transcript_and_coder[0] in spans:
            positions.setdefault(transcript_and_coder[0], set()).update(
                judged(spans[transcript_and_coder[0]], its)
            )
    for transcript_and_coder, its in carried.items():
        if transcript_and_coder[0] in spans and transcript_and_coder in seen:
            for places in project(spans[transcript_and_coder[0]], {span: span for span in its}).values():
                positions.setdefault(transcript_and_coder[0], set()).update(places)
    coded = {role.value for role in Role if role.is_coded}
    counts = {}
    for at, rows in cut.items():
        units = {n for n, row in enumerate(rows) if row[3] in coded}
        counts[numbers[at]] = JudgedCount(len(units), len(units & positions.get(at, set())))
    return counts


def _to_code(connection: Connection, segmentation: str, only: Collection[UUID]) -> dict[UUID, JudgedCount]:
    """The passages to code of each transcript, as if nobody had judged any."""
    s = segments.c
    roles = s.role.in_([role.value for role in Role if role.is_coded])
    wanted = select(s.transcript_id, func.count()).where(s.segmentation == segmentation, roles)
    if len(only) <= _FEW:
        wanted = wanted.where(s.transcript_id.in_(list(only)))
    return {row[0]: JudgedCount(row[1], 0) for row in connection.execute(wanted.group_by(s.transcript_id))}


def _rows(
    connection: Connection, wanted: Select[Any], column: Any, only: Collection[UUID] | None
) -> Iterable[Any]:
    if only is None:
        return connection.execute(wanted).all()
    return [row for some in in_lots(only) for row in connection.execute(wanted.where(column.in_(some))).all()]


def _by_pass(rows: Iterable[Any]) -> dict[tuple[Any, ...], list[Span]]:
    return {
        key: [Span(row[-2], row[-1]) for row in its]
        for key, its in groupby(rows, key=lambda row: tuple(row[:-2]))
    }


def _mark_of_all(connection: Connection, segmentation: str) -> object:
    """What tells whether anything has changed at all; indexes alone answer it.

    What comes in has a higher number than all before it, and what only goes makes fewer rows.
    """
    cut = select(func.count()).select_from(segments).where(segments.c.segmentation == segmentation)
    counts = [cut, select(func.count(codings.c.review_id))]
    for table in (reviews, codings, retractions):
        counts += [select(func.count()).select_from(table), select(func.max(table.c.sequence))]
    texts = connection.execute(select(transcripts.c.id, transcripts.c.text_hash))
    return (
        segmentation,
        frozenset(tuple(row) for row in texts),
        *(connection.execute(count).scalar() for count in counts),
    )


def _marks(connection: Connection, segmentation: str) -> dict[UUID, _Mark]:
    """For each transcript that is cut, what tells whether anything about its passages has changed."""
    s, r, c = segments.c, reviews.c, codings.c
    number = func.count()

    def per(column: Any, *more: Any, joined: Any = None) -> dict[UUID, Any]:
        wanted = select(column, number, *more).group_by(column)
        if joined is not None:
            wanted = wanted.select_from(joined)
        return {row[0]: tuple(row[1:]) for row in connection.execute(wanted)}

    cut = select(s.transcript_id, number).where(s.segmentation == segmentation).group_by(s.transcript_id)
    texts = {
        row.id: row.text_hash for row in connection.execute(select(transcripts.c.id, transcripts.c.text_hash))
    }
    of_reviews = per(r.transcript_id, func.max(r.sequence))
    of_codings = per(c.transcript_id, func.max(c.sequence), func.count(c.review_id))
    taken = per(r.transcript_id, joined=retractions.join(reviews, r.id == retractions.c.review_id))
    return {
        transcript: _Mark(
            transcript in of_reviews,
            (
                count,
                texts.get(transcript),
                of_reviews.get(transcript),
                of_codings.get(transcript),
                taken.get(transcript),
                segmentation,
            ),
        )
        for transcript, count in connection.execute(cut)
    }
