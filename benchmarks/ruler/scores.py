"""Figures of held-out predictions, and differences between two methods over resampled groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats

LEAST_FOR_KAPPA = 20
RESAMPLES = 300
LEAST_GROUPS = 20


@dataclass(frozen=True)
class Predicted:
    """What a method says of units that it has not seen: shapes (n, codes); and what people said.

    ``member``: the group of each unit, as a number. ``prior``: the prevalence in the training data, (n, codes).
    """

    probabilities: Floats
    decided: Bools
    labels: Bools
    member: NDArray[np.intp]
    prior: Floats

    @cached_property
    def ranked(self) -> tuple[_Ranked, ...]:
        """Each code's units from the likeliest to the least likely: sorted once for all resamples."""
        columns = range(self.labels.shape[1])
        return tuple(_ranked(self.probabilities[:, code], self.labels[:, code]) for code in columns)


@dataclass(frozen=True)
class _Ranked:
    """Units by falling score, their labels, and where a tie ends (ties share one step, as in scikit-learn)."""

    order: NDArray[np.intp]
    labels: Bools
    ends: NDArray[np.intp]

    def average_precision(self, weights: Floats) -> float:
        """Weighted average precision; NaN without a positive."""
        own = weights[self.order]
        hits = np.cumsum(own * self.labels)[self.ends]
        if hits[-1] <= 0:
            return float("nan")
        seen = np.cumsum(own)[self.ends]
        return float((np.diff(hits, prepend=0.0) * hits / np.maximum(seen, 1e-12)).sum() / hits[-1])


def _ranked(scores: Floats, labels: Bools) -> _Ranked:
    order = np.argsort(-scores, kind="stable")
    return _Ranked(order, labels[order], np.flatnonzero(np.append(np.diff(scores[order]) != 0, True)))


def average_precision(scores: Floats, labels: Bools, weights: Floats) -> float:
    """Weighted average precision of one code."""
    return _ranked(scores, labels).average_precision(weights)


def macro_ap(predicted: Predicted, weights: Floats, codes: NDArray[np.intp]) -> float:
    """Mean average precision over codes that have a positive here."""
    return _mean([predicted.ranked[code].average_precision(weights) for code in codes])


def micro_f1(predicted: Predicted, weights: Floats, codes: NDArray[np.intp]) -> float:
    """F1 pooled over segment × code; all codes given."""
    both, model, person, _ = _tables(predicted, weights, codes).sum(axis=0)
    return float(2 * both / max(2 * both + model + person, 1e-12))


def macro_f1(predicted: Predicted, weights: Floats, codes: NDArray[np.intp]) -> float:
    """Mean F1 over codes that people applied here."""
    both, model, person, _ = _tables(predicted, weights, codes).T
    f1 = 2 * both / np.maximum(2 * both + model + person, 1e-12)
    return _mean(f1[both + person > 0].tolist())


def mean_kappa(predicted: Predicted, weights: Floats, codes: NDArray[np.intp]) -> float:
    """Cohen's kappa of model and person, averaged over codes."""
    both, model, person, neither = _tables(predicted, weights, codes).T
    total = both + model + person + neither
    agreed = (both + neither) / total
    chance = ((both + model) * (both + person) + (person + neither) * (model + neither)) / total**2
    return _mean(((agreed - chance) / np.maximum(1 - chance, 1e-12)).tolist())


def brier_skill(predicted: Predicted, codes: NDArray[np.intp]) -> float:
    """1 − Brier score / Brier score of always saying the training prevalence, pooled over codes."""
    truth = predicted.labels[:, codes]
    own = np.square(predicted.probabilities[:, codes] - truth).sum()
    return float(1 - own / np.square(predicted.prior[:, codes] - truth).sum())


def reliability(
    predicted: Predicted, codes: NDArray[np.intp], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Mean probability, share of positives and count for each tenth of the probability scale that occurs."""
    p, y = predicted.probabilities[:, codes].ravel(), predicted.labels[:, codes].ravel()
    at = np.clip((p * bins).astype(int), 0, bins - 1)  # a similarity may lie below nought
    count = np.bincount(at, minlength=bins)
    sums = np.bincount(at, p, bins), np.bincount(at, y, bins)
    return [
        (float(sums[0][b] / count[b]), float(sums[1][b] / count[b]), int(count[b]))
        for b in range(bins)
        if count[b]
    ]


def calibration_error(predicted: Predicted, codes: NDArray[np.intp]) -> float:
    """Mean gap between probability and share of positives over ten bins, weighted by count."""
    bins = reliability(predicted, codes)
    return sum(abs(p - y) * n for p, y, n in bins) / max(sum(n for _, _, n in bins), 1)


def resampled(
    predicted: Predicted, statistic: Callable[[Predicted, Floats], float], seed: int = 0
) -> Floats | None:
    """``statistic`` of the whole, then of resampled groups; the same seed draws the same groups for every method.

    None with fewer than 20 groups.
    """
    groups = int(predicted.member.max()) + 1
    if groups < LEAST_GROUPS:
        return None
    random = np.random.default_rng(seed)
    drawn = [statistic(predicted, np.ones(len(predicted.member)))]
    for _ in range(RESAMPLES):
        weights = random.multinomial(groups, np.full(groups, 1 / groups))[predicted.member].astype(float)
        drawn.append(statistic(predicted, weights))
    return np.array(drawn)


def difference(this: Floats | None, other: Floats | None) -> tuple[float, float, float] | None:
    """What ``resampled`` gives of one method minus that of another, with a 95 % interval."""
    if this is None or other is None:
        return None
    low, high = np.quantile((this - other)[1:], (0.025, 0.975))
    return float(this[0] - other[0]), float(low), float(high)


def _tables(predicted: Predicted, weights: Floats, codes: NDArray[np.intp]) -> Floats:
    """Per code: both, model only, person only, neither; shape (codes, 4)."""
    model, person = predicted.decided[:, codes], predicted.labels[:, codes]
    cells = (model & person, model & ~person, ~model & person, ~model & ~person)
    return np.stack([weights @ cell for cell in cells], axis=1)


def _mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
