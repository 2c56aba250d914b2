"""How far any number of judges agree, each unit judged by whichever of them did.

Ratings are one table of unit, coder and value. Each unit's values are counted; what a coefficient needs of the counts
adds up over units, hence over groups (``sums_of``), so that one pass gives every coefficient and every resample of it.
The last axis of sums holds, for K values: units with two judgements or more; the sum of their shares of agreeing
pairs; units with one judgement or more; values that can be paired; the sum of agreeing pairs over (m − 1); then K
sums of shares of each value, and K numbers of pairable values (m: judgements of a unit).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.undefined import corrected, or_none, share
from annotations.arrays import Floats

_FIXED = 5


@dataclass(frozen=True)
class Ratings:
    """Who gave which value to which unit: ``values``, shape (units, coders), positions in ``categories``, −1 missing."""

    units: tuple[Hashable, ...]
    coders: tuple[Hashable, ...]
    categories: tuple[Hashable, ...]
    values: NDArray[np.intp]

    @property
    def counts(self) -> Floats:
        """How often each unit got each value, shape (units, categories)."""
        return np.stack([(self.values == k).sum(axis=1) for k in range(len(self.categories))], -1).astype(
            float
        )


def ratings(rows: Iterable[tuple[Hashable, Hashable, Hashable]]) -> Ratings:
    """Arrange rows of unit, coder and value; a value of None is missing. A unit twice by one coder is refused."""
    given: dict[tuple[Hashable, Hashable], Hashable] = {}
    for unit, coder, value in rows:
        if (unit, coder) in given:
            raise ValueError(f"coder {coder!r} gave unit {unit!r} two values; give one")
        given[unit, coder] = value
    units = {unit: at for at, unit in enumerate(dict.fromkeys(unit for unit, _ in given))}
    coders = {coder: at for at, coder in enumerate(dict.fromkeys(coder for _, coder in given))}
    known = sorted(
        {value for value in given.values() if value is not None}, key=lambda v: (str(type(v)), str(v))
    )
    category = {value: at for at, value in enumerate(known)}
    values = np.full((len(units), len(coders)), -1, dtype=np.intp)
    for (unit, coder), value in given.items():
        if value is not None:
            values[units[unit], coders[coder]] = category[value]
    return Ratings(tuple(units), tuple(coders), tuple(category), values)


def sums_of(counts: Floats) -> Floats:
    """What coefficients need of each unit: from counts of values (…, K) to (…, 5 + 2K); add them up at will."""
    m = counts.sum(axis=-1)
    paired = m >= 2
    agreeing = (counts * (counts - 1)).sum(axis=-1)
    shares = np.where(m[..., None] >= 1, counts / np.maximum(m, 1)[..., None], 0.0)
    fixed = np.stack(
        [
            paired,
            np.where(paired, agreeing / np.maximum(m * (m - 1), 1), 0.0),
            m >= 1,
            np.where(paired, m, 0.0),
            np.where(paired, agreeing / np.maximum(m - 1, 1), 0.0),
        ],
        axis=-1,
    ).astype(float)
    return np.concatenate([fixed, shares, np.where(paired[..., None], counts, 0.0)], axis=-1)


def sums_of_pairs(cells: Floats) -> Floats:
    """The same sums of two judges of yes and no, from their 2 × 2 counts (…, 4): values "no" and "yes", so K = 2."""
    both, first, second, neither = np.moveaxis(cells, -1, 0)
    n = cells.sum(axis=-1)
    agreed, differed = both + neither, first + second
    no, yes = neither + differed / 2, both + differed / 2
    return np.stack([n, agreed, n, 2 * n, 2 * agreed, no, yes, 2 * no, 2 * yes], axis=-1)


def percent_of(sums: Floats) -> Floats:
    """The mean share of agreeing pairs of judgements; never to be shown without prevalence and kappa or alpha."""
    return share(sums[..., 1], sums[..., 0])


def prevalence_of(sums: Floats, value: int = 1) -> Floats:
    """The mean share of one value, by default the second ("yes")."""
    return share(sums[..., _FIXED + value], sums[..., 2])


def fleiss(sums: Floats) -> Floats:
    """Fleiss' kappa (1971), its chance agreement from the mean share of each value; NaN where undefined.

    Where units have different numbers of judgements it is the generalisation of Gwet (2014, Handbook of Inter-Rater
    Reliability, 4th edition, section 2.6).
    """
    shares, _ = _by_value(sums)
    expected = (share(shares, sums[..., 2:3]) ** 2).sum(axis=-1)
    return corrected(percent_of(sums), expected)


def ac1(sums: Floats) -> Floats:
    """Gwet's AC1 (2008, British Journal of Mathematical and Statistical Psychology 61, equation 12); NaN if undefined.

    Where one value is nearly never given it is high whatever the judges do about that value: never show it alone.
    """
    shares, _ = _by_value(sums)
    p = share(shares, sums[..., 2:3])
    expected = (p * (1 - p)).sum(axis=-1) / max(p.shape[-1] - 1, 1)
    return corrected(percent_of(sums), expected)


def alpha(sums: Floats) -> Floats:
    """Krippendorff's alpha for nominal data, 1 − D_o / D_e (2011, Computing Krippendorff's Alpha-Reliability).

    NaN where only one value occurs in units that two or more judged: there is nothing to disagree about.
    """
    n = sums[..., 3]
    _, counts = _by_value(sums)
    observed = 1 - share(sums[..., 4], n)
    expected = 1 - share((counts * (counts - 1)).sum(axis=-1), n * (n - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(expected > 1e-12, 1 - observed / expected, np.nan))


def why_many_undefined(sums: Floats) -> str:
    """Why coefficients of these sums, shape (9,), are undefined."""
    if not sums[0]:
        return "no segment was judged by two"
    always = "applied the code to every segment" if sums[-1] else "never applied the code"
    return f"all {always}, so that there is nothing to disagree about"


def coefficients(given: Ratings) -> dict[str, float | None]:
    """Percent agreement, Fleiss' kappa, Krippendorff's alpha and AC1 of one table; None where undefined."""
    if not given.categories:
        return dict.fromkeys(("percent", "fleiss", "alpha", "ac1"))
    sums = sums_of(given.counts).sum(axis=0)
    found = {"percent": percent_of, "fleiss": fleiss, "alpha": alpha, "ac1": ac1}
    return {name: or_none(coefficient(sums)) for name, coefficient in found.items()}


def cohen(given: Ratings) -> float | None:
    """Cohen's kappa (1960) of two coders on the units that both judged; None where it is undefined."""
    if len(given.coders) != 2:
        raise ValueError(
            f"Cohen's kappa is of two coders, and there are {len(given.coders)}; use Fleiss' or alpha"
        )
    first, second = given.values[(given.values >= 0).all(axis=1)].T
    k = len(given.categories)
    if not len(first):
        return None
    table = np.bincount(first * k + second, minlength=k * k).reshape(k, k) / len(first)
    expected = (table.sum(axis=0) * table.sum(axis=1)).sum()
    return or_none(corrected(np.asarray(np.trace(table)), np.asarray(expected)))


def _by_value(sums: Floats) -> tuple[Floats, Floats]:
    values = (sums.shape[-1] - _FIXED) // 2
    return sums[..., _FIXED : _FIXED + values], sums[..., _FIXED + values :]
