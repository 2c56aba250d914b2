"""The encoder reads every word, gives what sentence-transformers gives, and asks nobody for anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.errors import BadInput, TandemError
from models.embedder import SHIPPED_SHA256, Embedder, EmbedderSource

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.slow,
]
SHORT = ("The nurses keep a list.", "Nobody asked us.", "It costs too much, and takes too long.")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """The shipped encoder."""
    return EmbedderSource(device="cpu").load()


def _long(ending: str) -> str:
    return (
        " ".join(f"sentence number {at} about the ward and its budget." for at in range(120)) + f" {ending}"
    )


def test_short_texts_get_the_vectors_of_sentence_transformers(embedder: Embedder) -> None:
    """Our batches give the vectors that the library's own ``encode`` gives."""
    plain = embedder._model.encode(list(SHORT), normalize_embeddings=True)
    assert np.abs(embedder.embed(SHORT) - plain).max() < 1e-5


def test_order_and_repetition_are_kept(embedder: Embedder) -> None:
    """Batches are made by length, but rows come back in the order asked for, a repeated text each time."""
    texts = [SHORT[2], _long("end"), SHORT[0], SHORT[2]]
    vectors = embedder.embed(texts)
    assert vectors.shape == (4, 384)
    assert np.abs(vectors[0] - vectors[3]).max() == 0
    assert np.abs(vectors[2] - embedder.embed([SHORT[0]])[0]).max() < 1e-5
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5


def test_a_long_text_is_read_to_its_end(embedder: Embedder) -> None:
    """What is said after the first 256 word pieces changes the vector; plain ``encode`` would not see it."""
    one, other = _long("We stopped in March."), _long("The patients love it dearly.")
    plain = embedder._model.encode([one, other], normalize_embeddings=True)
    assert np.abs(plain[0] - plain[1]).max() < 1e-6
    ours = embedder.embed([one, other])
    assert np.abs(ours[0] - ours[1]).max() > 1e-3


def test_a_long_text_is_the_mean_of_its_windows(embedder: Embedder) -> None:
    """Windows are pooled by their number of word pieces."""
    text = _long("end")
    pieces = embedder.windows(text)
    assert len(pieces) > 2
    mean = sum(count * embedder.embed([piece])[0] for piece, count in pieces)
    assert np.abs(embedder.embed([text])[0] - mean / np.linalg.norm(mean)).max() < 1e-5


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=3000))
def test_windows_lose_nothing(embedder: Embedder, text: str) -> None:
    """The windows of any text, one after the other, are the text; each fits into the encoder."""
    pieces = embedder.windows(text)
    assert "".join(piece for piece, _ in pieces) == text
    room = embedder.max_tokens - embedder._model.tokenizer.num_special_tokens_to_add()
    assert all(1 <= count <= room for _, count in pieces)


def test_nothing_to_embed(embedder: Embedder) -> None:
    """No text gives no row, of the right width; an empty text has a vector."""
    assert embedder.embed([]).shape == (0, 384)
    assert np.isfinite(embedder.embed([""])).all()


def test_the_shipped_weights_are_the_published_ones() -> None:
    """The fingerprint stands for weights whose hash has been compared."""
    source = EmbedderSource()
    assert len(source.fingerprint) == 16
    assert len(SHIPPED_SHA256) == 64
    assert source.fingerprint == EmbedderSource(device="cpu").fingerprint


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    """One byte of the shipped weights is another, and nothing is embedded with them."""
    folder = tmp_path / "model"
    shutil.copytree(EmbedderSource().folder, folder)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    source = EmbedderSource()
    source.__dict__["folder"] = folder
    with pytest.raises(TandemError, match="not the published one"):
        source.load()


def test_a_folder_of_a_model_is_taken(tmp_path: Path) -> None:
    """Any sentence-transformers folder works, and is another encoder than the shipped one only if it differs."""
    folder = tmp_path / "model"
    shutil.copytree(EmbedderSource().folder, folder)
    assert EmbedderSource(str(folder)).fingerprint == EmbedderSource().fingerprint
    (folder / "tokenizer.json").write_text("{}")
    assert EmbedderSource(str(folder)).fingerprint != EmbedderSource().fingerprint


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("1_Pooling/config.json", '"pooling_mode_cls_token": false', '"pooling_mode_cls_token": true'),
        ("modules.json", "sentence_transformers.models.Normalize", "sentence_transformers.models.Dropout"),
        ("sentence_bert_config.json", "256", "64"),
        ("config.json", '"layer_norm_eps": 1e-12', '"layer_norm_eps": 1e-5'),
        ("tokenizer_config.json", '"do_lower_case": true', '"do_lower_case": false'),
    ],
)
def test_the_same_weights_used_otherwise_are_another_encoder(
    file: str, before: str, after: str, tmp_path: Path
) -> None:
    """Vectors that were kept of the one are none of the other, and a model of the one is not that of the other."""
    folder = tmp_path / "model"
    shutil.copytree(EmbedderSource().folder, folder)
    said = (folder / file).read_text("utf-8")
    assert before in said
    (folder / file).write_text(said.replace(before, after), "utf-8")
    assert EmbedderSource(str(folder)).fingerprint != EmbedderSource().fingerprint
    (folder / file).write_text(said.replace("4.8.2", "5.0.0"), "utf-8")
    assert EmbedderSource(str(folder)).fingerprint == EmbedderSource().fingerprint


@pytest.mark.parametrize("model", ["no-such-model", "some/other-model"])
def test_what_is_not_on_this_machine_is_not_downloaded(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that no folder goes by is refused with what to do."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(BadInput, match="downloads nothing"):
        _ = EmbedderSource(model).fingerprint


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    """A folder with a configuration and no weights is no model."""
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(BadInput, match="no weights"):
        EmbedderSource(str(tmp_path)).load()


@pytest.mark.parametrize(
    ("card", "known"),
    [
        ("---\nlanguage:\n- multilingual\n- sv\n- no\n- pt-BR\n---\n# It\n", {"sv", "no", "pt"}),
        ("---\nlanguage: de\nlicense: mit\n---\n", {"de"}),
        ("---\nlanguage: multilingual\n---\n", None),
        ("---\nlanguage: [sv\n---\n", None),
        ("---\nlanguage: &a [*a]\n---\n", None),
        ("# It\n", None),
        (None, None),
    ],
)
def test_a_model_card_says_which_languages_an_encoder_was_taught(
    tmp_path: Path, card: str | None, known: set[str] | None
) -> None:
    """Where it says nothing, or nothing that can be read, nobody knows, and study.yaml can say it."""
    (tmp_path / "config.json").write_text("{}")
    if card is not None:
        (tmp_path / "README.md").write_text(card)
    assert EmbedderSource(str(tmp_path)).taught == known
    assert EmbedderSource(str(tmp_path), languages=("fi",)).taught == {"fi"}
    assert EmbedderSource().taught == {"en"}
