"""How much each of several models of one study counts: chosen by what they say of groups that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats

STEPS = 4  # shares are looked at in quarters
LEAST_POSITIVES = 3  # a code with fewer says nothing of a ranking
# how far below the best a mean may lie and still count: as little as so many positives can tell; measured on sets left
# out (docs/experiments.md)
DOUBT = 0.3
LEAST_SHARE = 0.02  # what counts less is not worth being read
# how many positives the usual shares count for; chosen on sets left out (docs/experiments.md)
USUAL_WEIGHT = 10.0


def shares(
    logits: Sequence[Floats], labels: Floats, weights: Floats, usual: Sequence[float] | None = None
) -> Floats:
    """The share of each model in the mean of their logits, shape (models,): none below 0, all together 1.

    ``logits``: of rows that the models have not seen, each of shape (n, codes); NaN where one does not judge. All
    divisions into quarters, and equal shares, are tried; each counts by how near it comes to the best mean average
    precision of the codes, the nearer the more positives there are. So few positives leave the shares nearly equal; what
    is found is then drawn towards the ``usual`` shares (equal ones where none are given), as ten positives would.
    """
    count = len(logits)
    equal = np.full((1, count), 1 / count)
    prior = equal[0] if usual is None else np.asarray(usual, dtype=np.float64)
    known = weights > 0
    for share_found in logits:
        known = known & ~np.isnan(share_found)
    applied = known & (labels >= 0.5)
    codes = np.flatnonzero((applied.sum(axis=0) >= LEAST_POSITIVES) & (known & ~applied).any(axis=0))
    if count < 2 or not len(codes):
        return np.asarray(prior)
    steps = [its for its in product(range(STEPS + 1), repeat=count) if sum(its) == STEPS]
    tried = np.concatenate([np.array(steps) / STEPS, equal])
    reached = np.zeros(len(tried))
    for code in codes:
        own = known[:, code]
        z = np.stack([logit[own, code] for logit in logits], axis=1)
        reached += [average_precision(z @ its, applied[own, code]) / len(codes) for its in tried]
    likely = np.exp((reached - reached.max()) * np.sqrt(applied[:, codes].sum()) / DOUBT)
    mixed_share = likely @ tried / likely.sum()
    drawn = USUAL_WEIGHT / (USUAL_WEIGHT + applied[:, codes].sum())
    mixed_share = drawn * prior + (1 - drawn) * mixed_share
    mixed_share[mixed_share < LEAST_SHARE] = 0
    return np.asarray(mixed_share / mixed_share.sum())


def mixed(logits: Sequence[Floats], share: Floats) -> Floats:
    """The mean of several models' logits by their shares; NaN where one of them does not judge."""
    total = np.zeros(logits[0].shape)
    for logit, its in zip(logits, share, strict=True):
        total += logit * its
    return total


def average_precision(scores: NDArray[np.floating], labels: Bools) -> float:
    """As scikit-learn's, of which this is a faster copy: equal scores share one step. NaN without a positive."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = np.cumsum(labels[order])[ends].astype(np.float64)
    if not len(hits) or hits[-1] == 0:
        return float("nan")
    return float((np.diff(hits, prepend=0.0) * hits / (ends + 1)).sum() / hits[-1])
