"""What the classifier suggests, what it leaves out and why, and what it is on disk."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from lazily import Lazily
from scipy import sparse

from annotations.errors import TandemError
from models.artifact import load, save
from models.calibration import Aim, Calibration, calibrate, thresholds
from models.classifier import Model, Prior, TooFew, Weights, fit_weights, suggested, too_few_examples
from models.cold_start import ColdStart
from models.features import Features, choose, count, matrix_of_counted, windows_with
from models.segment_words import SegmentWords

linear_model = Lazily("sklearn.linear_model")


def _model() -> tuple[Model, list[SegmentWords], np.ndarray]:
    random = np.random.default_rng(3)
    units = [
        SegmentWords(f"{'money' if at % 2 else 'people'} word{at % 5} ward", speaker="P") for at in range(60)
    ]
    embeddings = random.normal(size=(60, 6)).astype(np.float32)
    groups = [f"g{at % 6}" for at in range(60)]
    counted = count(units)
    vocabulary, columns = choose(counted, np.arange(60), groups)
    features = matrix_of_counted(counted, np.arange(60), vocabulary, columns, embeddings)
    labels = np.array([[at % 2, 1 - at % 2] for at in range(60)], dtype=float)
    weights = fit_weights(features, labels, np.ones_like(labels)).weights
    calibration = Calibration(np.array([1.0, 1.5]), np.array([0.0, -0.1]))
    lacking = {"rare": TooFew(3, 2, "3 examples; needs about 8")}
    model = Model(("m", "p"), vocabulary, weights, calibration, np.array([0.5, 0.4]), lacking, (("m", "p"),))
    return model, units, embeddings


def test_it_learns_what_two_words_mean() -> None:
    """Units with a code's word are more likely than those without."""
    model, units, embeddings = _model()
    found = model.probabilities(units, embeddings)
    assert found[1::2, 0].min() > 0.5 > found[::2, 0].max()
    assert model.probabilities([], embeddings[:0]).shape == (0, 2)


def test_windows_weigh_what_their_features_weigh() -> None:
    """However little of them is laid side by side."""
    random = np.random.default_rng(0)
    windows, questions, marks = (
        random.normal(size=size).astype(np.float32) for size in ((7, 5), (3, 5), (3, 6))
    )
    owner = np.array([0, 0, 1, 2, 2, 2, 2])
    weights = Weights(random.normal(size=(4, 14)).astype(np.float32), random.normal(size=4))
    side_by_side = weights.logits(windows_with(marks, owner, windows, questions))
    assert np.allclose(weights.logits_of_windows(marks, owner, windows, questions), side_by_side, atol=1e-5)


def test_a_share_of_coders_is_two_weighted_examples() -> None:
    """A label of .5 pulls neither way; it is not rounded."""
    _, units, embeddings = _model()
    counted = count(units)
    features = matrix_of_counted(
        counted, np.arange(60), *choose(counted, np.arange(60), ["a", "b", "c"] * 20), embeddings
    )
    half = fit_weights(features, np.full((60, 1), 0.5), np.ones((60, 1))).weights
    assert np.abs(half.logits(features)).max() < 1e-3


def test_what_cannot_be_suggested_is_counted_and_said() -> None:
    """Nothing known of it, or nowhere known to be absent: each reason in words."""
    labels = np.zeros((40, 5))
    labels[:1, 0] = labels[:10, 1] = labels[::4, 2] = 1
    labels[:, 3] = 1
    weights = np.ones_like(labels)
    groups = ["one"] * 12 + ["two"] * 14 + ["three"] * 14
    found = too_few_examples(labels, weights, groups, ["few", "alone", "enough", "always", "never"])
    assert set(found) == {"always", "never"}
    assert (found["always"].examples, found["always"].groups) == (40, 3)
    assert "where it does not apply" in found["always"].reason
    assert found["never"].reason == "0 examples, and the codebook says nothing of it"
    described = too_few_examples(labels, weights, groups, list("abcde"), described="abcde")
    assert set(described) == {"d"}
    # whoever gave it left out other codes, so it applies everywhere
    looked = np.ones(labels.shape, dtype=bool)
    assert not too_few_examples(labels, weights, groups, list("abcde"), described="abcde", looked=looked)
    # one of two coders did not apply it: that is a counterexample
    labels[0, 3] = 0.5
    assert not too_few_examples(labels, weights, groups, list("abcde"), described="abcde")
    weights[:, 4] = 0
    unseen = too_few_examples(labels, weights, groups, list("abcde"), described="abcde")
    assert unseen["e"].reason.startswith("nobody has looked for it")


def test_of_an_exclusive_framework_only_the_clearest_is_suggested() -> None:
    """Two phases above their thresholds: the one further above it is put before the coder."""
    probabilities = np.array([[0.9, 0.6, 0.9], [0.2, np.nan, 0.9]])
    found = suggested(probabilities, np.array([0.8, 0.3, 0.5]), ("a", "b", "c"), (("a", "b"),))
    assert found.tolist() == [[False, True, True], [False, False, True]]


def test_calibration_is_that_of_platt() -> None:
    """With many segments, slope and offset per code agree with scikit-learn's sigmoid calibration."""
    random = np.random.default_rng(5)
    logits = random.normal(size=(4000, 1)) * 3
    truth = (random.random((4000, 1)) < 1 / (1 + np.exp(-(0.4 * logits - 1)))).astype(float)
    found = calibrate(logits, truth, np.ones_like(truth))
    plain = linear_model.LogisticRegression(C=1e6).fit(logits, truth[:, 0])
    assert found.slopes[0] == pytest.approx(float(plain.coef_[0, 0]), abs=0.02)
    assert found.offsets[0] == pytest.approx(float(plain.intercept_[0]), abs=0.05)


def test_calibration_of_little_stays_near_what_it_was() -> None:
    """Few segments: the codes' slopes are nearly the same, and offsets small; nothing at all: as it was."""
    random = np.random.default_rng(6)
    logits = random.normal(size=(200, 2)) * 4
    truth = (random.random((200, 2)) < 1 / (1 + np.exp(-logits / 2))).astype(float)
    found = calibrate(logits, truth, np.ones_like(truth))
    assert found.slopes[0] == pytest.approx(found.slopes[1], abs=0.1)
    assert found.slopes[0] == pytest.approx(0.5, abs=0.25)
    assert np.abs(found.offsets).max() < 0.6
    nothing = calibrate(logits, truth, np.zeros_like(truth))
    assert (nothing.slopes.tolist(), nothing.offsets.tolist()) == ([1, 1], [0, 0])


def test_calibration_stretches_from_what_is_usual_for_a_code() -> None:
    """A penalty that leaves a rare code's logits near each other: it is told apart better, and not made rarer."""
    random = np.random.default_rng(9)
    truth = (random.random((400, 3)) < np.array([0.4, 0.1, 0.05])).astype(float)
    spread = 3 * (truth - truth.mean(axis=0)) + random.normal(size=truth.shape)
    usual = np.log(truth.mean(axis=0) / (1 - truth.mean(axis=0)))
    found = calibrate(usual + 0.3 * spread, truth, np.ones_like(truth))
    assert (found.slopes > 1.5).all()
    chances = found.probabilities(usual + 0.3 * spread)
    assert chances.mean(axis=0) == pytest.approx(truth.mean(axis=0), abs=0.03)


def test_calibration_takes_back_what_descriptions_add_to_a_code() -> None:
    """Logits that say, as three more examples would, that one passage in five has a rare code: the offset mends most."""
    random = np.random.default_rng(10)
    truth = (random.random((300, 2)) < np.array([0.3, 0.04])).astype(float)
    logits = np.log(np.array([0.3, 0.2]) / np.array([0.7, 0.8])) + random.normal(size=truth.shape) * 0.1
    found = calibrate(logits, truth, np.ones_like(truth)).probabilities(logits)
    assert found[:, 1].mean() < 0.1


def test_calibration_leaves_a_code_alone_that_nobody_judged() -> None:
    """A code without a held-out cell, whether unknown or without weight, keeps its logits."""
    random = np.random.default_rng(11)
    logits = random.normal(size=(60, 3)) - 1
    logits[:, 1] = np.nan
    weights = np.ones(logits.shape)
    weights[:, 2] = 0
    found = calibrate(logits, (logits > -1).astype(float), weights)
    assert found.slopes[0] != 1
    assert (found.slopes[1:].tolist(), found.offsets[1:].tolist()) == ([1, 1], [0, 0])


def test_the_threshold_is_half_the_best_f1() -> None:
    """With calibrated probabilities and many positives, no cut-off has a clearly better F1 (Lipton et al. 2014)."""
    random = np.random.default_rng(7)
    probabilities = random.beta(0.5, 2, size=(20000, 1))
    truth = (random.random((20000, 1)) < probabilities).astype(float)
    cut = float(thresholds(probabilities, truth, np.ones_like(truth))[0][0])

    def f1(at: float) -> float:
        chosen = probabilities >= at
        return float(2 * (chosen & (truth > 0)).sum() / (chosen.sum() + truth.sum()))

    assert f1(cut) >= max(f1(at) for at in np.linspace(0.05, 0.9, 60)) - 0.005


def test_of_codes_with_few_examples_the_clearest_passages_are_suggested() -> None:
    """As many as the code is thought to be common, far below any cut for F1; three examples end that."""
    logits = np.random.default_rng(5).normal(-3.5, 0.7, (400, 5))
    logits[:, 4] += 5.5
    probabilities = 1 / (1 + np.exp(-logits))
    truth = np.zeros(logits.shape)
    truth[:, 4] = 1
    for positives in range(4):
        truth[:positives, positives] = 1
    cut, _ = thresholds(probabilities, truth, np.ones_like(truth))
    for positives in range(3):
        share = (positives + 1.25) / 450
        above = NormalDist(logits[:, positives].mean(), logits.std(axis=0).mean()).inv_cdf(1 - share)
        assert cut[positives] == pytest.approx(1 / (1 + np.exp(-above)), rel=0.02)
    assert cut[0] > cut[1] > cut[2]
    assert cut[3] >= 0.05
    assert np.isinf(thresholds(probabilities, truth, np.ones_like(truth), Aim(0.7))[0][:3]).all()


def test_a_threshold_for_a_precision_reaches_it() -> None:
    """With many positives, what is suggested on new segments is right about as often as was asked for."""
    random = np.random.default_rng(8)
    probabilities = random.beta(0.5, 2, size=(20000, 2))
    truth = (random.random((20000, 2)) < probabilities).astype(float)
    first, new = slice(0, 10000), slice(10000, None)
    cut, missed = thresholds(probabilities[first], truth[first], np.ones((10000, 2)), Aim(0.7))
    for code in range(2):
        chosen = probabilities[new, code] >= cut[code]
        assert truth[new, code][chosen].mean() == pytest.approx(0.7, abs=0.04)
    assert missed == {}


def test_a_precision_that_cannot_be_told_is_not_guessed_at() -> None:
    """Few examples: no suggestion, and how many more are needed; many: that no cut-off reaches it."""
    random = np.random.default_rng(9)
    probabilities = np.full((2000, 2), 0.3) + random.random((2000, 2)) / 100
    truth = np.zeros((2000, 2))
    truth[:12, 0] = truth[::3, 1] = 1
    cut, missed = thresholds(probabilities, truth, np.ones_like(truth), Aim(0.9))
    assert np.isinf(cut).all()
    assert missed[0] == "12 examples: not enough data for precision 0.9, about 18 more"
    assert "no cut-off reaches precision 0.9" in missed[1]


def test_a_description_counts_as_examples_until_there_are_others() -> None:
    """A code without any example is ranked by its description; with many the description hardly matters."""
    random = np.random.default_rng(4)
    dense = random.normal(size=(200, 4)).astype(np.float32)
    features = Features(sparse.csr_matrix((200, 0), dtype=np.float32), dense)
    said = Features(sparse.csr_matrix((1, 0), dtype=np.float32), np.array([[2, 0, 0, 0]], np.float32))
    prior = Prior(said, np.array([0]))
    nothing = fit_weights(features, np.zeros((200, 1)), np.ones((200, 1)), prior=prior).weights
    assert np.corrcoef(nothing.logits(features)[:, 0], dense[:, 0])[0, 1] > 0.9
    labels = (dense[:, 1:2] > 0).astype(float)
    learnt = fit_weights(features, labels, np.ones((200, 1)), prior=prior).weights
    assert np.corrcoef(learnt.logits(features)[:, 0], dense[:, 1])[0, 1] > 0.95


def test_a_model_on_disk_is_the_same_model(tmp_path: Path) -> None:
    """Saved and loaded it gives the same probabilities and remembers what it does not judge."""
    model, units, embeddings = _model()
    sha256 = save(model, tmp_path / "m")
    again = load(tmp_path / "m", sha256)
    assert isinstance(again, Model)
    assert (again.probabilities(units, embeddings) == model.probabilities(units, embeddings)).all()
    assert (again.too_few, again.exclusive, again.codes) == (model.too_few, model.exclusive, model.codes)


def test_a_cold_start_on_disk_is_the_same(tmp_path: Path) -> None:
    """So is a model that knows only the codebook's words."""
    model = ColdStart(
        ("a",), np.eye(1, 4, dtype=np.float32), np.array([0.1]), np.array([0.2]), np.array([0.8])
    )
    again = load(tmp_path / "m", save(model, tmp_path / "m"))
    assert isinstance(again, ColdStart)
    assert (again.meanings == model.meanings).all()


@pytest.mark.parametrize("name", ["manifest.json", "model.npz"])
def test_a_changed_model_is_not_loaded(tmp_path: Path, name: str) -> None:
    """A file that is not the one that was trained, or is missing, is refused with what to do."""
    model, _, _ = _model()
    sha256 = save(model, tmp_path / "m")
    file = tmp_path / "m" / name
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(TandemError, match="train --force"):
        load(tmp_path / "m", sha256)
    file.unlink()
    with pytest.raises(TandemError, match="train --force"):
        load(tmp_path / "m", sha256)


def test_a_model_on_disk_holds_no_text(tmp_path: Path) -> None:
    """Only terms that three participants use, numbers and code ids are in the files."""
    units = [SegmentWords(f"ward secretword{at} money", speaker=f"p{at}") for at in range(9)]
    counted = count(units)
    vocabulary, columns = choose(counted, np.arange(9), [f"g{at}" for at in range(9)])
    features = matrix_of_counted(counted, np.arange(9), vocabulary, columns, np.ones((9, 2), np.float32))
    weights = fit_weights(features, np.eye(9, 1), np.ones((9, 1))).weights
    model = Model(("m",), vocabulary, weights, Calibration(np.ones(1), np.zeros(1)), np.array([0.5]))
    save(model, tmp_path / "m")
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_text("utf-8"))
    assert {"ward", "money"} <= set(manifest["terms"]["words"])
    assert not [term for term in manifest["terms"]["words"] if "secretword" in term]
    assert manifest["speakers"] == []
