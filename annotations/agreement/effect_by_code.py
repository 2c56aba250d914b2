"""Did suggestions change what coders chose, code by code? Assisted minus blind in the share of segments that carry it.

The arms and strata are those of ``suggestion_effect``. Holm's procedure (1979) guards the answers against the number of
codes asked about. It asks what was chosen, not whether it was right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from annotations.agreement.columns import DecisionColumn
from annotations.agreement.intervals import FEWEST_GROUPS, errors_over_groups
from annotations.agreement.second_coder import holm
from annotations.agreement.suggestion_effect import FEWEST_IN_ARM, UNITS, Stratum
from annotations.agreement.two_judges import BOTH, SECOND_ONLY, weighted_mean
from annotations.agreement.undefined import or_none, share
from annotations.arrays import Floats

CERTAINTY = 0.05  # two-sided
FEWEST_SEGMENTS = 5


@dataclass(frozen=True)
class CodeEffect:
    """One code: the share of segments that carry it in each arm, the difference, and Holm's adjusted p of it.

    ``changed``: did suggestions change how often coders chose it? None where that cannot be told; ``reason`` says why.
    """

    framework: str
    code: str
    code_id: str
    assisted: float | None
    blind: float | None
    difference: float | None
    p: float | None
    changed: bool | None
    reason: str | None


def effects_by_code(
    strata: Sequence[Stratum], columns: Sequence[DecisionColumn], groups: int
) -> tuple[CodeEffect, ...]:
    """For every code that anybody chose in either arm. ``columns``: the codes, in the order of the arms' columns."""
    usable = [
        stratum for stratum in strata if min(len(stratum.assisted), len(stratum.blind)) >= FEWEST_IN_ARM
    ]
    if not usable:
        return ()
    arms = np.stack(
        [np.stack([stratum.assisted.sums(groups), stratum.blind.sums(groups)], axis=1) for stratum in usable],
        axis=1,
    )
    tables = arms[arms.any(axis=(1, 2, 3))]
    codes = len(columns)
    whole = tables.sum(axis=0)
    chosen = _chosen(whole, codes).sum(axis=(0, 1))
    differences = _difference(whole, codes)
    shares = [_arm(whole, codes, at) for at in (0, 1)]
    errors = errors_over_groups(tables, lambda sums: _difference(sums, codes))
    degrees = len(tables) - 1
    p = {
        at: 2 * float(stdtr(degrees, -abs(differences[at]) / errors[at]))
        for at in range(codes)
        if _why_not(float(chosen[at]), len(tables), float(errors[at])) is None
    }
    p = holm({at: min(1.0, value) for at, value in p.items()})
    effects = []
    for at, column in enumerate(columns):
        if not chosen[at]:
            continue
        known = p.get(at)
        effects.append(
            CodeEffect(
                column.framework,
                column.code,
                column.code_id,
                or_none(shares[0][at]),
                or_none(shares[1][at]),
                or_none(differences[at]),
                known,
                None if known is None else known < CERTAINTY,
                _why_not(float(chosen[at]), len(tables), float(errors[at])),
            )
        )
    return tuple(effects)


def _why_not(chosen: float, groups: int, error: float) -> str | None:
    if groups < FEWEST_GROUPS:
        return (
            f"it needs reviews of at least {FEWEST_GROUPS} participants in both arms, and there are {groups}"
        )
    if chosen < FEWEST_SEGMENTS:
        return f"it was chosen on fewer than {FEWEST_SEGMENTS} segments"
    if not error > 1e-12:
        return "its spread over participants cannot be told: the code is too rare"
    return None


def _chosen(sums: Floats, codes: int) -> Floats:
    """How many segments carry each code, shape (…, codes)."""
    cells = sums[..., : 4 * codes].reshape(*sums.shape[:-1], codes, 4)
    return np.asarray(cells[..., BOTH] + cells[..., SECOND_ONLY])


def _shares(sums: Floats, codes: int) -> Floats:
    """The share of segments that carry each code: shape (…, codes, strata, 2) of sums (…, strata, 2, cells)."""
    values = share(_chosen(sums, codes), sums[..., UNITS][..., None])
    return np.moveaxis(values, -1, -3)


def _weights(sums: Floats) -> Floats:
    n = sums[..., UNITS]
    return np.nan_to_num(share(n[..., 0] * n[..., 1], n[..., 0] + n[..., 1]))


def _difference(sums: Floats, codes: int) -> Floats:
    values = _shares(sums, codes)
    weights = np.broadcast_to(_weights(sums)[..., None, :], values.shape[:-1])
    return weighted_mean(values[..., 0] - values[..., 1], weights)


def _arm(sums: Floats, codes: int, at: int) -> Floats:
    values = _shares(sums, codes)
    weights = np.broadcast_to(_weights(sums)[..., None, :], values.shape[:-1])
    return weighted_mean(values[..., at], weights)
