"""How often two codes would meet by chance, and how likely it is that they meet as often as they do.

Chance: within each informant (or document of nobody), the passages that carry the one code are drawn at random among all of
that informant's coded passages, whichever carry the other. So somebody who says much of everything makes no pair, and
passages of different people are never mixed.

The number of meetings is then a sum of independent hypergeometric counts, one an informant. This is the conditional test of
a common odds ratio of 1 over 2 × 2 tables: exact (Birch 1964, J R Stat Soc B 26:313; Fisher's test where there is one
informant), or by the statistic of Mantel and Haenszel (1959, J Natl Cancer Inst 22:719) with continuity correction where
Mantel and Fleiss (1980, Am J Epidemiol 112:129) call it good enough.
"""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from scipy.special import gammaln

from annotations.arrays import Floats

_MANTEL_FLEISS = 5.0
_AS_LIKELY = 1 + 1e-9  # probabilities that differ by rounding alone are equal
_FAR = 14  # standard deviations above what is expected: nothing lies beyond


def exact_p(passages: Floats, with_a: Floats, with_b: Floats, observed: Floats) -> Floats:
    """The two-sided probability of meetings that are as unlikely as those observed, or more so; shape (pairs,).

    ``passages``: how many coded passages each informant has, shape (informants,); ``with_a``, ``with_b``: how many of them
    carry the one code and the other of each pair, shape (informants, pairs). With one informant this is Fisher's exact test:

    >>> exact_p(np.array([12.0]), np.array([[5.0]]), np.array([[7.0]]), np.array([1.0])).round(3).tolist()
    [0.072]
    """
    if not len(observed):
        return np.zeros(0)
    n = passages[:, None]
    expected, variance = (with_a * with_b / n).sum(axis=0), _variance(n, with_a, with_b)
    # beyond this nothing is likely enough to count
    far = np.maximum(observed, expected + _FAR * np.sqrt(variance) + 20)
    room = int(min(np.minimum(with_a, with_b).sum(axis=0).max(), far.max()))
    chances = np.zeros((len(observed), room + 1))
    chances[:, 0] = 1.0
    logs = gammaln(np.arange(int(passages.max()) + 2) + 1.0)
    for own, a, b in zip(passages, with_a, with_b, strict=True):
        open_ = np.flatnonzero((a > 0) & (b > 0))
        if len(open_):
            chances[open_] = _one_more(chances[open_], own, a[open_], b[open_], logs)
    seen = np.take_along_axis(chances, observed.astype(int)[:, None], axis=1)
    return np.asarray(np.minimum(1.0, np.where(chances <= seen * _AS_LIKELY, chances, 0.0).sum(axis=1)))


def _one_more(chances: Floats, n: float, a: Floats, b: Floats, logs: Floats) -> Floats:
    """The chances of meetings with one more informant, who has n passages, a and b of them with the codes of each pair."""
    width = chances.shape[1]
    # few informants have many passages with a code, so most pairs have the same counts
    step = n + 1
    several, which = np.unique(a * step + b, return_inverse=True)
    shares = _hypergeometric(n, several // step, several % step, logs)[which.ravel(), :width]
    longer = np.zeros_like(chances)
    for met in range(shares.shape[1]):
        longer[:, met:] += shares[:, met, None] * chances[:, : width - met]
    return longer


def _hypergeometric(n: float, a: Floats, b: Floats, logs: Floats) -> Floats:
    """The probability of 0, 1, … meetings of a and b passages among n; shape (counts, meetings)."""
    met = np.arange(int(np.minimum(a, b).max()) + 1, dtype=float)[None, :]
    a, b = a[:, None], b[:, None]
    possible = (met <= np.minimum(a, b)) & (met >= a + b - n)
    part, rest = np.where(possible, met, 0), np.where(possible, b - met, 0)
    log = _choose(a + 0 * met, part, logs) + _choose(n - a + 0 * met, rest, logs)
    return np.asarray(np.where(possible, np.exp(log - _choose(np.full(b.shape, n), b, logs)), 0.0))


def mantel_haenszel_p(expected: float, variance: float, observed: int) -> float:
    """The probability of a difference as large as this one or larger, by χ² with continuity correction."""
    distance = max(0.0, abs(observed - expected) - 0.5)
    # χ² with one degree of freedom
    return erfc(distance / sqrt(2 * variance))


def large_enough(expected: float, least: float, most: float) -> bool:
    """May χ² stand for the exact probability? By the criterion of Mantel and Fleiss."""
    return min(expected - least, most - expected) >= _MANTEL_FLEISS


def adjusted(p: Floats) -> Floats:
    """Probabilities adjusted for how many were looked at (Benjamini and Hochberg 1995, J R Stat Soc B 57:289).

    >>> adjusted(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    if not len(p):
        return p
    order = np.argsort(p)[::-1]
    ranks = np.arange(len(p), 0, -1)
    in_order = np.empty(len(p))
    in_order[order] = np.minimum(1.0, np.minimum.accumulate(p[order] * len(p) / ranks))
    return in_order


def _variance(n: Floats, a: Floats, b: Floats) -> Floats:
    rest = np.where(n > 1, n**2 * (n - 1), np.inf)
    return np.asarray((a * b * (n - a) * (n - b) / rest).sum(axis=0))


def _choose(n: Floats, k: Floats | int, logs: Floats) -> Floats:
    """The logarithm of how many ways there are to draw k of n."""
    whole, part = np.asarray(n).astype(int), np.asarray(k).astype(int)
    return np.asarray(logs[whole] - logs[part] - logs[whole - part])
