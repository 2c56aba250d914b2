"""Three ways of looking at a passage, each a logistic regression per code; their logits are averaged.

One goes mostly by the words, one more by what the encoder says of the passage and of what was asked, one by single
sentences. None of them is best in every study: words where answers are long, the encoder where few are coded or
answers are short, sentences where a code lives in one of many (docs/experiments.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats, Floats32
from models.classifier import Fitted, Prior, Weights, fit_weights
from models.features import Features
from models.solver import TOLERANCE


@dataclass(frozen=True, slots=True)
class View:
    """How much the passage's own embedding and that of its question count beside all else.

    ``tolerance``: how near its search comes to the end, see ``solver.solve``.
    """

    name: str
    own: float
    question: float
    tolerance: float = TOLERANCE


WORDS = View("words", 1.0, 0.0)
# the last steps change no ranking, and where a penalty is weak they are many
MEANING = View("meaning", 2.0, 1.0, tolerance=2e-2)
SENTENCES = View("sentences", 1.0, 0.3, tolerance=5e-2)
VIEWS = (WORDS, MEANING, SENTENCES)
# the strength of the penalty; that of WORDS is chosen on held-out groups
PENALTY_OF_MEANING = 1.0
PENALTY_OF_SENTENCES = 0.1


def fit_view(
    view: View,
    features: Features,
    labels: Floats,
    weights: Floats,
    *,
    dimensions: int,
    penalty: float,
    prior: Prior | None,
    start: Floats32 | None = None,
) -> Fitted:
    """``fit_weights`` as a view has it; the weights fit the features as they were given. ``dimensions``: of a vector."""
    scale = np.ones(features.dense.shape[1], dtype=np.float32)
    scale[:dimensions], scale[dimensions : 2 * dimensions] = view.own, view.question
    kept = np.flatnonzero(scale)
    seen = None if prior is None else replace(prior, features=_scaled(prior.features, scale, kept))
    found = fit_weights(
        _scaled(features, scale, kept),
        labels,
        weights,
        penalty=penalty,
        prior=seen,
        start=start,
        tolerance=view.tolerance,
    )
    terms = features.sparse.shape[1]
    narrow = found.weights.coefficients
    coefficients = np.zeros((len(narrow), features.width), dtype=np.float32)
    coefficients[:, :terms] = narrow[:, :terms]
    coefficients[:, terms + kept] = narrow[:, terms:] * scale[kept]
    return Fitted(Weights(coefficients, found.weights.intercepts), found.alpha)


def weighted(weights: Weights, share: float) -> Weights:
    """A part of a linear model."""
    return Weights((weights.coefficients * np.float32(share)), weights.intercepts * share)


def added(one: Weights, other: Weights) -> Weights:
    """Two linear models of the same features as one."""
    return Weights(one.coefficients + other.coefficients, one.intercepts + other.intercepts)


def _scaled(features: Features, scale: Floats32, kept: NDArray[np.intp]) -> Features:
    return replace(features, dense=features.dense[:, kept] * scale[kept])
