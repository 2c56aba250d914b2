"""The earlier versions of a corrected text, and what became of reviews and codings when it was corrected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from annotations.store.many_values import in_lots
from annotations.store.tables import now, segments, transcript_versions, version_passages
from annotations.transcript import Role, Span, Turn

REPLACED = "replaced-"  # the segmentation of segments whose words stand no more
OPEN, KEPT, DROPPED = "open", "kept", "dropped"


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text of a transcript: which it was, counted from 1, and when another took its place.

    ``text``: None where its words were erased.
    """

    id: UUID
    transcript: UUID
    number: int
    text: str | None
    turns: tuple[Turn, ...]
    source: str
    replaced: datetime


@dataclass(frozen=True, slots=True)
class MovedPassage:
    """Where a review or coding stood in a version, and where it stands in the next.

    ``coding``: None for the review itself; ``review``: None for a coding of none. ``now``: None where nothing is left.
    ``settled``: None where nobody has to settle it. ``number``: what people call it; 0 before it is kept.
    """

    id: UUID
    version: UUID
    transcript: UUID
    coding: UUID | None
    review: UUID | None
    was: Span
    now: Span | None
    moved: bool
    settled: str | None
    settled_by: str | None = None
    settled_at: datetime | None = None
    number: int = 0


def words_stand() -> ColumnElement[bool]:
    """For a question about segments: only those whose words no corrected text has replaced."""
    return segments.c.segmentation.not_like(f"{REPLACED}%")


def versions_of(connection: Connection, transcript: UUID) -> tuple[Version, ...]:
    """The earlier versions of a transcript, oldest first."""
    v = transcript_versions
    rows = connection.execute(select(v).where(v.c.transcript_id == transcript).order_by(v.c.number))
    return tuple(_version(row) for row in rows)


def all_versions(connection: Connection) -> tuple[Version, ...]:
    """The earlier versions of all transcripts."""
    v = transcript_versions
    return tuple(_version(row) for row in connection.execute(select(v).order_by(v.c.sequence)))


def version_number(connection: Connection, transcript: UUID) -> int:
    """Which version of its text a transcript has by now, from 1."""
    v = transcript_versions
    wanted = select(func.count()).select_from(v).where(v.c.transcript_id == transcript)
    return int(connection.execute(wanted).scalar_one()) + 1


def add_version(
    connection: Connection, transcript: UUID, number: int, text: str, turns: Iterable[Turn], source: str
) -> UUID:
    """Keep the text whose place another takes now."""
    new = uuid4()
    connection.execute(
        transcript_versions.insert().values(
            id=new,
            transcript_id=transcript,
            number=number,
            text=text,
            turns=[_plain(turn) for turn in turns],
            source=source,
        )
    )
    return new


def add_passages(connection: Connection, passages_given: Sequence[MovedPassage]) -> None:
    """Keep what became of reviews and codings."""
    rows = [
        {
            "id": passage.id,
            "version_id": passage.version,
            "transcript_id": passage.transcript,
            "coding_id": passage.coding,
            "review_id": passage.review,
            "was_start": passage.was.start,
            "was_end": passage.was.end,
            "start": None if passage.now is None else passage.now.start,
            "end": None if passage.now is None else passage.now.end,
            "moved": passage.moved,
            "settled": passage.settled,
        }
        for passage in passages_given
    ]
    if rows:
        connection.execute(version_passages.insert(), rows)


def passages_of(connection: Connection, transcript: UUID) -> tuple[MovedPassage, ...]:
    """What became of the reviews and codings of a transcript, version by version."""
    p = version_passages
    wanted = select(p).where(p.c.transcript_id == transcript).order_by(p.c.sequence)
    return tuple(_passage(row) for row in connection.execute(wanted))


def open_passages(connection: Connection, transcript: UUID | None = None) -> tuple[MovedPassage, ...]:
    """What waits for a person, of one transcript or of all."""
    p = version_passages
    wanted = select(p).where(p.c.settled == OPEN).order_by(p.c.sequence)
    if transcript is not None:
        wanted = wanted.where(p.c.transcript_id == transcript)
    return tuple(_passage(row) for row in connection.execute(wanted))


def count_open(connection: Connection) -> dict[UUID, int]:
    """How many reviews and codings of each transcript wait for a person, since their words changed."""
    p = version_passages
    wanted = select(p.c.transcript_id, func.count()).where(p.c.settled == OPEN).group_by(p.c.transcript_id)
    return {row[0]: int(row[1]) for row in connection.execute(wanted)}


def move_open_passages(connection: Connection, places_by_passage: Mapping[UUID, Span | None]) -> None:
    """What waits for a person stands elsewhere now, since the text was corrected once more."""
    for passage, span in places_by_passage.items():
        place = {"start": None, "end": None} if span is None else {"start": span.start, "end": span.end}
        this = version_passages.c.id == passage
        connection.execute(update(version_passages).where(this).values(**place))


def settle_passages(connection: Connection, passage_ids: Collection[UUID], settled: str, *, by: str) -> None:
    """Somebody has said what becomes of these."""
    for some in in_lots(passage_ids):
        this = version_passages.c.id.in_(some)
        values = {"settled": settled, "settled_by": by, "settled_at": now()}
        connection.execute(update(version_passages).where(this).values(**values))


def replaced_segments(connection: Connection, among: Collection[UUID]) -> set[UUID]:
    """Those of these segments whose words stand in the text no more."""
    segment_ids: set[UUID] = set()
    for some in in_lots(among):
        wanted = select(segments.c.id).where(
            segments.c.id.in_(some), segments.c.segmentation.startswith(REPLACED)
        )
        segment_ids |= set(connection.execute(wanted).scalars())
    return segment_ids


def _version(row: Row[Any]) -> Version:
    turns = tuple(
        Turn(index, speaker, Role(role), Span(start, end), begins, ends)
        for index, speaker, role, start, end, begins, ends in row.turns or ()
    )
    return Version(row.id, row.transcript_id, row.number, row.text, turns, row.source, row.created)


def _plain(turn: Turn) -> list[Any]:
    return [
        turn.index,
        turn.speaker,
        turn.role.value,
        turn.span.start,
        turn.span.end,
        turn.begins,
        turn.ends,
    ]


def _passage(row: Row[Any]) -> MovedPassage:
    return MovedPassage(
        id=row.id,
        version=row.version_id,
        transcript=row.transcript_id,
        coding=row.coding_id,
        review=row.review_id,
        was=Span(row.was_start, row.was_end),
        now=None if row.start is None else Span(row.start, row.end),
        moved=row.moved,
        settled=row.settled,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        number=row.sequence,
    )
