"""Pre-coding goes on where it stopped, repeats nothing, and shows only what may be shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from builders import WordEncoder, a_transcript

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Review
from annotations.errors import BadInput, TandemError
from annotations.progress import quiet
from annotations.segment import Segmentation
from annotations.store.codebook_versions import keep_codebook
from annotations.store.database import Store
from annotations.store.model_versions import ModelVersion, add_model, promote
from annotations.store.reviews import add_reviews
from annotations.store.suggestions import suggestions_of
from annotations.store.transcripts import add_transcript
from annotations.transcript import Consents
from models import suggester as suggesting
from models.artifact import save
from models.cold_start import from_codebook
from models.corpus import read_corpus
from models.embedding_cache import EmbeddingCache
from models.suggester import Suggester

WAY = Segmentation()
ENCODER = WordEncoder()


@pytest.fixture
def suggester(store: Store, codebook: Codebook, tmp_path: Path) -> Suggester:
    """Two interviews with a model that knows only the codebook; the first is coded, and may be quoted."""
    first = a_transcript("P-1", "So?", "What it costs is too much.", "And?", "Snow.", wave="1")
    second = a_transcript("P-2", "So?", "what it costs", "Yes?", "who does it", "Ah?", "Rain.", wave="2")
    with store.writing() as connection:
        keep_codebook(connection, codebook)
        ids = [add_transcript(connection, one) for one in (first, second)]
        span = first.turns[1].span
        review = Review(
            ids[0], "Ada", span, (Coding("money", span),), codebook_version=codebook.version, id=uuid4()
        )
        add_reviews(connection, [review])
    corpus = read_corpus(store, WAY)
    vectors = ENCODER.embed([corpus.text(unit) for unit in range(len(corpus))])
    model = from_codebook(codebook.applicable, ENCODER.embed, vectors)
    sha256 = save(model, tmp_path / "m")
    version = ModelVersion(
        id=uuid4(),
        version="v1",
        kind="cold start",
        folder="m",
        sha256=sha256,
        codebook_version=codebook.version,
        segmentation=WAY.version,
        embedder=ENCODER.fingerprint,
        reviews_hash="",
        reviews=0,
        codes=model.codes,
        thresholds=dict.fromkeys(model.codes, 0.75),
        too_few={},
        figures={},
        run_id=None,
    )
    with store.writing() as connection:
        add_model(connection, version, ())
        promote(connection, version.id, verdict="better", reason="first")
    cache = EmbeddingCache(tmp_path / "e.db")
    return Suggester(store, codebook, WAY, WordEncoder(), cache, tmp_path)  # type: ignore[arg-type]


def test_every_unit_gets_every_probability(suggester: Suggester, store: Store) -> None:
    """All codes of all participants' segments are stored; what is clear is suggested, with evidence of others."""
    made = suggester.precode(wave="2", progress=quiet)
    assert (made.segments, made.already, made.embedded) == (3, 0, 3)
    with store.reading() as connection:
        found = suggestions_of(connection, made.model)
    assert {len(one.probabilities) for one in found.values()} == {4}
    (money,) = [one for one in found.values() if "money" in one.suggested]
    assert len(money.evidence["money"]) == 1
    assert made.codes["money"] == 1


def test_what_was_done_is_not_done_again(suggester: Suggester) -> None:
    """A second run finds everything there; all waves together do only what is new."""
    suggester.precode(wave="2", progress=quiet)
    again = suggester.precode(wave="2", progress=quiet)
    assert (again.segments, again.already, again.embedded + again.from_cache) == (3, 3, 0)
    assert suggester.precode(wave=None, progress=quiet).already == 3


def test_an_interrupted_run_goes_on(suggester: Suggester, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept before an interruption counts."""
    monkeypatch.setattr(suggesting, "BATCH", 2)

    def stop(done: int, _total: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        suggester.precode(wave="2", progress=stop)
    made = suggester.precode(wave="2", progress=quiet)
    assert made.already == 2


def test_the_encoder_is_loaded_once(suggester: Suggester, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many lots embed something: each time costs a second, and memory until it is collected."""
    encoder: WordEncoder = suggester.source  # type: ignore[assignment]
    loaded = []
    monkeypatch.setattr(suggesting, "BATCH", 1)
    monkeypatch.setattr(encoder, "load", lambda: loaded.append(1) or encoder)
    assert suggester.precode(wave="2", progress=quiet).embedded == 3
    assert len(loaded) == 1


def test_what_may_not_be_quoted_is_no_evidence(suggester: Suggester, store: Store) -> None:
    """Without the participant's word no passage is shown to another's coder, and the summary can say so."""
    from annotations.store.transcripts import get_transcript, redescribe_transcript

    with store.writing() as connection:
        kept = get_transcript(connection, "P-1")
        silent = replace(kept.transcript, consents=Consents(may_quote=False))
        redescribe_transcript(connection, kept.id, silent)
    made = suggester.precode(wave="2", progress=quiet)
    assert (made.with_evidence, made.quotable) == (0, False)


def test_a_wave_that_is_none(suggester: Suggester) -> None:
    """The waves are named."""
    with pytest.raises(BadInput, match="Waves: 1, 2"):
        suggester.precode(wave="7", progress=quiet)


@pytest.mark.parametrize("what", ["codebook", "segmentation", "encoder"])
def test_a_model_of_other_things_does_not_speak(suggester: Suggester, codebook: Codebook, what: str) -> None:
    """What has changed since training is named."""
    encoder = WordEncoder()
    encoder.fingerprint = "another"
    other = {
        "codebook": replace(suggester, codebook=replace(codebook, codes=codebook.codes[:3])),
        "segmentation": replace(suggester, segmentation=Segmentation("sentence")),
        "encoder": replace(suggester, source=encoder),  # type: ignore[arg-type]
    }
    with pytest.raises(TandemError, match=f"the {what} has changed"):
        other[what].precode(wave=None, progress=quiet)
