"""Shards: passages that go out to be suggested for, and what comes back, as Parquet files with their hashes.

A shard is a folder of its owner's alone. What goes out holds the words of its passages, each with its surroundings; what
comes back holds none: ids, hashes of texts, numbers and places.

    0000012/passages.parquet      the passages
            vectors.parquet       vectors that are known already, by the text's hash
            sentences.parquet     where sentences lie, likewise
            found/                put there whole: suggestions.parquet, vectors.parquet and sentences.parquet (what is new),
                                  and manifest.json: made by which model, and the hash of each file
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from annotations.arrays import Floats, Floats32
from annotations.coding import Evidence
from annotations.errors import TandemError
from annotations.store.suggestions import Suggested
from annotations.transcript import Span
from models.segment_words import SegmentWords
from models.suggest_passages import AskedPassages

PASSAGES = "passages.parquet"
VECTORS = "vectors.parquet"
SENTENCES = "sentences.parquet"
SUGGESTIONS = "suggestions.parquet"
MANIFEST = "manifest.json"
FOUND = "found"
_OF_UNIT = ("text", "speaker", "question", "before", "after", "dialogue", "speaker_before", "speaker_after")


class DamagedShard(TandemError):
    """What came back is not what was made: a file's hash, its rows, or who made it do not fit."""


@dataclass(frozen=True)
class Known:
    """What is known of texts, by their hashes: vectors of unit length, and where their sentences lie."""

    vectors: Mapping[bytes, Floats32] = field(default_factory=dict)
    sentences: Mapping[bytes, Sequence[Span]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReturnedShard:
    """What came back of a shard: suggestions in the order of its passages, and what was embedded and cut anew."""

    rows: Sequence[Suggested]
    probabilities: Floats
    new: Known
    embedded: int


def make_folder(folder: Path) -> None:
    """A folder that nobody else may look into."""
    folder.mkdir(mode=0o700)


def write_private(file: Path, content: bytes) -> str:
    """A file that nobody else may read; gives its SHA-256."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    return hashlib.sha256(content).hexdigest()


def write_asked(folder: Path, passages: AskedPassages, known: Known) -> None:
    """A new shard: passages, and what is known of their texts already."""
    make_folder(folder)
    columns: dict[str, list[Any]] = {
        "segment": [segment.bytes for segment in passages.segments],
        "begin": list(passages.begins),
        "group": list(passages.groups),
    }
    columns |= {name: [getattr(unit, name) for unit in passages.units] for name in _OF_UNIT}
    write_private(folder / PASSAGES, _parquet(columns))
    _write_known(folder, known)


def read_asked(folder: Path) -> tuple[AskedPassages, Known]:
    """A shard as it went out."""
    plain = _columns(folder / PASSAGES)
    units = [
        SegmentWords(**dict(zip(_OF_UNIT, its, strict=True)))
        for its in zip(*(plain[name] for name in _OF_UNIT), strict=True)
    ]
    segments = [UUID(bytes=raw) for raw in plain["segment"]]
    return AskedPassages(segments, units, plain["begin"], plain["group"]), _read_known(folder)


def write_found(folder: Path, rows: Sequence[Suggested], new: Known, made_by: Mapping[str, Any]) -> str:
    """What a worker found for a shard, whole or not at all; gives the hash of its manifest.

    ``made_by``: stands in the manifest beside the hashes of the files and the ids of the segments. What an earlier try
    has left is replaced.
    """
    unfinished = folder / f".{FOUND}-{os.getpid()}"
    _erase(unfinished)
    make_folder(unfinished)
    hashes = {SUGGESTIONS: write_private(unfinished / SUGGESTIONS, _parquet(_of_rows(rows)))}
    hashes |= _write_known(unfinished, new)
    manifest = {**made_by, "segments": [row.segment.hex for row in rows], "files": hashes}
    sha256 = write_private(unfinished / MANIFEST, json.dumps(manifest).encode())
    _erase(folder / FOUND)
    unfinished.rename(folder / FOUND)
    return sha256


def read_found(
    folder: Path, sha256: str, segments: Sequence[UUID], codes: Sequence[str], made_by: Mapping[str, Any]
) -> ReturnedShard:
    """What came back of a shard. Raises DamagedShard for anything but what a worker made of these segments.

    ``sha256``: of the manifest, as the worker said; ``made_by``: what has to stand there.
    """
    folder_found = folder / FOUND
    try:
        content = (folder_found / MANIFEST).read_bytes()
        manifest = json.loads(content) if hashlib.sha256(content).hexdigest() == sha256 else {}
        if any(manifest.get(key) != value for key, value in made_by.items()):
            raise _damaged(folder, MANIFEST)
        for name in (SUGGESTIONS, VECTORS, SENTENCES):
            with (folder_found / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != manifest["files"][name]:
                    raise _damaged(folder, name)
        rows = _rows(_columns(folder_found / SUGGESTIONS), codes)
        new = _read_known(folder_found)
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise _damaged(folder, FOUND) from error
    if [row.segment for row in rows] != list(segments):
        raise _damaged(folder, SUGGESTIONS)
    probabilities = np.array([row.probabilities for row in rows], dtype=np.float64)
    return ReturnedShard(rows, probabilities.reshape(len(rows), len(codes)), new, int(manifest["embedded"]))


def _damaged(folder: Path, name: str) -> DamagedShard:
    return DamagedShard(
        f"shard {folder.name} came back damaged ({name} is not what was made of these segments). Nothing of it was kept; "
        f"look at the disk that holds {folder.parent} if it happens again."
    )


def _of_rows(rows: Sequence[Suggested]) -> dict[str, list[Any]]:
    return {
        "segment": [row.segment.bytes for row in rows],
        # eight bytes a number, so that what is kept is rounded once, as it is without shards
        "probabilities": [struct.pack(f"<{len(row.probabilities)}d", *row.probabilities) for row in rows],
        "suggested": [list(row.suggested) for row in rows],
        "evidence": [
            json.dumps(
                {code: [[e.segment.hex, e.similarity] for e in its] for code, its in row.evidence.items()}
            )
            for row in rows
        ],
        "sentences": [
            json.dumps({code: [span.start, span.end] for code, span in (row.sentences or {}).items()})
            for row in rows
        ],
    }


def _rows(plain: Mapping[str, list[Any]], codes: Sequence[str]) -> list[Suggested]:
    rows_read = []
    for segment, packed, suggested, evidence, sentences in zip(
        *(plain[name] for name in ("segment", "probabilities", "suggested", "evidence", "sentences")),
        strict=True,
    ):
        rows_read.append(
            Suggested(
                UUID(bytes=segment),
                struct.unpack(f"<{len(codes)}d", packed),
                tuple(suggested),
                {
                    code: tuple(Evidence(UUID(at), float(similarity)) for at, similarity in its)
                    for code, its in json.loads(evidence).items()
                },
                {code: Span(*its) for code, its in json.loads(sentences).items()},
            )
        )
    return rows_read


def _write_known(folder: Path, known: Known) -> dict[str, str]:
    vectors = {
        "text_hash": list(known.vectors),
        "vector": [its.astype("<f4").tobytes() for its in known.vectors.values()],
    }
    sentences = {
        "text_hash": list(known.sentences),
        "spans": [_spans(its) for its in known.sentences.values()],
    }
    return {
        VECTORS: write_private(folder / VECTORS, _parquet(vectors)),
        SENTENCES: write_private(folder / SENTENCES, _parquet(sentences)),
    }


def _read_known(folder: Path) -> Known:
    vectors, sentences = _columns(folder / VECTORS), _columns(folder / SENTENCES)
    return Known(
        {
            key: np.frombuffer(its, dtype="<f4")
            for key, its in zip(vectors["text_hash"], vectors["vector"], strict=True)
        },
        {
            key: tuple(
                Span(start, end) for start, end in np.frombuffer(its, dtype="<u4").reshape(-1, 2).tolist()
            )
            for key, its in zip(sentences["text_hash"], sentences["spans"], strict=True)
        },
    )


def _spans(its: Iterable[Span]) -> bytes:
    return np.array([(span.start, span.end) for span in its], dtype="<u4").tobytes()


def _parquet(columns: Mapping[str, Sequence[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        **dict.fromkeys(("segment", "text_hash", "vector", "spans", "probabilities"), pa.binary()),
        "begin": pa.int64(),
        "dialogue": pa.bool_(),
        "suggested": pa.list_(pa.string()),
    }
    table = pa.table({name: pa.array(its, types.get(name, pa.string())) for name, its in columns.items()})
    out = pa.BufferOutputStream()
    pq.write_table(table, out, compression="zstd")
    return bytes(out.getvalue())


def _columns(file: Path) -> dict[str, list[Any]]:
    import pyarrow.parquet as pq

    table = pq.ParquetFile(file, memory_map=False).read(use_threads=False)
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _erase(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
