"""Classifiers that stand beside the default one: what they are given, what they give, and scikit-learn's two.

Each learns from the whole features of a passage at once (its words, its surroundings, its vector and that of the
question, its marks). What the codebook says of codes stands below the passages as more examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats
from models.calibration import calibrate
from models.classifier import PRIOR_WEIGHT, Learnt, Prior, Weights
from models.features import Features

INNER = 3


@dataclass(frozen=True)
class Examples:
    """What is learnt from, row by row.

    ``labels``: shape (rows, codes), the share of coders who applied a code; ``weights``: the same shape, how much that
    counts, 0 where nobody judged. ``groups``: of each row the group, "" of what the codebook says.
    """

    features: Features
    labels: Floats
    weights: Floats
    groups: tuple[str, ...]

    def of_code(self, code: int) -> tuple[NDArray[np.intp], Bools, Floats]:
        """The rows that say something of a code, with yes or no and a weight, each of shape (m,).

        Where coders differ a row stands there twice: yes with the weight of those who applied it, no with the rest's.
        """
        yes = self.labels[:, code] * self.weights[:, code]
        no = (1 - self.labels[:, code]) * self.weights[:, code]
        with_yes, with_no = np.flatnonzero(yes > 0), np.flatnonzero(no > 0)
        rows = np.concatenate([with_yes, with_no])
        answers = np.arange(len(rows)) < len(with_yes)
        return rows, answers, np.concatenate([yes[with_yes], no[with_no]])

    def only(self, rows: NDArray[np.intp]) -> Examples:
        """Some of the rows."""
        groups = tuple(self.groups[row] for row in rows)
        return Examples(self.features.only(rows), self.labels[rows], self.weights[rows], groups)


def with_descriptions(
    features: Features, labels: Floats, weights: Floats, groups: tuple[str, ...], prior: Prior | None
) -> Examples:
    """Passages and, below them, what the codebook says of codes: for each its own code counts three times."""
    if prior is None or not len(prior.codes):
        return Examples(features, labels, weights, groups)
    own = np.eye(labels.shape[1])[prior.codes]
    return Examples(
        features.below(prior.features),
        np.concatenate([labels, own]),
        np.concatenate([weights, np.where(own > 0, PRIOR_WEIGHT, 1.0)]),
        (*groups, *[""] * len(own)),
    )


class NamedClassifier(Protocol):
    """A way of learning that study.yaml can name. ``version``: changes when the same examples would teach it otherwise."""

    @property
    def name(self) -> str:
        """What study.yaml calls it."""
        ...

    @property
    def version(self) -> int:
        """From 1 on."""
        ...

    def fit(self, examples: Examples) -> Learnt:
        """Learn every code of ``examples``."""
        ...

    def read(self, arrays: Mapping[str, NDArray[Any]]) -> Learnt:
        """What was learnt, from its ``arrays``, which may come from a stranger. Raises KeyError, ValueError, TypeError."""
        ...


class _Linear:
    """What is the same of all that end as weights."""

    def read(self, arrays: Mapping[str, NDArray[Any]]) -> Weights:
        """The weights again."""
        return Weights(arrays["coefficients"], arrays["intercepts"])


@dataclass(frozen=True)
class ScikitLogisticRegression(_Linear):
    """scikit-learn's ``LogisticRegression``, code by code. ``strength``: its C."""

    name: str = "logistic regression"
    version: int = 1
    strength: float = 2.0

    def fit(self, examples: Examples) -> Weights:
        """One after the other."""
        from sklearn.linear_model import LogisticRegression

        def learn(rows: Any, yes: Bools, weights: Floats) -> Any:
            return LogisticRegression(C=self.strength, max_iter=1000).fit(rows, yes, weights)

        return _one_by_one(examples, learn)


@dataclass(frozen=True)
class LinearSupportVectors(_Linear):
    """scikit-learn's ``LinearSVC``, code by code; its margins become log odds on groups that were held out.

    The line from margin to log odds (Platt 1999) is that of all codes together, then each code's own, see
    ``models.calibration``. ``strength``: its C.
    """

    name: str = "linear svm"
    version: int = 1
    strength: float = 0.2

    def fit(self, examples: Examples) -> Weights:
        """On all rows, and without each of three parts of the groups for the line."""
        margins = np.full(examples.labels.shape, np.nan)
        for kept, out in _without_some_groups(examples.groups):
            margins[out] = self._margins(examples.only(kept)).logits(examples.features.only(out))
        cells = margins, examples.labels, examples.weights
        line = calibrate(*(its.reshape(-1, 1) for its in cells))
        own = calibrate(margins * line.slopes + line.offsets, examples.labels, examples.weights)
        slopes, offsets = own.slopes * line.slopes, own.slopes * line.offsets + own.offsets
        line_margins = self._margins(examples)
        return Weights(
            (line_margins.coefficients * slopes[:, None]).astype(np.float32),
            line_margins.intercepts * slopes + offsets,
        )

    def _margins(self, examples: Examples) -> Weights:
        from sklearn.svm import LinearSVC

        def learn(rows: Any, yes: Bools, weights: Floats) -> Any:
            return LinearSVC(C=self.strength, random_state=0, max_iter=5000).fit(rows, yes, weights)

        return _one_by_one(examples, learn)


LOGISTIC_REGRESSION = ScikitLogisticRegression()
LINEAR_SVM = LinearSupportVectors()


def _one_by_one(examples: Examples, learn: Any) -> Weights:
    """A linear model of each code; one of which nothing is known but yes or no says only that."""
    matrix = examples.features.as_matrix()
    codes = examples.labels.shape[1]
    coefficients = np.zeros((codes, matrix.shape[1]), dtype=np.float32)
    intercepts = np.zeros(codes)
    for code in range(codes):
        rows, yes, weights = examples.of_code(code)
        if yes.all() or not yes.any():
            known = weights.sum()
            intercepts[code] = np.log((weights[yes].sum() + 0.5) / (known - weights[yes].sum() + 0.5))
            continue
        model = learn(matrix[rows], yes, weights)
        coefficients[code], intercepts[code] = model.coef_[0], model.intercept_[0]
    return Weights(coefficients, intercepts)


def _without_some_groups(groups: tuple[str, ...]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows to learn from and rows held out, three times; what the codebook says is always learnt from."""
    names = {name: at for at, name in enumerate(sorted(set(groups) - {""}))}
    part = np.array([names[group] % INNER if group else -1 for group in groups])
    for held in range(min(INNER, len(names))):
        if len(names) > 1:
            yield np.flatnonzero(part != held), np.flatnonzero(part == held)
