"""The classifier behind scikit-learn's interface, for those who want to try it beside others or in a pipeline."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from annotations.arrays import Bools, Floats
from models.classifier import PENALTY, Weights, fit_weights
from models.features import Features

# as near as scikit-learn's own, and an intercept that is nearly free as theirs is
NEAR = 1e-4
NEARLY_FREE = 100.0
STEPS = 1000


class CodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn publishes no types
    """One L2-penalised logistic regression per code, all fitted in one search.

    ``penalty`` is 1/C of ``LogisticRegression``. ``intercept_scaling``: how weakly the intercept is drawn to how often a
    code occurs; Tandem's models have 1, and a ``tolerance`` of .01. After ``fit``: ``classes_``, the codes by name where
    ``y`` has names, else by number; ``coef_`` (codes, features) and ``intercept_`` (codes,).
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
            value = getattr(self, name)
            if (
                not isinstance(value, (int, float, np.number))
                or isinstance(value, bool)
                or not 0 < value < np.inf
            ):
                raise ValueError(f"{name} is {value!r}; it is a number above 0.")
        rows = validate_data(self, X, accept_sparse="csr", dtype=np.float64)
        labels = _labels(y, rows.shape[0])
        fitted = fit_weights(
            _features(rows),
            labels,
            _weights(sample_weight, labels),
            penalty=self.penalty,
            tolerance=self.tolerance,
            most_steps=STEPS,
            intercept_scaling=self.intercept_scaling,
        )
        if fitted.unfinished:
            warnings.warn(
                f"{fitted.unfinished} of {labels.shape[1]} codes could still be fitted better after {STEPS:,} steps. "
                f"Features that are about as large as each other, a larger penalty or a larger tolerance help.",
                ConvergenceWarning,
                stacklevel=2,
            )
        names = getattr(y, "columns", None)
        self.classes_ = np.arange(labels.shape[1]) if names is None else np.asarray(names, dtype=object)
        self.coef_, self.intercept_ = fitted.weights.coefficients, fitted.weights.intercepts
        return self

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """The log odds of each code, shape (rows, codes)."""
        check_is_fitted(self)
        rows = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return Weights(self.coef_, self.intercept_).logits(_features(rows))

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """How likely each code is, shape (rows, codes); not calibrated on rows that were held out."""
        return np.asarray(expit(self.decision_function(X)))

    def predict(self, X: Any) -> Bools:  # noqa: N803
        """The codes that are likelier than not, shape (rows, codes)."""
        return np.asarray(self.predict_proba(X) >= 0.5)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.single_output, tags.target_tags.multi_output = False, True
        tags.target_tags.two_d_labels = True
        tags.classifier_tags.multi_class, tags.classifier_tags.multi_label = False, True
        return tags


def _labels(given: Any, rows: int) -> Floats:
    """Shares of coders, shape (rows, codes). Raises ValueError for anything else."""
    try:
        labels = np.asarray(given.toarray() if sparse.issparse(given) else given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "y holds something else than numbers; it has a column for each code, with 0 and 1. MultiLabelBinarizer of "
            "scikit-learn makes that of lists of codes."
        ) from error
    if labels.ndim != 2 or rows != len(labels) or not labels.shape[1]:
        one_code = " For a single code take y.reshape(-1, 1)." if labels.shape == (rows,) else ""
        raise ValueError(
            f"y has shape {labels.shape}; it is (rows, codes) with {rows} rows, as X has.{one_code}"
        )
    if not np.isfinite(labels).all() or labels.min(initial=0) < 0 or labels.max(initial=0) > 1:
        raise ValueError("y holds numbers that are no shares of coders; they lie between 0 and 1.")
    return labels


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
    if not weights.any():
        raise ValueError("sample_weight is zero everywhere, so there is nothing to learn from.")
    return weights


def _features(rows: Any) -> Features:
    """Sparse rows as terms, dense ones as dense features."""
    if sparse.issparse(rows):
        none: Any = np.zeros((rows.shape[0], 0))
        return Features(rows.tocsr(), none)
    # as precise as it comes in: a study's own features are float32
    dense: Any = rows
    return Features(sparse.csr_matrix((len(rows), 0)), dense)
