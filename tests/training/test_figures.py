"""The reported figures against scikit-learn's, and what is said where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lazily import Lazily

from annotations.codebook.codes import Code, Codebook, Framework
from models.segment_words import SegmentWords
from models.ticking import shown_right
from training.dataset import Dataset, Judgement, OutOfFold
from training.figures import evaluate
from training.ticks import ticks_of

sklearn_metrics = Lazily("sklearn.metrics")

CODES = ("a", "b", "c")
BOOK = Codebook(
    name="B", frameworks=(Framework("f", "F"),), codes=tuple(Code(c, c.upper(), "f", f"F/{c}") for c in CODES)
)


def _data(*, second: bool = False, groups: int = 8) -> tuple[Dataset, OutOfFold]:
    random = np.random.default_rng(4)
    n = 400
    truth = random.random((n, 3)) < [0.3, 0.15, 0.1]
    noise = random.random((n, 3)) < 0.1
    probabilities = np.clip(0.4 * truth + 0.7 * random.random((n, 3)), 0, 1)
    judgements = [Judgement("Ada", np.arange(n), truth.astype(float))]
    if second:
        rows = np.arange(0, n, 2)
        judgements.append(Judgement("Bo", rows, (truth ^ noise)[rows].astype(float)))
    dataset = Dataset(
        units=[SegmentWords("x")] * n,
        embeddings=np.zeros((n, 2), np.float32),
        groups=[f"g{at % groups}" for at in range(n)],
        quotable=np.ones(n, bool),
        codes=CODES,
        judgements=judgements,
    )
    return dataset, OutOfFold(probabilities, probabilities > 0.5, np.arange(n) % 4)


def test_one_coder_s_figures_are_those_of_scikit_learn() -> None:
    """F1, precision, recall, average precision and kappa, pooled and per code."""
    dataset, out_of_fold = _data()
    truth, decided = dataset.judgements[0].labels > 0.5, out_of_fold.decided
    figures = evaluate(dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json()
    overall = figures["overall"]
    assert overall["micro_f1"] == pytest.approx(sklearn_metrics.f1_score(truth, decided, average="micro"))
    assert overall["macro_f1"] == pytest.approx(sklearn_metrics.f1_score(truth, decided, average="macro"))
    precisions = [
        sklearn_metrics.average_precision_score(truth[:, at], out_of_fold.probabilities[:, at])
        for at in range(3)
    ]
    assert overall["macro_ap"] == pytest.approx(np.mean(precisions))
    kappas = [sklearn_metrics.cohen_kappa_score(truth[:, at], decided[:, at]) for at in range(3)]
    assert overall["kappa"] == pytest.approx(np.mean(kappas))
    low, high = overall["kappa_interval"]
    assert low < overall["kappa"] < high
    assert overall["few_transcripts"]
    for at, row in enumerate(figures["codes"]):
        assert row["precision"] == pytest.approx(
            sklearn_metrics.precision_score(truth[:, at], decided[:, at])
        )
        assert row["recall"] == pytest.approx(sklearn_metrics.recall_score(truth[:, at], decided[:, at]))
        assert row["kappa"] == pytest.approx(kappas[at])
        assert row["n"] == truth[:, at].sum()
    coded, said = truth.any(axis=1), decided.any(axis=1)
    assert figures["spotting"]["kappa"] == pytest.approx(sklearn_metrics.cohen_kappa_score(coded, said))
    assert figures["spotting"]["f1"] == pytest.approx(sklearn_metrics.f1_score(coded, said))
    assert figures["labelling"]["micro_f1"] == pytest.approx(
        sklearn_metrics.f1_score(truth[coded], decided[coded], average="micro")
    )
    assert figures["labelling"]["n_segments"] == coded.sum()
    assert figures["spotting"]["reason"] is None


def test_coded_at_all_says_why_its_kappa_is_0() -> None:
    """A model that suggests something on every segment agrees with nobody beyond chance, whatever it suggests."""
    dataset, out_of_fold = _data()
    everywhere = OutOfFold(out_of_fold.probabilities, out_of_fold.decided | True, out_of_fold.folds)
    spotting = evaluate(dataset, everywhere, codebook=BOOK, lacking={}, reason=None).to_json()["spotting"]
    assert spotting["kappa"] == 0
    assert "one side never varies" in spotting["reason"]


def test_people_and_model_are_compared_on_the_same_segments() -> None:
    """Person–person and model–person stand on the doubly judged segments, and nothing else."""
    dataset, out_of_fold = _data(second=True)
    figures = evaluate(dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json()
    ada, bo = (judgement.labels > 0.5 for judgement in dataset.judgements)
    rows = dataset.judgements[1].rows
    people = figures["people"]
    assert people["n_segments"] == len(rows)
    assert people["model"]["overall"]["n_segments"] == len(rows)
    assert people["person"]["overall"]["micro_f1"] == pytest.approx(
        sklearn_metrics.f1_score(ada[rows], bo, average="micro")
    )
    kappas = [sklearn_metrics.cohen_kappa_score(ada[rows][:, at], bo[:, at]) for at in range(3)]
    assert people["person"]["overall"]["kappa"] == pytest.approx(np.mean(kappas))
    with_model = [
        np.mean(
            [
                sklearn_metrics.cohen_kappa_score(side[:, at], out_of_fold.decided[rows][:, at])
                for at in range(3)
            ]
        )
        for side in (ada[rows], bo)
    ]
    assert people["model"]["overall"]["kappa"] == pytest.approx(np.mean(with_model))
    both = ada[rows].any(axis=1) & bo.any(axis=1)
    assert people["person"]["labelling"]["n_segments"] == both.sum()
    assert people["model"]["labelling"]["n_segments"] == both.sum()


def test_with_one_coder_there_is_no_figure_of_people() -> None:
    """The reason is a sentence, not a zero."""
    dataset, out_of_fold = _data()
    figures = evaluate(dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json()
    assert figures["people"] is None
    assert "second independent coder" in figures["people_reason"]


def test_assisted_reviews_enter_no_figure() -> None:
    """What leans on suggestions can neither praise nor blame them."""
    dataset, out_of_fold = _data()
    leaning = Judgement("Bo", np.arange(400), out_of_fold.decided.astype(float), gold=False)
    more = Dataset(
        dataset.units,
        dataset.embeddings,
        dataset.groups,
        dataset.quotable,
        CODES,
        [*dataset.judgements, leaning],
    )
    plain = evaluate(dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json()
    assert evaluate(more, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json() == plain


def test_few_groups_have_no_interval_but_their_values() -> None:
    """With four participants each one's value is shown, and why there is no interval."""
    dataset, out_of_fold = _data(groups=4)
    overall = evaluate(dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json()["overall"]
    assert overall["kappa_interval"] is None
    assert "at least 5" in overall["kappa_interval_reason"]
    assert set(overall["kappa_by_group"]) == {"g0", "g1", "g2", "g3"}


def test_without_held_out_predictions_the_reason_is_given() -> None:
    """No figure is made of predictions that have seen the answers."""
    dataset, _ = _data()
    figures = evaluate(
        dataset, None, codebook=BOOK, lacking={}, reason="two participants are too few"
    ).to_json()
    assert figures["overall"]["micro_f1"] is None
    assert figures["overall"]["reason"] == "two participants are too few"
    assert figures["codes"] == []


def test_ticks_are_counted_where_a_coder_would_have_found_them() -> None:
    """Decided and at least as probable as asked; right where the coder says so; in the first five or ticked."""
    dataset, out_of_fold = _data()
    truth = dataset.judgements[0].labels > 0.5
    rows = evaluate(
        dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None, least_precision=0.7
    ).to_json()["codes"]
    for at, row in enumerate(rows):
        ticked = out_of_fold.decided[:, at] & (out_of_fold.probabilities[:, at] >= 0.7)
        assert row["ticked"] == ticked.sum()
        assert row["ticked_right"] == (ticked & truth[:, at]).sum()
        assert row["comes_ticked"] is shown_right(row["ticked"], row["ticked_right"], 0.7)
        # of three codes all are among the first five
        assert row["recall_at_5"] == 1.0


def test_what_a_model_could_not_judge_is_neither_ticked_nor_offered() -> None:
    """Of a segment that no model was asked about nothing is known."""
    dataset, out_of_fold = _data()
    silent = OutOfFold(
        np.full_like(out_of_fold.probabilities, np.nan), np.zeros_like(out_of_fold.decided), out_of_fold.folds
    )
    ticks = ticks_of(dataset, silent, 0.3, BOOK)
    assert (ticks.ticked.sum(), ticks.offered.sum(), ticks.recall(0)) == (0, 0, 0.0)
    nowhere = OutOfFold(out_of_fold.probabilities, out_of_fold.decided, np.full(len(dataset), -1))
    assert ticks_of(dataset, nowhere, 0.3, BOOK).recall(0) is None


def test_a_tick_on_which_two_coders_differ_is_half_right() -> None:
    """So codes that each of two people gives where the other does not are never shown to be right."""
    n = 40
    rows, everywhere = np.arange(n), np.ones((n, 3))
    coders = [Judgement("Ada", rows, everywhere), Judgement("Bo", rows, np.tile([1.0, 0.0, 0.0], (n, 1)))]
    dataset = replace(_data()[0], units=[SegmentWords("x")] * n, groups=["g"] * n, judgements=coders)
    held_out = OutOfFold(everywhere * 0.9, np.ones((n, 3), bool), np.zeros(n, np.intp))
    ticks = ticks_of(dataset, held_out, 0.45, BOOK)
    assert (ticks.ticked.tolist(), ticks.right.tolist()) == ([40] * 3, [40, 20, 20])
    assert [ticks.comes_ticked(at) for at in range(3)] == [True, False, False]
    assert ticks.curves[1][0] == (0.05, 40, 20)


def _screen(listed: int, in_rows: int) -> Codebook:
    codes = [Code(f"c{at}", f"C{at}", "f", f"F/C{at}") for at in range(listed)]
    codes += [Code(f"r{at}", f"R{at}", "g", f"G/R{at}") for at in range(in_rows)]
    frameworks = (Framework("f", "F"), Framework("g", "G", select="one", role="phase"))
    return Codebook(name="B", frameworks=frameworks, codes=tuple(codes))


def test_effort_counts_what_a_coder_s_hands_would_have_done() -> None:
    """A tick costs nothing or one action, a box or a row one, a search three; without suggestions most are searches."""
    book = _screen(12, 2)
    codes = tuple(code.id for code in book.codes)
    n = 20
    truth, probabilities = np.zeros((n, 14)), np.zeros((n, 14))
    truth[:, [0, 1, 11, 12]] = 1
    # ticked and right, offered, ticked by nobody and wrong, below what gets a box
    probabilities[:, 0], probabilities[:, 1], probabilities[:, 2], probabilities[:, 11] = 0.9, 0.2, 0.1, 0.04
    dataset = replace(
        _data()[0],
        units=[SegmentWords("x")] * n,
        groups=["g"] * n,
        codes=codes,
        judgements=[Judgement("Ada", np.arange(n), truth)],
    )
    ticks = ticks_of(dataset, OutOfFold(probabilities, probabilities > 0.5, np.zeros(n, np.intp)), 0.3, book)
    effort = ticks.effort
    assert (effort.n_segments, effort.given, effort.ticked_right, effort.ticked_wrong) == (20, 80, 20, 0)
    # c1 has a box and r0 a row; c11 is sought; c2's box is read in vain
    assert (effort.in_boxes, effort.sought, effort.read_in_vain) == (40, 20, 20)
    assert (effort.actions, effort.actions_without) == (40 + 3 * 20, 3 * 60 + 20)
    assert (ticks.recall(0), ticks.recall(1), ticks.recall(11), ticks.recall(12)) == (1.0, 1.0, 0.0, None)


def test_brier_and_calibration_are_those_of_scikit_learn_and_of_hand() -> None:
    """Where two coders differ each word counts half; the skill compares with each code's own share."""
    dataset, out_of_fold = _data(second=True)
    figures = evaluate(dataset, out_of_fold, codebook=BOOK, lacking={}, reason=None).to_json()
    words = [(judgement.rows, judgement.labels) for judgement in dataset.judgements]
    coders = np.bincount(np.concatenate([rows for rows, _ in words]), minlength=400)
    errors, usual = 0.0, 0.0
    for at, row in enumerate(figures["codes"]):
        said = np.concatenate([labels[:, at] for _, labels in words])
        p = np.concatenate([out_of_fold.probabilities[rows, at] for rows, _ in words])
        weight = np.concatenate([1 / coders[rows] for rows, _ in words])
        score = sklearn_metrics.brier_score_loss(said, p, sample_weight=weight)
        share = np.average(said, weights=weight)
        assert row["brier"] == pytest.approx(score)
        assert row["brier_skill"] == pytest.approx(1 - score / (share * (1 - share)))
        gaps = [
            abs(np.sum((weight * (p - said))[np.minimum((10 * p).astype(int), 9) == tenth]))
            for tenth in range(10)
        ]
        assert row["calibration_error"] == pytest.approx(sum(gaps) / weight.sum())
        errors += score / 3
        usual += share * (1 - share) / 3
    assert figures["overall"]["brier"] == pytest.approx(errors)
    assert figures["overall"]["brier_skill"] == pytest.approx(1 - errors / usual)


def test_a_code_without_probabilities_has_no_figure_of_them() -> None:
    """Nought would read as perfect."""
    dataset, out_of_fold = _data()
    probabilities = out_of_fold.probabilities.copy()
    probabilities[:, 1] = np.nan
    silent = OutOfFold(probabilities, out_of_fold.decided & [True, False, True], out_of_fold.folds)
    row = evaluate(dataset, silent, codebook=BOOK, lacking={}, reason=None).to_json()["codes"][1]
    assert [row[key] for key in ("brier", "brier_skill", "calibration_error")] == [None, None, None]
    assert row["recall"] == 0
