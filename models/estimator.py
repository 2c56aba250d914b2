"""The classifier behind scikit-learn's interface, for those who want to try it beside others or in a pipeline."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_array, check_is_fitted

from annotations.arrays import Bools, Floats
from models.classifier import PENALTY, Weights, fit_weights
from models.features import Features

# as near as scikit-learn's own, and an intercept that is nearly free as theirs is
NEAR = 1e-4
NEARLY_FREE = 100.0


class CodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn publishes no types
    """One L2-penalised logistic regression per code, all fitted in one search.

    ``penalty`` is 1/C of ``LogisticRegression``. ``intercept_scaling``: how weakly the intercept is drawn to how often a
    code occurs; Tandem's models have 1, and a ``tolerance`` of .01. After ``fit``: ``classes_``, ``coef_`` (codes,
    features) and ``intercept_`` (codes,).
    """

    def __init__(
        self, penalty: float = PENALTY, tolerance: float = NEAR, intercept_scaling: float = NEARLY_FREE
    ) -> None:
        self.penalty = penalty
        self.tolerance = tolerance
        self.intercept_scaling = intercept_scaling

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from rows ``X``, dense or sparse, and ``y``, shape (rows, codes): shares of coders, or 0 and 1.

        ``sample_weight``: one for each row, or one for each row and code; 0 where nobody judged. Raises ValueError for
        what is no such array.
        """
        for name in ("penalty", "tolerance", "intercept_scaling"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it is a number above 0.")
        rows = check_array(X, accept_sparse="csr")
        labels = np.asarray(y, dtype=np.float64)
        if labels.ndim != 2 or rows.shape[0] != len(labels):
            raise ValueError(
                f"y has shape {labels.shape}; it is (rows, codes) with {rows.shape[0]} rows, as X has."
            )
        if not np.isfinite(labels).all() or labels.min(initial=0) < 0 or labels.max(initial=0) > 1:
            raise ValueError("y holds numbers that are no shares of coders; they lie between 0 and 1.")
        fitted = fit_weights(
            _features(rows),
            labels,
            _weights(sample_weight, labels),
            penalty=self.penalty,
            tolerance=self.tolerance,
            intercept_scaling=self.intercept_scaling,
        ).weights
        self.classes_ = np.arange(labels.shape[1])
        self.n_features_in_ = int(rows.shape[1])
        self.coef_, self.intercept_ = fitted.coefficients, fitted.intercepts
        return self

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """How likely each code is, shape (rows, codes); not calibrated on rows that were held out."""
        check_is_fitted(self)
        rows = check_array(X, accept_sparse="csr")
        if rows.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {rows.shape[1]} features; it was fitted on {self.n_features_in_}.")
        return np.asarray(expit(Weights(self.coef_, self.intercept_).logits(_features(rows))))

    def predict(self, X: Any) -> Bools:  # noqa: N803
        """The codes that are likelier than not, shape (rows, codes)."""
        return np.asarray(self.predict_proba(X) >= 0.5)


def _weights(given: Any, labels: Floats) -> Floats:
    """Of each row and code, shape (rows, codes)."""
    if given is None:
        return np.ones(labels.shape)
    weights = np.asarray(given, dtype=np.float64)
    if weights.ndim == 1 and len(weights) == len(labels):
        weights = np.repeat(weights[:, None], labels.shape[1], axis=1)
    if weights.shape != labels.shape or not np.isfinite(weights).all() or weights.min(initial=0) < 0:
        raise ValueError(
            f"sample_weight has shape {weights.shape}; it is one number of 0 or more for each of {len(labels)} rows, or "
            f"one for each row and code, shape {labels.shape}."
        )
    return weights


def _features(rows: Any) -> Features:
    """Sparse rows as terms, dense ones as dense features."""
    if sparse.issparse(rows):
        return Features(rows.tocsr().astype(np.float32), np.zeros((rows.shape[0], 0), dtype=np.float32))
    dense: NDArray[Any] = np.asarray(rows, dtype=np.float32)
    return Features(sparse.csr_matrix((len(dense), 0), dtype=np.float32), dense)
