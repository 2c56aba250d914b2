"""Vectors of texts in a file, by the text's hash and the encoder's fingerprint.

What stands there may be damaged or come from a stranger: a vector is taken only if it is one of the encoder's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np

from annotations.arrays import Floats32
from annotations.lots import lots
from models.embedder import EmbedderSource

# vectors lie in the order in which they were kept, mostly that in which they are asked for, and the index beside them is
# small; ordered by hash they would lie in the upper pages of the tree too, nine to a page, and a look-up among a million
# would read four pages from anywhere in the file
TABLE = """CREATE TABLE embeddings (
    text_hash BLOB NOT NULL, encoder TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (text_hash, encoder)
)"""
_BY_HASH = " WITHOUT ROWID"
EARLIER_TABLE = TABLE + _BY_HASH
INDEX = "sqlite_autoindex_embeddings_1"  # by which SQLite knows the key
_NEARLY_ONE = 1e-3  # vectors have unit length, to the digits of 32 bits


def known_vectors(
    connection: sqlite3.Connection, source: EmbedderSource, keys: Iterable[bytes]
) -> tuple[dict[bytes, Floats32], int]:
    """The vectors that are kept of these texts, and of how many what is kept is none of this encoder's."""
    fingerprint = source.fingerprint
    vectors_known: dict[bytes, Floats32] = {}
    damaged = 0
    # those that lie on one page are asked for together
    for some in lots(sorted(keys), 500):
        marks = ",".join("?" * len(some))
        query = f"SELECT text_hash, vector FROM embeddings WHERE encoder = ? AND text_hash IN ({marks})"  # noqa: S608
        rows = connection.execute(query, (fingerprint, *some)).fetchall()
        sound = _sound(rows, source.dimensions) if rows else {}
        damaged += len(rows) - len(sound)
        vectors_known |= sound
    return vectors_known, damaged


def _sound(rows: Sequence[tuple[bytes, object]], dimensions: int) -> dict[bytes, Floats32]:
    """Of some rows those that hold a vector: of the encoder's length, finite, of unit length."""
    right = [(key, kept) for key, kept in rows if isinstance(kept, bytes) and len(kept) == 4 * dimensions]
    vectors = np.frombuffer(b"".join(kept for _, kept in right), dtype="<f4").reshape(-1, dimensions)
    with np.errstate(all="ignore"):  # what is not finite is what we look for
        lengths = np.einsum("ij,ij->i", vectors, vectors)
        sound = np.abs(lengths - 1) < _NEARLY_ONE
    return {key: vectors[at] for at, (key, _) in enumerate(right) if sound[at]}


def keep_vectors(
    connection: sqlite3.Connection, fingerprint: str, keys: Sequence[bytes], vectors: Iterable[Floats32]
) -> None:
    """Keep vectors of unit length that the encoder of this fingerprint made, one for each text."""
    rows = [
        (key, fingerprint, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)
    ]
    with connection:
        connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)


def order_as_kept(connection: sqlite3.Connection) -> None:
    """Make a new file's table of an earlier version's, which is ordered by hash; any other stays."""
    definition = "SELECT sql FROM sqlite_master WHERE name = 'embeddings'"
    if not any(str(sql).endswith(_BY_HASH) for (sql,) in connection.execute(definition).fetchall()):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ALTER TABLE embeddings RENAME TO by_hash")
        connection.execute(TABLE)
        connection.execute("INSERT INTO embeddings SELECT * FROM by_hash")
        connection.execute("DROP TABLE by_hash")
