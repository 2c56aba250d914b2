"""Probabilities that mean what they say, and the thresholds above which a code is suggested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from annotations.arrays import Floats

LEAST_SUGGESTED = 5  # a precision of fewer held-out suggestions says nothing
STEADY = 10.0
LEAST_FOR_PRECISION = 30
# how strongly little data leave logits as they are: the slope of all codes, that of one code, and its offset; measured
# on public sets (docs/experiments.md)
STEADY_SLOPE = 30.0
STEADY_OWN_SLOPE = 60.0
STEADY_OFFSET = 10.0
# how many positives a code needs before its own threshold counts as much as the common one: few, for it needs no labels
# beside the probabilities, and their calibration is steadied already
SHRINK_THRESHOLD = 2.0
# of a code with fewer positives the clearest passages are suggested: as large a share of them as it is thought to be
# common, which begins at a fortieth, as if seen in fifty passages; measured on sets left out (docs/experiments.md)
FEW_POSITIVES = 3
USUAL_SHARE = 0.025
USUAL_WEIGHT = 50.0


@dataclass(frozen=True)
class Calibration:
    """Per code a slope and an offset for its logits: probability = σ(slope · logit + offset). Shape (codes,)."""

    slopes: Floats
    offsets: Floats

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities of logits, shape (n, codes); NaN stays NaN."""
        return np.asarray(expit(logits * self.slopes + self.offsets))


def calibrate(logits: Floats, labels: Floats, weights: Floats) -> Calibration:
    """Fit on held-out logits, all of shape (n, codes); a weight of 0 leaves a cell out.

    Platt's slope and offset per code (Platt 1999), where the slope stretches how far a logit lies from what is usual for
    its code. A strong penalty, or many codes' descriptions as counterexamples, leave a code's logits near each other and
    their mean somewhere else: the one is mended by the slope and the other by the offset, and neither by stretching
    logits from nought, which makes rare codes rarer. The slope is drawn to that of all codes, and this to 1; the offset
    is drawn to 0. A code without any held-out cell stays as it is.
    """
    usable = (weights > 0) & ~np.isnan(logits)
    w, y = np.where(usable, weights, 0.0), np.where(usable, labels, 0.0)
    usual = np.where(usable, logits, 0.0)
    usual = (w * usual).sum(axis=0) / np.maximum(w.sum(axis=0), 1e-12)
    away = np.where(usable, logits - usual, 0.0)
    known = np.flatnonzero(usable.any(axis=0))
    slopes, offsets = np.ones(logits.shape[1]), np.zeros(logits.shape[1])
    if len(known):
        common, offsets[known] = _fit(
            away[:, known], usual[known], y[:, known], w[:, known], 1.0, offsets[known], STEADY_SLOPE
        )
        for code in known:
            rows = usable[:, code]
            slopes[code], its = _fit(
                away[rows, code, None],
                usual[[code]],
                y[rows, code, None],
                w[rows, code, None],
                common,
                offsets[[code]],
                STEADY_OWN_SLOPE,
            )
            offsets[code] = its[0]
    return Calibration(slopes, (1 - slopes) * usual + offsets)


def _fit(
    away: Floats, usual: Floats, y: Floats, w: Floats, slope: float, offsets: Floats, pull: float
) -> tuple[float, Floats]:
    """One slope for these codes, drawn to ``slope``, and an offset for each, sought from ``offsets`` on."""
    # a server reads calibrations and never fits them
    from scipy.optimize import minimize

    def loss(x: Floats) -> tuple[float, Floats]:
        logit = x[0] * away + usual + x[1:]
        # log(1 + e^x) without overflow, minus y·x
        value = float((w * (np.logaddexp(0, logit) - y * logit)).sum())
        value += 0.5 * pull * (x[0] - slope) ** 2 + 0.5 * STEADY_OFFSET * float(np.square(x[1:]).sum())
        error = w * (expit(logit) - y)
        return value, np.concatenate(
            [[(error * away).sum() + pull * (x[0] - slope)], error.sum(axis=0) + STEADY_OFFSET * x[1:]]
        )

    bounds = [(0.05, 5.0), *[(-6.0, 6.0)] * len(offsets)]
    fit = minimize(loss, np.array([slope, *offsets]), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(fit.x[0]), np.asarray(fit.x[1:])


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
    together by how few positives a code has; where these are fewer than three, at most what leaves the clearest passages
    above it, or a codebook with many rare codes would suggest none of them. For a precision: the lowest cut-off above
    which the share of positives reaches it; infinite where none does. Both need calibrated probabilities of segments
    that the model has not seen.
    """
    if aim.precision is not None:
        return _for_precision(probabilities, labels, weights, aim.precision)
    usable = (weights > 0) & ~np.isnan(probabilities)
    if not usable.any():
        return np.full(probabilities.shape[1], 0.5), {}
    common = _half_best_f1(probabilities[usable])
    cuts = np.full(probabilities.shape[1], common)
    for code in range(probabilities.shape[1]):
        own = usable[:, code]
        positives = float((labels[own, code] * weights[own, code]).sum())
        if own.any():
            share = positives / (positives + SHRINK_THRESHOLD)
            cuts[code] = share * _half_best_f1(probabilities[own, code]) + (1 - share) * common
    return np.minimum(
        np.clip(cuts, 0.05, 0.9), _of_few(probabilities, labels, np.where(usable, weights, 0.0))
    ), {}


def _of_few(probabilities: Floats, labels: Floats, weights: Floats) -> Floats:
    """The cuts above which the clearest passages of codes with few positives lie; infinite for all others.

    Their log odds are taken as normal: of so few passages the largest ones say little. Their spread is that of all codes.
    """
    usable = weights > 0
    away = logit(np.clip(np.where(usable, probabilities, 0.5), 1e-6, 1 - 1e-6))
    count = usable.sum(axis=0)
    mean = np.where(usable, away, 0.0).sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt(np.square(away - mean)[usable].mean())
    positives = (labels * weights).sum(axis=0)
    share = (positives + USUAL_SHARE * USUAL_WEIGHT) / (weights.sum(axis=0) + USUAL_WEIGHT)
    cuts = expit(mean + spread * ndtri(1 - share) * np.sqrt(1 + 1 / np.maximum(count, 1)))
    return np.where((positives < FEW_POSITIVES) & (count > 1), cuts, np.inf)


def _for_precision(
    probabilities: Floats,
    labels: Floats,
    weights: Floats,
    precision: float,
) -> tuple[Floats, dict[int, str]]:
    cuts = np.full(probabilities.shape[1], np.inf)
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
            cuts[code] = p[order][np.flatnonzero(reached)[-1]]
            continue
        positives = int((y >= 0.5).sum())
        more = max(LEAST_FOR_PRECISION - positives, 0)
        missed[code] = (
            f"{positives} examples: not enough data for precision {precision:g}, about {more} more"
            if more
            else f"no cut-off reaches precision {precision:g} with {positives} examples"
        )
    return cuts, missed


def _half_best_f1(probabilities: Floats) -> float:
    falling = np.sort(probabilities)[::-1]
    expected = 2 * np.cumsum(falling) / (np.arange(1, len(falling) + 1) + falling.sum())
    return float(expected.max()) / 2
