"""A model version in a store with one passage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from builders import a_transcript

from annotations.codebook.codes import Codebook
from annotations.segment import Segment, Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.model_versions import (
    ModelVersion,
    add_model,
    next_version,
)
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.transcripts import (
    add_transcript,
)
from annotations.transcript import Role, Span


def a_model(version: str, codebook_version: str, segmentation: str) -> ModelVersion:
    """A model version that knows two codes."""
    return ModelVersion(
        id=uuid4(),
        version=version,
        kind="trained",
        folder=f"models/{version}",
        sha256="0" * 64,
        codebook_version=codebook_version,
        segmentation=segmentation,
        embedder="e",
        reviews_hash="1" * 64,
        reviews=3,
        codes=("money", "people"),
        thresholds={"money": 0.4, "people": None},
    )


def a_measured_model(
    rows: Sequence[Mapping[str, Any]], thresholds: Mapping[str, float | None]
) -> ModelVersion:
    """A model version in no store, with what was measured of its codes."""
    return replace(
        a_model("v1", "", ""),
        codes=tuple(thresholds),
        thresholds=dict(thresholds),
        figures={"codes": list(rows)} if rows else {},
    )


@contextmanager
def with_model(store: Store, codebook: Codebook) -> Iterator[tuple[object, ModelVersion, UUID]]:
    """A connection to a store that holds the model version, and the segment of its one passage."""
    segmentation = Segmentation()
    with store.writing() as connection:
        keep_segmentation(connection, segmentation)
        a = add_transcript(connection, a_transcript("A", "a", "b"))
        cut = [Segment(0, 1, "A", Role.PARTICIPANT, Span(16, 17))]
        add_segments(connection, a, segmentation.version, cut)
        model = a_model(next_version(connection), keep_codebook(connection, codebook), segmentation.version)
        add_model(connection, model, [uuid4()])
        segment = segments_of(connection, segmentation.version)[a][0].id
        assert segment is not None
        yield connection, model, segment
