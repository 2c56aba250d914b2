"""How the boxes that a coder would have found fare on held-out segments: right ticks, what is offered, what it saves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats
from annotations.codebook.codes import Codebook
from annotations.label_studio.candidates import LEAST_OFFERED, OFFERED
from annotations.label_studio.controls import MOST_BOXES, all_in_boxes, is_listed
from models.ticking import shown_right
from training.dataset import Dataset, OutOfFold
from training.evaluation_results import Effort

CUTS = tuple(round(0.05 * step, 2) for step in range(1, 20))
# measured on the screen (docs/experiments.md): open the search, type, Enter; a box is one key
ACTIONS_OF_A_SEARCH = 3


@dataclass(frozen=True)
class Ticks:
    """By code, each of shape (codes,): segments on which it would be ticked, and on how many of these rightly.

    Where coders differ a tick is right for a share of them; these shares are added up, and what is left over is dropped.
    ``curves``: of each code (probability, ticked, right) for cuts from .05 to .95, among what is suggested at all.
    ``carried``: held-out segments that carry it; ``offered``: on how many of these it comes ticked or is among the first
    five boxes. ``listed``: has it boxes at all, and no row of its own. ``least``: the precision that has to be shown.
    """

    ticked: NDArray[np.intp]
    right: NDArray[np.intp]
    carried: NDArray[np.intp]
    offered: NDArray[np.intp]
    listed: Bools
    least: float
    effort: Effort
    curves: tuple[tuple[tuple[float, int, int], ...], ...] = ()

    def comes_ticked(self, code: int) -> bool:
        """Is it shown that a tick of this code is right often enough?"""
        return shown_right(int(self.ticked[code]), int(self.right[code]), self.least)

    def recall(self, code: int) -> float | None:
        """Of the segments that carry the code, the share on which it is ticked or offered.

        None without any, and for a code that has a row of its own: that one is always in sight.
        """
        if not self.listed[code] or not self.carried[code]:
            return None
        return float(self.offered[code] / self.carried[code])


@dataclass(frozen=True)
class Screen:
    """What coders would have found on held-out segments, each of shape (n, codes).

    ``ticked``: came the code ticked? ``rank``: its place among the boxes, from 0, infinite for a code that gets none;
    ``boxed``: has it one of these boxes. A code that has a row of its own has no box. ``worth``: ticks by the
    probability alone, whether the code comes ticked at all or not.
    """

    ticked: Bools
    rank: Floats
    boxed: Bools
    worth: Bools
    listed: Bools


def screen_of(dataset: Dataset, held_out: OutOfFold, least: float, codebook: Codebook) -> Screen:
    """What would have come ticked and offered on the screen of this codebook where independent coders judged."""
    labels, weights = dataset.targets(gold=True)
    known: Bools = (weights > 0) & held_out.scored[:, None]
    probabilities = np.nan_to_num(held_out.probabilities, nan=-1.0)
    ticks: Bools = held_out.decided & (probabilities >= least) & known
    counts = zip(ticks.sum(axis=0), _whole(np.where(known, labels, 0.0), ticks), strict=True)
    comes = np.array([shown_right(int(ticked), int(right), least) for ticked, right in counts])
    listed = np.array([is_listed(code, codebook) for code in dataset.codes], dtype=np.bool_)
    rank = _rank(held_out.decided, probabilities, listed)
    boxed = rank < np.clip((held_out.decided & listed).sum(axis=1), OFFERED, MOST_BOXES)[:, None]
    return Screen(ticks & comes, rank, boxed, ticks, listed)


def ticks_of(dataset: Dataset, held_out: OutOfFold, least: float, codebook: Codebook) -> Ticks:
    """How the ticks and boxes of ``screen_of`` fare.

    Whether a code comes ticked at all follows from the counts: ``Ticks.comes_ticked``; what is offered and the effort
    rest on that.
    """
    labels, weights = dataset.targets(gold=True)
    known: Bools = (weights > 0) & held_out.scored[:, None]
    shares = np.where(known, labels, 0.0)
    carried = known & (labels >= 0.5)
    probabilities = np.nan_to_num(held_out.probabilities, nan=-1.0)
    screen = screen_of(dataset, held_out, least, codebook)
    ticked, right, listed = screen.worth.sum(axis=0), _whole(shares, screen.worth), screen.listed
    return Ticks(
        ticked=ticked,
        right=right,
        carried=carried.sum(axis=0),
        offered=((screen.ticked | (screen.rank < OFFERED)) & carried).sum(axis=0),
        listed=listed,
        least=least,
        effort=_effort(shares, known, screen.ticked, screen.boxed, listed, every=all_in_boxes(codebook)),
        curves=tuple(
            _curve(held_out.decided[:, at] & known[:, at], probabilities[:, at], shares[:, at])
            for at in range(len(dataset.codes))
        ),
    )


def _effort(
    shares: Floats, known: Bools, ticks: Bools, boxed: Bools, listed: Bools, *, every: bool
) -> Effort:
    """What coders have to do; a code that has a row of its own is one click away with suggestions and without.

    ``every``: so is each listed code, since all have boxes.
    """
    near = np.broadcast_to(~listed | every, known.shape)
    at_hand, read = (near | boxed) & ~ticks, boxed & ~near & ~ticks & known
    sought = float(shares[~ticks & ~at_hand].sum())
    picked, wrong = float(shares[at_hand].sum()), float((1 - shares)[ticks].sum())
    given = float(shares.sum())
    return Effort(
        n_segments=int(known.any(axis=1).sum()),
        given=given,
        ticked_right=float(shares[ticks].sum()),
        ticked_wrong=wrong,
        in_boxes=picked,
        sought=sought,
        read_in_vain=float((1 - shares)[read].sum()),
        actions=wrong + picked + ACTIONS_OF_A_SEARCH * sought,
        actions_without=given + (ACTIONS_OF_A_SEARCH - 1) * float(shares[~near].sum()),
    )


def _curve(suggested: Bools, probabilities: Floats, shares: Floats) -> tuple[tuple[float, int, int], ...]:
    """What would be ticked from each of these probabilities on, and how much of it rightly."""
    points = []
    for cut in CUTS:
        ticks = suggested & (probabilities >= cut)
        points.append((cut, int(ticks.sum()), int(_whole(shares[:, None], ticks[:, None])[0])))
    return tuple(points)


def _whole(shares: Floats, ticks: Bools) -> NDArray[np.intp]:
    """How many coders' words for one are in these ticks, rounded down; shape (codes,)."""
    return np.asarray(np.floor((shares * ticks).sum(axis=0) + 1e-9), dtype=np.intp)


def _rank(decided: Bools, probabilities: Floats, listed: Bools) -> Floats:
    """The place of each code among a segment's boxes, from 0; infinite for what gets none (``candidates``)."""
    worth = listed & (decided | (probabilities >= LEAST_OFFERED))
    order = np.where(worth, np.negative(decided + np.clip(probabilities, 0.0, 1.0)), np.inf)
    rank = np.argsort(np.argsort(order, axis=1, kind="stable"), axis=1)
    return np.where(worth, rank, np.inf)
