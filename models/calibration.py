"""Probabilities that mean what they say, and the thresholds above which a code is suggested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from annotations.arrays import Floats

FEW_SEGMENTS = 1000
LEAST_SUGGESTED = 5  # a precision of fewer held-out suggestions says nothing
STEADY = 10.0
LEAST_FOR_PRECISION = 30
SHRINK = 20.0  # how many positives a code needs before its own fit counts as much as the common one
# the same for its threshold, which needs no labels beside the probabilities: their calibration is steadied already
SHRINK_THRESHOLD = 2.0


@dataclass(frozen=True)
class Calibration:
    """Per code a slope and an offset for its logits: probability = σ(slope · logit + offset). Shape (codes,)."""

    slopes: Floats
    offsets: Floats

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities of logits, shape (n, codes); NaN stays NaN."""
        return np.asarray(expit(logits * self.slopes + self.offsets))


def calibrate(logits: Floats, labels: Floats, weights: Floats, *, few: int = FEW_SEGMENTS) -> Calibration:
    """Fit on held-out logits, all of shape (n, codes); a weight of 0 leaves a cell out.

    Fewer than ``few`` segments: one temperature for all codes (Guo et al. 2017). More: Platt's slope and offset
    per code (Platt 1999), drawn towards the common fit as strongly as twenty positives would.
    """
    usable = (weights > 0) & ~np.isnan(logits)
    codes = logits.shape[1]
    if not usable.any():
        return Calibration(np.ones(codes), np.zeros(codes))
    z, y, w = logits[usable], labels[usable], weights[usable]
    if int(usable.any(axis=1).sum()) < few:
        temperature = _fit(z, y, w, start=(1.0, 0.0), offset=False)
        return Calibration(np.full(codes, temperature[0]), np.zeros(codes))
    common = _fit(z, y, w, start=(1.0, 0.0), offset=True)
    slopes, offsets = np.empty(codes), np.empty(codes)
    for code in range(codes):
        own = usable[:, code]
        fitted = common
        if own.any():
            cells = (logits[own, code], labels[own, code], weights[own, code])
            fitted = _fit(*cells, start=common, offset=True, pull=SHRINK)
        slopes[code], offsets[code] = fitted
    return Calibration(slopes, offsets)


def _fit(
    z: Floats,
    y: Floats,
    w: Floats,
    *,
    start: tuple[float, float],
    offset: bool,
    pull: float = 0.1,
) -> tuple[float, float]:
    """The slope and offset of least log loss, drawn towards ``start``."""
    first = np.array(start)

    def loss(x: Floats) -> tuple[float, Floats]:
        logit = x[0] * z + (x[1] if offset else 0.0)
        # log(1 + e^x) without overflow, minus y·x
        value = float(
            (w * (np.logaddexp(0, logit) - y * logit)).sum() + 0.5 * pull * ((x - first) ** 2).sum()
        )
        slope = w * (expit(logit) - y)
        own = np.array([(slope * z).sum(), slope.sum() if offset else 0.0])
        return value, own + pull * (x - first)

    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=((0.05, 5.0), (-6.0, 6.0)))
    return float(found.x[0]), float(found.x[1])


@dataclass(frozen=True, slots=True)
class Aim:
    """What thresholds are for: the best F1 of each code, or at least this precision."""

    precision: float | None = None

    def __str__(self) -> str:
        return "best f1" if self.precision is None else f"precision {self.precision:g}"


BEST_F1 = Aim()


def thresholds(
    probabilities: Floats,
    labels: Floats,
    weights: Floats,
    aim: Aim = BEST_F1,
) -> tuple[Floats, dict[int, str]]:
    """Per code the least probability that is suggested, shape (codes,); and why a code is not suggested at all.

    For the best F1: half of the best F1 that is expected (Lipton et al. 2014), drawn towards that of all codes
    together by how few positives a code has. For a precision: the lowest cut-off above which the share of positives
    reaches it; infinite where none does. Both need calibrated probabilities of segments that the model has not seen.
    """
    if aim.precision is not None:
        return _for_precision(probabilities, labels, weights, aim.precision)
    usable = (weights > 0) & ~np.isnan(probabilities)
    if not usable.any():
        return np.full(probabilities.shape[1], 0.5), {}
    common = _half_best_f1(probabilities[usable])
    found = np.full(probabilities.shape[1], common)
    for code in range(probabilities.shape[1]):
        own = usable[:, code]
        positives = float((labels[own, code] * weights[own, code]).sum())
        if own.any():
            share = positives / (positives + SHRINK_THRESHOLD)
            found[code] = share * _half_best_f1(probabilities[own, code]) + (1 - share) * common
    return np.clip(found, 0.05, 0.9), {}


def _for_precision(
    probabilities: Floats,
    labels: Floats,
    weights: Floats,
    precision: float,
) -> tuple[Floats, dict[int, str]]:
    found = np.full(probabilities.shape[1], np.inf)
    missed: dict[int, str] = {}
    for code in range(probabilities.shape[1]):
        own = (weights[:, code] > 0) & ~np.isnan(probabilities[:, code])
        p, y = probabilities[own, code], labels[own, code]
        order = np.argsort(-p, kind="stable")
        above = np.arange(1, len(p) + 1)
        # ten passages' worth of what the model expects steadies the first few
        expected = np.cumsum(p[order]) / above
        reached = (np.cumsum(y[order]) + STEADY * expected) / (above + STEADY) >= precision
        reached[: LEAST_SUGGESTED - 1] = False
        # of equal probabilities all or none are suggested
        reached &= np.append(np.diff(p[order]) != 0, True)
        if reached.any():
            found[code] = p[order][np.flatnonzero(reached)[-1]]
            continue
        positives = int((y >= 0.5).sum())
        more = max(LEAST_FOR_PRECISION - positives, 0)
        missed[code] = (
            f"{positives} examples: not enough data for precision {precision:g}, about {more} more"
            if more
            else f"no cut-off reaches precision {precision:g} with {positives} examples"
        )
    return found, missed


def _half_best_f1(probabilities: Floats) -> float:
    falling = np.sort(probabilities)[::-1]
    expected = 2 * np.cumsum(falling) / (np.arange(1, len(falling) + 1) + falling.sum())
    return float(expected.max()) / 2
