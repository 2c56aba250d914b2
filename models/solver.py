"""L2-penalised logistic regressions of many codes at once, over features that are part sparse and part dense.

All codes share the products with the feature matrix, which are nearly all of the cost. The weights of each code
are a combination of the training rows (w = Xᵀα, the representer theorem), so that the search, limited-memory BFGS
(Nocedal & Wright 2006, algorithm 7.4) in the inner product of the weights, keeps vectors as long as there are rows
and not as there are features, and a step's length can be tried without another product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from annotations.arrays import Bools, Floats, Floats32
from models.features import Features

MEMORY = 8
TOLERANCE = 1e-2
MOST_STEPS = 100
SMALLEST_STEP = 1 / 64
SMALLEST_FIRST_STEP = 2.0**-30  # nothing is known yet of how the loss bends
STILL_GOING = 0.75  # of the codes searched for: fewer, and the others are set aside


@dataclass(frozen=True)
class Solution:
    """``weights`` (width, codes), ``intercepts`` (codes,), and after how many steps the search ended.

    ``alpha``: the weights as combinations of the training rows, shape (rows, codes). ``unfinished``: how many codes were
    not done when the steps ran out.
    """

    weights: Floats32
    intercepts: Floats
    steps: int
    alpha: Floats32
    unfinished: int = 0


def solve(
    features: Features,
    labels: Floats,
    counts: Floats,
    *,
    penalty: float,
    start: Floats32 | None = None,
    tolerance: float = TOLERANCE,
    most_steps: int = MOST_STEPS,
    intercept_scaling: float = 1.0,
) -> Solution:
    """Minimise Σ counts · log loss + penalty/2 · |w|² for each code; the intercept is drawn to how often a code occurs.

    ``intercept_scaling``: how weakly, against the other weights; see scikit-learn's ``LinearSVC``.

    ``labels``: shape (rows, codes), between 0 and 1; ``counts``: the same shape, 0 leaves a cell out.
    All is computed in the precision of the features.
    ``start``: an ``alpha`` to begin the search from, of a model that saw no other rows than these. ``tolerance``: a
    code is done when its gradient is that much smaller than that of a model that knows only how often it occurs.
    """
    number = features.precision.type
    y, u = labels.astype(number), counts.astype(number)
    prior = _log_odds(y, u)
    search = _SolverSearch(features, y, u, number(penalty), prior, number(intercept_scaling))
    alpha, steps, unfinished = search.run(start, tolerance, most_steps)
    intercepts = prior.astype(np.float64) + intercept_scaling * alpha.sum(axis=0, dtype=np.float64)
    return Solution(features.combined(alpha), intercepts, steps, alpha, unfinished)


class _SolverSearch:
    """Where the search stands: ``alpha`` and its ``image``, both of shape (rows, codes that are not done)."""

    def __init__(
        self,
        features: Features,
        y: Floats32,
        u: Floats32,
        penalty: np.floating[Any],
        prior: Floats32,
        scaling: np.floating[Any],
    ) -> None:
        self.features, self.y, self.u, self.penalty, self.prior = features, y, u, penalty, prior
        self.scaling = scaling
        self.precision = features.precision
        # of a loss: sums cannot tell smaller gains
        self.least_gain = 1e-6 if self.precision == np.float32 else 1e-12
        self.alpha = np.zeros_like(y)
        self.image = np.zeros_like(y)  # the kernel times alpha
        self.pairs: list[tuple[Floats32, Floats32, Floats32, Floats32, Floats32]] = []

    def run(self, start: Floats32 | None, tolerance: float, most_steps: int) -> tuple[Floats32, int, int]:
        """The combinations found for all codes, after how many steps, and how many codes were not done then."""
        gradient = self._gradient()
        reach = self._kernel(gradient)
        enough = np.square(tolerance) * _inner(gradient, reach)
        if start is not None:
            self.alpha = start.astype(self.precision)
            self.image = self._kernel(self.alpha)
            gradient = self._gradient()
            reach = self._kernel(gradient)
        alpha = self.alpha.copy()
        codes = np.arange(alpha.shape[1])
        stuck = np.zeros(len(codes), dtype=bool)
        for step in range(most_steps):
            going = (_inner(gradient, reach) > enough) & ~stuck
            if np.count_nonzero(going) <= STILL_GOING * len(going):
                # the products are nearly all of the cost, so those that are done leave them
                alpha[:, codes] = self.alpha
                if not going.any():
                    return alpha, step, 0
                codes, enough, stuck = codes[going], enough[going], stuck[going]
                gradient, reach = gradient[:, going], reach[:, going]
                self._only(going)
                going = going[going]
            direction, ahead = self._direction(gradient, reach)
            known = self._bends()
            length = self._length(direction, ahead, _inner(gradient, ahead), known) * going
            # without what former steps have taught: as near as numbers of this precision can tell
            stuck |= going & (length == 0) & ~known
            self._forget(going & (length == 0))
            s, ks = length * direction, length * ahead
            self.alpha += s
            self.image += ks
            new = self._gradient()
            new_reach = self._kernel(new)
            self._remember(s, ks, new - gradient, new_reach - reach)
            gradient, reach = new, new_reach
        alpha[:, codes] = self.alpha
        return alpha, most_steps, int(((_inner(gradient, reach) > enough) & ~stuck).sum())

    def _only(self, codes: Bools) -> None:
        self.y, self.u, self.prior = self.y[:, codes], self.u[:, codes], self.prior[codes]
        self.alpha, self.image = self.alpha[:, codes], self.image[:, codes]
        self.pairs = [
            (s[:, codes], ks[:, codes], y[:, codes], ky[:, codes], rho[codes])
            for s, ks, y, ky, rho in self.pairs
        ]

    def _bends(self) -> Bools:
        """Of which codes is something remembered of how the loss bends? Shape (codes,)."""
        known = np.zeros(self.alpha.shape[1], dtype=np.bool_)
        for *_, rho in self.pairs:
            known |= rho > 0
        return known

    def _forget(self, codes: Bools) -> None:
        """What former steps have taught leads these codes nowhere: the next step goes straight down."""
        if codes.any():
            self.pairs = [
                (s, ks, y, ky, np.where(codes, 0, rho).astype(self.precision))
                for s, ks, y, ky, rho in self.pairs
            ]

    def _kernel(self, rows: Floats32) -> Floats32:
        """The kernel times ``rows``: one product with the features and one back, and a constant for the intercept."""
        return np.asarray(self.features.times(self.features.combined(rows)) + self.scaling * rows.sum(axis=0))

    def _gradient(self) -> Floats32:
        return np.asarray(self.u * (expit(self.prior + self.image) - self.y) + self.penalty * self.alpha)

    def _loss(self, alpha: Floats32, image: Floats32) -> Floats32:
        logits = self.prior + image
        losses = self.u * (np.logaddexp(self.precision.type(0), logits) - self.y * logits)
        return np.asarray(losses.sum(axis=0) + self.penalty / 2 * _inner(alpha, image))

    def _direction(self, gradient: Floats32, reach: Floats32) -> tuple[Floats32, Floats32]:
        """The quasi-Newton direction and its image, by the two loops of algorithm 7.4, for all codes at once."""
        q, kq = gradient.copy(), reach.copy()
        shares = []
        for s, _, y, ky, rho in reversed(self.pairs):
            share = rho * _inner(s, kq)
            q -= share * y
            kq -= share * ky
            shares.append(share)
        steep = 1 / np.sqrt(np.maximum(_inner(gradient, reach), 1e-12))
        if self.pairs:
            s, ks, y, ky, rho = self.pairs[-1]
            curved = _inner(y, ky)
            scale = np.where((rho > 0) & (curved > 0), 1 / np.maximum(rho * curved, 1e-20), 1.0)
            scale = np.where(self._bends(), scale, steep)
        else:
            scale = steep
        q *= scale.astype(self.precision)
        kq *= scale.astype(self.precision)
        for (s, ks, y, _, rho), share in zip(self.pairs, reversed(shares), strict=True):
            other = share - rho * _inner(y, kq)
            q += other * s
            kq += other * ks
        return -q, -kq

    def _length(self, direction: Floats32, ahead: Floats32, slope: Floats32, known: Bools) -> Floats32:
        """For each code the longest of 1, 1/2, 1/4 … that lessens the loss enough (Armijo); 0 if none does.

        ``known``: of which codes is known how the loss bends, so that a step of 1 is about right.
        """
        least = np.where(known, SMALLEST_STEP, SMALLEST_FIRST_STEP)
        before = self._loss(self.alpha, self.image)
        length: Floats32 = np.ones(len(slope), dtype=self.precision)
        while True:
            after = self._loss(self.alpha + length * direction, self.image + length * ahead)
            worse = after > before + 1e-4 * length * slope + self.least_gain * np.abs(before)
            if not worse.any():
                return length
            length = np.where(worse, length / 2, length)
            # a step of nought is no worse, so that the others go on by themselves
            length = np.where(worse & (length < least), 0, length).astype(self.precision)

    def _remember(self, s: Floats32, ks: Floats32, y: Floats32, ky: Floats32) -> None:
        along = _inner(s, ky)
        rho = np.where(along > 1e-12, 1 / np.maximum(along, 1e-12), 0).astype(self.precision)
        self.pairs = [*self.pairs[-(MEMORY - 1) :], (s, ks, y, ky, rho)]


def _inner(floats32: Floats32, other: Floats32) -> Floats32:
    """For each code the product of two vectors over rows, shape (codes,)."""
    return np.asarray(np.einsum("nc,nc->c", floats32, other))


def _log_odds(y: Floats32, u: Floats32) -> Floats32:
    """The intercepts of a model that knows nothing else: log odds of each code."""
    positive, all_of = (u * y).sum(axis=0), u.sum(axis=0)
    share = (positive + 0.5) / (all_of + 1)
    return np.asarray(np.log(share / (1 - share)), dtype=y.dtype)
