"""How far two judges agree, from counts per group.

Two judges' decisions on segments are counted per group as a 2 × 2 table: both, only the first, only the second,
neither. Tables add up over groups, so that leaving groups out or drawing them again is a matrix product. A
coefficient is a function from tables, with the four counts on the last axis, to values; NaN says undefined.

A decision that is missing on either side is not counted at all: it weighs 0 (``pairs.JudgePair.tables``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.undefined import share
from annotations.arrays import Bools, Floats

Tables = Floats  # (groups, codes, 4)
# the places of the last axis: who applied the code
BOTH, FIRST_ONLY, SECOND_ONLY, NEITHER = range(4)
LEAST_POSITIVES = 5


def tables_of(
    first: Bools,
    other: Bools,
    groups: Sequence[str],
    weights: Floats | None = None,
) -> tuple[Tables, tuple[str, ...]]:
    """Count two judges' decisions, both of shape (n, codes), per group: tables (groups, codes, 4) and the names.

    ``weights``: how much each decision counts, shape (n,) or (n, codes); 0 leaves it out. The names are sorted,
    so that nothing depends on the order of the segments.
    """
    names, member = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    return counts(first, other, member, len(names), weights), tuple(names.tolist())


def counts(
    first: Bools,
    other: Bools,
    member: NDArray[np.intp],
    groups: int,
    weights: Floats | None = None,
) -> Tables:
    """As ``tables_of``, for groups that are numbered already: ``member``, shape (n,), from 0 to below ``groups``."""
    n, codes = first.shape
    cell = 3 - 2 * first.astype(np.intp) - other
    at = (member[:, None] * codes + np.arange(codes)) * 4 + cell
    if weights is not None:
        weights = np.broadcast_to(weights[:, None] if weights.ndim == 1 else weights, (n, codes)).ravel()
    return np.bincount(at.ravel(), weights, groups * codes * 4).astype(float).reshape(groups, codes, 4)


def kappa(table: Floats) -> Floats:
    """Cohen's kappa (1960) of tables with the four counts on the last axis; NaN where it is undefined.

    κ = (observed − expected) / (1 − expected), expected from each judge's own share of positives.

    The same share of agreement, 85 of 100, is .70 or .32 by prevalence (Feinstein and Cicchetti 1990):

    >>> kappa(np.array([[40.0, 9.0, 6.0, 45.0], [80.0, 10.0, 5.0, 5.0]])).round(2).tolist()
    [0.7, 0.32]
    """
    both, first, second, neither = np.moveaxis(table, -1, 0)
    n = both + first + second + neither
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (both + neither) / n
        expected = ((both + first) * (both + second) + (neither + first) * (neither + second)) / n**2
        value = (observed - expected) / (1 - expected)
    return np.asarray(np.where((n > 0) & (expected < 1 - 1e-12), value, np.nan))


def percent_agreement(table: Floats) -> Floats:
    """The share of units on which both decided alike; never to be shown without prevalence and kappa."""
    return share(table[..., BOTH] + table[..., NEITHER], table.sum(axis=-1))


def positive_agreement(table: Floats) -> Floats:
    """Agreement on what is coded, 2a / (2a + b + c): Dice's coefficient, and F1 of either side against the other."""
    both, first, second, _ = np.moveaxis(table, -1, 0)
    return share(2 * both, 2 * both + first + second)


def negative_agreement(table: Floats) -> Floats:
    """Agreement on what is not coded, 2d / (2d + b + c) (Cicchetti and Feinstein 1990)."""
    _, first, second, neither = np.moveaxis(table, -1, 0)
    return share(2 * neither, 2 * neither + first + second)


def frequent(tables: Floats) -> Bools:
    """The codes with at least five positives by either side; tables (…, 4) to (…)."""
    positives = tables[..., BOTH] + np.maximum(tables[..., FIRST_ONLY], tables[..., SECOND_ONLY])
    return np.asarray(positives >= LEAST_POSITIVES)


def mean_kappa(tables: Floats, codes: Bools | None = None) -> Floats:
    """Mean of kappa over some codes (axis −2), those where it is undefined left out; NaN if none is left.

    ``codes``: shape (…, codes), by default the ``frequent`` ones of these tables. Where tables are drawn again,
    give those of the whole: a mean over other codes in each draw would measure the choice of codes too.
    """
    values = np.where(frequent(tables) if codes is None else codes, kappa(tables), np.nan)
    return weighted_mean(values, np.ones_like(values))


def mean_over_pairs(tables: Floats, codes: Bools) -> Floats:
    """Mean kappa of each pair of judges, the pairs weighted by their units; tables (…, pairs, codes, 4) to (…)."""
    return np.asarray(means_over_pairs(tables, [codes])[..., 0])


def means_over_pairs(tables: Floats, several: Sequence[Bools]) -> Floats:
    """``mean_over_pairs`` of several sets of codes, from one kappa of each code: (…, pairs, codes, 4) to (…, sets)."""
    single, weights = kappa(tables), tables.sum(axis=-1).max(axis=-1)
    means = []
    for codes in several:
        values = np.where(codes, single, np.nan)
        means.append(weighted_mean(weighted_mean(values, np.ones_like(values)), weights))
    return np.stack(means, axis=-1)


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Mean over the last axis of what is defined; NaN where nothing is."""
    known = ~np.isnan(values)
    weights = np.where(known, weights, 0.0)
    return share((np.where(known, values, 0.0) * weights).sum(axis=-1), weights.sum(axis=-1))


def prevalence(table: Floats) -> Floats:
    """The mean share of positives of both sides."""
    by_one = table[..., FIRST_ONLY] + table[..., SECOND_ONLY]
    return share(table[..., BOTH] + by_one / 2, table.sum(axis=-1))


def why_undefined(total: Floats) -> str:
    """Why kappa of one summed table, shape (4,), is undefined."""
    if not total.sum():
        return "no segment was judged by both"
    always = "applied the code to every segment" if total[BOTH] else "never applied the code"
    return f"both {always}, so that agreement by chance is complete"
