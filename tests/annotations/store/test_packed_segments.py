"""Segments are read into few bytes each, and are the same ones."""

from __future__ import annotations

import sys
import tracemalloc

import pytest
from builders import a_transcript

from annotations.segment import Segment, Segmentation
from annotations.store import packed_segments as packing
from annotations.store.database import Store
from annotations.store.packed_segments import packed_segments
from annotations.store.segments import add_segments, keep_segmentation, segments_of
from annotations.store.transcripts import add_transcript
from annotations.transcript import Role, Span

WAY = Segmentation()


def _keep(store: Store, sizes: list[int]) -> None:
    """Interviews with so many segments each, a question before every answer."""
    with store.writing() as connection:
        keep_segmentation(connection, WAY)
        for number, size in enumerate(sizes):
            said = "x" * size
            transcript = add_transcript(connection, a_transcript(f"P-{number}", "And?", said))
            cut = [
                Segment(at, at // 2, ("Ada", "P")[at % 2], tuple(Role)[at % 2], Span(at, at + 1))
                for at in range(size)
            ]
            add_segments(connection, transcript, WAY.version, cut)


def test_they_are_those_that_were_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a part of what is read ends: within an interview, or between two."""
    monkeypatch.setattr(packing, "AT_ONCE", 5)
    _keep(store, [3, 2, 12, 1, 5])
    with store.reading() as connection:
        plain = segments_of(connection, WAY.version)
        packed = packed_segments(connection, WAY.version)
        assert packed_segments(connection, "another") == {}
    assert {transcript: tuple(its) for transcript, its in packed.items()} == plain
    for transcript, its in packed.items():
        assert its[0] == plain[transcript][0]
        assert its[-1] == plain[transcript][-1]
        assert its[1:] == plain[transcript][1:]
        assert its.spans == [[segment.span.start, segment.span.end] for segment in plain[transcript]]


@pytest.mark.slow
def test_a_segment_takes_few_bytes(store: Store) -> None:
    """As objects they take several hundred each."""
    _keep(store, [20_000])
    tracemalloc.start()
    try:
        with store.reading() as connection:
            packed = packed_segments(connection, WAY.version)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(map(len, packed.values())) == 20_000
    assert held < 60 * 20_000 + sys.getsizeof(packed) + 500_000
