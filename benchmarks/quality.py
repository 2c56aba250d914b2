"""The ruler: Tandem beside what a user would pick instead, on real coded data, with the same folds.

    python benchmarks/quality.py                       everything (hours on two cores), into docs/quality.*
    python benchmarks/quality.py --quick               a minute: one fold of NHS and AnnoMI with 1,000 labelled
    python benchmarks/quality.py --sets NHS --methods "Tandem,MiniLM + LR" --sizes all
    python benchmarks/quality.py --report              only the report, of what has been run so far

What has been run is kept in results/quality (one file for each set, method, size and fold), so that a long run goes
on where it stopped. Tandem's files carry its recipe: a changed model is run anew.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ruler.peers import PEERS, Learnt, learnt
from ruler.report import SIZES, write_report
from ruler.runs import Run, Runs, rows_of
from ruler.sets import FOLDS, LONGER_HALVES, SETS, LabelledSet, read_set
from ruler.tandem import tandem, tandem_unlabelled, tandem_whole

from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
SEEDS = 3
METHODS = ("Tandem", *PEERS, "SetFit")


def _runs(data: LabelledSet, methods: list[str], sizes: list[str]) -> Iterator[Run]:
    folds = int(data.folds.max()) + 1
    for size in sizes:
        seeds = folds if size == "all" else min(SEEDS, folds)
        for fold in range(seeds):
            train = np.flatnonzero(data.folds != fold)
            if size != "all" and int(size) >= len(train):
                continue
            for method in methods:
                if size == "0" and method not in ("Tandem", "nearest name"):
                    continue
                if method == "SetFit" and (size not in ("200", "1000") or fold > 0):
                    continue
                yield Run(data.name, method, size, fold)


def _judge(data: LabelledSet, run: Run) -> Learnt:
    train, test = rows_of(data, run)
    if run.size == "0":
        if run.method == "Tandem":
            return tandem_unlabelled(data, train, test)
        scores = PEERS[run.method].scores(data, train, test)
        return Learnt(scores, np.zeros(scores.shape, dtype=bool))
    if run.method == "Tandem":
        return tandem(data, train, test)
    if run.method == "SetFit":
        # tuning an encoder takes minutes: once, without inner folds, and half is its threshold
        from ruler.setfit import setfit_scores

        texts = [unit.text for unit in data.units]
        found = setfit_scores(EmbedderSource().folder, texts, data.labels, train, test)
        return Learnt(found, found >= 0.5)
    return learnt(PEERS[run.method], data, train, test)


def _run_whole(data: LabelledSet, runs: Runs) -> None:
    """Tandem on all of a set: one retraining gives the predictions of every fold."""
    folds = range(int(data.folds.max()) + 1)
    wanted = [Run(data.name, "Tandem", "all", fold) for fold in folds]
    if all(runs.has(run) for run in wanted):
        return
    start = time.perf_counter(), time.process_time()
    found = tandem_whole(data)
    seconds = time.perf_counter() - start[0]
    for run in wanted:
        train, test = rows_of(data, run)
        part = Learnt(found.probabilities[test], found.decided[test])
        runs.keep(run, part, test, data.labels[train].mean(axis=0), seconds)
    print(
        f"{data.name} Tandem all: {seconds:.1f} s, {time.process_time() - start[1]:.1f} s of processors",
        flush=True,
    )


def _run(data: LabelledSet, run: Run, runs: Runs) -> None:
    if runs.has(run):
        return
    start = time.perf_counter()
    found = _judge(data, run)
    seconds = time.perf_counter() - start
    train, test = rows_of(data, run)
    runs.keep(run, found, test, data.labels[train].mean(axis=0), seconds)
    print(f"{run.data} {run.method} {run.size} fold {run.fold}: {seconds:.1f} s", flush=True)


def main() -> None:
    """Run what is asked for and has not been run, then write the report."""
    asked = _arguments()
    runs = Runs(asked.results)
    cache = EmbeddingCache(asked.embeddings)
    sets = [read_set(name, DATA, cache) for name in asked.sets]
    if not asked.report:
        for data in sets:
            wanted = list(_runs(data, asked.methods, asked.sizes))
            if "Tandem" in asked.methods and "all" in asked.sizes:
                _run_whole(data, runs)
            for run in [one for one in wanted if not asked.quick or one.fold == 0]:
                _run(data, run, runs)
    figures = write_report(sets, runs, None if asked.quick else asked.out)
    print(json.dumps(figures if asked.quick else {"written": str(asked.out)}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    listed = lambda text: text.split(",")  # noqa: E731 - argparse wants a function of one text
    parser.add_argument("--sets", type=listed, default=[*SETS, *LONGER_HALVES])
    parser.add_argument("--methods", type=listed, default=list(METHODS))
    parser.add_argument("--sizes", type=listed, default=list(SIZES))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--results", type=Path, default=ROOT / "results" / "quality")
    parser.add_argument("--embeddings", type=Path, default=ROOT / "results" / "embeddings.db")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "quality")
    asked = parser.parse_args()
    if asked.quick:
        asked.sets, asked.sizes = ["NHS", "AnnoMI"], ["1000"]
        asked.methods = [name for name in METHODS if name not in ("TF-IDF + SVC", "SetFit")]
    return asked


if __name__ == "__main__":
    if not DATA.is_dir():
        print(json.dumps({"skipped": f"the shared data are not in {DATA.name} beside the repository"}))
    else:
        (ROOT / "results").mkdir(exist_ok=True)
        assert FOLDS > SEEDS
        main()
