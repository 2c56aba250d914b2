"""What a model learns from and is judged by: segments, their groups, and who found which codes on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats, Floats32
from annotations.coding import Condition
from models.passage_parts import PassageParts
from models.segment_words import SegmentWords


@dataclass(frozen=True)
class Judgement:
    """One coder's reviews under one condition, as labels of segments.

    ``rows``: positions of the segments judged, shape (m,), ascending, each once. ``labels``: shape (m, codes),
    1 the coder applied the code, 0 looked and did not, NaN unknown (a coding without a review teaches no
    negatives). ``weight``: how much these count in training. ``gold``: they come from independent
    reviews, so they may calibrate, set thresholds and be scored against. ``overruled``: shape (m,), true where a
    consensus stands in the place of this coder's word, which then teaches nothing there; None is nowhere.
    """

    coder: str
    rows: NDArray[np.intp]
    labels: Floats
    weight: float = 1.0
    gold: bool = True
    condition: Condition = Condition.INDEPENDENT
    overruled: Bools | None = None

    def only(self, row_of: NDArray[np.intp]) -> Judgement | None:
        """The part on some rows, numbered anew: ``row_of`` gives each row's new number, −1 for one left out."""
        kept = row_of[self.rows] >= 0
        if not kept.any():
            return None
        overruled = None if self.overruled is None else self.overruled[kept]
        return replace(self, rows=row_of[self.rows[kept]], labels=self.labels[kept], overruled=overruled)


@dataclass(frozen=True)
class DescribedCode:
    """What the codebook says of a code: its words and their embedding, shape (dimensions,).

    ``quotes``: the groups whose own words are among these. A model that does not learn from all of them does not
    learn from this either, or it would have seen words of whom it is tested on.
    """

    code: str
    words: str
    embedding: Floats32
    quotes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Dataset:
    """Segments with embeddings, groups and judgements. Everything is aligned to ``units`` (n segments).

    ``embeddings``: shape (n, dimensions), unit length. ``groups``: the group of each segment, see
    DESIGN's principle 1. ``quotable``: may the segment's words be shown as evidence. ``codes``: code ids.
    ``described``: what the codebook says of codes; a code of which nothing is said may be missing. ``parts``: the
    segments' questions and sentences; None where nothing is known of them. ``languages``: of each segment's transcript,
    empty where nobody asked.
    """

    units: Sequence[SegmentWords]
    embeddings: Floats32
    groups: Sequence[str]
    quotable: Bools
    codes: tuple[str, ...]
    judgements: Sequence[Judgement]
    described: Sequence[DescribedCode] = ()
    parts: PassageParts | None = None
    languages: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.units)

    def only(self, kept: Bools) -> Dataset:
        """The data set of some of its segments; ``kept``: shape (n,)."""
        rows = np.flatnonzero(kept)
        row_of = np.full(len(self), -1, dtype=np.intp)
        row_of[rows] = np.arange(len(rows))
        parts = (judgement.only(row_of) for judgement in self.judgements)
        return Dataset(
            units=tuple(self.units[row] for row in rows),
            embeddings=self.embeddings[rows],
            groups=tuple(self.groups[row] for row in rows),
            quotable=self.quotable[rows],
            codes=self.codes,
            judgements=tuple(part for part in parts if part is not None),
            described=self.described,
            parts=None if self.parts is None else self.parts.only(rows),
            languages=tuple(self.languages[row] for row in rows) if self.languages else (),
        )

    def without_assisted(self) -> Dataset:
        """The same segments, with nothing learnt from reviews that saw suggestions; their rows stay, unjudged."""
        kept = tuple(
            judgement for judgement in self.judgements if judgement.condition is not Condition.ASSISTED
        )
        return replace(self, judgements=kept)

    def targets(self, *, gold: bool) -> tuple[Floats, Floats]:
        """Soft labels and weights: the share of coders, by weight, who applied each code.

        Returns labels and weights, both of shape (n, codes); a weight of 0 says that nobody judged that code
        there. The weight of a segment that several coders judged is the largest of theirs, not the sum, so
        that a doubly coded segment does not count twice. ``gold`` leaves out what is not independent; without it
        a consensus stands in the place of what its sources said.
        """
        total = np.zeros((len(self), len(self.codes)))
        applied = np.zeros_like(total)
        weight = np.zeros_like(total)
        for judgement in self.judgements:
            if gold and not judgement.gold:
                continue
            known = ~np.isnan(judgement.labels)
            if not gold and judgement.overruled is not None:
                known &= ~judgement.overruled[:, None]
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

    probabilities: Floats
    decided: Bools
    folds: NDArray[np.intp]

    def only(self, kept: Bools) -> OutOfFold:
        """What is said of some of the segments; ``kept``: shape (n,)."""
        return OutOfFold(self.probabilities[kept], self.decided[kept], self.folds[kept])

    @property
    def scored(self) -> Bools:
        """The segments that a model was asked about, shape (n,), even if it could judge no code there."""
        return np.asarray(self.folds >= 0)

    @property
    def judges_anything(self) -> bool:
        """Was there any code that a model could judge anywhere?"""
        return bool((~np.isnan(self.probabilities)).any())
