"""Embeddings made once: kept by the text's hash and the encoder's fingerprint; and where sentences end, likewise.

The file may have been damaged, or come from a stranger: a vector is taken only if it is one of the encoder's, and a
file that is not as Tandem makes it is made anew. So are sentences that do not fit their text. What nobody can see is a
vector of the right form for another text.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from annotations.arrays import Floats32
from annotations.disk_faults import sqlite_fault
from annotations.errors import TandemError
from annotations.lots import slices
from annotations.progress import Progress
from annotations.store.sqlite_file import calm, refuse_traps
from annotations.transcript import Span
from models.embedder import Embedder, EmbedderSource
from models.kept_sentences import TABLE as SENTENCES
from models.kept_sentences import keep_sentences, known_sentences
from models.kept_vectors import EARLIER_TABLE, INDEX, TABLE, keep_vectors, known_vectors, order_as_kept

_CHUNK = 2000
# of a new file: of SQLite's usual 4 kB a vector of 1.5 kB leaves a part of each page empty
_PAGE = 16_384
# in KiB: of a million vectors the index, which each lot reads at as many places as it has texts
_LONG_RUN_KEEPS = 128 * 1024
_TABLES = {"embeddings": TABLE, "sentences": SENTENCES}
_NO_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
    }
)
T = TypeVar("T")


@dataclass(frozen=True)
class Embedded:
    """Vectors of unit length, shape (texts, dimensions), and how many texts were embedded now or known before.

    ``damaged``: of how many texts what was kept is no vector of this encoder, so that it was made anew.
    """

    vectors: Floats32
    embedded: int
    from_cache: int
    damaged: int = 0


class EmbeddingCache:
    """A file of embeddings and sentences. It can be deleted at any time: what is missing is made again.

    ``damaged``: how many vectors of it could not be used so far; ``begun_anew``: could the whole file not be used?
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.damaged = 0
        self.begun_anew = False
        self._run = _Run()

    @property
    def notes(self) -> list[str]:
        """What a person should hear of it: a sentence for each fault that was found and mended."""
        said = []
        if self.begun_anew:
            said.append(f"{self.file.name} was not as Tandem makes it, so it was begun anew.")
        if self.damaged:
            what = "vector was" if self.damaged == 1 else "vectors were"
            said.append(
                f"{self.damaged} stored {what} damaged in {self.file.name} and made anew from the text. If nobody "
                f"changed the file, check the disk."
            )
        return said

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
        keys = [text_hash(text) for text in texts]
        if not texts:
            return Embedded(np.zeros((0, 0), dtype=np.float32), 0, 0)

        def work(connection: sqlite3.Connection) -> Embedded:
            known, damaged = known_vectors(connection, source, dict.fromkeys(keys))
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if missing:
                known |= _make(connection, source, (load or source.load)(), missing, progress)
            new = sum(key in missing for key in keys)
            return Embedded(np.stack([known[key] for key in keys]), new, len(texts) - new, damaged)

        done = self._with_file(work)
        self.damaged += done.damaged
        return done

    def put(self, source: EmbedderSource, texts: Sequence[str], vectors: Floats32) -> None:
        """Keep vectors that were made elsewhere by the same encoder: one row for each text, of unit length."""
        keys = [text_hash(text) for text in texts]
        self._with_file(lambda connection: keep_vectors(connection, source.fingerprint, keys, vectors))

    def known(
        self, source: EmbedderSource, texts: Sequence[str], pipeline: str
    ) -> tuple[dict[bytes, Floats32], dict[bytes, tuple[Span, ...]]]:
        """The vectors and the sentences that are kept of these texts, by their hashes; nothing is made."""
        by_hash = {text_hash(text): text for text in texts}

        def work(
            connection: sqlite3.Connection,
        ) -> tuple[dict[bytes, Floats32], dict[bytes, tuple[Span, ...]]]:
            return known_vectors(connection, source, by_hash)[0], known_sentences(
                connection, pipeline, by_hash
            )

        return self._with_file(work)

    def take_in(
        self,
        source: EmbedderSource,
        vectors: Mapping[bytes, Floats32],
        sentences: Mapping[bytes, Sequence[Span]],
        pipeline: str,
    ) -> None:
        """Keep vectors and sentences that were made elsewhere by the same encoder and pipeline, by the texts' hashes."""

        def work(connection: sqlite3.Connection) -> None:
            keep_vectors(connection, source.fingerprint, list(vectors), list(vectors.values()))
            keep_sentences(connection, pipeline, {key: tuple(its) for key, its in sentences.items()})

        self._with_file(work)

    def sentences(
        self, texts: Sequence[str], pipeline: str, cut: Callable[[str], Sequence[Span]]
    ) -> list[tuple[Span, ...]]:
        """The sentences of texts as spans, cutting only those that are new. ``pipeline``: what ``cut`` cuts by."""
        by_key = {text_hash(text): text for text in texts}

        def work(connection: sqlite3.Connection) -> dict[bytes, tuple[Span, ...]]:
            known = known_sentences(connection, pipeline, by_key)
            new = {key: tuple(cut(text)) for key, text in by_key.items() if key not in known}
            keep_sentences(connection, pipeline, new)
            return known | new

        vectors_there = self._with_file(work)
        return [vectors_there[text_hash(text)] for text in texts]

    def forget(self, texts: Iterable[str]) -> None:
        """Erase what was kept of these texts, the bytes on the disk included."""
        keys = [(text_hash(text),) for text in texts]

        def work(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("DELETE FROM embeddings WHERE text_hash = ?", keys)
                connection.executemany("DELETE FROM sentences WHERE text_hash = ?", keys)

        self._with_file(work)

    def count(self, texts: Iterable[str]) -> int:
        """How many vectors are kept of these texts, of any encoder."""
        keys = [(text_hash(text),) for text in set(texts)]

        def work(connection: sqlite3.Connection) -> int:
            both = ("embeddings", "sentences")
            asked = [f"SELECT count(*) FROM {table} WHERE text_hash = ?" for table in both]  # noqa: S608 (ours)
            return sum(connection.execute(query, key).fetchone()[0] for query in asked for key in keys)

        return self._with_file(work)

    def compact(self) -> None:
        """Give freed pages back, so that the file holds nothing that was forgotten.

        A file of an earlier Tandem gets its table and pages as a new one has; pages unless somebody else has it open.
        """

        def work(connection: sqlite3.Connection) -> None:
            if connection.execute("PRAGMA page_size").fetchone()[0] != _PAGE:
                # which SQLite lets be changed in this mode alone, and only where nobody else has the file open
                with suppress(sqlite3.OperationalError):
                    connection.execute("PRAGMA busy_timeout = 0")
                    connection.execute("PRAGMA journal_mode = DELETE")
                    connection.execute(f"PRAGMA page_size = {_PAGE}")
                connection.execute("PRAGMA busy_timeout = 30000")
            connection.execute("VACUUM")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        # by a connection of its own: on one that has made a table SQLite does not empty the log after a change of its mode
        self._with_file(order_as_kept)
        self._with_file(work)

    @contextmanager
    def held_open(self) -> Iterator[None]:
        """A long run of this thread opens the file once and keeps what it has read of it, 128 MiB at most.

        Whoever runs it holds the study, so that nobody erases anything meanwhile.
        """
        self._run.is_long = True
        try:
            yield
        finally:
            self._run.is_long = False
            self._let_go()

    def _with_file(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it; where the file turns out to be damaged or not as we make it, begin a new one and do it again."""
        try:
            with self._opened() as connection:
                if connection is not None:
                    return work(connection)
        # SQLite names what it cannot read, and Python cannot read the name if that is damaged too
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            fault = sqlite_fault(error, self.file) if isinstance(error, sqlite3.Error) else None
            if fault is not None:
                raise fault from error
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_DAMAGE:
                raise TandemError(
                    f"{self.file} cannot be used now ({error}): another program holds it, or memory is short. Try again "
                    f"in a moment."
                ) from error
        # only a cache: it is thrown away, and what it held is made again
        self.begun_anew = True
        self._let_go()
        for ending in ("", "-journal", "-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        with self._opened() as connection:
            if connection is None:
                raise TandemError(f"{self.file} is written by another program. End it and try again.")
            return work(connection)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection | None]:
        """The file, as a long run has it open or for this once; None where it is not as Tandem makes it."""
        if self._run.connection is not None:
            yield self._run.connection
            return
        refuse_traps(self.file)
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            sound = _prepared(connection)
            if sound and self._run.is_long:
                connection.execute(f"PRAGMA cache_size = -{_LONG_RUN_KEEPS}")
                self._run.connection = connection
            yield connection if sound else None
        finally:
            if self._run.connection is not connection:
                connection.close()

    def _let_go(self) -> None:
        if self._run.connection is not None:
            self._run.connection.close()
            self._run.connection = None


class _Run(threading.local):
    """What a thread does with the file: whether in a long run, and how that has it open."""

    is_long = False
    connection: sqlite3.Connection | None = None


def _prepared(connection: sqlite3.Connection) -> bool:
    """Make the tables that are missing; says whether the file holds ours as we make them, and nothing else."""
    calm(connection)
    connection.execute(f"PRAGMA page_size = {_PAGE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA secure_delete = ON")
    held = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    if not {(kind, name, _plain(sql)) for kind, name, sql in held} <= _OURS:
        return False
    with connection:
        for name in _TABLES.keys() - {name for _, name, _ in held}:
            connection.execute(_TABLES[name].replace("TABLE", "TABLE IF NOT EXISTS"))
    return True


def _plain(sql: object) -> str:
    """A definition without its line ends: earlier versions of Tandem set them in another way."""
    return " ".join(str(sql).split())


_OURS = frozenset(
    {
        *(("table", name, _plain(sql)) for name, sql in _TABLES.items()),
        ("table", "embeddings", _plain(EARLIER_TABLE)),
        ("index", INDEX, _plain(None)),
    }
)


def _make(
    connection: sqlite3.Connection,
    source: EmbedderSource,
    embedder: Embedder,
    missing: dict[bytes, str],
    progress: Progress | None,
) -> dict[bytes, Floats32]:
    # like lengths together, so that a batch is not padded to its longest text
    todo = sorted(missing.items(), key=lambda item: len(item[1]))
    vectors_made: dict[bytes, Floats32] = {}
    for lot in slices(len(todo), _CHUNK):
        some = todo[lot]

        def step(done: int, total: int, before: int = lot.start, count: int = len(some)) -> None:
            if progress:
                progress(before + round(count * done / max(total, 1)), len(todo))

        vectors = embedder.embed([text for _, text in some], step)
        if vectors.shape[1] != source.dimensions:
            raise TandemError(
                f"the encoder {source.name} gives {vectors.shape[1]} numbers for a text, and its files say "
                f"{source.dimensions}. Put its folder back as it was published."
            )
        keep_vectors(connection, source.fingerprint, [key for key, _ in some], vectors)
        vectors_made |= {key: vector for (key, _), vector in zip(some, vectors, strict=True)}
    return vectors_made


def text_hash(text: str) -> bytes:
    """By which a text is known here, and nobody can read it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
