"""What was learnt elsewhere, judged here: SetFit into the ruler's runs, fine-tuning beside Tandem and together with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruler.peers import Learnt
from ruler.runs import Run, Runs, rows_of
from ruler.scores import (
    LEAST_FOR_KAPPA,
    Predicted,
    difference,
    macro_ap,
    macro_f1,
    mean_kappa,
    micro_f1,
    resampled,
)
from ruler.sets import LabelledSet, read_set
from ruler.tandem import dataset_of

from annotations.arrays import Floats
from models.calibration import calibrate, thresholds
from models.embedding_cache import EmbeddingCache
from training.cross_validation import cross_validate, left_out_once
from training.dataset import Dataset
from training.folds import folds_of

Arrays = Mapping[str, NDArray[Any]]
ON = "H200"
SHARES = (0.0, 0.5, 1.0)  # of the fine-tuned encoder's logits in the mean


def take(file: Path, data: Path, results: Path, embeddings: Path) -> None:
    """Keep SetFit's predictions as runs and print the figures of fine-tuning."""
    with np.load(file) as found:
        arrays = {name: found[name] for name in found.files}
    cache = EmbeddingCache(embeddings)
    runs = Runs(results)
    tasks = [name.split("|") for name in arrays if not name.endswith("|seconds")]
    for name in dict.fromkeys(task[0] for task in tasks):
        its = read_set(name, data, cache)
        for _, what, fold in (task for task in tasks if task[0] == name and task[1].isdigit()):
            run = Run(name, "SetFit", what, int(fold))
            train, test = rows_of(its, run)
            scores = arrays[f"{name}|{what}|{fold}"].astype(float)
            seconds = float(arrays[f"{name}|{what}|{fold}|seconds"])
            runs.keep(run, Learnt(scores, scores >= 0.5), test, its.labels[train].mean(axis=0), seconds, ON)
        tuned = list(dict.fromkeys(task[1] for task in tasks if task[0] == name and not task[1].isdigit()))
        if tuned:
            _judge_tuned(its, arrays, tuned)


def _judge_tuned(data: LabelledSet, arrays: Arrays, tuned: Sequence[str]) -> None:
    dataset = dataset_of(data, np.arange(len(data.units)))
    nested = cross_validate(dataset).nested
    if nested is None:
        raise ValueError(f"{data.name} has too few groups")
    whole = {"Tandem": _nested(data, *nested)}
    for name in tuned:
        if f"{data.name}|{name}|0" in arrays and f"{data.name}|{name}|4" in arrays:
            outer, inner = _of_pairs(data, arrays, name)
            for share in SHARES[1:]:
                mixed = (_mean(share, outer, nested[0]), _mean(share, inner, nested[1]))
                whole[_named(name, share)] = _nested(data, *mixed)
        if f"{data.name}|{name}|1000|0-0" in arrays:
            _judge_smaller(data, arrays, name)
    _print(data, whole, f"{data.name}, all")


def _named(name: str, share: float) -> str:
    return name if share == 1 else f"{name}, with Tandem"


def _mean(share: float, tuned: Floats, linear: Floats) -> Floats:
    """The mean of both logits; where Tandem judges a code not at all, the encoder's alone."""
    return np.where(np.isnan(linear), tuned, share * tuned + (1 - share) * np.nan_to_num(linear))


def _of_pairs(data: LabelledSet, arrays: Arrays, name: str) -> tuple[Floats, Floats]:
    """Logits of models without each row's fold, and for each scored fold those of models without it and another."""
    several = int(data.folds.max()) + 1
    outer = np.full(data.labels.shape, np.nan)
    inner = np.full((several, *data.labels.shape), np.nan)
    for key, its in arrays.items():
        parts = key.split("|")
        if len(parts) != 3 or parts[:2] != [data.name, name]:
            continue
        left_out = [int(fold) for fold in parts[2].split("-")]
        rows = np.flatnonzero(np.isin(data.folds, left_out))
        if len(left_out) == 1:
            outer[rows] = its
            continue
        for scored, other in (left_out, left_out[::-1]):
            at = data.folds[rows] == other
            inner[scored][rows[at]] = its[at]
    return outer, inner


def _nested(data: LabelledSet, outer: Floats, inner: Floats) -> Predicted:
    labels, weights = data.labels.astype(float), np.ones(data.labels.shape)
    probabilities, decided = np.zeros(labels.shape), np.zeros(labels.shape, dtype=bool)
    for scored, held_out in enumerate(inner):
        rows = data.folds == scored
        probabilities[rows], decided[rows] = _decide(held_out, labels, weights, outer[rows])
    return _predicted(data, np.arange(len(labels)), probabilities, decided)


def _decide(held_out: Floats, labels: Floats, weights: Floats, logits: Floats) -> tuple[Floats, Any]:
    """Calibrated probabilities of new logits and what is above the thresholds, as Tandem chooses both."""
    calibration = calibrate(held_out, labels, weights)
    cut, _ = thresholds(calibration.probabilities(held_out), labels, weights)
    probabilities = np.nan_to_num(calibration.probabilities(logits))
    return probabilities, probabilities >= cut


def _judge_smaller(data: LabelledSet, arrays: Arrays, name: str) -> None:
    """With 1,000 labelled: thresholds from three inner folds for both."""
    found: dict[str, list[Predicted]] = {}
    for draw in range(3):
        train, test = rows_of(data, Run(data.name, "SetFit", "1000", draw))
        labels, weights = data.labels[train].astype(float), np.ones((len(train), len(data.codes)))
        fold = folds_of([data.groups[row] for row in train], labels, folds=3)
        tuned = np.full(labels.shape, np.nan)
        for inner in range(3):
            tuned[fold == inner] = arrays[f"{data.name}|{name}|1000|{draw}-{inner}"]
        linear, on_test = _linear(data, train, test)
        for share in SHARES:
            held_out = _mean(share, tuned, linear) if share else linear
            outer = arrays[f"{data.name}|{name}|1000|{draw}-3"].astype(float)
            logits = _mean(share, outer, on_test) if share else on_test
            judged = _decide(held_out, labels, weights, logits)
            known = "Tandem" if share == 0 else _named(name, share)
            found.setdefault(known, []).append(_predicted(data, test, *judged))
    for known, parts in found.items():
        print(_row(f"{data.name}, 1,000", known, [_figures(data, part) for part in parts]), flush=True)


def _linear(data: LabelledSet, train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Tandem's logits of training rows, left out once, and of test rows."""
    dataset: Dataset = dataset_of(data, train)
    validated = left_out_once(dataset)
    both = dataset_of(data, np.concatenate([train, test]))
    from training.fit_on_rows import Bench

    kept = np.arange(len(both)) < len(train)
    fit = Bench(both).fit(kept, validated.penalty)
    if validated.logits is None:
        raise ValueError(f"{data.name}: too few groups in a draw")
    return validated.logits, fit.mixed(validated.share)


def _predicted(data: LabelledSet, rows: NDArray[np.intp], probabilities: Floats, decided: Any) -> Predicted:
    names = {name: at for at, name in enumerate(dict.fromkeys(data.groups[row] for row in rows))}
    return Predicted(
        probabilities,
        decided,
        data.labels[rows],
        np.array([names[data.groups[row]] for row in rows]),
        np.broadcast_to(data.labels[rows].mean(axis=0), decided.shape),
    )


def _statistics(data: LabelledSet, found: Predicted) -> dict[str, Any]:
    for_kappa = np.flatnonzero(found.labels.sum(axis=0) >= LEAST_FOR_KAPPA)
    return {
        "macro_ap": partial(macro_ap, codes=data.frequent),
        "macro_f1": partial(macro_f1, codes=data.frequent),
        "micro_f1": partial(micro_f1, codes=np.arange(len(data.codes))),
        "kappa": partial(mean_kappa, codes=for_kappa),
    }


def _figures(data: LabelledSet, found: Predicted) -> list[float]:
    once = np.ones(len(found.labels))
    return [statistic(found, once) for statistic in _statistics(data, found).values()]


def _row(where: str, name: str, figures: Sequence[Sequence[float]]) -> str:
    means = np.mean(np.array(figures), axis=0)
    return f"{where} | {name} | " + " | ".join(f"{value:.3f}" for value in means)


def _print(data: LabelledSet, whole: Mapping[str, Predicted], where: str) -> None:
    print("set | method | macro-AP | macro-F1 | micro-F1 | kappa")
    own = whole["Tandem"]
    for name, found in whole.items():
        print(_row(where, name, [_figures(data, found)]), flush=True)
        if name.endswith("with Tandem"):
            said = [
                f"{key} {one[0]:+.3f} [{one[1]:+.3f}, {one[2]:+.3f}]"
                for key, statistic in _statistics(data, found).items()
                if (one := difference(resampled(found, statistic), resampled(own, statistic)))
            ]
            print("    minus Tandem: " + "; ".join(said), flush=True)
