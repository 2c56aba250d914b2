"""Agreement on sets of codes: Krippendorff's alpha with a distance that gives credit for codes shared.

Jaccard's distance and MASI (Passonneau 2006, Measuring Agreement on Set-valued Items for Semantic and Pragmatic
Annotation) are 0 for two equal sets and 1 for disjoint ones. Two empty sets are equal: both coders found nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.intervals import Interval, interval_over_groups
from annotations.agreement.undefined import or_none
from annotations.arrays import Floats

Codes = frozenset[str]
Distance = Callable[[Codes, Codes], float]
_APART = 0  # the place of the distances within units; the sets follow


def jaccard(codes: Codes, other: Codes) -> float:
    """1 − |A ∩ B| / |A ∪ B|; 0 for two empty sets.

    >>> jaccard(frozenset("ab"), frozenset("abcd"))
    0.5
    """
    if not codes and not other:
        return 0.0
    return 1 - len(codes & other) / len(codes | other)


def masi(codes: Codes, other: Codes) -> float:
    """1 − J · M: J the share of codes in common; M 1 for equal sets, 2/3 if one holds the other, 1/3 if they
    overlap, 0 if not.

    >>> round(masi(frozenset("ab"), frozenset("abcd")), 4)
    0.6667
    """
    if codes == other:
        return 0.0
    if not codes & other:
        return 1.0
    kind = 2 / 3 if codes <= other or other <= codes else 1 / 3
    return 1 - (1 - jaccard(codes, other)) * kind


@dataclass(frozen=True)
class SetSums:
    """What alpha over sets needs of each group.

    ``sums``: shape (groups, 1 + S), the sum of distances within units over (m − 1), then how often each of the S
    sets that occur was given in units that two or more judged. ``distances``: shape (S, S). ``units``: how many
    units two or more judged.
    """

    sums: Floats
    distances: Floats
    units: int

    def alpha(self, sums: Floats) -> Floats:
        """Alpha of sums (…, 1 + S); NaN where all gave the same set, or nobody shares a unit."""
        counts = sums[..., _APART + 1 :]
        n = counts.sum(axis=-1)
        apart = ((counts @ self.distances) * counts).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(apart > 1e-9, 1 - (n - 1) * sums[..., _APART] / apart, np.nan))

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
    judged = [[codes for codes in row if codes is not None] for row in given]
    for row in judged:
        for codes in row if len(row) > 1 else ():
            position.setdefault(codes, len(position))
    kinds = list(position)
    distances = np.array([[distance(a, b) for b in kinds] for a in kinds]).reshape(len(kinds), len(kinds))
    sums = np.zeros((groups, 1 + len(kinds)))
    units = 0
    for row, group in zip(judged, member.tolist(), strict=True):
        if len(row) < 2:
            continue
        units += 1
        at = [position[codes] for codes in row]
        np.add.at(sums[group], [1 + place for place in at], 1.0)
        sums[group, _APART] += distances[np.ix_(at, at)].sum() / (len(at) - 1)
    return SetSums(sums, distances, units)
