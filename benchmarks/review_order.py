"""How many labels an order of review needs to reach 95 % of the full macro average precision, against a random order.

One fold of NHS and AnnoMI (../shared/data) is kept for scoring; reviews are simulated with the labels that people
gave. After every batch the model is fitted anew and orders what is left. Two seeds; the spread is printed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruler.scores import average_precision
from ruler.sets import LabelledSet, read_set
from ruler.tandem import dataset_of

from annotations.arrays import Floats
from models.embedding_cache import EmbeddingCache
from models.review_order import Strategy, review_order
from training.fit_on_rows import Bench

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
STEPS = (100, 200, 400, 700, 1000, 1400, 1900, 2500, 3200, 4000)
STRATEGIES: tuple[Strategy, ...] = ("random", "rare and random", "rare", "unsure")
PENALTY = 0.5
ENOUGH = 0.95


def _curve(
    data: LabelledSet, bench: Bench, pool: NDArray[np.intp], strategy: Strategy, seed: int
) -> list[float]:
    """Macro average precision on the kept fold after each step."""
    random = np.random.default_rng(seed)
    known = random.choice(pool, STEPS[0], replace=False)
    curve = []
    for at, size in enumerate(STEPS):
        logits = _logits(data, bench, known)
        curve.append(_score(data, logits))
        if at + 1 == len(STEPS):
            break
        left = np.setdiff1d(pool, known)
        places = review_order(
            1 / (1 + np.exp(-logits[left])),
            np.full(len(data.codes), 0.3),
            data.embeddings[left],
            data.codes,
            data.labels[known].sum(axis=0).tolist(),
            count=STEPS[at + 1] - size,
            seed=seed,
            strategy=strategy,
        )
        known = np.concatenate([known, left[[place.segment for place in places]]])
    return curve


def _logits(data: LabelledSet, bench: Bench, known: NDArray[np.intp]) -> Floats:
    kept = np.zeros(len(data.units), dtype=bool)
    kept[known] = True
    return np.nan_to_num(bench.fit(kept, PENALTY).logits, nan=-9.0)


def _score(data: LabelledSet, logits: Floats) -> float:
    test = data.folds == 0
    found = [
        average_precision(logits[test, code], data.labels[test, code], np.ones(int(test.sum())))
        for code in data.frequent
    ]
    return float(np.nanmean(found))


def measure(data: LabelledSet) -> dict[str, object]:
    """For each strategy and seed the labels needed; None where the last step does not reach it."""
    dataset = dataset_of(data, np.arange(len(data.units)))
    bench = Bench(dataset)
    pool = np.flatnonzero(data.folds != 0)
    full = _score(data, _logits(data, bench, pool))
    found: dict[str, object] = {"segments": len(pool), "full": round(full, 4)}
    for strategy in STRATEGIES:
        curves = [_curve(data, bench, pool, strategy, seed) for seed in (0, 1)]
        needed = [
            next((n for n, ap in zip(STEPS, its, strict=True) if ap >= ENOUGH * full), None) for its in curves
        ]
        found[strategy] = {"needed": needed, "curves": [[round(ap, 3) for ap in its] for its in curves]}
    return found


if __name__ == "__main__":
    if not DATA.is_dir():
        print(json.dumps({"skipped": "the shared data are not beside the repository"}))
        sys.exit()
    (ROOT / "results").mkdir(exist_ok=True)
    cache = EmbeddingCache(ROOT / "results" / "embeddings.db")
    start = time.perf_counter()
    for name in sys.argv[1:] or ["NHS", "AnnoMI"]:
        print(json.dumps({"set": name, **measure(read_set(name, DATA, cache))}), flush=True)
    print(json.dumps({"seconds": round(time.perf_counter() - start, 1)}))
