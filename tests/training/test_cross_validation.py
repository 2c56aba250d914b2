"""Learning on invented data with a known answer: what is found, and that nothing leaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotations.errors import TandemError
from models.artifact import load, save
from models.calibration import calibrate, thresholds
from models.classifier import suggested
from models.mixture import average_precision
from models.passage_parts import PassageParts
from models.segment_words import SegmentWords
from training.cross_validation import MANY_ROWS, _pairs, cross_validate, fit_final, left_out_once
from training.dataset import Dataset, DescribedCode, Judgement
from training.folds import folds_of

CODES = ("money", "people", "rare")


def _dataset(groups: int = 6, each: int = 30) -> Dataset:
    random = np.random.default_rng(0)
    words = ("budget cost grant", "nurse colleague team", "snow road bus")
    topic = random.integers(0, 3, groups * each)
    units = tuple(
        SegmentWords(f"{words[t]} and then {random.integers(9)}", f"P-{at // each}")
        for at, t in enumerate(topic)
    )
    vectors = random.normal(size=(len(units), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.stack([topic == 0, topic == 1, np.arange(len(topic)) < 2], axis=1).astype(float)
    names = tuple(f"participant {at // each}" for at in range(len(units)))
    judgement = Judgement("Ines", np.arange(len(units)), labels)
    return Dataset(units, vectors, names, np.ones(len(units), bool), CODES, (judgement,))


def test_what_can_be_learnt_is_learnt_on_unseen_groups() -> None:
    """Codes that words give away are found in groups that no model has seen; a rare one is suggested on few passages."""
    dataset = _dataset()
    validated = cross_validate(dataset, folds=3)
    model, _ = fit_final(dataset, validated)
    labels, _ = dataset.targets(gold=True)
    assert validated.out_of_fold is not None
    assert (validated.out_of_fold.decided[:, :2] == (labels[:, :2] > 0.5)).mean() > 0.97
    assert validated.out_of_fold.decided[:, 2].mean() < 0.1
    assert model.judged == CODES
    assert not model.too_few


@pytest.mark.slow
def test_a_quotation_in_the_codebook_has_no_part_in_predictions_about_whoever_said_it() -> None:
    """A description that quotes a group teaches only models that learn from the group; it helps the others."""
    dataset = _dataset()
    fold = folds_of(dataset.groups, dataset.judgements[0].labels, folds=6)
    pasted = DescribedCode(
        "people", dataset.units[0].text, dataset.embeddings[0], frozenset({dataset.groups[0]})
    )
    plain, quoting = (cross_validate(replace(dataset, described=said), fold=fold) for said in ((), (pasted,)))
    own = np.array(dataset.groups) == dataset.groups[0]
    for one, other in (
        (plain.nested and plain.nested[0], quoting.nested and quoting.nested[0]),
        (
            plain.out_of_fold and plain.out_of_fold.probabilities,
            quoting.out_of_fold and quoting.out_of_fold.probabilities,
        ),
    ):
        assert one is not None
        assert other is not None
        assert np.array_equal(one[own], other[own], equal_nan=True)
        assert not np.array_equal(one[~own], other[~own], equal_nan=True)


@pytest.mark.slow
def test_a_group_has_no_part_in_its_own_predictions() -> None:
    """Turning one group's labels round changes nothing of what is said about that group."""
    dataset = _dataset()
    judgement = dataset.judgements[0]
    own = np.array([group == "participant 0" for group in dataset.groups])
    fold = folds_of(dataset.groups, judgement.labels, folds=6)
    turned = judgement.labels.copy()
    turned[own, :2] = 1 - turned[own, :2]
    other = replace(dataset, judgements=(replace(judgement, labels=turned),))
    same = (folds_of(dataset.groups, turned, folds=6)[:, None] == fold[:, None]).all()
    one, two = cross_validate(dataset, folds=6).out_of_fold, cross_validate(other, folds=6).out_of_fold
    assert one is not None
    assert two is not None
    assert same or len(set(fold)) == 6
    np.testing.assert_allclose(one.probabilities[own, :2], two.probabilities[own, :2], atol=2e-3)


def test_the_codebook_s_words_are_known_unless_they_quote_somebody() -> None:
    """A definition's own word is a term of the model; one that it takes from a participant is none."""
    dataset = _dataset()
    units = list(dataset.units)
    units[0] = replace(units[0], text=f"{units[0].text} zyxgrandmother")
    said = "snow road bus kerfuffle zyxgrandmother"
    for quotes, known in ((frozenset[str](), True), (frozenset({dataset.groups[0]}), False)):
        book = (DescribedCode("rare", said, dataset.embeddings[0], quotes),)
        changed = replace(dataset, units=tuple(units), described=book)
        model, _ = fit_final(changed, left_out_once(changed, folds=3))
        assert ("kerfuffle" in model.vocabulary.terms["words"]) == known
        assert ("zyxgrandmother" in model.vocabulary.terms["words"]) == known


@pytest.mark.parametrize("examples", [0, 1, 2])
def test_a_described_code_is_suggested_before_it_has_examples(examples: int) -> None:
    """On the few passages that are nearest to its description, if any; one that nobody describes waits for an example."""
    dataset = _dataset()
    labels = dataset.judgements[0].labels.copy()
    labels[examples:, 2] = 0
    dataset = replace(dataset, judgements=(replace(dataset.judgements[0], labels=labels),))
    described = replace(dataset, described=(DescribedCode("rare", "snow road bus", dataset.embeddings[0]),))
    validated = cross_validate(described, folds=3)
    model, _ = fit_final(described, validated)
    assert model.judged == CODES
    assert not model.too_few
    assert validated.out_of_fold is not None
    assert validated.out_of_fold.decided[:, 2].any() or not examples
    assert validated.out_of_fold.decided[:, 2].mean() < 0.15
    model, _ = fit_final(dataset, cross_validate(dataset, folds=3))
    if examples:
        assert model.judged == CODES
    else:
        assert model.judged == CODES[:2]
        assert model.too_few["rare"].reason == "0 examples, and the codebook says nothing of it"


def test_a_code_on_every_passage_is_suggested_where_people_looked() -> None:
    """Coders who left out other codes have looked; of codings that came without a review nobody knows that."""
    dataset = _dataset()
    labels = dataset.judgements[0].labels.copy()
    labels[:, 1] = 1
    described = tuple(DescribedCode(code, code, dataset.embeddings[at]) for at, code in enumerate(CODES))
    whole = replace(dataset.judgements[0], labels=labels)
    loose = replace(whole, labels=np.where(labels == 1, 1.0, np.nan), gold=False)
    everywhere = replace(dataset, described=described, judgements=(whole,))
    model, _ = fit_final(everywhere, left_out_once(everywhere, folds=3))
    assert "people" in model.judged
    said = model.probabilities(dataset.units, dataset.embeddings, dataset.parts)
    assert said[:, model.codes.index("people")].min() > 0.8
    nothing_left_out = replace(everywhere, judgements=(loose,))
    model, _ = fit_final(nothing_left_out, left_out_once(nothing_left_out, folds=3))
    assert set(model.too_few) == set(CODES)


def test_one_interview_teaches_and_is_no_measure_of_itself() -> None:
    """Cuts come of passages that were left out in turn, and no figure does; of a single passage nothing is left out."""
    dataset = _dataset(groups=1)
    described = tuple(
        DescribedCode(code, words, dataset.embeddings[at])
        for at, (code, words) in enumerate(
            zip(CODES, ("budget cost", "nurse team", "snow road"), strict=True)
        )
    )
    dataset = replace(dataset, described=described)
    validated = cross_validate(dataset)
    assert (validated.out_of_fold, validated.reason) == (
        None,
        "the codings come from 1 participant; a figure on unseen participants needs at least 3",
    )
    assert validated.logits is not None
    assert not np.isnan(validated.logits).any()
    model, _ = fit_final(dataset, validated)
    assert model.judged == CODES
    said = model.probabilities(dataset.units, dataset.embeddings, dataset.parts)
    chosen = suggested(said, model.thresholds, model.codes, ())
    labels, _ = dataset.targets(gold=True)
    assert (chosen[:, :2] == (labels[:, :2] > 0.5)).mean() > 0.9
    single = dataset.only(np.arange(len(dataset)) < 1)
    assert left_out_once(single).logits is None


def test_of_many_rows_five_pairs_of_folds_are_fitted() -> None:
    """Every fold lies in two pairs of the ring, so that its calibration comes from two others."""
    assert len(_pairs(5, MANY_ROWS - 1)) == 10
    ring = _pairs(5, MANY_ROWS)
    assert len(ring) == 5
    assert all(sum(fold in pair for pair in ring) == 2 for fold in range(5))


def test_two_groups_give_no_figure() -> None:
    """With two participants nothing honest can be said of unseen ones, and the reason is given."""
    validated = cross_validate(_dataset(groups=2))
    assert validated.out_of_fold is None
    assert "2 participants" in str(validated.reason)


def test_a_vocabulary_holds_only_what_three_groups_share() -> None:
    """A word that one participant uses never gets into a model."""
    dataset = _dataset()
    units = list(dataset.units)
    units[0] = replace(units[0], text=f"{units[0].text} zyxgrandmother")
    changed = replace(dataset, units=tuple(units))
    model, _ = fit_final(changed, cross_validate(changed, folds=3))
    terms = [term for its in model.vocabulary.terms.values() for term in its]
    assert "budget" in terms
    assert not [term for term in terms if "zyx" in term]
    assert model.vocabulary.speakers == ()


def test_a_model_comes_back_from_disk_and_a_changed_one_does_not(tmp_path: Path) -> None:
    """Saved and loaded, it says the same; one changed byte and it is refused."""
    dataset = _dataset()
    model, _ = fit_final(dataset, cross_validate(dataset, folds=3))
    digest = save(model, tmp_path / "m")
    again = load(tmp_path / "m", digest)
    expected = model.probabilities(dataset.units[:9], dataset.embeddings[:9])
    np.testing.assert_allclose(again.probabilities(dataset.units[:9], dataset.embeddings[:9]), expected)
    assert not [file for file in (tmp_path / "m").iterdir() if file.suffix in (".pkl", ".pickle")]
    file = tmp_path / "m" / "model.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(TandemError, match="is not the one that was trained"):
        load(tmp_path / "m", digest)


def test_of_an_exclusive_set_only_the_likeliest_is_suggested() -> None:
    """Of a framework with one code to choose, two are never suggested together."""
    found = suggested(np.array([[0.9, 0.6, 0.7]]), np.array([0.5, 0.5, 0.5]), CODES, [("money", "people")])
    assert found.tolist() == [[True, False, True]]


def test_calibration_mends_overconfidence() -> None:
    """Logits that are three times too large get a slope of about a third, and thresholds stay in range."""
    random = np.random.default_rng(1)
    true = random.normal(size=(4000, 2))
    labels = (random.random(true.shape) < 1 / (1 + np.exp(-true))).astype(float)
    fitted = calibrate(true * 3, labels, np.ones_like(true))
    assert np.allclose(fitted.slopes, 1 / 3, atol=0.06)
    cut, _ = thresholds(fitted.probabilities(true * 3), labels, np.ones_like(true))
    assert ((cut > 0.05) & (cut < 0.9)).all()


def test_of_many_rows_each_of_fourteen_folds_lies_in_about_half_of_its_pairs() -> None:
    """Its calibration comes from six of the thirteen others."""
    ring = _pairs(14, MANY_ROWS)
    assert all(sum(fold in pair for pair in ring) == 6 for fold in range(14))
    assert len(_pairs(14, MANY_ROWS - 1)) == 91


@pytest.mark.parametrize(("groups", "folds"), [(3, 3), (14, 14), (15, 5), (40, 5)])
def test_few_groups_are_left_out_one_at_a_time(groups: int, folds: int) -> None:
    """So a champion and a challenger of other reviews are tested in the same folds."""
    names = [f"P{at:02d}" for at in range(groups) for _ in range(3)]
    fold = folds_of(names, np.random.default_rng(1).random((len(names), 2)))
    assert len(set(fold)) == folds
    if folds == groups:
        assert all(len(set(fold[at : at + 3])) == 1 for at in range(0, len(names), 3))


def test_folds_keep_groups_whole() -> None:
    """No group lies in two folds, and folds are of like size."""
    dataset = _dataset(groups=12)
    fold = folds_of(dataset.groups, dataset.judgements[0].labels)
    for group in set(dataset.groups):
        assert len({f for f, g in zip(fold, dataset.groups, strict=True) if g == group}) == 1
    assert np.bincount(fold).max() <= 1.6 * np.bincount(fold).min()


def test_a_code_that_lives_in_one_sentence_of_a_long_answer_is_found(tmp_path: Path) -> None:
    """The words and the vector of the whole say nothing; a window's vector does, and the model on disk reads it too."""
    random = np.random.default_rng(2)
    rows, each = 120, 3
    carried = random.random(rows) < 0.4
    windows = random.normal(size=(rows * each, 8)).astype(np.float32)
    windows[np.flatnonzero(carried) * each + random.integers(0, each, carried.sum()), 0] = 8
    windows /= np.linalg.norm(windows, axis=1, keepdims=True)
    parts = PassageParts(np.zeros((rows, 8), np.float32), windows, np.repeat(np.arange(rows), each))
    whole = random.normal(size=(rows, 8)).astype(np.float32)
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    names = tuple(f"participant {at % 6}" for at in range(rows))
    units = tuple(SegmentWords("so we went on and on", name) for name in names)
    judgement = Judgement("Ines", np.arange(rows), carried[:, None].astype(float))
    dataset = Dataset(units, whole, names, np.ones(rows, bool), ("money",), (judgement,), parts=parts)
    validated = cross_validate(dataset, folds=3)
    model, _ = fit_final(dataset, validated)
    assert validated.out_of_fold is not None
    assert average_precision(validated.out_of_fold.probabilities[:, 0], carried) > 0.8
    assert validated.share[2] > 0.6
    found = model.probabilities(units, whole, parts)
    again = load(tmp_path / "m", save(model, tmp_path / "m")).probabilities(units, whole, parts)
    assert np.array_equal(found, again)
