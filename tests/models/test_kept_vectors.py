"""What stands in embeddings.db is not believed: each vector is looked at when it is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from builders import WordEncoder
from hostile_sqlite import run_sql, with_deleting_journal
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.errors import BadInput, TandemError
from annotations.transcript import Span
from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.encoder_folder import dimensions_of

TEXTS = [f"text number {at}" for at in range(6)]
WIDTH = 4 * WordEncoder.dimensions
RIGHT = WordEncoder().embed(TEXTS)


def _spoil(file: Path, kept: object, where: str = "1") -> int:
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(f"UPDATE embeddings SET vector = ? WHERE {where}", (kept,)).rowcount  # noqa: S608


def _floats(value: float) -> bytes:
    return np.full(WordEncoder.dimensions, value, dtype="<f4").tobytes()


def _spans(*ends: int) -> bytes:
    return np.array(ends, dtype="<u4").tobytes()


@pytest.mark.parametrize(
    "kept",
    [b"", b"\0" * 100, b"\0" * (WIDTH - 1), b"\0" * (WIDTH + 4), b"\0" * WIDTH, _floats(np.nan), _floats(np.inf),
     _floats(1.0), _floats(3e38), "text", 7, 0.5],
    ids=["empty", "cut short", "odd", "long", "zeros", "no number", "infinite", "too long", "huge", "text", "number",
         "fraction"],
)  # fmt: skip
def test_what_is_no_vector_is_made_anew_and_counted(tmp_path: Path, kept: object) -> None:
    """Whatever stands there instead: the right vectors come out, and the next time all are known again."""
    file = tmp_path / "e.db"
    EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    assert _spoil(file, kept) == len(TEXTS)
    cache, encoder = EmbeddingCache(file), WordEncoder()
    found = cache.embed(encoder, TEXTS)
    assert np.array_equal(found.vectors, RIGHT)
    assert (found.damaged, found.embedded, cache.damaged) == (6, 6, 6)
    assert "6 stored vectors were damaged in e.db" in cache.notes[0]
    again = EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    assert (again.damaged, again.from_cache) == (0, 6)


@given(st.data())
@settings(max_examples=40, deadline=None)
@pytest.mark.slow
def test_whatever_bytes_stand_there_what_comes_out_is_a_vector(data: st.DataObject) -> None:
    """One row is spoilt at random: its shape, its length and the other rows hold all the same."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "e.db"
        EmbeddingCache(file).embed(WordEncoder(), TEXTS)
        right = bytearray(RIGHT[0].astype("<f4").tobytes())
        if data.draw(st.booleans()):
            right[data.draw(st.integers(0, WIDTH - 1))] ^= data.draw(st.integers(1, 255))
        kept = bytes(right[: data.draw(st.integers(0, WIDTH))]) + data.draw(st.binary(max_size=9))
        _spoil(file, kept, "text_hash = (SELECT min(text_hash) FROM embeddings)")
        found = EmbeddingCache(file).embed(WordEncoder(), TEXTS).vectors
        assert found.shape == RIGHT.shape
        assert np.isfinite(found).all()
        assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
        assert sum(np.array_equal(a, b) for a, b in zip(found, RIGHT, strict=True)) >= len(TEXTS) - 1


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TRIGGER evil AFTER INSERT ON embeddings BEGIN DELETE FROM embeddings; END"],
        ["ALTER TABLE embeddings RENAME TO others", "CREATE VIEW embeddings AS SELECT * FROM others"],
        ["DROP TABLE embeddings", "CREATE TABLE embeddings (text_hash, encoder, vector)"],
        ["DROP TABLE embeddings", "CREATE VIRTUAL TABLE embeddings USING fts5(text_hash, encoder, vector)"],
        ["ALTER TABLE embeddings ADD COLUMN more"],
        ["CREATE TABLE more (a)"],
    ],
    ids=["a trigger", "a view", "another table", "a virtual table", "another column", "a further table"],
)
def test_a_file_that_is_not_as_we_make_it_is_begun_anew(tmp_path: Path, statements: list[str]) -> None:
    """It is only a cache; nothing of it runs, and a person hears of it."""
    file = tmp_path / "e.db"
    EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    run_sql(file, *statements)
    cache = EmbeddingCache(file)
    found = cache.embed(WordEncoder(), TEXTS)
    assert np.array_equal(found.vectors, RIGHT)
    assert found.embedded == 6
    assert "begun anew" in cache.notes[0]
    assert EmbeddingCache(file).embed(WordEncoder(), TEXTS).from_cache == 6


def test_pages_that_are_spoilt_cost_time_only(tmp_path: Path) -> None:
    """Bytes changed all over the file: vectors come out all the same."""
    file = tmp_path / "e.db"
    random = np.random.default_rng(1)
    for _ in range(25):
        EmbeddingCache(file).embed(WordEncoder(), TEXTS)
        content = bytearray(file.read_bytes())
        for at in random.integers(0, len(content), 40):
            content[at] = random.integers(256)
        file.write_bytes(content)
        found = EmbeddingCache(file).embed(WordEncoder(), TEXTS).vectors
        assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)


def test_a_link_and_a_trap_are_named(tmp_path: Path) -> None:
    """Writing would go elsewhere, or opening would delete a file."""
    elsewhere, file = tmp_path / "elsewhere", tmp_path / "e.db"
    file.symlink_to(elsewhere)
    with pytest.raises(BadInput, match="is a link"):
        EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    assert not elsewhere.exists()
    file.unlink()
    EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    elsewhere.write_text("a diary")
    with_deleting_journal(file, elsewhere)
    with pytest.raises(BadInput, match="would be deleted"):
        EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    assert elsewhere.exists()


def test_the_length_of_a_vector_is_known_without_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder's files say it; loading takes seconds."""
    monkeypatch.setattr(EmbedderSource, "load", lambda _self: pytest.fail("loaded for nothing"))
    assert EmbedderSource().dimensions == 384


@pytest.mark.parametrize(
    ("files", "length"),
    [
        ({"config.json": '{"hidden_size": 64}'}, 64),
        ({"config.json": '{"dim": 32}'}, 32),
        ({"config.json": '{"d_model": 32}'}, None),
        ({"modules.json": '[{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "1"}]',
          "1/config.json": '{"word_embedding_dimension": 8, "pooling_mode_cls": true, "pooling_mode_max": true}'}, 16),
        ({"modules.json": '[{"type": "a.Pooling", "path": "1"}, {"type": "a.Dense", "path": "2"}, {"type": "a.Normalize"}]',
          "1/config.json": '{"embedding_dimension": 8, "pooling_mode": ["cls", "mean"]}',
          "2/config.json": '{"out_features": 5}'}, 5),
        ({"modules.json": '[{"type": "a.Pooling", "path": "1"}]'}, None),
        ({"modules.json": "{}"}, None),
    ],
)  # fmt: skip
def test_an_encoders_files_say_how_long_its_vectors_are(
    tmp_path: Path, files: dict[str, str], length: int | None
) -> None:
    """Several ways of pooling stand one after the other; a dense layer at the end decides; else nobody knows."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert dimensions_of(tmp_path) == length


def test_an_encoder_that_gives_other_vectors_than_its_files_say_is_refused(tmp_path: Path) -> None:
    """Else all that is kept of it would count as damaged, time and again."""
    encoder = WordEncoder()
    encoder.dimensions = 12
    encoder.embed = lambda texts, _progress=None: np.eye(len(texts), 13, dtype=np.float32)  # type: ignore[method-assign]
    with pytest.raises(TandemError, match="gives 13 numbers"):
        EmbeddingCache(tmp_path / "e.db").embed(encoder, TEXTS)


@pytest.mark.parametrize(
    "kept",
    [b"\0" * 7, b"\0" * 8, _spans(3, 1), _spans(0, 99), _spans(0, 4, 2, 6), "text", 7],
    ids=["cut short", "no words", "backwards", "beyond the end", "overlapping", "text", "number"],
)
def test_sentences_that_do_not_fit_their_text_are_cut_anew(tmp_path: Path, kept: object) -> None:
    """Whatever stands there instead, the right spans come out; right ones are taken as they are."""
    file, right = tmp_path / "e.db", (Span(0, 2), Span(3, 6))
    EmbeddingCache(file).sentences(["ab cde"], "rules", lambda _text: right)
    assert EmbeddingCache(file).sentences(["ab cde"], "rules", lambda _text: ()) == [right]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE sentences SET spans = ?", (kept,))
    assert EmbeddingCache(file).sentences(["ab cde"], "rules", lambda _text: right) == [right]


def test_a_file_of_embeddings_alone_gets_room_for_sentences(tmp_path: Path) -> None:
    """As an earlier Tandem made it: nothing of it is thrown away."""
    file = tmp_path / "e.db"
    EmbeddingCache(file).embed(WordEncoder(), TEXTS)
    run_sql(file, "DROP TABLE sentences")
    cache = EmbeddingCache(file)
    assert cache.sentences(["ab"], "rules", lambda _text: (Span(0, 2),)) == [(Span(0, 2),)]
    assert cache.embed(WordEncoder(), TEXTS).from_cache == len(TEXTS)
    assert not cache.begun_anew
