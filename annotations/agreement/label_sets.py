"""Agreement on sets of codes: Krippendorff's alpha with a distance that gives credit for codes shared.

Jaccard's distance and MASI (Passonneau 2006, Measuring Agreement on Set-valued Items for Semantic and Pragmatic
Annotation) are 0 for two equal sets and 1 for disjoint ones. Two empty sets are equal: both coders found nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from annotations.agreement.intervals import Interval, interval_over_groups
from annotations.agreement.undefined import or_none
from annotations.arrays import Floats
from annotations.lots import slices

Codes = frozenset[str]
Distance = Callable[[Codes, Codes], float]
_WITHIN, _GIVEN = 0, 1  # the places of the sums; how often each group is drawn follows
_SETS_AT_ONCE = 256


def jaccard(codes: Codes, other: Codes) -> float:
    """1 − |A ∩ B| / |A ∪ B|; 0 for two empty sets.

    >>> jaccard(frozenset("ab"), frozenset("abcd"))
    0.5
    """
    return float(_jaccards(*_sizes(codes, other)))


def masi(codes: Codes, other: Codes) -> float:
    """1 − J · M: J the share of codes in common; M 1 for equal sets, 2/3 if one holds the other, 1/3 if they
    overlap, 0 if not.

    >>> round(masi(frozenset("ab"), frozenset("abcd")), 4)
    0.6667
    """
    return float(_masis(*_sizes(codes, other)))


def _sizes(codes: Codes, other: Codes) -> tuple[Floats, Floats, Floats]:
    """How many codes two sets share, and how many each has."""
    shared, size, its_size = np.array([len(codes & other), len(codes), len(other)], dtype=float)
    return shared, size, its_size


def _jaccards(shared: Floats, size: Floats, other: Floats) -> Floats:
    """Jaccard's distance of many pairs of sets, from what they share and their sizes."""
    either = size + other - shared
    return np.asarray(np.where(either > 0, 1 - shared / np.maximum(either, 1.0), 0.0))


def _masis(shared: Floats, size: Floats, other: Floats) -> Floats:
    """The distance MASI of many pairs of sets, from what they share and their sizes."""
    within = shared == np.minimum(size, other)
    kind = np.where(shared == 0, 0.0, np.where(within, 2 / 3, 1 / 3))
    equal = within & (size == other)
    return np.asarray(np.where(equal, 0.0, 1 - (1 - _jaccards(shared, size, other)) * kind))


_OF_SIZES: dict[Distance, Callable[[Floats, Floats, Floats], Floats]] = {jaccard: _jaccards, masi: _masis}


@dataclass(frozen=True)
class SetSums:
    """What alpha over sets needs of each group with units that two or more judged.

    ``sums``: shape (groups, 2 + groups): the sum of distances within units over (m − 1); how many sets were given; then
    1 in the group's own place, so that sums over groups drawn again say how often each was drawn. ``apart``: shape
    (groups, groups), the distances between all sets of one group and all of another, added up. ``units``: how many
    units two or more judged.
    """

    sums: Floats
    apart: Floats
    units: int

    def alpha(self, sums: Floats) -> Floats:
        """Alpha of sums (…, 2 + groups); NaN where all gave the same set, or nobody shares a unit."""
        drawn, n = sums[..., _GIVEN + 1 :], sums[..., _GIVEN]
        apart = ((drawn @ self.apart) * drawn).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(apart > 1e-9, 1 - (n - 1) * sums[..., _WITHIN] / apart, np.nan))

    @property
    def value(self) -> float | None:
        """Alpha of everything, or None."""
        return or_none(self.alpha(self.sums.sum(axis=0)))

    @property
    def interval(self) -> tuple[Interval | None, str | None]:
        """Its 95 % interval over groups, or the reason why there is none."""
        return interval_over_groups(self.sums, self.alpha)

    @property
    def reason(self) -> str | None:
        """Why it is undefined, or None."""
        if self.value is not None:
            return None
        if not self.units:
            return "no segment was judged by two"
        return "all gave the same codes to every segment, so that there is nothing to disagree about"


def set_sums(
    given: Sequence[Sequence[Codes | None]], member: NDArray[np.intp], groups: int, distance: Distance
) -> SetSums:
    """Sums of a table (units, coders) of sets, None where the coder did not judge; ``member``: each unit's group."""
    position: dict[Codes, int] = {}
    groups_of_sets: list[int] = []
    sets_given: list[int] = []
    pairs: list[tuple[int, int, int, float]] = []  # the unit's group, two sets, 1 / (m − 1)
    units = 0
    for row, group in zip(given, member.tolist(), strict=True):
        at = [position.setdefault(codes, len(position)) for codes in row if codes is not None]
        if len(at) < 2:
            continue
        units += 1
        groups_of_sets += [group] * len(at)
        sets_given += at
        pairs += [(group, a, b, 1 / (len(at) - 1)) for a, b in combinations(at, 2)]
    between = _Distances(tuple(position), distance)
    shape = (groups, len(position))
    counts = csr_array((np.ones(len(sets_given)), (groups_of_sets, sets_given)), shape=shape)
    own, first, second, weight = (
        (np.array(column) for column in zip(*pairs, strict=True)) if pairs else _NO_PAIRS
    )
    within = np.bincount(own, 2 * weight * between.of(first, second), minlength=groups)
    touched = np.unique(groups_of_sets).astype(np.intp)
    number = np.asarray(counts.sum(axis=1))
    sums = np.column_stack([within[touched], number[touched], np.eye(len(touched))])
    return SetSums(sums, between.summed(counts[touched]), units)


_NO_PAIRS = (np.zeros(0, dtype=np.intp),) * 3 + (np.zeros(0),)


class _Distances:
    """Distances between some sets, by their places, without a table of them all: there may be thousands."""

    def __init__(self, sets: Sequence[Codes], distance: Distance) -> None:
        codes = {code: at for at, code in enumerate(sorted(frozenset[str]().union(*sets)))}
        self.holds = np.zeros((len(sets), len(codes)), dtype=np.float32)
        for at, its in enumerate(sets):
            self.holds[at, [codes[code] for code in its]] = 1
        self.sizes = self.holds.sum(axis=1).astype(float)
        self.distance = _OF_SIZES[distance]

    def of(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Floats:
        """Of each set of ``first`` to the one beside it in ``second``."""
        shared = (self.holds[first] * self.holds[second]).sum(axis=1).astype(float)
        return self.distance(shared, self.sizes[first], self.sizes[second])

    def summed(self, counts: csr_array) -> Floats:
        """Between all sets of one group and all of another; ``counts``: how often each was given, shape (groups, sets)."""
        apart = np.zeros((counts.shape[0], counts.shape[0]))
        for some in slices(len(self.sizes), _SETS_AT_ONCE):
            shared = (self.holds[some] @ self.holds.T).astype(float)
            distances = self.distance(shared, self.sizes[some, None], self.sizes[None])
            apart += counts[:, some] @ (counts @ distances.T).T
        return apart
