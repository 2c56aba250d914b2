"""Cross-validation in which nothing of a scored group has been seen, its calibration and thresholds included.

With five folds fifteen models are fitted: one without each pair of folds, one without each fold. For a scored
fold i, the models without i and j give held-out predictions of every other fold j, from which fold i's calibration
and thresholds are chosen; the model without i predicts fold i.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.calibration import calibrate, thresholds
from models.classifier import Model, TooFew, fit_weights, suggested, too_few_examples
from models.features import Counted, choose, count, matrix_of_counted
from training.dataset import Dataset, OutOfFold
from training.folds import folds_of

LEAST_GROUPS = 3
LEAST_IN_FOLDS = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CrossValidated:
    """Held-out predictions for the scores, and the logits that calibrate the final model.

    ``logits``: shape (n, codes), of models that left out each row's fold. ``reason``: why there are no
    held-out predictions, else None.
    """

    out_of_fold: OutOfFold | None
    logits: NDArray[np.float64] | None
    counted: Counted
    reason: str | None = None


def cross_validate(
    dataset: Dataset,
    *,
    exclusive: Sequence[Sequence[str]] = (),
    folds: int = 5,
    seed: int = 0,
    fold: NDArray[np.intp] | None = None,
    progress: Progress | None = None,
) -> CrossValidated:
    """Predict every row by models that have not seen its group. ``fold``: folds made already, shape (n,)."""
    counted = count(dataset.units)
    names = set(dataset.groups)
    if len(names) < 2:
        return CrossValidated(None, None, counted, _too_few_groups(len(names)))
    labels, weights = dataset.targets(gold=False)
    if fold is None:
        fold = folds_of(dataset.groups, labels * (weights > 0), folds=folds, seed=seed)
    count_of = int(fold.max()) + 1
    pairs = list(combinations(range(count_of), 2)) if len(names) >= LEAST_GROUPS else []
    total = len(pairs) + count_of
    by_pair: dict[tuple[int, int], NDArray[np.float64]] = {}
    single = np.full(labels.shape, np.nan)
    for done, left_out in enumerate([*((i,) for i in range(count_of)), *pairs], start=1):
        held = np.isin(fold, left_out)
        logits = _fitted_logits(
            dataset, counted, labels, weights, np.flatnonzero(~held), np.flatnonzero(held)
        )
        if len(left_out) == 1:
            single[held] = logits
        else:
            by_pair[left_out[0], left_out[1]] = np.full(labels.shape, np.nan)
            by_pair[left_out[0], left_out[1]][held] = logits
        if progress:
            progress(done, total)
    if not pairs:
        return CrossValidated(None, single, counted, _too_few_groups(len(names)))
    return CrossValidated(_nested(dataset, fold, single, by_pair, exclusive), single, counted)


def left_out_once(
    dataset: Dataset, *, folds: int = 5, seed: int = 0, progress: Progress | None = None
) -> CrossValidated:
    """Only the logits that calibrate the final model, where other groups judge it: a model a fold, no pairs."""
    counted = count(dataset.units)
    names = set(dataset.groups)
    if len(names) < 2:
        return CrossValidated(None, None, counted, _too_few_groups(len(names)))
    labels, weights = dataset.targets(gold=False)
    fold = folds_of(dataset.groups, labels * (weights > 0), folds=folds, seed=seed)
    single = np.full(labels.shape, np.nan)
    for out in range(int(fold.max()) + 1):
        held = fold == out
        single[held] = _fitted_logits(
            dataset, counted, labels, weights, np.flatnonzero(~held), np.flatnonzero(held)
        )
        if progress:
            progress(out + 1, int(fold.max()) + 2)
    return CrossValidated(None, single, counted)


def fit_final(
    dataset: Dataset, validated: CrossValidated, *, exclusive: Sequence[Sequence[str]] = ()
) -> tuple[Model, NDArray[np.float64]]:
    """The model of all rows, calibrated on held-out predictions; and these calibrated, shape (n, codes).

    Codes with too few examples are left out of the model and named in ``too_few``.
    """
    labels, weights = dataset.targets(gold=False)
    lacking = too_few_examples(labels, weights, dataset.groups, dataset.codes)
    judged = np.array([at for at, code in enumerate(dataset.codes) if code not in lacking], dtype=np.intp)
    rows = np.arange(len(dataset))
    vocabulary, columns = choose(validated.counted, rows, dataset.groups)
    features = matrix_of_counted(validated.counted, rows, vocabulary, columns, dataset.embeddings)
    fitted = fit_weights(features, labels[:, judged], weights[:, judged])
    gold, gold_weights = dataset.targets(gold=True)
    held_out = validated.logits
    if held_out is None:
        held_out = np.full(labels.shape, np.nan)
    calibration = calibrate(held_out[:, judged], gold[:, judged], gold_weights[:, judged])
    probabilities = np.full(labels.shape, np.nan)
    probabilities[:, judged] = calibration.probabilities(held_out[:, judged])
    cut = thresholds(probabilities[:, judged], gold[:, judged], gold_weights[:, judged])
    model = Model(
        codes=tuple(dataset.codes[at] for at in judged),
        vocabulary=vocabulary,
        weights=fitted,
        calibration=calibration,
        thresholds=cut,
        too_few=lacking,
        exclusive=tuple(tuple(names) for names in exclusive),
    )
    return model, probabilities


def lacking_codes(dataset: Dataset) -> dict[str, TooFew]:
    """The codes that this data set cannot teach."""
    labels, weights = dataset.targets(gold=False)
    return too_few_examples(labels, weights, dataset.groups, dataset.codes)


def _fitted_logits(
    dataset: Dataset,
    counted: Counted,
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
) -> NDArray[np.float64]:
    groups = [dataset.groups[row] for row in train]
    # a code that these folds cannot teach is not guessed at; a little less is asked for than of the final model,
    # which has the held-out examples too
    lacking = too_few_examples(labels[train], weights[train], groups, dataset.codes, least=LEAST_IN_FOLDS)
    judged = np.array([at for at, code in enumerate(dataset.codes) if code not in lacking], dtype=np.intp)
    logits = np.full((len(test), len(dataset.codes)), np.nan)
    if not len(judged):
        return logits
    vocabulary, columns = choose(counted, train, groups)
    features = matrix_of_counted(counted, train, vocabulary, columns, dataset.embeddings)
    fitted = fit_weights(features, labels[np.ix_(train, judged)], weights[np.ix_(train, judged)])
    held = matrix_of_counted(counted, test, vocabulary, columns, dataset.embeddings)
    logits[:, judged] = fitted.logits(held)
    return logits


def _nested(
    dataset: Dataset,
    fold: NDArray[np.intp],
    single: NDArray[np.float64],
    by_pair: dict[tuple[int, int], NDArray[np.float64]],
    exclusive: Sequence[Sequence[str]],
) -> OutOfFold:
    gold, weights = dataset.targets(gold=True)
    probabilities = np.full(single.shape, np.nan)
    decided = np.zeros(single.shape, dtype=bool)
    for scored in range(int(fold.max()) + 1):
        inner = np.full(single.shape, np.nan)
        for other in range(int(fold.max()) + 1):
            if other != scored:
                rows = fold == other
                inner[rows] = by_pair[min(scored, other), max(scored, other)][rows]
        calibration = calibrate(inner, gold, weights)
        cut = thresholds(calibration.probabilities(inner), gold, weights)
        rows = fold == scored
        probabilities[rows] = calibration.probabilities(single[rows])
        decided[rows] = suggested(probabilities[rows], cut, dataset.codes, exclusive)
    return OutOfFold(probabilities, decided, fold)


def _too_few_groups(count: int) -> str:
    return (
        f"the codings come from {count} participant{'s' if count != 1 else ''}; "
        f"a figure on unseen participants needs at least {LEAST_GROUPS}"
    )
