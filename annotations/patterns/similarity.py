"""How alike codes are (they stand on the same passages) and how alike cases are (the same is found in them)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from annotations.arrays import Floats
from annotations.matrix.counted_codings import CountedPassage
from annotations.patterns.co_occurrence import jaccard_of
from annotations.patterns.coded_passages import PassageCodes

CODES = (
    "Jaccard's index: of the passages that carry either code, the share that carries both (Jaccard 1912, New Phytologist "
    "11:37)"
)
CASES = (
    "Ružička's index over all codes and phases: the sum of the smaller, divided by the sum of the larger, of the shares of "
    "each one's coded sources that carry the code (Ružička 1958, Biológia 13:647); 1 is the same in both, 0 nothing shared"
)


@dataclass(frozen=True)
class Similarity:
    """How alike each two of ``names`` are, from 0 to 1; ``values``: shape (names, names), 1 on the diagonal.

    ``sizes``: of how many passages, or coded sources, each is. They stand so that those alike are neighbours (average
    linkage of 1 − similarity).
    """

    names: tuple[str, ...]
    values: Floats
    sizes: tuple[int, ...]
    measure: str

    def between(self, a: str, b: str) -> float:
        """How alike two are."""
        return float(self.values[self.names.index(a), self.names.index(b)])


def similar_codes(passages: Sequence[PassageCodes], codes: Sequence[str]) -> Similarity:
    """Codes by the passages they share; those on no passage are left out."""
    sizes = dict.fromkeys(codes, 0)
    for passage in passages:
        for code in passage.codes & sizes.keys():
            sizes[code] += 1
    used = [code for code in codes if sizes[code]]
    return _neighbours(used, jaccard_of(passages, used), [sizes[code] for code in used], CODES)


def similar_columns(passages: Iterable[CountedPassage], column_of: Mapping[UUID, str]) -> Similarity:
    """Cases, or whatever a transcript's column stands for, by the codes found in each phase."""
    sources: dict[str, set[UUID]] = {}
    carrying: dict[tuple[str, str], dict[str, set[UUID]]] = {}
    for passage in passages:
        column = column_of[passage.transcript]
        sources.setdefault(column, set()).add(passage.transcript)
        carrying.setdefault((passage.phase, passage.code), {}).setdefault(column, set()).add(
            passage.transcript
        )
    names = list(sources)
    shares = np.array(
        [[len(its.get(name, ())) / len(sources[name]) for its in carrying.values()] for name in names]
    ).reshape(len(names), len(carrying))
    values = np.eye(len(names))
    for at, own in enumerate(shares):
        smaller, larger = np.minimum(own, shares).sum(axis=1), np.maximum(own, shares).sum(axis=1)
        values[at] = np.divide(smaller, larger, out=np.zeros(len(names)), where=larger > 0)
    return _neighbours(names, values, [len(sources[name]) for name in names], CASES)


def _neighbours(names: Sequence[str], values: Floats, sizes: Sequence[int], measure: str) -> Similarity:
    order = list(range(len(names)))
    if len(names) > 2:
        distance = np.clip(1 - values, 0, None)
        np.fill_diagonal(distance, 0)
        order = leaves_list(
            linkage(squareform((distance + distance.T) / 2, checks=False), "average")
        ).tolist()
    return Similarity(
        tuple(names[at] for at in order),
        values[np.ix_(order, order)],
        tuple(sizes[at] for at in order),
        measure,
    )
