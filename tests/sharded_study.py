"""Interviews whose passages are suggested for in shards, with vectors that are known already: no encoder is loaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
from builders import WordEncoder, a_transcript

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Review
from annotations.segment import Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store, open_store
from annotations.store.model_versions import ModelVersion, add_model, promote, serving_model
from annotations.store.reviews import add_reviews
from annotations.store.segments import keep_segmentation
from annotations.store.suggestions import Suggested, suggestions_of
from annotations.store.tables import suggestions
from annotations.store.transcripts import add_transcript
from models.artifact import save
from models.calibration import Calibration
from models.classifier import Model, fit_weights
from models.corpus import read_corpus
from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.features import choose, count, matrix_of_counted
from models.segment_words import SegmentWords
from models.segmenter import sentences_in
from models.shard_worker import suggest_shard
from models.sharded import Answer, Sharded, Spread
from models.suggester import Suggester

WAY = Segmentation()
SAID = (
    "The money is gone again, and nobody says why. Then it snowed for a week in spring.",
    "It snowed in spring.",
    "The money is gone.",
)
PASSAGES = 24


class Words(WordEncoder):
    """As many numbers as the shipped encoder has."""

    dimensions = 384
    model = "words"
    device = None


def a_model() -> Model:
    """One that has learnt that a passage with "money" in it is about money."""
    units = [
        SegmentWords(("the money is gone", "it snowed in spring")[at % 2], speaker="P") for at in range(60)
    ]
    embeddings = Words().embed([unit.text for unit in units])
    counted = count(units)
    vocabulary, columns = choose(counted, np.arange(60), [f"g{at % 6}" for at in range(60)])
    features = matrix_of_counted(counted, np.arange(60), vocabulary, columns, embeddings)
    labels = np.array([[1 - at % 2] for at in range(60)], dtype=float)
    weights = fit_weights(features, labels, np.ones_like(labels)).weights
    return Model(("money",), vocabulary, weights, Calibration(np.ones(1), np.zeros(1)), np.array([0.4]))


@contextmanager
def a_store(migrated: Path, folder: Path) -> Iterator[Store]:
    """An empty SQLite database in a study's folder."""
    shutil.copy(migrated, folder / "tandem.db")
    opened = open_store(f"sqlite:///{folder / 'tandem.db'}")
    yield opened
    opened.close()


def a_study(
    store: Store, codebook: Codebook, folder: Path, source: EmbedderSource | Words, unknown: int = 0
) -> Suggester:
    """A coded interview and four more. All vectors are in the cache, but for those of the last ``unknown`` passages."""
    first = a_transcript("P-0", "So?", "They took the money.", "And?", "Snow.", wave="1")
    others = []
    for who in range(1, 5):
        words = [f"{SAID[(who + at) % 3]} {who}-{at}" for at in range(PASSAGES // 4)]
        asked = [part for at, said in enumerate(words) for part in (f"And {at % 2}?", said)]
        others.append(a_transcript(f"P-{who}", *asked, wave="2"))
    model = a_model()
    sha256 = save(model, folder / "models" / "m")
    version = ModelVersion(
        id=uuid4(),
        version="v1",
        kind="trained",
        folder="m",
        sha256=sha256,
        codebook_version=codebook.version,
        segmentation=WAY.version,
        embedder=source.fingerprint,
        reviews_hash="",
        reviews=1,
        codes=model.codes,
        thresholds={"money": 0.4},
        recipe="r",
    )
    with store.writing() as connection:
        keep_codebook(connection, codebook)
        keep_segmentation(connection, WAY)
        coded, *_ = [add_transcript(connection, transcript) for transcript in (first, *others)]
        span = first.turns[1].span
        add_reviews(
            connection,
            [
                Review(
                    coded,
                    "Ada",
                    span,
                    (Coding("money", span),),
                    codebook_version=codebook.version,
                    id=uuid4(),
                )
            ],
        )
        add_model(connection, version, ())
        promote(connection, version.id, verdict="better", reason="first")
    corpus = read_corpus(store, WAY)
    cache = EmbeddingCache(folder / "embeddings.db")
    made = Suggester(store, codebook, WAY, source, cache, folder / "models")  # type: ignore[arg-type]
    units = corpus.units_of(range(len(corpus) - unknown))
    texts = [unit.text for unit in units]
    sentences = cache.sentences(texts, WAY.pipeline, lambda text: sentences_in(text, WAY.pipeline))
    texts += [span.of(text) for text, its in zip(texts, sentences, strict=True) for span in its]
    texts += [unit.question for unit in units]
    cache.embed(source, list(dict.fromkeys(texts)), load=Words)  # type: ignore[arg-type]
    return made


def in_shards(suggester: Suggester, cluster: object, told: list[str] | None = None) -> Suggester:
    """The same with its work done in shards by this cluster."""
    runs = suggester.folder.parent / ".tandem-precoding"
    tell = (lambda _said: None) if told is None else told.append
    return replace(suggester, engine=Sharded(runs, suggester.folder, cluster, tell))  # type: ignore[arg-type]


def said_by(suggester: Suggester) -> dict[str, Suggested]:
    """What is kept of the model that serves, by segment."""
    with suggester.store.reading() as connection:
        suggestions = suggestions_of(connection, serving_model(connection))
    return {str(segment): its for segment, its in suggestions.items()}


def forget_suggestions(suggester: Suggester) -> None:
    """As before any pre-coding."""
    with suggester.store.writing() as connection:
        connection.execute(suggestions.delete())


def assert_alike(these: dict[str, Suggested], other: dict[str, Suggested]) -> None:
    """The same suggestions for the same reasons, and the same probabilities to 1e-6."""
    assert these.keys() == other.keys()
    for segment, its in these.items():
        np.testing.assert_allclose(its.probabilities, other[segment].probabilities, atol=1e-6)
        assert its.suggested == other[segment].suggested
        assert its.evidence == other[segment].evidence
        assert its.sentences == other[segment].sentences


@contextmanager
def worker_here() -> Iterator[Spread]:
    """A cluster of one worker, which is this process."""

    def spread(run: Path, numbers: Sequence[int]) -> Iterator[Answer]:
        for number in numbers:
            yield None
            yield suggest_shard(run, number)

    yield spread
