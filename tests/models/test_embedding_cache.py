"""Nothing is embedded twice, and a cache that is damaged costs time, not work."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import WordEncoder

from annotations.transcript import Span
from models import embedding_cache
from models.embedding_cache import EmbeddingCache


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    """What is known comes from the file, in another process's cache object too; a repeated text counts once."""
    encoder = WordEncoder()
    first = EmbeddingCache(tmp_path / "e.db").embed(encoder, ["a b", "c", "a b"])
    assert sorted(encoder.embedded) == ["a b", "c"]
    again = EmbeddingCache(tmp_path / "e.db").embed(encoder, ["c", "a b", "d"])
    assert sorted(encoder.embedded) == ["a b", "c", "d"]
    assert (again.embedded, again.from_cache) == (1, 2)
    assert (again.vectors[1] == first.vectors[0]).all()
    assert (again.vectors[0] == first.vectors[1]).all()


def test_another_encoder_knows_nothing_of_it(tmp_path: Path) -> None:
    """The key is the text and the encoder."""
    one, other = WordEncoder(), WordEncoder()
    other.fingerprint = "another"
    cache = EmbeddingCache(tmp_path / "e.db")
    cache.embed(one, ["a"])
    assert cache.embed(other, ["a"]).embedded == 1


def test_where_all_is_known_no_encoder_is_loaded(tmp_path: Path) -> None:
    """Loading takes seconds, so it is left out where it is of no use."""
    cache = EmbeddingCache(tmp_path / "e.db")
    cache.embed(WordEncoder(), ["a"])

    def load() -> WordEncoder:
        raise AssertionError("loaded for nothing")

    assert cache.embed(WordEncoder(), ["a"], load=load).from_cache == 1


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was embedded before an interruption is there afterwards."""
    monkeypatch.setattr(embedding_cache, "_CHUNK", 2)
    cache = EmbeddingCache(tmp_path / "e.db")
    texts = ["one", "two", "three", "four", "five"]
    with pytest.raises(KeyboardInterrupt):
        cache.embed(WordEncoder(fails_after=3), texts)
    found = cache.embed(WordEncoder(), texts)
    assert (found.embedded, found.from_cache) == (3, 2)


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    """A file that is no database is thrown away, since all in it can be made again, and that is said."""
    file = tmp_path / "e.db"
    file.write_bytes(b"this is not a database at all" * 100)
    cache = EmbeddingCache(file)
    assert cache.embed(WordEncoder(), ["a"]).embedded == 1
    assert cache.notes == ["e.db was not as Tandem makes it, so it was begun anew."]
    assert EmbeddingCache(file).embed(WordEncoder(), ["a"]).from_cache == 1


def test_what_is_forgotten_is_gone_from_the_disk(tmp_path: Path) -> None:
    """A participant's vectors can be erased; the others stay."""
    file = tmp_path / "e.db"
    cache, encoder = EmbeddingCache(file), WordEncoder()
    vectors = cache.embed(encoder, ["stay", "go away"]).vectors
    cache.forget(["go away"])
    assert cache.embed(WordEncoder(), ["stay"]).from_cache == 1
    assert vectors[1].astype("<f4").tobytes() not in file.read_bytes()


def test_a_text_is_cut_into_sentences_once_and_forgotten_with_its_embedding(tmp_path: Path) -> None:
    """The spans come back as they were cut; another pipeline cuts anew, and so does a text that was forgotten."""
    cache = EmbeddingCache(tmp_path / "e.db")
    seen: list[str] = []

    def cut(text: str) -> tuple[Span, ...]:
        seen.append(text)
        return (Span(0, 1), Span(1, len(text)))

    first = cache.sentences(["ab", "abc", "ab"], "rules:en", cut)
    assert first == [(Span(0, 1), Span(1, 2)), (Span(0, 1), Span(1, 3)), (Span(0, 1), Span(1, 2))]
    assert EmbeddingCache(tmp_path / "e.db").sentences(["ab", "abc", "ab"], "rules:en", cut) == first
    assert len(seen) == 2
    cache.sentences(["ab"], "rules:sv", cut)
    cache.forget(["abc"])
    cache.sentences(["abc", "ab"], "rules:en", cut)
    assert seen == ["ab", "abc", "ab", "abc"]


def test_no_text_at_all(tmp_path: Path) -> None:
    """Nothing to embed gives nothing."""
    assert len(EmbeddingCache(tmp_path / "e.db").embed(WordEncoder(), []).vectors) == 0


def test_odd_characters_have_keys_of_their_own(tmp_path: Path) -> None:
    """Combined and composed letters are different texts, and half a surrogate pair does no harm."""
    found = EmbeddingCache(tmp_path / "e.db").embed(WordEncoder(), ["é", "e\u0301"])
    assert found.embedded == 2
    assert np.isfinite(found.vectors).all()


def test_a_vector_takes_little_more_than_its_numbers(tmp_path: Path) -> None:
    """In SQLite's usual pages each of 1.5 kB would take 4.7 kB, and three times as long to find."""
    source, cache = WordEncoder(), EmbeddingCache(tmp_path / "e.db")
    source.dimensions = 384
    vectors = np.random.default_rng(0).normal(size=(2000, 384)).astype(np.float32)
    cache.put(source, [f"text {at}" for at in range(2000)], vectors)  # type: ignore[arg-type]
    cache.compact()
    assert cache.file.stat().st_size < 2000 * 4 * 384 * 1.4


@pytest.mark.parametrize("somebody_has_it_open", [False, True])
def test_a_file_of_small_pages_gets_ours_when_it_is_compacted(
    tmp_path: Path, somebody_has_it_open: bool
) -> None:
    """Unless somebody has it open; either way it holds what it held."""
    source, cache = WordEncoder(), EmbeddingCache(tmp_path / "e.db")
    with closing(sqlite3.connect(cache.file)) as made:
        made.execute("PRAGMA page_size = 4096")
        made.execute("PRAGMA journal_mode = WAL")
    vectors = cache.embed(source, ["money"]).vectors  # type: ignore[arg-type]
    with closing(sqlite3.connect(cache.file)) as other:
        if somebody_has_it_open:
            other.execute("SELECT count(*) FROM embeddings").fetchone()
        cache.compact()
    with closing(sqlite3.connect(cache.file)) as now:
        pages = now.execute("PRAGMA page_size").fetchone()[0]
        assert now.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert pages == (4096 if somebody_has_it_open else 16_384)
    assert np.array_equal(cache.embed(source, ["money"]).vectors, vectors)  # type: ignore[arg-type]
    assert source.embedded == ["money"]
    assert not cache.begun_anew


def test_a_file_ordered_by_hash_is_used_and_reordered_when_it_is_compacted(tmp_path: Path) -> None:
    """As versions before kept vectors; nothing of it is made again, and what is forgotten goes from it too."""
    source, cache = WordEncoder(), EmbeddingCache(tmp_path / "e.db")
    with closing(sqlite3.connect(cache.file)) as made:
        made.execute(
            "CREATE TABLE embeddings ( text_hash BLOB NOT NULL, encoder TEXT NOT NULL, vector BLOB NOT NULL, "
            "PRIMARY KEY (text_hash, encoder) ) WITHOUT ROWID"
        )
    vectors = cache.embed(source, ["money", "time", "trust"]).vectors  # type: ignore[arg-type]
    cache.forget(["time"])
    assert " WITHOUT ROWID" in _definition(cache.file)
    for _ in range(2):  # the second one has nothing left to do
        cache.compact()
        assert " WITHOUT ROWID" not in _definition(cache.file)
        again = cache.embed(source, ["money", "trust"])  # type: ignore[arg-type]
        assert np.array_equal(again.vectors, vectors[[0, 2]])
    assert sorted(source.embedded) == ["money", "time", "trust"]
    assert vectors[1].astype("<f4").tobytes() not in cache.file.read_bytes()
    assert not cache.begun_anew


def _definition(file: Path) -> str:
    with closing(sqlite3.connect(file)) as there:
        wanted = "SELECT sql FROM sqlite_master WHERE name = 'embeddings'"
        return str(there.execute(wanted).fetchone()[0])


def test_a_long_run_opens_the_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other threads open it for themselves meanwhile, and afterwards it is as it always was."""
    opened: list[int] = []
    connect = sqlite3.connect

    def counted(*given: Any, **more: Any) -> sqlite3.Connection:
        opened.append(threading.get_ident())
        return connect(*given, **more)

    monkeypatch.setattr("models.embedding_cache.sqlite3.connect", counted)
    source, cache = WordEncoder(), EmbeddingCache(tmp_path / "e.db")
    with cache.held_open():
        first = cache.embed(source, ["money", "time"])
        again = cache.embed(source, ["time", "money"])
        other = threading.Thread(target=cache.embed, args=(source, ["trust"]))
        other.start()
        other.join()
        assert cache.embed(source, ["trust"]).from_cache == 1
    assert np.array_equal(first.vectors, again.vectors[::-1])
    assert (again.embedded, again.from_cache) == (0, 2)
    assert opened.count(threading.get_ident()) == 1
    assert len(opened) == 2
    assert cache.count(["money", "time", "trust"]) == 3
    assert len(opened) == 3


def test_a_file_that_is_damaged_in_a_long_run_is_begun_anew(tmp_path: Path) -> None:
    """As at any other time: it costs time, not the run, which goes on with the new file."""
    source, cache = WordEncoder(), EmbeddingCache(tmp_path / "e.db")
    texts = [f"text {at}" for at in range(500)]
    kept = cache.embed(source, texts).vectors
    cache.compact()
    with cache.held_open():
        assert cache.embed(source, texts[:1]).from_cache == 1
        cache.file.write_bytes(b"\xff" * cache.file.stat().st_size)
        assert np.array_equal(cache.embed(source, texts).vectors, kept)
        assert cache.embed(source, texts).from_cache == 500
    assert cache.begun_anew
    assert EmbeddingCache(cache.file).embed(source, texts).from_cache == 500
