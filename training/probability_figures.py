"""How good held-out probabilities are, whatever the thresholds: ranking, Brier score, calibration.

A segment that several coders judged counts once. A cell is a segment and a code that somebody was asked about there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.agreement import or_none, weighted_mean
from annotations.arrays import Floats
from training.dataset import Dataset, OutOfFold
from training.dataset_comparisons import Compared
from training.evaluation_results import Probabilities

BINS = 10


@dataclass(frozen=True, slots=True)
class CodeProbabilities:
    """Of one code; None where no model judged it on a segment that a coder judged.

    ``average_precision``: None too without a segment that carries it. ``brier``: the mean squared gap between the
    probability and each coder's word (Brier 1950). ``brier_skill``: 1 minus it over that of always saying how often the
    code was applied on these segments; None where that never errs. ``calibration_error``: the mean gap between
    probability and share of coders who applied it, in ten bins of equal width, weighted by cells.
    """

    average_precision: float | None
    brier: float | None
    brier_skill: float | None
    calibration_error: float | None


def probability_figures(
    dataset: Dataset, held_out: OutOfFold, pairs: Sequence[Compared]
) -> tuple[Probabilities, tuple[CodeProbabilities, ...]]:
    """Over all cells, and of each code. ``pairs``: the model with each coder.

    Over all cells, ``brier_skill`` compares with each code's own share, so that knowing which codes are rare is no skill.
    """
    labels, weights = dataset.targets(gold=True)
    usable = (weights > 0) & ~np.isnan(held_out.probabilities)
    p, y = np.where(usable, held_out.probabilities, 0.0), np.where(usable, labels, 0.0)
    count = usable.sum(axis=0)
    # a share y of coders said yes: y (1 − p)² + (1 − y) p²
    errors = np.where(usable, y - 2 * p * y + p * p, 0.0).sum(axis=0)
    share = y.sum(axis=0) / np.maximum(count, 1)
    usual = count * share * (1 - share)
    precisions = [_average_precision(pairs, held_out, at) for at in range(len(dataset.codes))]
    of_codes = tuple(
        CodeProbabilities(
            precisions[at],
            _over(errors[at], count[at]),
            _skill(errors[at], usual[at]),
            _calibration_error(p[usable[:, at], at], y[usable[:, at], at]),
        )
        for at in range(len(dataset.codes))
    )
    known = np.array([np.nan if value is None else value for value in precisions])
    whole = Probabilities(
        or_none(weighted_mean(known, np.ones_like(known))),
        sum(value is not None for value in precisions),
        _over(errors.sum(), count.sum()),
        _skill(errors.sum(), usual.sum()),
        _calibration_error(p[usable], y[usable]),
    )
    return whole, of_codes


def _average_precision(pairs: Sequence[Compared], held_out: OutOfFold, code: int) -> float | None:
    """Average precision against each coder's word, a segment counting once; None without positives."""
    scores = np.concatenate([held_out.probabilities[pair.rows, code] for pair in pairs])
    applied = np.concatenate([pair.pair.other.values[:, code] for pair in pairs])
    share = np.concatenate([pair.share for pair in pairs])
    usable = np.concatenate([pair.pair.known[:, code] for pair in pairs]) & ~np.isnan(scores)
    if not applied[usable].any():
        return None
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(applied[usable], scores[usable], sample_weight=share[usable]))


def _over(total: float, count: float) -> float | None:
    return float(total / count) if count else None


def _skill(errors: float, usual: float) -> float | None:
    return float(1 - errors / usual) if usual > 0 else None


def _calibration_error(p: Floats, y: Floats) -> float | None:
    if not len(p):
        return None
    at = np.minimum((p * BINS).astype(int), BINS - 1)
    gaps = np.abs(np.bincount(at, p, BINS) - np.bincount(at, y, BINS))
    return float(gaps.sum() / len(p))
