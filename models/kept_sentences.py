"""Where the sentences of texts lie, kept by the text's hash beside its embedding: to cut a text takes longer than to look.

What stands there may come from a stranger: spans are taken only if they can be those of the text.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Mapping

import numpy as np

from annotations.lots import lots
from annotations.transcript import Span

TABLE = """CREATE TABLE sentences (
    text_hash BLOB NOT NULL, pipeline TEXT NOT NULL, spans BLOB NOT NULL, PRIMARY KEY (text_hash, pipeline)
) WITHOUT ROWID"""


def known_sentences(
    connection: sqlite3.Connection, pipeline: str, texts: Mapping[bytes, str]
) -> dict[bytes, tuple[Span, ...]]:
    """The sentences that are kept of these texts, without those that cannot be theirs."""
    spans_known: dict[bytes, tuple[Span, ...]] = {}
    for some in lots(sorted(texts), 500):
        marks = ",".join("?" * len(some))
        query = f"SELECT text_hash, spans FROM sentences WHERE pipeline = ? AND text_hash IN ({marks})"  # noqa: S608
        for key, kept in connection.execute(query, (pipeline, *some)):
            spans = _unpacked(kept, len(texts[key]))
            if spans is not None:
                spans_known[key] = spans
    return spans_known


def keep_sentences(
    connection: sqlite3.Connection, pipeline: str, cut: Mapping[bytes, tuple[Span, ...]]
) -> None:
    """Keep how a pipeline has cut texts, by their hashes."""
    rows = [(key, pipeline, _packed(spans)) for key, spans in cut.items()]
    with connection:
        connection.executemany("INSERT OR REPLACE INTO sentences VALUES (?, ?, ?)", rows)


def _packed(spans: Iterable[Span]) -> bytes:
    return np.array([(span.start, span.end) for span in spans], dtype="<u4").tobytes()


def _unpacked(kept: object, length: int) -> tuple[Span, ...] | None:
    """Spans one after another within a text of this length; None for anything else."""
    if not isinstance(kept, bytes) or len(kept) % 8:
        return None
    # of a few numbers each, arrays would take several times as long
    ends = struct.unpack(f"<{len(kept) // 4}I", kept)
    spans, before = [], 0
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        # the words of a sentence take room; what lies between two may not
        if not before <= start < end <= length:
            return None
        spans.append(Span(start, end))
        before = end
    return tuple(spans)
