"""How the boxes that a coder would have found fare on held-out segments: right ticks, and what the first five hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats
from models.ticking import shown_right
from training.dataset import Dataset, OutOfFold

FIRST = 5
CUTS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True)
class Ticks:
    """By code, each of shape (codes,): segments on which it would be ticked, and on how many of these rightly.

    ``curves``: of each code (probability, ticked, right) for cuts from .05 to .95, among what is suggested at all.
    ``carried``: held-out segments that carry it; ``offered``: on how many of these it is ticked or among the first
    five. ``least``: the precision that has to be shown.
    """

    ticked: NDArray[np.intp]
    right: NDArray[np.intp]
    carried: NDArray[np.intp]
    offered: NDArray[np.intp]
    least: float
    curves: tuple[tuple[tuple[float, int, int], ...], ...] = ()

    def comes_ticked(self, code: int) -> bool:
        """Is it shown that a tick of this code is right often enough?"""
        return shown_right(int(self.ticked[code]), int(self.right[code]), self.least)

    def recall(self, code: int) -> float | None:
        """Of the segments that carry the code, the share on which it is ticked or offered; None without any."""
        return float(self.offered[code] / self.carried[code]) if self.carried[code] else None


def ticks_of(dataset: Dataset, held_out: OutOfFold, least: float) -> Ticks:
    """What would have come ticked and offered where independent coders judged; right is what most of them applied.

    Whether a code comes ticked at all is not asked here: it follows from these counts.
    """
    labels, weights = dataset.targets(gold=True)
    known: Bools = (weights > 0) & held_out.scored[:, None]
    applied: Bools = (labels >= 0.5) & known
    probabilities = np.nan_to_num(held_out.probabilities, nan=-1.0)
    ticks: Bools = held_out.decided & (probabilities >= least) & known
    among: Bools = ticks | _among_first(held_out.decided, probabilities)
    return Ticks(
        ticks.sum(axis=0),
        (ticks & applied).sum(axis=0),
        applied.sum(axis=0),
        (among & applied).sum(axis=0),
        least,
        tuple(
            _curve(held_out.decided[:, at] & known[:, at], probabilities[:, at], applied[:, at])
            for at in range(len(dataset.codes))
        ),
    )


def _curve(suggested: Bools, probabilities: Floats, applied: Bools) -> tuple[tuple[float, int, int], ...]:
    """What would be ticked from each of these probabilities on, and how much of it rightly."""
    points = []
    for cut in CUTS:
        ticks = suggested & (probabilities >= cut)
        points.append((cut, int(ticks.sum()), int((ticks & applied).sum())))
    return tuple(points)


def _among_first(decided: Bools, probabilities: Floats) -> Bools:
    """The five of each segment that a coder is offered: what is suggested first, then by probability."""
    order = np.negative(decided + np.clip(probabilities, 0.0, 1.0))
    rank = np.argsort(np.argsort(order, axis=1, kind="stable"), axis=1)
    return np.asarray((rank < FIRST) & (probabilities > 0))
