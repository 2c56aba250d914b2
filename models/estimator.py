"""The classifier behind scikit-learn's interface, for those who want to try it beside others or in a pipeline."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from annotations.arrays import Bools, Floats
from models.classifier import PENALTY, Weights, fit_weights
from models.features import Features
from models.solver import TOLERANCE


class CodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn publishes no types
    """One L2-penalised logistic regression per code, all fitted in one search.

    ``penalty`` is 1/C of ``LogisticRegression``; the intercept is drawn a little to how often a code occurs. After
    ``fit``: ``classes_``, ``coef_`` (codes, features) and ``intercept_`` (codes,).
    """

    def __init__(self, penalty: float = PENALTY, tolerance: float = TOLERANCE) -> None:
        self.penalty = penalty
        self.tolerance = tolerance

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from rows ``X``, dense or sparse, and ``y``, shape (rows, codes): shares of coders, or 0 and 1.

        ``sample_weight``: one for each row, or one for each row and code; 0 where nobody judged.
        """
        labels = np.asarray(y, dtype=np.float64)
        if labels.ndim != 2 or X.shape[0] != len(labels):
            raise ValueError(
                f"y has shape {labels.shape}; it is (rows, codes) with {X.shape[0]} rows, as X has."
            )
        if not np.isfinite(labels).all() or labels.min(initial=0) < 0 or labels.max(initial=0) > 1:
            raise ValueError("y holds numbers that are no shares of coders; they lie between 0 and 1.")
        weights = (
            np.ones(labels.shape) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        )
        if weights.ndim == 1:
            weights = np.repeat(weights[:, None], labels.shape[1], axis=1)
        fitted = fit_weights(
            _features(X), labels, weights, penalty=self.penalty, tolerance=self.tolerance
        ).weights
        self.classes_ = np.arange(labels.shape[1])
        self.n_features_in_ = int(X.shape[1])
        self.coef_, self.intercept_ = fitted.coefficients, fitted.intercepts
        return self

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """How likely each code is, shape (rows, codes); not calibrated on rows that were held out."""
        return np.asarray(expit(Weights(self.coef_, self.intercept_).logits(_features(X))))

    def predict(self, X: Any) -> Bools:  # noqa: N803
        """The codes that are likelier than not, shape (rows, codes)."""
        return np.asarray(self.predict_proba(X) >= 0.5)


def _features(rows: Any) -> Features:
    """Sparse rows as terms, dense ones as dense features."""
    if sparse.issparse(rows):
        return Features(rows.tocsr().astype(np.float32), np.zeros((rows.shape[0], 0), dtype=np.float32))
    dense: NDArray[Any] = np.asarray(rows, dtype=np.float32)
    return Features(sparse.csr_matrix((len(dense), 0), dtype=np.float32), dense)
