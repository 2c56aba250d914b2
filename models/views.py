"""Three ways of looking at a passage, each a logistic regression per code; their logits are averaged.

One goes mostly by the words, one more by what the encoder says of the passage and of what was asked, one by single
sentences. None of them is best in every study: words where answers are long, the encoder where few are coded or
answers are short, sentences where a code lives in one of many (docs/experiments.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from annotations.arrays import Floats, Floats32
from models.classifier import Fitted, Prior, Weights, fit_weights
from models.features import Features
from models.solver import TOLERANCE


@dataclass(frozen=True, slots=True)
class PassageView:
    """How much the passage's own embedding and that of its question count beside all else.

    ``tolerance``: how near its search comes to the end, see ``solver.solve``.
    """

    name: str
    own: float
    question: float
    tolerance: float = TOLERANCE


WORDS = PassageView("words", 1.0, 0.0)
# the last steps change no ranking, and where a penalty is weak they are many
MEANING = PassageView("meaning", 2.0, 1.0, tolerance=2e-2)
SENTENCES = PassageView("sentences", 1.0, 0.3, tolerance=5e-2)
VIEWS = (WORDS, MEANING, SENTENCES)
# the shares of studies in which little can be found out: single sentences and their vectors need the fewest examples
USUAL_SHARES = (0.2, 0.3, 0.5)
# the strength of the penalty; that of WORDS is chosen on held-out groups
PENALTY_OF_MEANING = 1.0
PENALTY_OF_SENTENCES = 0.1


def fit_view(
    view: PassageView,
    features: Features,
    labels: Floats,
    weights: Floats,
    *,
    dimensions: int,
    penalty: float,
    prior: Prior | None,
    start: Floats32 | None = None,
    basis: Floats32 | None = None,
) -> Fitted:
    """``fit_weights`` as a view has it; the weights fit the features as they were given. ``dimensions``: of a vector.

    ``basis``: of the questions' vectors, see ``basis_of``; what is found with it is the same.
    """
    look = _Look(view, dimensions, basis)
    seen = None if prior is None else replace(prior, features=look.at(prior.features))
    fitted = fit_weights(
        look.at(features), labels, weights, penalty=penalty, prior=seen, start=start, tolerance=view.tolerance
    )
    terms = features.sparse.shape[1]
    narrow = fitted.weights.coefficients
    wide = np.hstack([narrow[:, :terms], look.widened(narrow[:, terms:])])
    return Fitted(Weights(np.ascontiguousarray(wide), fitted.weights.intercepts), fitted.alpha)


def basis_of(vectors: Floats32) -> Floats32 | None:
    """An orthonormal basis of what a few vectors span, shape (dimensions, at most as many as there are of them).

    Interviewers ask the same questions again and again. In such a basis their vectors have as many numbers as there are
    questions, and a penalised regression finds the same weights. None where there are too many for that to pay.
    """
    few = {row.tobytes(): at for at, row in enumerate(vectors) if row.any()}
    if len(few) > vectors.shape[1] // 2:
        return None
    return np.asarray(np.linalg.qr(vectors[sorted(few.values())].T)[0], dtype=np.float32)


@dataclass(frozen=True)
class _Look:
    """How a view sees dense features: its own weights of the vectors, the questions' in a basis where there is one."""

    view: PassageView
    dimensions: int
    basis: Floats32 | None

    def at(self, features: Features) -> Features:
        """The features as the view sees them."""
        own, question, marks = self._parts(features.dense)
        if self.view.question == 0:
            question = question[:, :0]
        elif self.basis is not None:
            question = question @ self.basis
        return replace(features, dense=np.hstack([own * self.view.own, question * self.view.question, marks]))

    def widened(self, narrow: Floats32) -> Floats32:
        """Weights of dense features as they were given, of those that the view sees; shape (codes, columns)."""
        own = narrow[:, : self.dimensions] * np.float32(self.view.own)
        if self.view.question == 0:
            nothing = np.zeros((len(narrow), self.dimensions), dtype=np.float32)
            return np.hstack([own, nothing, narrow[:, self.dimensions :]])
        end = self.dimensions + (self.dimensions if self.basis is None else self.basis.shape[1])
        question: Floats32 = narrow[:, self.dimensions : end] * np.float32(self.view.question)
        if self.basis is not None:
            question = np.asarray(question @ self.basis.T, dtype=np.float32)
        return np.hstack([own, question, narrow[:, end:]])

    def _parts(self, dense: Floats32) -> tuple[Floats32, Floats32, Floats32]:
        return (
            dense[:, : self.dimensions],
            dense[:, self.dimensions : 2 * self.dimensions],
            dense[:, 2 * self.dimensions :],
        )


def weighted(weights: Weights, share: float) -> Weights:
    """A part of a linear model."""
    return Weights((weights.coefficients * np.float32(share)), weights.intercepts * share)


def added(weights: Weights, other: Weights) -> Weights:
    """Two linear models of the same features as one."""
    return Weights(weights.coefficients + other.coefficients, weights.intercepts + other.intercepts)
