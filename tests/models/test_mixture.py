"""How much each view counts: by what it says of unseen groups, and hardly at all where there is little to go by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lazily import Lazily

from models.mixture import average_precision, mixed, shares

sklearn_metrics = Lazily("sklearn.metrics")


def _said(rows: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Two models of three codes: one that knows, one that guesses."""
    random = np.random.default_rng(seed)
    truth = (random.random((rows, 3)) < 0.2).astype(float)
    knows = 3 * truth + random.normal(size=truth.shape)
    return [knows, random.normal(size=truth.shape) * 3], truth


def test_who_knows_counts_and_who_guesses_does_not() -> None:
    """With many rows the shares go to the model that ranks right."""
    logits, truth = _said(2000)
    found = shares(logits, truth, np.ones_like(truth))
    assert found[0] > 0.9
    assert found.sum() == pytest.approx(1)


def test_few_rows_leave_the_shares_nearly_equal() -> None:
    """A dozen rows hardly tell two models apart of which one is a little better; none tell nothing."""
    random = np.random.default_rng(1)
    truth = (random.random((12, 3)) < 0.4).astype(float)
    logits = [strength * truth + random.normal(size=truth.shape) for strength in (1.0, 1.3)]
    assert abs(shares(logits, truth, np.ones_like(truth))[0] - 0.5) < 0.25
    assert shares(logits, truth, np.zeros_like(truth)).tolist() == [0.5, 0.5]


def test_what_is_found_is_drawn_towards_the_usual_shares() -> None:
    """Wholly without positives, by half with ten of them, hardly with many."""
    logits, truth = _said(2000)
    usual = (0.1, 0.9)
    assert shares(logits, truth, np.zeros_like(truth), usual).tolist() == [0.1, 0.9]
    few = np.zeros_like(truth)
    few[:20, 0] = 1
    few[np.flatnonzero(truth[:, 0])[:10], 0] = 1
    plain = shares(logits, truth, few)
    positives = int((truth * few).sum())
    drawn = shares(logits, truth, few, usual)
    assert drawn[0] - plain[0] == pytest.approx((0.1 - 0.5) * 10 / (10 + positives), abs=1e-6)
    assert shares(logits, truth, np.ones_like(truth), usual)[0] > 0.9


def test_what_nobody_judged_has_no_say() -> None:
    """Turning round labels of weight 0 changes nothing, nor does a row on which one model is silent."""
    logits, truth = _said(300)
    weights = np.ones_like(truth)
    weights[:100] = 0
    turned = truth.copy()
    turned[:100] = 1 - turned[:100]
    assert shares(logits, truth, weights).tolist() == shares(logits, turned, weights).tolist()
    logits[1][:100] = np.nan
    assert shares(logits, truth, np.ones_like(truth)).tolist() == shares(logits, truth, weights).tolist()


def test_a_mean_is_silent_where_one_model_is() -> None:
    """The logits of each by its share."""
    found = mixed([np.array([[1.0, np.nan]]), np.array([[3.0, 1.0]])], np.array([0.25, 0.75]))
    assert found[0, 0] == pytest.approx(2.5)
    assert np.isnan(found[0, 1])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_average_precision_is_scikit_learns(pairs: list[tuple[int, bool]]) -> None:
    """With ties too; undefined without a positive."""
    scores = np.array([score for score, _ in pairs], dtype=float)
    labels = np.array([label for _, label in pairs])
    found = average_precision(scores, labels)
    if labels.any():
        assert found == pytest.approx(sklearn_metrics.average_precision_score(labels, scores))
    else:
        assert np.isnan(found)
