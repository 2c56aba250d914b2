"""How far any number of judges agree, each unit judged by whichever of them did.

Each unit's values are counted; what a coefficient needs of the counts adds up over units, hence over groups
(``sums_of``), so that one pass gives every coefficient and every resample of it. The last axis of sums holds, for K
values: units with two judgements or more; the sum of their shares of agreeing pairs; units with one judgement or more;
values that can be paired; the sum of agreeing pairs over (m − 1); then K sums of shares of each value, and K numbers of
pairable values (m: judgements of a unit).
"""

from __future__ import annotations

import numpy as np

from annotations.agreement.undefined import corrected, share
from annotations.arrays import Floats

# the places of the last axis, before those of the values
_SHARED, _AGREEING, _JUDGED, _PAIRABLE, _PAIRED = range(5)
_FIXED = 5


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
    # each sum lies together in memory, so that what is computed of thousands of draws reads it in a row
    return np.moveaxis(np.stack([n, agreed, n, 2 * n, 2 * agreed, no, yes, 2 * no, 2 * yes]), 0, -1)


def percent_of(sums: Floats) -> Floats:
    """The mean share of agreeing pairs of judgements; never to be shown without prevalence and kappa or alpha."""
    return share(sums[..., _AGREEING], sums[..., _SHARED])


def prevalence_of(sums: Floats, value: int = 1) -> Floats:
    """The mean share of one value, by default the second ("yes")."""
    return share(sums[..., _FIXED + value], sums[..., _JUDGED])


def fleiss(sums: Floats) -> Floats:
    """Fleiss' kappa (1971), its chance agreement from the mean share of each value; NaN where undefined.

    Where units have different numbers of judgements it is the generalisation of Gwet (2014, Handbook of Inter-Rater
    Reliability, 4th edition, section 2.6).
    """
    shares, _ = _by_value(sums)
    expected = (share(shares, sums[..., [_JUDGED]]) ** 2).sum(axis=-1)
    return corrected(percent_of(sums), expected)


def ac1(sums: Floats) -> Floats:
    """Gwet's AC1 (2008, British Journal of Mathematical and Statistical Psychology 61, equation 12); NaN if undefined.

    Where one value is nearly never given it is high whatever the judges do about that value: never show it alone.
    """
    shares, _ = _by_value(sums)
    p = share(shares, sums[..., [_JUDGED]])
    expected = (p * (1 - p)).sum(axis=-1) / max(p.shape[-1] - 1, 1)
    return corrected(percent_of(sums), expected)


def alpha(sums: Floats) -> Floats:
    """Krippendorff's alpha for nominal data, 1 − D_o / D_e (2011, Computing Krippendorff's Alpha-Reliability).

    NaN where only one value occurs in units that two or more judged: there is nothing to disagree about.
    """
    n = sums[..., _PAIRABLE]
    _, counts = _by_value(sums)
    observed = 1 - share(sums[..., _PAIRED], n)
    expected = 1 - share((counts * (counts - 1)).sum(axis=-1), n * (n - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(expected > 1e-12, 1 - observed / expected, np.nan))


def why_many_undefined(sums: Floats) -> str:
    """Why coefficients of these sums, shape (9,), are undefined."""
    if not sums[_SHARED]:
        return "no segment was judged by two"
    always = "applied the code to every segment" if sums[-1] else "never applied the code"
    return f"all {always}, so that there is nothing to disagree about"


def _by_value(sums: Floats) -> tuple[Floats, Floats]:
    values = (sums.shape[-1] - _FIXED) // 2
    return sums[..., _FIXED : _FIXED + values], sums[..., _FIXED + values :]
