"""Embeddings made once: kept by the text's hash and the encoder's fingerprint."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotations.arrays import Floats32
from annotations.lots import lots, slices
from annotations.progress import Progress
from models.embedder import Embedder, EmbedderSource

_CHUNK = 2000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS embeddings (
    text_hash BLOB NOT NULL, encoder TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (text_hash, encoder)
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Embedded:
    """Vectors of unit length, shape (texts, dimensions), and how many texts were embedded now or known before."""

    vectors: Floats32
    embedded: int
    from_cache: int


class EmbeddingCache:
    """A file of embeddings. It can be deleted at any time: what is missing is made again."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def embed(
        self,
        source: EmbedderSource,
        texts: Sequence[str],
        progress: Progress | None = None,
        load: Callable[[], Embedder] | None = None,
    ) -> Embedded:
        """Vectors for texts, embedding only those that are new; the encoder is loaded only if some are.

        What has been embedded is kept every 2,000 texts, so an interrupted run goes on where it stopped.
        """
        fingerprint = source.fingerprint
        keys = [_key(text) for text in texts]
        with self._opened() as connection:
            known = _known(connection, fingerprint, dict.fromkeys(keys))
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if missing:
                known |= _make(connection, fingerprint, (load or source.load)(), missing, progress)
        rows = [known[key] for key in keys]
        vectors = np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)
        new = sum(key in missing for key in keys)
        return Embedded(vectors, new, len(texts) - new)

    def put(self, source: EmbedderSource, texts: Sequence[str], vectors: Floats32) -> None:
        """Keep vectors that were made elsewhere by the same encoder: one row for each text, of unit length."""
        with self._opened() as connection:
            _keep(connection, source.fingerprint, [_key(text) for text in texts], vectors)

    def forget(self, texts: Iterable[str]) -> None:
        """Erase what was kept of these texts, the bytes on the disk included."""
        with self._opened() as connection, connection:
            connection.executemany("DELETE FROM embeddings WHERE text_hash = ?", [(_key(t),) for t in texts])

    def compact(self) -> None:
        """Give freed pages back, so that the file holds nothing that was forgotten."""
        with self._opened() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as connection:
            yield connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            _prepare(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            if "not a database" not in str(error) and "malformed" not in str(error):
                raise
            # only a cache: a damaged one is put aside, and what it held is made again
            self.file.replace(self.file.with_suffix(".damaged"))
            connection = sqlite3.connect(self.file, timeout=30)
            _prepare(connection)
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(_SCHEMA)


def _known(connection: sqlite3.Connection, fingerprint: str, keys: Iterable[bytes]) -> dict[bytes, Floats32]:
    found: dict[bytes, Floats32] = {}
    for some in lots(list(keys), 500):
        marks = ",".join("?" * len(some))
        query = f"SELECT text_hash, vector FROM embeddings WHERE encoder = ? AND text_hash IN ({marks})"  # noqa: S608
        for key, vector in connection.execute(query, (fingerprint, *some)):
            found[key] = np.frombuffer(vector, dtype="<f4")
    return found


def _make(
    connection: sqlite3.Connection,
    fingerprint: str,
    embedder: Embedder,
    missing: dict[bytes, str],
    progress: Progress | None,
) -> dict[bytes, Floats32]:
    # like lengths together, so that a batch is not padded to its longest text
    todo = sorted(missing.items(), key=lambda one: len(one[1]))
    found: dict[bytes, Floats32] = {}
    for lot in slices(len(todo), _CHUNK):
        some = todo[lot]

        def step(done: int, total: int, before: int = lot.start, count: int = len(some)) -> None:
            if progress:
                progress(before + round(count * done / max(total, 1)), len(todo))

        vectors = embedder.embed([text for _, text in some], step)
        _keep(connection, fingerprint, [key for key, _ in some], vectors)
        found |= {key: vector for (key, _), vector in zip(some, vectors, strict=True)}
    return found


def _keep(connection: sqlite3.Connection, fingerprint: str, keys: Sequence[bytes], vectors: Floats32) -> None:
    rows = [
        (key, fingerprint, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)
    ]
    with connection:
        connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
