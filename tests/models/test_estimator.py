"""The classifier as scikit-learn knows one, and the same as scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from lazily import Lazily
from scipy import sparse

sklearn_base = Lazily("sklearn.base")
linear_model = Lazily("sklearn.linear_model")
estimator = Lazily("models.estimator")


def _rows(count: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    rows = random.normal(size=(count, 6))
    true = np.array([[2, -1, 0, 0, 0, 1], [0, 0, 1.5, 0, -1, 0]])
    return rows, (random.random((count, 2)) < 1 / (1 + np.exp(1 - rows @ true.T))).astype(float)


@pytest.mark.parametrize("count", [60, 1500])
@pytest.mark.parametrize("as_sparse", [False, True])
def test_probabilities_are_those_of_logistic_regression(as_sparse: bool, count: int) -> None:
    """On the same features, to a thousandth, whether they are dense or sparse, many or few."""
    rows, labels = _rows(count)
    given = sparse.csr_matrix(rows) if as_sparse else rows
    found = estimator.CodeClassifier(penalty=0.5).fit(given, labels).predict_proba(given)
    for code in range(2):
        theirs = linear_model.LogisticRegression(C=2, tol=1e-8, max_iter=1000).fit(rows, labels[:, code])
        assert found[:, code] == pytest.approx(theirs.predict_proba(rows)[:, 1], abs=1e-3)


def test_it_is_an_estimator() -> None:
    """Parameters are read, set and cloned; a clone is not fitted; rows of weight 0 teach nothing."""
    made = estimator.CodeClassifier(penalty=0.2)
    assert made.get_params() == {"penalty": 0.2, "tolerance": 1e-4, "intercept_scaling": 100.0}
    again = sklearn_base.clone(made).set_params(penalty=1.0)
    assert not hasattr(again, "coef_")
    rows, labels = _rows()
    weights = np.ones(len(rows))
    weights[:100] = 0
    turned = labels.copy()
    turned[:100] = 1 - turned[:100]
    one = again.fit(rows, labels, sample_weight=weights)
    other = sklearn_base.clone(again).fit(rows, turned, sample_weight=weights)
    assert one.classes_.tolist() == [0, 1]
    assert np.array_equal(one.predict(rows), other.predict(rows))


def test_labels_that_are_none_are_refused() -> None:
    """Of another shape or size, or no shares: the sentence says what is wanted."""
    rows, labels = _rows()
    with pytest.raises(ValueError, match="it is \\(rows, codes\\) with 1500 rows"):
        estimator.CodeClassifier().fit(rows, labels[:, 0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimator.CodeClassifier().fit(rows, labels * 2)


def test_what_cannot_be_fitted_or_asked_is_refused() -> None:
    """Numbers that are none, other features, weights of another shape, nothing fitted, a penalty below nought."""
    rows, labels = _rows(40)
    made = estimator.CodeClassifier().fit(rows, labels)
    with pytest.raises(ValueError, match="contains NaN"):
        made.fit(np.full_like(rows, np.nan), labels)
    with pytest.raises(ValueError, match="X has 2 features; it was fitted on 6"):
        made.predict(rows[:, :2])
    with pytest.raises(ValueError, match="one number of 0 or more for each of 40 rows"):
        made.fit(rows, labels, sample_weight=np.ones(7))
    with pytest.raises(ValueError, match="not fitted"):
        estimator.CodeClassifier().predict_proba(rows)
    with pytest.raises(ValueError, match="penalty is -1; it is a number above 0"):
        estimator.CodeClassifier(penalty=-1).fit(rows, labels)
    assert np.allclose(made.fit(rows.tolist(), labels.tolist()).coef_, made.fit(rows, labels).coef_)
