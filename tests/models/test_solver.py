"""Many codes in one search are what scikit-learn finds for each alone."""

from __future__ import annotations

import numpy as np
import pytest
from lazily import Lazily
from scipy import sparse

from models.features import Features
from models.solver import solve

linear_model = Lazily("sklearn.linear_model")


def _data(rows: int = 400) -> tuple[Features, np.ndarray]:
    random = np.random.default_rng(2)
    terms = sparse.random(rows, 50, density=0.1, format="csr", dtype=np.float32, random_state=3)
    dense = random.normal(size=(rows, 6)).astype(np.float32)
    logits = (
        terms.toarray() @ random.normal(size=(50, 3)) * 3 + dense @ random.normal(size=(6, 3)) - [0, 1, 3]
    )
    labels = (random.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(float)
    return Features(terms, dense), labels


def test_weights_are_those_of_scikit_learn() -> None:
    """The same penalty, the same rows: the same log odds, code by code."""
    features, labels = _data()
    found = solve(features, labels, np.ones_like(labels), penalty=0.5, tolerance=1e-5)
    ours = features.times(found.weights) + found.intercepts
    plain = np.hstack([features.sparse.toarray(), features.dense])
    for code in range(labels.shape[1]):
        theirs = linear_model.LogisticRegression(C=2, tol=1e-8, max_iter=5000).fit(plain, labels[:, code])
        # the search penalises the step from the prior log odds a little, scikit-learn no intercept
        assert np.abs(ours[:, code] - theirs.decision_function(plain)).max() < 0.1


def test_cells_that_nobody_judged_teach_nothing() -> None:
    """Turning labels round where the count is 0 changes no weight."""
    features, labels = _data()
    counts = np.ones_like(labels)
    counts[::3, 1] = 0
    turned = labels.copy()
    turned[::3, 1] = 1 - turned[::3, 1]
    one = solve(features, labels, counts, penalty=1.0)
    other = solve(features, turned, counts, penalty=1.0)
    np.testing.assert_array_equal(one.weights, other.weights)


def test_a_search_goes_on_from_where_another_ended() -> None:
    """Started at the answer it takes next to no step, and started anywhere it finds the same answer."""
    features, labels = _data()
    counts = np.ones_like(labels)
    cold = solve(features, labels, counts, penalty=0.5, tolerance=1e-3)
    warm = solve(features, labels, counts, penalty=0.5, tolerance=1e-3, start=cold.alpha)
    elsewhere = solve(
        features, labels, counts, penalty=0.5, tolerance=1e-3, start=1 - labels.astype(np.float32)
    )
    assert warm.steps < cold.steps / 3
    assert elsewhere.weights == pytest.approx(cold.weights, abs=0.05)


def test_a_code_that_never_or_always_occurs_has_finite_weights() -> None:
    """Nothing to tell apart is no reason to fail."""
    features, labels = _data()
    labels[:, 0], labels[:, 1] = 0, 1
    found = solve(features, labels, np.ones_like(labels), penalty=1.0)
    assert np.isfinite(found.weights).all()
    assert found.intercepts[0] < -3 < 3 < found.intercepts[1]
