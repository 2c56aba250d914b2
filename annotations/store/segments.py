"""Segmentations and their segments, in the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, insert, select

from annotations.segment import Segment, Segmentation
from annotations.store.bulk_insert import insert_rows
from annotations.store.many_values import in_lots
from annotations.store.tables import segmentations, segments, transcripts
from annotations.transcript import Role, Span


def segment_id(transcript: UUID, segmentation: str, span: Span) -> UUID:
    """The same cut of the same transcript has the same id in every copy of the study."""
    return uuid5(transcript, f"{segmentation}/{span.start}/{span.end}")


def keep_segmentation(connection: Connection, segmentation: Segmentation) -> None:
    """Record how transcripts are cut, once."""
    version = segmentation.version
    known = select(segmentations.c.version).where(segmentations.c.version == version)
    if connection.execute(known).first() is None:
        connection.execute(
            insert(segmentations).values(
                version=version,
                unit=segmentation.unit,
                max_words=segmentation.max_words,
                pipeline=segmentation.pipeline,
            )
        )


def segmentation_of(connection: Connection, version: str) -> Segmentation:
    """How this version cuts transcripts."""
    row = connection.execute(select(segmentations).where(segmentations.c.version == version)).one()
    return Segmentation(row.unit, row.max_words, row.pipeline)


def not_yet_cut(connection: Connection, segmentation: str) -> tuple[UUID, ...]:
    """The transcripts that this segmentation has not cut yet."""
    cut = select(segments.c.transcript_id).where(segments.c.segmentation == segmentation)
    wanted = select(transcripts.c.id).where(transcripts.c.id.not_in(cut)).order_by(transcripts.c.sequence)
    return tuple(connection.execute(wanted).scalars())


def add_segments(connection: Connection, transcript: UUID, segmentation: str, cut: Sequence[Segment]) -> None:
    """Keep one transcript's segments."""
    rows = [
        {
            "id": segment_id(transcript, segmentation, segment.span),
            "transcript_id": transcript,
            "segmentation": segmentation,
            "index": segment.index,
            "turn": segment.turn,
            "speaker": segment.speaker,
            "role": segment.role.value,
            "start": segment.span.start,
            "end": segment.span.end,
        }
        for segment in cut
    ]
    if rows:
        insert_rows(connection, segments, rows)


def segments_of(
    connection: Connection, segmentation: str, *, transcript: UUID | None = None
) -> Mapping[UUID, tuple[Segment, ...]]:
    """Every transcript's segments (or those of one) under one segmentation, in order."""
    wanted = (
        select(segments)
        .where(segments.c.segmentation == segmentation)
        .order_by(segments.c.transcript_id, segments.c.index)
    )
    if transcript is not None:
        wanted = wanted.where(segments.c.transcript_id == transcript)
    by_transcript: dict[UUID, list[Segment]] = {}
    for row in connection.execute(wanted):
        by_transcript.setdefault(row.transcript_id, []).append(_segment(row))
    return {transcript: tuple(cut) for transcript, cut in by_transcript.items()}


def segments_in(
    connection: Connection, segmentation: str, some: Collection[UUID]
) -> Mapping[UUID, tuple[Segment, ...]]:
    """The segments of some transcripts (a few hundred at most) under one segmentation, in order."""
    wanted = select(segments).where(
        segments.c.transcript_id.in_(list(some)), segments.c.segmentation == segmentation
    )
    by_transcript: dict[UUID, list[Segment]] = {}
    for row in connection.execute(wanted.order_by(segments.c.transcript_id, segments.c.index)):
        by_transcript.setdefault(row.transcript_id, []).append(_segment(row))
    return {transcript: tuple(cut) for transcript, cut in by_transcript.items()}


def places_of(connection: Connection, segment_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, Span]]:
    """The transcript and span of each segment."""
    s = segments
    places: dict[UUID, tuple[UUID, Span]] = {}
    for some in in_lots(segment_ids):
        wanted = select(s.c.id, s.c.transcript_id, s.c.start, s.c.end).where(s.c.id.in_(some))
        for row in connection.execute(wanted):
            places[row.id] = (row.transcript_id, Span(row.start, row.end))
    return places


def _segment(row: Row[Any]) -> Segment:
    return Segment(
        index=row._mapping["index"],
        turn=row.turn,
        speaker=row.speaker,
        role=Role(row.role),
        span=Span(row.start, row.end),
        id=row.id,
    )
