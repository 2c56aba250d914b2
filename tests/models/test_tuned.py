"""A fine-tuned encoder learns what is said around a passage, reads nobody's label, and is kept as it was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotations.errors import TandemError
from models import tune_encoder as tuning
from models.artifact import load, save
from models.calibration import Calibration
from models.classifier import Model, Weights
from models.embedder import EmbedderSource
from models.features import BLOCKS, Vocabulary
from models.segment_words import INTERVIEWER, SegmentWords
from models.tune_encoder import FineTuning, TuningRecipe, tune, tune_on
from models.tuned import Tuned, load_tuned, save_tuned
from models.tuned_passage import PassageInContext, passage_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.slow,
]
QUICK = TuningRecipe(rate=2e-4, top_rate=5e-3, passes=(6, 6))
SOURCE = EmbedderSource(device="cpu")
ASKED = ("What did it cost you?", "Who was there to help?")


def _answers(count: int, seed: int) -> tuple[list[PassageInContext], np.ndarray]:
    """The same answers to one of two questions: nothing but the question says which code applies."""
    random = np.random.default_rng(seed)
    topic = random.integers(0, 2, count)
    said = ("Yes, quite a lot.", "Not much, really.", "I would rather not say.", "More than we thought.")
    passages = [PassageInContext(said[random.integers(4)], before=ASKED[t]) for t in topic]
    return passages, np.stack([topic == 0, topic == 1], axis=1).astype(float)


@pytest.fixture(scope="module")
def learnt() -> Tuned:
    """Tuned on sixty-four answers."""
    passages, labels = _answers(64, 0)
    return tune_on(SOURCE, passages, labels, np.ones(labels.shape), recipe=QUICK)


def test_what_stands_before_a_passage_decides(learnt: Tuned) -> None:
    """New answers are told apart by their questions alone."""
    passages, labels = _answers(40, 1)
    found = learnt.logits_of(passages)
    assert found.shape == (40, 2)
    assert ((found > 0) == (labels > 0.5)).all()
    assert learnt.logits_of([]).shape == (0, 2)


def test_what_nobody_judged_teaches_nothing() -> None:
    """Labels under a weight of 0 may say anything; a passage that nobody judged at all is not looked at."""
    passages, labels = _answers(16, 2)
    weights = np.ones(labels.shape)
    weights[:8, 1] = 0
    weights[12:] = 0
    quick = replace(QUICK, passes=(1, 1))
    turned = np.where(weights > 0, labels, 1 - labels)
    one, other = (tune_on(SOURCE, passages, said, weights, recipe=quick) for said in (labels, turned))
    assert one.same_as(other)
    different = labels.copy()
    different[10] = 1 - different[10]
    assert not one.same_as(tune_on(SOURCE, passages, different, weights, recipe=quick))


def test_random_numbers_of_others_stay_as_they_were() -> None:
    """Tuning neither depends on PyTorch's random numbers nor moves them."""
    import torch

    passages, labels = _answers(8, 3)
    torch.manual_seed(5)
    wanted = torch.rand(2)
    torch.manual_seed(5)
    tune_on(SOURCE, passages, labels, np.ones(labels.shape), recipe=replace(QUICK, passes=(1, 1)))
    assert torch.equal(torch.rand(2), wanted)


def test_a_persons_own_label_is_not_read() -> None:
    """Labels that several groups share are read, and so is that somebody asked."""
    unit = SegmentWords(
        "It was fine.",
        "JKG-01",
        before="How was it?",
        after="Good for you.",
        speaker_before=INTERVIEWER,
        speaker_after="Friend",
    )
    assert passage_of(unit, ()) == PassageInContext(
        "It was fine.", "Interviewer: How was it?", "Good for you."
    )
    assert passage_of(unit, {"jkg-01", "friend"}) == PassageInContext(
        "JKG-01: It was fine.", "Interviewer: How was it?", "Friend: Good for you."
    )
    written = replace(unit, dialogue=False, question="Anything else?")
    assert passage_of(written, ()) == PassageInContext("It was fine.", "Anything else?")


def test_few_passages_are_read_more_often() -> None:
    """About 34,000 in all, in three to twenty passes."""
    recipe = TuningRecipe()
    assert [recipe.passes_over(count) for count in (0, 1000, 5000, 7800, 100_000)] == [20, 20, 7, 4, 3]


def _model(tuned: Tuned | None) -> Model:
    terms: dict[str, tuple[str, ...]] = {block.name: () for block in BLOCKS}
    idf = {block.name: np.zeros(0, dtype=np.float32) for block in BLOCKS}
    return Model(
        codes=("cost", "help"),
        vocabulary=Vocabulary(terms, idf),
        weights=Weights(np.ones((2, 20), dtype=np.float32), np.zeros(2)),
        calibration=Calibration(np.ones(2), np.zeros(2)),
        thresholds=np.full(2, 0.5),
        tuned=tuned,
    )


def test_a_model_with_it_comes_back_from_disk_as_it_was(learnt: Tuned, tmp_path: Path) -> None:
    """Its probabilities are the mean of both logits; damaged or exchanged weights are refused."""
    units = [SegmentWords("Not much, really.", before=asked, speaker_before="x") for asked in ASKED]
    vectors = np.eye(2, 8, dtype=np.float32)
    model = _model(learnt)
    sha256 = save(model, tmp_path / "model")
    again = load(tmp_path / "model", sha256)
    assert isinstance(again, Model)
    assert again.tuned is not None
    assert again.tuned.same_as(learnt)
    found = again.probabilities(units, vectors)
    assert np.allclose(found, model.probabilities(units, vectors))
    linear = _model(None).probabilities(units, vectors)
    assert found == pytest.approx(
        1 / (1 + np.exp(-(np.log(linear / (1 - linear)) + learnt.logits(units)) / 2)), abs=1e-6
    )
    file = tmp_path / "model" / "tuned.npz"
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    with pytest.raises(TandemError, match="is not the one that was trained"):
        load(tmp_path / "model", sha256)
    file.unlink()
    with pytest.raises(TandemError, match="is not the one that was trained"):
        load(tmp_path / "model", sha256)


def test_another_encoder_in_its_place_is_refused(learnt: Tuned) -> None:
    """The tokenizer and the shape are the encoder's, so it has to be the same one."""
    with pytest.raises(TandemError, match="not the one that was fine-tuned"):
        replace(learnt, fingerprint="another").logits([SegmentWords("Yes.")])


def test_the_recipe_in_force_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units go in with their speakers; progress is told to the end."""
    monkeypatch.setattr(tuning, "RECIPE", replace(QUICK, passes=(1, 1)))
    told: list[tuple[int, int]] = []
    units = [SegmentWords(f"word {at}", "Client") for at in range(40)]
    labels = np.arange(80).reshape(40, 2) % 3 == 0
    found = tune(
        FineTuning(SOURCE),
        units,
        ("client",),
        labels.astype(float),
        np.ones((40, 2)),
        lambda *at: told.append(at),
    )
    assert told == [(1, 2), (2, 2)]
    assert found.speakers == ("client",)


def test_the_encoder_of_the_study_is_used_wherever_it_lay(learnt: Tuned, tmp_path: Path) -> None:
    """A study's folder of an encoder may move; what counts is that it is the same one."""
    file = tmp_path / "tuned.npz"
    known = save_tuned(replace(learnt, source=EmbedderSource("gone/away")), file)
    assert load_tuned(file, known, SOURCE).source is SOURCE
    assert load_tuned(file, known, None).source.model == "gone/away"
    other = known | {"fingerprint": "another"}
    assert load_tuned(file, other, SOURCE).source.model == "gone/away"


@pytest.mark.parametrize("damage", ["top.weight", "embeddings.word_embeddings.weight", "shape"])
def test_weights_that_do_not_fit_are_a_sentence(learnt: Tuned, damage: str) -> None:
    """As another version of the libraries might have written them."""
    weights = dict(learnt.weights)
    if damage == "shape":
        weights["pooler.dense.weight"] = np.zeros((3, 3), dtype=np.float16)
    else:
        del weights[damage]
    with pytest.raises(TandemError, match="does not fit all-MiniLM-L6-v2"):
        replace(learnt, weights=weights).logits([SegmentWords("Yes.")])
