"""Suggestions, packed: one row per segment and model version."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, select

from annotations.arrays import Bools
from annotations.coding import Evidence, Suggestion
from annotations.store.bulk_insert import insert_rows
from annotations.store.many_values import in_lots
from annotations.store.model_versions import ModelVersion
from annotations.store.packed_segments import AT_ONCE, as_kept, packed_ids
from annotations.store.tables import now, segments, suggestions, transcripts
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a model version says of one segment.

    ``probabilities``: in the order of the version's codes, calibrated; ``suggested``: the codes put
    before a coder; ``evidence``: for those, the nearest passages that people coded so. ``sentences``: for those, the
    sentence of the segment that carries each, as a span of the transcript; None where nobody has looked for them yet,
    and a code is missing where no sentence stands out (the segment is one sentence).
    """

    segment: UUID
    probabilities: Sequence[float]
    suggested: tuple[str, ...]
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    sentences: Mapping[str, Span] | None = None

    def one_by_one(self, model: ModelVersion) -> Iterator[Suggestion]:
        """Every code the model judges, as a suggestion of its own."""
        for code, probability in zip(model.codes, self.probabilities, strict=True):
            threshold = model.thresholds.get(code)
            if threshold is None:
                continue
            yield Suggestion(
                segment=self.segment,
                code=code,
                probability=probability,
                threshold=threshold,
                suggested=code in self.suggested,
                model_version=model.version,
                evidence=self.evidence.get(code, ()),
                sentence=(self.sentences or {}).get(code),
            )


def add_suggestions(connection: Connection, model: UUID, suggested: Iterable[Suggested]) -> None:
    """Keep what a model version says of some segments."""
    names: dict[UUID, str] = {}  # the same few passages are evidence again and again
    created = now()
    rows = [
        {
            "segment_id": suggestion.segment,
            "model_id": model,
            "probabilities": struct.pack(f"<{len(suggestion.probabilities)}f", *suggestion.probabilities),
            "suggested": list(suggestion.suggested),
            "evidence": _evidence(suggestion, names) if suggestion.evidence else {},
            "sentences": None
            if suggestion.sentences is None
            else _packed(suggestion.suggested, suggestion.sentences),
            "created": created,
        }
        for suggestion in suggested
    ]
    insert_rows(connection, suggestions, rows)


def _evidence(suggestion: Suggested, names: dict[UUID, str]) -> dict[str, list[list[Any]]]:
    """As it is kept: by code, and each passage by its id. ``names``: the ids that were written out so far."""
    kept: dict[str, list[list[Any]]] = {}
    for code, its in suggestion.evidence.items():
        kept[code] = its_kept = []
        for evidence in its:
            name = names.get(evidence.segment)
            if name is None:
                name = names[evidence.segment] = str(evidence.segment)
            its_kept.append([name, round(evidence.similarity, 4)])
    return kept


def without_sentences(connection: Connection, model: UUID) -> Mapping[UUID, tuple[str, ...]]:
    """The segments of which this version has spoken without its carrying sentences on record, and the codes there."""
    wanted = select(suggestions.c.segment_id, suggestions.c.suggested).where(
        suggestions.c.model_id == model, suggestions.c.sentences.is_(None)
    )
    return {row.segment_id: tuple(row.suggested) for row in connection.execute(wanted)}


def keep_sentences(
    connection: Connection,
    model: UUID,
    sentences_by_segment: Mapping[UUID, tuple[Sequence[str], Mapping[str, Span]]],
) -> None:
    """Put carrying sentences on record: for each segment the codes that are suggested there, and their sentences."""
    for segment, (codes, sentences) in sentences_by_segment.items():
        this = (suggestions.c.segment_id == segment) & (suggestions.c.model_id == model)
        connection.execute(suggestions.update().where(this).values(sentences=_packed(codes, sentences)))


def segments_with_suggestions(connection: Connection, model: UUID) -> set[UUID]:
    """The segments of which this model version has said something."""
    wanted = select(suggestions.c.segment_id).where(suggestions.c.model_id == model)
    return set(connection.execute(wanted).scalars())


def spoken_of_among(connection: Connection, model: UUID, segment_ids: NDArray[np.void]) -> Bools:
    """Of which of these segments this model version has spoken. ``segment_ids``: the bytes of their ids, shape (n,)."""
    wanted = select(as_kept(connection, suggestions.c.segment_id)).where(suggestions.c.model_id == model)
    parts = connection.execute(wanted.execution_options(yield_per=AT_ONCE)).scalars().partitions()
    there = np.concatenate([packed_ids(()), *map(packed_ids, parts)])
    # a million ids are compared as bytes: as objects they would take several hundred megabytes
    return np.isin(segment_ids.view("S16"), there.view("S16"))


def suggested_in_wave(
    connection: Connection, model: UUID, segmentation: str, wave: str
) -> Mapping[UUID, tuple[UUID, ...]]:
    """The segments of a wave of which this model version has spoken, by transcript, both in their order."""
    wanted = (
        select(segments.c.transcript_id, segments.c.id)
        .join(suggestions, suggestions.c.segment_id == segments.c.id)
        .join(transcripts, transcripts.c.id == segments.c.transcript_id)
        .where(
            suggestions.c.model_id == model,
            segments.c.segmentation == segmentation,
            transcripts.c.wave == wave,
        )
        .order_by(transcripts.c.sequence, segments.c.index)
    )
    segments_by_transcript: dict[UUID, list[UUID]] = {}
    for transcript, segment in connection.execute(wanted):
        segments_by_transcript.setdefault(transcript, []).append(segment)
    return {transcript: tuple(its) for transcript, its in segments_by_transcript.items()}


def suggestions_of(connection: Connection, model: ModelVersion) -> Mapping[UUID, Suggested]:
    """What this model version says, by segment."""
    return {suggestion.segment: suggestion for suggestion in each_suggestion(connection, model)}


def suggestions_on(
    connection: Connection, model: ModelVersion, some: Collection[UUID]
) -> Mapping[UUID, Suggested]:
    """What this model version says of some segments, however many, by segment."""
    own = select(suggestions).where(suggestions.c.model_id == model.id)
    return {
        row.segment_id: _suggested(row, model)
        for lot in in_lots(some)
        for row in connection.execute(own.where(suggestions.c.segment_id.in_(lot)))
    }


def probabilities_on(
    connection: Connection, model: ModelVersion, some: Collection[UUID]
) -> Mapping[UUID, tuple[float, ...]]:
    """How probable this model version holds each of its codes on some segments, however many: without what it rests on."""
    s = suggestions.c
    own = select(s.segment_id, s.probabilities).where(s.model_id == model.id)
    return {
        segment: _probabilities(packed, model)
        for lot in in_lots(some)
        for segment, packed in connection.execute(own.where(s.segment_id.in_(lot)))
    }


def suggestions_in(
    connection: Connection, model: ModelVersion, some: Collection[UUID]
) -> Mapping[UUID, Suggested]:
    """What this model version says of the segments of some transcripts (a few dozen at most), by segment."""
    wanted = (
        select(suggestions)
        .join(segments, segments.c.id == suggestions.c.segment_id)
        .where(
            segments.c.transcript_id.in_(list(some)),
            segments.c.segmentation == model.segmentation,
            suggestions.c.model_id == model.id,
        )
    )
    return {row.segment_id: _suggested(row, model) for row in connection.execute(wanted)}


def each_suggestion(connection: Connection, model: ModelVersion) -> Iterator[Suggested]:
    """What this model version says, a segment at a time, so that a large corpus fits."""
    wanted = select(suggestions).where(suggestions.c.model_id == model.id)
    for row in connection.execute(wanted.execution_options(yield_per=2000)):
        yield _suggested(row, model)


class Spoken(NamedTuple):
    """What a model version said of a segment, as it is kept: float32 in the order of its codes, and what it suggested."""

    probabilities: bytes
    suggested: Sequence[str]


def each_spoken(connection: Connection, model: UUID) -> Iterator[tuple[UUID, Spoken]]:
    """Every segment of which this model version has spoken, with what it said, and without the evidence for it."""
    wanted = select(suggestions.c.segment_id, suggestions.c.probabilities, suggestions.c.suggested)
    wanted = wanted.where(suggestions.c.model_id == model)
    for segment, probabilities, suggested in connection.execute(wanted.execution_options(yield_per=2000)):
        yield segment, Spoken(probabilities, suggested)


def _suggested(row: Row[Any], model: ModelVersion) -> Suggested:
    return Suggested(
        segment=row.segment_id,
        probabilities=_probabilities(row.probabilities, model),
        suggested=tuple(row.suggested),
        evidence={
            code: tuple(Evidence(UUID(at), similarity) for at, similarity in its)
            for code, its in row.evidence.items()
        },
        sentences=None if row.sentences is None else _unpacked(row.suggested, row.sentences),
    )


def _probabilities(packed: bytes, model: ModelVersion) -> tuple[float, ...]:
    return struct.unpack(f"<{len(model.codes)}f", packed)


def _packed(codes: Sequence[str], sentences: Mapping[str, Span]) -> list[list[int] | None]:
    """In the order of the suggested codes, so that no code's id is written twice."""
    return [[its.start, its.end] if (its := sentences.get(code)) else None for code in codes]


def _unpacked(codes: Sequence[str], packed: Sequence[Sequence[int] | None]) -> dict[str, Span]:
    return {code: Span(*its) for code, its in zip(codes, packed, strict=True) if its is not None}
