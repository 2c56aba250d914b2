"""What is told of a new wave shows only words that may be quoted."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import numpy as np
from builders import WordEncoder, a_transcript

from annotations.groups import groups_of
from annotations.segment import Segmentation
from annotations.store.database import Store
from annotations.store.model_versions import ModelVersion
from annotations.store.transcripts import add_transcript
from annotations.transcript import Consents
from models.calibration import Calibration
from models.classifier import Model, Weights
from models.corpus import Corpus, read_corpus
from models.embedding_cache import EmbeddingCache
from models.features import Vocabulary
from models.wave_notice import Notice, draw, notice

ENCODER = WordEncoder()
KNOWN = ("the budget money grant cost", "nurses colleagues team staff", "money for the staff team")
NEW = "snow covered every road and bridge"
MODEL = Model(
    ("a",),
    Vocabulary({}, {}),
    Weights(np.zeros((1, 0), np.float32), np.zeros(1)),
    Calibration(np.ones(1), np.zeros(1)),
    np.array([0.4]),
)
VERSION = ModelVersion(
    id=uuid4(),
    version="v1",
    kind="trained",
    folder="m",
    sha256="",
    codebook_version="",
    segmentation="",
    embedder=ENCODER.fingerprint,
    reviews_hash="",
    reviews=1,
    codes=("a",),
    thresholds={"a": 0.4},
    too_few={},
    figures={"codes": [{"code_id": "a", "prevalence": 0.3}]},
    run_id=None,
)


def _corpus(store: Store) -> Corpus:
    """Eight coded interviews about money and staff; six new ones about snow, of which two may be quoted."""
    with store.writing() as connection:
        for at in range(8):
            said = [word for topic in KNOWN for word in ("And?", f"{topic} talk{at}")]
            add_transcript(connection, a_transcript(f"P-{at}", *said, wave="1"))
        for at in range(6):
            consents = Consents(may_train=True, may_quote=at < 2)
            add_transcript(
                connection, a_transcript(f"Q-{at}", "And?", f"{NEW} talk{at}", wave="2", consents=consents)
            )
    return read_corpus(store, Segmentation())


def _told(store: Store, tmp_path: Path, coded: list[int]) -> Notice | None:
    corpus = _corpus(store)
    groups = groups_of([kept.transcript for kept in corpus.transcripts])
    new = corpus.in_wave("2")
    sampled = draw(new)
    vectors = ENCODER.embed([corpus.text(unit) for unit in new])
    sampled.look(new, vectors, np.full((len(new), 1), 0.01))
    cache = EmbeddingCache(tmp_path / "e.db")
    return notice(corpus, groups, coded, sampled, MODEL, VERSION, ENCODER, cache)  # type: ignore[arg-type]


def test_a_new_theme_is_quoted_only_where_it_may_be(store: Store, tmp_path: Path) -> None:
    """Six participants speak of snow; the two who may be quoted are."""
    found = _told(store, tmp_path, list(range(8)))
    assert found is not None
    (cluster,) = found.to_json()["clusters"]
    assert (cluster["segments"], cluster["groups"]) == (6, 6)
    assert {quote["participant"] for quote in cluster["quotes"]} == {"Q-0", "Q-1"}
    assert found.novelty.shifts[0].learnt == 0.3


def test_without_coded_transcripts_nothing_is_told(store: Store, tmp_path: Path) -> None:
    """There is nothing to compare with."""
    assert _told(store, tmp_path, []) is None
