"""Pre-coding says which sentence carries each suggestion, once, and keeps it with the suggestion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from builders import WordEncoder, a_transcript
from sqlalchemy import null

from annotations.codebook.codes import Codebook
from annotations.segment import Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.model_versions import ModelVersion, add_model, get_model, promote
from annotations.store.segments import keep_segmentation
from annotations.store.suggestions import Suggested, suggestions_of, without_sentences
from annotations.store.tables import suggestions
from annotations.store.transcripts import add_transcript
from models.artifact import save
from models.calibration import Calibration
from models.classifier import Model, fit_weights
from models.corpus import read_corpus
from models.embedding_cache import EmbeddingCache
from models.features import choose, count, matrix_of_counted
from models.segment_words import SegmentWords
from models.suggester import Suggester

WAY = Segmentation()
LONG = "We moved in spring. The money is gone again. Then it snowed."


def _quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def _model() -> Model:
    """One that has learnt that a passage with "money" in it is about money."""
    units = [
        SegmentWords(("the money is gone", "it snowed in spring")[at % 2], speaker="P") for at in range(60)
    ]
    embeddings = WordEncoder().embed([unit.text for unit in units])
    counted = count(units)
    vocabulary, columns = choose(counted, np.arange(60), [f"g{at % 6}" for at in range(60)])
    features = matrix_of_counted(counted, np.arange(60), vocabulary, columns, embeddings)
    labels = np.array([[1 - at % 2] for at in range(60)], dtype=float)
    weights = fit_weights(features, labels, np.ones_like(labels)).weights
    return Model(("money",), vocabulary, weights, Calibration(np.ones(1), np.zeros(1)), np.array([0.4]))


@pytest.fixture
def suggester(store: Store, codebook: Codebook, tmp_path: Path) -> Suggester:
    """An interview of a long passage on money, a short one, and one on something else; two versions of one model."""
    said = a_transcript("P-1", "So?", LONG, "And?", "The money is gone.", "Ah?", "Snow. It fell in spring.")
    model = _model()
    sha256 = save(model, tmp_path / "m")
    with store.writing() as connection:
        keep_segmentation(connection, WAY)
        add_transcript(connection, said)
        for version in ("v1", "v2"):
            made = ModelVersion(
                id=uuid4(),
                version=version,
                kind="trained",
                folder="m",
                sha256=sha256,
                codebook_version=keep_codebook(connection, codebook),
                segmentation=WAY.version,
                embedder=WordEncoder.fingerprint,
                reviews_hash="",
                reviews=0,
                codes=model.codes,
                thresholds={"money": 0.4},
            )
            add_model(connection, made, ())
            if version == "v1":
                promote(connection, made.id, verdict="better", reason="first")
    cache = EmbeddingCache(tmp_path / "e.db")
    return Suggester(store, codebook, WAY, WordEncoder(), cache, tmp_path)  # type: ignore[arg-type]


def _said(suggester: Suggester, model: ModelVersion) -> Mapping[UUID, Suggested]:
    with suggester.store.reading() as connection:
        return suggestions_of(connection, model)


@pytest.mark.slow
def test_the_sentence_that_carries_a_suggestion_is_kept_as_a_span(suggester: Suggester) -> None:
    """Its span lies in the transcript; a passage of one sentence has none, nor has one without a suggestion."""
    made = suggester.precode(wave=None, progress=_quiet)
    corpus = read_corpus(suggester.store, WAY)
    found = _said(suggester, made.model)
    assert [found[one].suggested for one in corpus.ids] == [("money",), ("money",), ()]
    long, short, other = (found[one].sentences for one in corpus.ids)
    assert long is not None
    assert long["money"].of(corpus.transcript(0).text) == "The money is gone again."
    assert (short, other) == ({}, {})
    (suggestion,) = found[corpus.ids[0]].one_by_one(made.model)
    assert suggestion.sentence == long["money"]


@pytest.mark.slow
def test_sentences_are_embedded_once_and_only_where_something_is_suggested(suggester: Suggester) -> None:
    """The passage on snow has two sentences, and nobody needs them; a second version embeds nothing."""
    suggester.precode(wave=None, progress=_quiet)
    encoder: WordEncoder = suggester.source  # type: ignore[assignment]
    embedded = list(encoder.embedded)
    assert "The money is gone again." in embedded
    assert not {"Snow.", "It fell in spring."} & set(embedded)
    with suggester.store.writing() as connection:
        second = get_model(connection, "v2")
        promote(connection, second.id, verdict="better", reason="second")
    made = suggester.precode(wave=None, progress=_quiet)
    assert made.model.version == "v2"
    assert encoder.embedded == embedded


def test_what_was_suggested_before_sentences_were_kept_gets_them(suggester: Suggester) -> None:
    """The next pre-coding finds them, changes nothing else, and looks no further the time after."""
    made = suggester.precode(wave=None, progress=_quiet)
    before = _said(suggester, made.model)
    with suggester.store.writing() as connection:
        connection.execute(suggestions.update().values(sentences=null()))
        assert len(without_sentences(connection, made.model.id)) == 3
    again = suggester.precode(wave=None, progress=_quiet)
    assert (again.already, again.embedded) == (3, 0)
    assert _said(suggester, made.model) == before
    with suggester.store.reading() as connection:
        assert without_sentences(connection, made.model.id) == {}


@pytest.mark.slow
def test_what_is_known_of_a_lot_is_not_asked_for_again(
    suggester: Suggester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where its sentences lie, nor the vectors of its questions."""
    asked: list[str] = []
    known_sentences, known_vectors = EmbeddingCache.sentences, EmbeddingCache.embed

    def sentences(cache: EmbeddingCache, texts: Sequence[str], *how: Any) -> Any:
        asked.extend(f"sentences of {text}" for text in texts)
        return known_sentences(cache, texts, *how)

    def embed(cache: EmbeddingCache, source: Any, texts: Sequence[str], *how: Any, **more: Any) -> Any:
        asked.extend(f"vector of {text}" for text in texts)
        return known_vectors(cache, source, texts, *how, **more)

    monkeypatch.setattr(EmbeddingCache, "sentences", sentences)
    monkeypatch.setattr(EmbeddingCache, "embed", embed)
    suggester.precode(wave=None, progress=_quiet)
    assert f"sentences of {LONG}" in asked
    assert "vector of So?" in asked
    assert len(asked) == len(set(asked))
