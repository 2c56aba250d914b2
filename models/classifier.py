"""One logistic regression per code over the same features: which codes a unit carries, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.calibration import Calibration
from models.features import Matrix, Vocabulary, matrix_of
from models.unit import Unit

INVERSE_PENALTY = 2.0
LEAST_EXAMPLES = 8
LEAST_GROUPS_WITH_CODE = 2


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why a code is not guessed at: its examples, the groups they come from, and what is needed."""

    examples: int
    groups: int
    reason: str


class Classifies(Protocol):
    """Anything that says how likely each of its codes is."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Code ids, in the order of the columns."""
        ...

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """Per code the least probability that is suggested, shape (codes,)."""
        ...

    def probabilities(self, units: Sequence[Unit], embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shape (units, codes)."""
        ...


@dataclass(frozen=True)
class Weights:
    """A fitted linear model per code: ``coefficients`` (codes, features), ``intercepts`` (codes,)."""

    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float64]

    def logits(self, features: Matrix) -> NDArray[np.float64]:
        """Uncalibrated log odds, shape (rows, codes)."""
        return np.asarray(features @ self.coefficients.T, dtype=np.float64) + self.intercepts


@dataclass(frozen=True)
class Model:
    """A trained classifier: vocabulary, weights, calibration and thresholds of the codes it judges.

    ``too_few``: the codes that it does not judge, and why. ``exclusive``: sets of codes of which only the
    likeliest is suggested.
    """

    codes: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Weights
    calibration: Calibration
    thresholds: NDArray[np.float64]
    too_few: Mapping[str, TooFew] = field(default_factory=dict)
    exclusive: tuple[tuple[str, ...], ...] = ()
    kind: str = "trained"

    def probabilities(self, units: Sequence[Unit], embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (units, codes)."""
        if not units:
            return np.zeros((0, len(self.codes)))
        features = matrix_of(units, self.vocabulary, embeddings)
        return self.calibration.probabilities(self.weights.logits(features))


def fit_weights(features: Matrix, labels: NDArray[np.float64], weights: NDArray[np.float64]) -> Weights:
    """Fit one L2-penalised logistic regression per code, without class weights, until it converges.

    ``labels``: shape (rows, codes), shares of coders; a share between 0 and 1 enters as a positive and a
    negative example with that weight. ``weights``: shape (rows, codes), 0 where nobody judged.
    """
    codes = labels.shape[1]
    # threads: the solver works outside Python's lock for most of its time
    fitted = Parallel(n_jobs=-1, prefer="threads")(
        delayed(_fit_one)(features, labels[:, code], weights[:, code]) for code in range(codes)
    )
    coefficients = np.zeros((codes, features.shape[1]), dtype=np.float32)
    intercepts = np.zeros(codes)
    for code, (own, intercept) in enumerate(fitted):
        coefficients[code] = own
        intercepts[code] = intercept
    return Weights(coefficients, intercepts)


def _fit_one(
    features: Matrix, labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], float]:
    positive = np.flatnonzero((weights > 0) & (labels > 0))
    negative = np.flatnonzero((weights > 0) & (labels < 1))
    if not len(positive) or not len(negative):
        # nothing to tell apart: the prior alone, and no certainty
        return np.zeros(features.shape[1], dtype=np.float32), 4.0 if len(positive) else -4.0
    rows = np.concatenate([positive, negative])
    own = np.concatenate([weights[positive] * labels[positive], weights[negative] * (1 - labels[negative])])
    outcome = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    solver = LogisticRegression(C=INVERSE_PENALTY, solver="lbfgs", max_iter=1000, tol=1e-4)
    solver.fit(features[rows], outcome, sample_weight=own)
    return solver.coef_[0].astype(np.float32), float(solver.intercept_[0])


def too_few_examples(
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    groups: Sequence[str],
    codes: Sequence[str],
    *,
    least: int = LEAST_EXAMPLES,
) -> dict[str, TooFew]:
    """The codes that cannot be learnt: fewer than 8 examples, examples of one group only, or no counterexample."""
    found = {}
    names = np.array(groups, dtype=object)
    for at, code in enumerate(codes):
        carried = (weights[:, at] > 0) & (labels[:, at] >= 0.5)
        examples, used_by = int(carried.sum()), len(set(names[carried]))
        if examples < least:
            reason = f"{_counted(examples)}; needs about {LEAST_EXAMPLES}"
        elif used_by < LEAST_GROUPS_WITH_CODE:
            reason = f"{_counted(examples)}, all of one participant; needs a second one"
        elif not ((weights[:, at] > 0) & (labels[:, at] < 0.5)).any():
            reason = "nobody has said where it does not apply; import codings with --complete all"
        else:
            continue
        found[code] = TooFew(examples, used_by, reason)
    return found


def suggested(
    probabilities: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    codes: Sequence[str],
    exclusive: Sequence[Sequence[str]],
) -> NDArray[np.bool_]:
    """Which codes are put before a coder, shape (n, codes): those above their threshold, of an exclusive set
    only the one that is furthest above it."""
    chosen = np.nan_to_num(probabilities, nan=-1.0) >= thresholds
    column = {code: at for at, code in enumerate(codes)}
    for names in exclusive:
        members = np.array([column[name] for name in names if name in column], dtype=np.intp)
        if len(members) < 2:
            continue
        lead = np.where(chosen[:, members], probabilities[:, members] - thresholds[members], -np.inf)
        best = np.argmax(lead, axis=1)
        only = np.zeros((len(lead), len(members)), dtype=bool)
        only[np.arange(len(lead)), best] = True
        chosen[:, members] &= only
    return np.asarray(chosen)


def _counted(examples: int) -> str:
    return "1 example" if examples == 1 else f"{examples} examples"
