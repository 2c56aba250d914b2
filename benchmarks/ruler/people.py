"""People against people and the model against the same people, on the units that several coded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruler.runs import Runs
from ruler.scores import LEAST_FOR_KAPPA, Predicted, mean_kappa, micro_f1
from ruler.sets import LabelledSet

from annotations.arrays import Bools


def beside_people(data: LabelledSet, runs: Runs) -> dict[str, Any] | None:
    """Means over pairs of people, and over the model with each of them; None where one person coded."""
    folds = range(int(data.folds.max()) + 1)
    found = runs.predicted(data, "Tandem", "all", folds)
    if not data.others or found is None:
        return None
    # the predictions come fold by fold; put them back into the order of the set
    order = np.concatenate([np.flatnonzero(data.folds == fold) for fold in folds])
    decided = np.zeros_like(found[0].decided)
    decided[order] = found[0].decided
    everybody = sorted(data.others)
    rows = np.array(sorted(set.intersection(*(set(data.others[coder]) for coder in everybody))))
    words = [_table(data, coder, rows) for coder in everybody]
    kappa_codes = np.flatnonzero(np.mean([its.sum(axis=0) for its in words], axis=0) >= LEAST_FOR_KAPPA)
    pairs = list(combinations(words, 2))
    person = _means(pairs, kappa_codes)
    model = _means([(decided[rows], its) for its in words], kappa_codes)
    gaps = sorted(
        (
            (data.codes[code], _kappa(pairs, [code]), _kappa([(decided[rows], its) for its in words], [code]))
            for code in kappa_codes.tolist()
        ),
        key=lambda one: one[2] - one[1],
    )
    return {"units": len(rows), "coders": len(everybody), "person": person, "model": model, "gaps": gaps}


def _table(data: LabelledSet, coder: str, rows: NDArray[np.intp]) -> Bools:
    codes = range(len(data.codes))
    return np.array([[code in data.others[coder][row] for code in codes] for row in rows.tolist()])


def _means(pairs: Sequence[tuple[Bools, Bools]], codes: NDArray[np.intp]) -> dict[str, float]:
    every = np.arange(pairs[0][0].shape[1])
    f1 = [micro_f1(_pair(*pair), np.ones(len(pair[0])), every) for pair in pairs]
    return {"micro_f1": float(np.mean(f1)), "kappa": _kappa(pairs, codes)}


def _kappa(pairs: Sequence[tuple[Bools, Bools]], codes: Sequence[int] | NDArray[np.intp]) -> float:
    wanted = np.asarray(codes)
    return float(np.mean([mean_kappa(_pair(*pair), np.ones(len(pair[0])), wanted) for pair in pairs]))


def _pair(one: Bools, other: Bools) -> Predicted:
    nothing = np.zeros(one.shape)
    return Predicted(nothing, one, other, np.zeros(len(one), dtype=np.intp), nothing)
