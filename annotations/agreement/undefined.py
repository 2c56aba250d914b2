"""Numbers that may be undefined: NaN within arrays, None outside."""

from __future__ import annotations

import math

import numpy as np

from annotations.arrays import Floats


def or_none(value: float | Floats) -> float | None:
    """A plain number; None where it is undefined."""
    return None if math.isnan(value) else float(value)


def share(part: Floats, whole: Floats) -> Floats:
    """``part`` / ``whole``, NaN where there is no whole."""
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan))


def corrected(observed: Floats, chance: Floats) -> Floats:
    """(observed − chance) / (1 − chance), NaN where chance alone is complete or there is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (observed - chance) / (1 - chance)
        return np.asarray(np.where(chance < 1 - 1e-12, value, np.nan))
