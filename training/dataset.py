"""What a model learns from and is judged by: segments, their groups, and who found which codes on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.unit import Unit


@dataclass(frozen=True)
class Judgement:
    """One coder's reviews under one condition, as labels of segments.

    ``rows``: positions of the segments judged, shape (m,), ascending, each once. ``labels``: shape (m, codes),
    1 the coder applied the code, 0 looked and did not, NaN unknown (a coding without a review teaches no
    negatives). ``weight``: how much these count in training. ``gold``: they come from independent
    reviews, so they may calibrate, set thresholds and be scored against.
    """

    coder: str
    rows: NDArray[np.intp]
    labels: NDArray[np.float64]
    weight: float = 1.0
    gold: bool = True


@dataclass(frozen=True)
class Described:
    """What the codebook says of a code: its words and their embedding, shape (dimensions,)."""

    code: str
    words: str
    embedding: NDArray[np.float32]


@dataclass(frozen=True)
class Dataset:
    """Segments with embeddings, groups and judgements. Everything is aligned to ``units`` (n segments).

    ``embeddings``: shape (n, dimensions), unit length. ``groups``: the group of each segment, see
    DESIGN's principle 1. ``quotable``: may the segment's words be shown as evidence. ``codes``: code ids.
    ``described``: what the codebook says of codes; a code of which nothing is said may be missing.
    """

    units: Sequence[Unit]
    embeddings: NDArray[np.float32]
    groups: Sequence[str]
    quotable: NDArray[np.bool_]
    codes: tuple[str, ...]
    judgements: Sequence[Judgement]
    described: Sequence[Described] = ()

    def __len__(self) -> int:
        return len(self.units)

    def targets(self, *, gold: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Soft labels and weights: the share of coders, by weight, who applied each code.

        Returns labels and weights, both of shape (n, codes); a weight of 0 says that nobody judged that code
        there. The weight of a segment that several coders judged is the largest of theirs, not the sum, so
        that a doubly coded segment does not count twice. ``gold`` leaves out what is not independent.
        """
        total = np.zeros((len(self), len(self.codes)))
        applied = np.zeros_like(total)
        weight = np.zeros_like(total)
        for judgement in self.judgements:
            if gold and not judgement.gold:
                continue
            known = ~np.isnan(judgement.labels)
            total[judgement.rows] += known * judgement.weight
            applied[judgement.rows] += np.where(known, judgement.labels, 0.0) * judgement.weight
            weight[judgement.rows] = np.maximum(weight[judgement.rows], known * judgement.weight)
        labels = np.divide(applied, total, out=np.zeros_like(applied), where=total > 0)
        return labels, weight


@dataclass(frozen=True)
class OutOfFold:
    """What models that never saw a segment's group say of it.

    ``probabilities``: shape (n, codes), calibrated, NaN where no model judged (the code had too few examples
    in training, or the segment belongs to no test fold). ``decided``: shape (n, codes), true where the
    probability reached a threshold that was itself chosen without the segment's group. ``folds``: the fold of
    each segment, shape (n,), −1 where it belongs to no test fold.
    """

    probabilities: NDArray[np.float64]
    decided: NDArray[np.bool_]
    folds: NDArray[np.intp]

    @property
    def scored(self) -> NDArray[np.bool_]:
        """The segments that a model was asked about, shape (n,), even if it could judge no code there."""
        return np.asarray(self.folds >= 0)

    @property
    def judges_anything(self) -> bool:
        """Was there any code that a model could judge anywhere?"""
        return bool((~np.isnan(self.probabilities)).any())
