"""The ruler's sets made into other kinds of studies, so that a recipe cannot be tuned to five: Tandem beside a peer.

    python benchmarks/study_variants.py --sets scrum NHS --sizes 50 200
    python benchmarks/study_variants.py --sets NHS --kinds "no codebook" --sizes 50 --draws 16

Each set as it is, without a word of the codebook, with its codes merged to eight, the longer and the shorter half of its
answers, and the longer half and the longest quarter with eight codes of which nothing is known. Prints macro average
precision, means of the draws, and what lies between the two with an interval; at the end the worst difference beside the
mean one. Two draws of 50 passages are .01 and more from each other, so a difference of so much wants a dozen draws.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from quality import DATA, ROOT
from ruler.peers import PEERS, learnt
from ruler.scores import average_precision
from ruler.sets import SETS, LabelledSet, only_rows, read_set
from ruler.tandem import tandem
from scipy.stats import t
from sklearn.cluster import KMeans

from annotations.arrays import Bools, Floats
from models.embedding_cache import EmbeddingCache

BROAD = 8
DRAWS = 2
KINDS = (
    "as it is",
    "no codebook",
    f"{BROAD} broad codes",
    "longer half",
    "shorter half",
    f"longer half, {BROAD} broad codes",
    f"longest quarter, {BROAD} broad codes",
)


def variants(data: LabelledSet) -> Iterator[tuple[str, LabelledSet]]:
    """The set, and other studies made of it."""
    words = np.array([len(unit.text.split()) for unit in data.units])
    yield "as it is", data
    yield "no codebook", replace(data, meanings=("",) * len(data.codes))
    if len(data.codes) > BROAD:
        yield f"{BROAD} broad codes", _broad(data)
        yield f"longer half, {BROAD} broad codes", _broad(only_rows(data, words > np.median(words)))
        yield (
            f"longest quarter, {BROAD} broad codes",
            _broad(only_rows(data, words > np.quantile(words, 0.75))),
        )
    yield "longer half", only_rows(data, words > np.median(words))
    yield "shorter half", only_rows(data, words <= np.median(words))


def _broad(data: LabelledSet) -> LabelledSet:
    """The set with its codes merged to a few by what their names mean; of these nothing is known."""
    merged = KMeans(BROAD, n_init=5, random_state=0).fit(data.described).labels_
    return replace(
        data,
        codes=tuple(f"broad {at}" for at in range(BROAD)),
        labels=np.stack([data.labels[:, merged == at].any(axis=1) for at in range(BROAD)], axis=1),
        meanings=("",) * BROAD,
        described=data.described[:BROAD],
    )


def drawn(data: LabelledSet, size: int, draw: int) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """Training and test rows of a draw, the first ones those of the ruler; None where there are too few rows.

    There may be more draws than folds: each fold is then tested several times, with others that teach.
    """
    fold = draw % (int(data.folds.max()) + 1)
    train, test = np.flatnonzero(data.folds != fold), np.flatnonzero(data.folds == fold)
    if size >= len(train):
        return None
    return np.sort(np.random.default_rng(draw).choice(train, size, replace=False)), test


def spread(differences: Floats) -> float:
    """Half of the 95 % interval of a mean of draws (Student's t); NaN of fewer than two.

    Draws share passages, so the interval is a little too narrow.
    """
    count = len(differences)
    if count < 2:
        return float("nan")
    return float(t.ppf(0.975, count - 1) * differences.std(ddof=1) / np.sqrt(count))


def macro(scores: Floats, labels: Bools, data: LabelledSet) -> float:
    """Macro average precision over the set's frequent codes that occur here."""
    once = np.ones(len(labels))
    codes = [code for code in data.frequent if labels[:, code].any()]
    return float(np.mean([average_precision(scores[:, code], labels[:, code], once) for code in codes]))


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=["scrum"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[50])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--peer", choices=list(PEERS), default="MiniLM + LR")
    parser.add_argument("--embeddings", type=Path, default=ROOT / "results" / "embeddings.db")
    asked = parser.parse_args()
    asked.embeddings.parent.mkdir(exist_ok=True)
    found = []
    for name in asked.sets:
        for kind, data in variants(read_set(name, DATA, EmbeddingCache(asked.embeddings))):
            if kind in asked.kinds and not len(data.frequent):
                print(f"{name}, {kind}: no code is frequent enough for a figure", flush=True)
                continue
            for size in asked.sizes if kind in asked.kinds else ():
                both = []
                for draw in range(asked.draws):
                    rows = drawn(data, size, draw)
                    if rows is None:
                        continue
                    train, test = rows
                    judged = tandem(data, train, test), learnt(PEERS[asked.peer], data, train, test)
                    both.append([macro(one.probabilities, data.labels[test], data) for one in judged])
                if both:
                    own, other = np.mean(both, axis=0)
                    found.append(own - other)
                    wide = spread(np.subtract(*np.transpose(both)))
                    print(
                        f"{name}, {kind}, {size}: Tandem {own:.3f}, {asked.peer} {other:.3f}, difference "
                        f"{own - other:+.3f} ± {wide:.3f} ({len(both)} draws)",
                        flush=True,
                    )
    print(json.dumps({"cells": len(found), "mean": float(np.mean(found)), "worst": float(min(found))}))


if __name__ == "__main__":
    if DATA.is_dir():
        main()
    else:
        print(json.dumps({"skipped": f"the shared data are not in {DATA.name} beside the repository"}))
