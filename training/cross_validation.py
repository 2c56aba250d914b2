"""Cross-validation in which nothing of a scored group has been seen, its calibration and thresholds included.

Models are fitted without each fold, and without pairs of folds. For a scored fold i, the models without i and j give
held-out predictions of the other folds j, from which fold i's penalty, the shares of the views (``models.views``),
calibration and thresholds are chosen; the
model without i predicts fold i. Every pair is fitted where there are few rows; where there are many, those that are
near each other in a ring, about half. A search starts from a model that saw fewer rows, never from one that saw more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from annotations.arrays import Floats
from annotations.progress import Progress
from models.calibration import BEST_F1, Aim, calibrate, thresholds
from models.classifier import DEFAULT, Model, TooFew, suggested
from models.features import TermCounts
from models.mixture import shares
from models.other_classifiers import NamedClassifier
from models.tune_encoder import FineTuning
from models.views import USUAL_SHARES
from training.dataset import Dataset, OutOfFold
from training.fit_on_rows import PENALTIES, Bench, Fit
from training.fits_told import FitsTold
from training.folds import FOLDS, folds_of
from training.view_fitter import Alphas

LEAST_GROUPS = 3
MANY_ROWS = 3000
Pair = tuple[int, int]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class CrossValidated:
    """Held-out predictions for the scores, and what the final model is made with.

    ``logits``: shape (n, codes), of models that left out each row's fold; they calibrate the final model, which has
    ``penalty`` and ``share``, and whose searches begin at ``start``. ``reason``: why there are no held-out predictions,
    else None. ``nested``: what ``out_of_fold`` was made of, and for each scored fold that from which its penalty, shares,
    calibration and thresholds were chosen, shape (folds, n, codes).
    """

    out_of_fold: OutOfFold | None
    logits: Floats | None
    bench: Bench
    reason: str | None = None
    penalty: float = PENALTIES[0]
    start: Alphas | None = None
    share: Floats = field(default_factory=lambda: np.array(USUAL_SHARES))
    nested: tuple[Floats, Floats] | None = None

    @property
    def counted(self) -> TermCounts:
        """The terms of all rows."""
        return self.bench.counted


def cross_validate(
    dataset: Dataset,
    *,
    exclusive: Sequence[Sequence[str]] = (),
    folds: int | None = None,
    seed: int = 0,
    fold: NDArray[np.intp] | None = None,
    aim: Aim = BEST_F1,
    encoder: FineTuning | None = None,
    classifier: NamedClassifier | None = None,
    progress: Progress | None = None,
) -> CrossValidated:
    """Predict every row by models that have not seen its group. ``fold``: folds made already, shape (n,).

    ``encoder``: is fine-tuned anew for every model, so that it has seen no more than the rest of it. ``classifier``:
    what learns in the place of the three views.
    """
    if len(set(dataset.groups)) < LEAST_GROUPS:
        return left_out_once(
            dataset, folds=folds, seed=seed, encoder=encoder, classifier=classifier, progress=progress
        )
    told = FitsTold(progress, tuned=encoder is not None)
    bench = Bench(dataset, encoder, told.within, classifier)
    if fold is None:
        fold = folds_of(
            dataset.groups, bench.labels * (bench.weights > 0), folds=folds or folds_with(encoder), seed=seed
        )
    several = int(fold.max()) + 1
    pairs = _pairs(several, len(dataset))
    told.total = len(pairs) + several
    fitted_pairs = _together(bench, lambda pair: told.after(bench.path(~np.isin(fold, pair))), pairs)
    by_pair = dict(zip(pairs, fitted_pairs, strict=True))
    chosen = [_best(bench, fold, by_pair, scored) for scored in range(several)]

    def without(scored: int) -> Fit:
        nearer = next(fits[chosen[scored]] for pair, fits in by_pair.items() if scored in pair)
        return told.after(bench.fit(fold != scored, PENALTIES[chosen[scored]], nearer.alphas))

    alone = _together(bench, without, range(several))
    outer = np.full(bench.labels.shape, np.nan)
    inner = np.full((several, *outer.shape), np.nan)
    for scored, fit in enumerate(alone):
        others = {
            partner: fits[chosen[scored]]
            for pair, fits in by_pair.items()
            if scored in pair
            for partner in pair
            if partner != scored
        }
        share = _share(bench, fold, others)
        outer[fold == scored] = fit.mixed(share)
        for partner, its in others.items():
            inner[scored][fold == partner] = its.mixed(share)[fold[its.others] == partner]
    share = _share(bench, fold, dict(enumerate(alone)))
    return CrossValidated(
        _nested(bench, fold, outer, inner, exclusive, aim),
        _of_folds(bench, fold, alone, share),
        bench,
        penalty=PENALTIES[_best(bench, fold, by_pair, None)],
        start=_mean([fit.alphas for fit in alone], len(dataset.codes)),
        share=share,
        nested=(outer, inner),
    )


def left_out_once(
    dataset: Dataset,
    *,
    folds: int | None = None,
    seed: int = 0,
    encoder: FineTuning | None = None,
    classifier: NamedClassifier | None = None,
    progress: Progress | None = None,
) -> CrossValidated:
    """Only what the final model is made with, and no scores: for these, ``cross_validate``.

    Of a single group nobody is left out but some of its passages, in turn: enough to see above what a code is likely,
    and no figure is made of it.
    """
    told = FitsTold(progress, tuned=encoder is not None)
    bench = Bench(dataset, encoder, told.within, classifier)
    names = len(set(dataset.groups))
    reason = _too_few_groups(names) if names < LEAST_GROUPS else None
    if len(dataset) < 2:
        return CrossValidated(None, None, bench, reason)
    fold = (
        folds_of(
            dataset.groups, bench.labels * (bench.weights > 0), folds=folds or folds_with(encoder), seed=seed
        )
        if names > 1
        else _in_turn(len(dataset), folds or FOLDS)
    )
    several = range(int(fold.max()) + 1)
    told.total = len(several) + 1
    alone = _together(bench, lambda scored: told.after(bench.path(fold != scored)), several)
    best = _best(
        bench, fold, {(scored, scored): fits for scored, fits in zip(several, alone, strict=True)}, None
    )
    chosen = [fits[best] for fits in alone]
    share = _share(bench, fold, dict(enumerate(chosen)))
    return CrossValidated(
        None,
        _of_folds(bench, fold, chosen, share),
        bench,
        reason,
        penalty=PENALTIES[best],
        start=_mean([fit.alphas for fit in chosen], len(dataset.codes)),
        share=share,
    )


def fit_final(
    dataset: Dataset,
    validated: CrossValidated,
    *,
    exclusive: Sequence[Sequence[str]] = (),
    aim: Aim = BEST_F1,
) -> tuple[Model, Floats]:
    """The model of all rows, calibrated on held-out predictions; and these calibrated, shape (n, codes).

    Codes with too few examples are named in ``too_few`` and never suggested; those that the codebook describes are
    ranked all the same.
    """
    bench = validated.bench
    lacking = bench.lacking()
    everything = np.ones(len(dataset), dtype=bool)
    fit = bench.fit(everything, validated.penalty, validated.start)
    passage, sentences = fit.as_one(validated.share)
    judged = fit.judged
    gold, gold_weights = (side[:, judged] for side in dataset.targets(gold=True))
    held_out = np.full(gold.shape, np.nan) if validated.logits is None else validated.logits[:, judged]
    calibration = calibrate(held_out, gold, gold_weights)
    probabilities = np.full(bench.labels.shape, np.nan)
    probabilities[:, judged] = calibration.probabilities(held_out)
    codes = tuple(dataset.codes[at] for at in judged)
    cut, missed = thresholds(probabilities[:, judged], gold, gold_weights, aim)
    cut[[code in lacking for code in codes]] = np.inf
    lacking |= {
        code: TooFew(*_examples(bench, code), missed[at])
        for at, code in enumerate(codes)
        if at in missed and code not in lacking
    }
    model = Model(
        codes=codes,
        vocabulary=fit.vocabulary,
        weights=passage,
        calibration=calibration,
        thresholds=cut,
        too_few=lacking,
        exclusive=tuple(tuple(names) for names in exclusive),
        tuned=fit.tuned,
        sentences=sentences,
        classifier=DEFAULT if bench.classifier is None else bench.classifier.name,
    )
    return model, probabilities


def folds_with(encoder: FineTuning | None) -> int | None:
    """How many folds: five where an encoder is tuned for each, else as many as ``folds_of`` thinks best."""
    return None if encoder is None else FOLDS


def lacking_codes(dataset: Dataset) -> dict[str, TooFew]:
    """The codes that this data set cannot teach."""
    return Bench(dataset).lacking()


def _examples(bench: Bench, code: str) -> tuple[int, int]:
    """How many rows carry the code, and of how many groups they are."""
    at = bench.dataset.codes.index(code)
    rows = np.flatnonzero((bench.weights[:, at] > 0) & (bench.labels[:, at] >= 0.5))
    return len(rows), len({bench.dataset.groups[row] for row in rows})


def _pairs(several: int, rows: int) -> list[Pair]:
    every = list(combinations(range(several), 2))
    if rows < MANY_ROWS or several < 4:
        return every
    reach = several // 4
    return [
        (fold_one, other)
        for fold_one, other in every
        if min(other - fold_one, several - other + fold_one) <= reach
    ]


def _best(
    bench: Bench, fold: NDArray[np.intp], by_pair: Mapping[Pair, Sequence[Fit]], scored: int | None
) -> int:
    """Which of the penalties predicts held-out rows with the least log loss; rows of ``scored`` are not looked at."""
    losses = np.zeros(len(bench.penalties))
    for pair, fits in by_pair.items():
        if scored is not None and scored not in pair:
            continue
        for at, fit in enumerate(fits):
            mine = np.isin(fold[fit.others], [fold_one for fold_one in pair if fold_one != scored])
            rows, words = fit.others[mine], fit.logits[0][mine].astype(np.float64)
            known = ~np.isnan(words)
            z, y, w = words[known], bench.labels[rows][known], bench.weights[rows][known]
            losses[at] += (w * (np.logaddexp(0, z) - y * z)).sum()
    return int(np.argmin(losses))


def _share(bench: Bench, fold: NDArray[np.intp], fits: Mapping[int, Fit]) -> Floats:
    """How much each view counts, by what models say of folds that they have not seen; ``fits``: that of each fold."""
    count = len(next(iter(fits.values())).logits)
    views = np.full((count, *bench.labels.shape), np.nan, np.float32)
    for at, fit in fits.items():
        mine = fold[fit.others] == at
        views[:, fit.others[mine]] = fit.logits[:, mine]
    usual = USUAL_SHARES if bench.classifier is None else None
    return shares(list(views), bench.labels, bench.weights, usual)


def _of_folds(bench: Bench, fold: NDArray[np.intp], fits: Sequence[Fit], share: Floats) -> Floats:
    """What each fold's model says of it, shape (n, codes)."""
    probabilities = np.full(bench.labels.shape, np.nan)
    for at, fit in enumerate(fits):
        mine = fold[fit.others] == at
        probabilities[fit.others[mine]] = fit.mixed(share)[mine]
    return probabilities


def _mean(every: Sequence[Alphas], codes: int) -> Alphas:
    """What the models without each fold have in common: each row was learnt from by all but one, descriptions by all."""
    mean_alphas = []
    for its in zip(*every, strict=True):
        total = np.asarray(np.sum(its, axis=0), dtype=np.float32)
        total[:-codes] /= max(len(every) - 1, 1)
        total[-codes:] /= len(every)
        mean_alphas.append(total)
    return tuple(mean_alphas)


def _nested(
    bench: Bench,
    fold: NDArray[np.intp],
    single: Floats,
    inner: Floats,
    exclusive: Sequence[Sequence[str]],
    aim: Aim,
) -> OutOfFold:
    """``inner``: for each scored fold, held-out logits of other folds by models that did not see it either."""
    gold, weights = bench.dataset.targets(gold=True)
    probabilities = np.full(single.shape, np.nan)
    decided = np.zeros(single.shape, dtype=bool)
    for scored, logits in enumerate(inner):
        calibration = calibrate(logits, gold, weights)
        cut, _ = thresholds(calibration.probabilities(logits), gold, weights, aim)
        rows = fold == scored
        lacking = bench.lacking_without(rows)
        silent = np.array([code in lacking for code in bench.dataset.codes])
        probabilities[rows] = calibration.probabilities(single[rows])
        decided[rows] = suggested(
            probabilities[rows], np.where(silent, np.inf, cut), bench.dataset.codes, exclusive
        )
    return OutOfFold(probabilities, decided, fold)


def _together(bench: Bench, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Several fits at once, each on one core: their products leave Python's lock, and share little otherwise.

    An encoder that is tuned takes all cores for itself.
    """
    if bench.encoder is not None:
        return [work(item) for item in items]
    _ = bench.counted  # once, and not by every thread at a time
    with threadpool_limits(1), ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        return list(pool.map(work, items))


def _in_turn(rows: int, folds: int) -> NDArray[np.intp]:
    """Folds of rows that follow each other, shape (rows,)."""
    return np.asarray(np.arange(rows) * min(folds, rows) // rows, dtype=np.intp)


def _too_few_groups(count: int) -> str:
    return (
        f"the codings come from {count} participant{'s' if count != 1 else ''}; "
        f"a figure on unseen participants needs at least {LEAST_GROUPS}"
    )
