"""The ruler's sets made into other kinds of studies, so that a recipe cannot be tuned to five: Tandem beside a peer.

    python benchmarks/study_variants.py --sets scrum NHS --sizes 50 200

Each set as it is, without a word of the codebook, with its codes merged to eight, and the longer and the shorter half
of its answers. Prints macro average precision (means of two draws), and the worst difference beside the mean one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from quality import DATA, ROOT
from ruler.peers import PEERS, learnt
from ruler.runs import Run, rows_of
from ruler.scores import average_precision
from ruler.sets import SETS, LabelledSet, only_rows, read_set
from ruler.tandem import tandem
from sklearn.cluster import KMeans

from annotations.arrays import Bools, Floats
from models.embedding_cache import EmbeddingCache

BROAD = 8
DRAWS = 2


def variants(data: LabelledSet) -> Iterator[tuple[str, LabelledSet]]:
    """The set, and other studies made of it."""
    bare = replace(data, meanings=("",) * len(data.codes))
    yield "as it is", data
    yield "no codebook", bare
    if len(data.codes) > BROAD:
        merged = KMeans(BROAD, n_init=5, random_state=0).fit(data.described).labels_
        labels = np.stack([data.labels[:, merged == at].any(axis=1) for at in range(BROAD)], axis=1)
        codes = tuple(f"broad {at}" for at in range(BROAD))
        yield (
            f"{BROAD} broad codes",
            replace(
                bare, codes=codes, labels=labels, meanings=("",) * BROAD, described=data.described[:BROAD]
            ),
        )
    words = np.array([len(unit.text.split()) for unit in data.units])
    yield "longer half", only_rows(data, words > np.median(words))
    yield "shorter half", only_rows(data, words <= np.median(words))


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
    parser.add_argument("--peer", choices=list(PEERS), default="MiniLM + LR")
    parser.add_argument("--embeddings", type=Path, default=ROOT / "results" / "embeddings.db")
    asked = parser.parse_args()
    asked.embeddings.parent.mkdir(exist_ok=True)
    found = []
    for name in asked.sets:
        for kind, data in variants(read_set(name, DATA, EmbeddingCache(asked.embeddings))):
            for size in asked.sizes:
                both = []
                for draw in range(DRAWS):
                    if size >= (data.folds != draw).sum():
                        continue
                    train, test = rows_of(data, Run(name, "", str(size), draw))
                    judged = tandem(data, train, test), learnt(PEERS[asked.peer], data, train, test)
                    both.append([macro(one.probabilities, data.labels[test], data) for one in judged])
                if both:
                    own, other = np.mean(both, axis=0)
                    found.append(own - other)
                    print(f"{name}, {kind}, {size}: Tandem {own:.3f}, {asked.peer} {other:.3f}", flush=True)
    print(json.dumps({"cells": len(found), "mean": float(np.mean(found)), "worst": float(min(found))}))


if __name__ == "__main__":
    if DATA.is_dir():
        main()
    else:
        print(json.dumps({"skipped": f"the shared data are not in {DATA.name} beside the repository"}))
