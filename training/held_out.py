"""What models said of passages whose participants they had not seen, cell by cell: that from which figures are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from annotations.codebook.codes import Codebook
from training.dataset import Dataset, Judgement, OutOfFold
from training.ticks import Screen, screen_of


@dataclass(frozen=True, slots=True)
class HeldOutCell:
    """What was said of one code on one segment by models that had not seen its group, and what one coder said.

    ``row``: the segment's place in the data set. ``coders``: how many coders' words the segment has, of which each counts
    one part. ``applied``: None where this coder was not asked about the code. ``probability``: None where no model judged
    the code. ``box``: its place among the boxes of the screen, from 1; None without one. ``at_random``: fold, probability
    and decision where segments are dealt out by chance; None where nobody did that.
    """

    row: int
    coder: str
    coders: int
    code: str
    fold: int
    applied: bool | None
    probability: float | None
    suggested: bool
    ticked: bool
    box: int | None
    at_random: tuple[int, float | None, bool] | None


@dataclass(frozen=True)
class HeldOut:
    """Held-out predictions of a data set, and those of a split at random, None where none was made."""

    dataset: Dataset
    predictions: OutOfFold
    at_random: OutOfFold | None = None

    def cells(self, codebook: Codebook, least_precision: float) -> Iterator[HeldOutCell]:
        """Every coder's independent word on every segment and code, coder by coder; folds count from 1."""
        screen = screen_of(self.dataset, self.predictions, least_precision, codebook)
        gold = [judgement for judgement in self.dataset.judgements if judgement.gold]
        coders = np.zeros(len(self.dataset), dtype=np.intp)
        for judgement in gold:
            coders[judgement.rows] += 1
        for judgement in gold:
            for place, row in enumerate(judgement.rows.tolist()):
                if self.predictions.folds[row] >= 0:
                    yield from self._of_row(judgement, place, row, int(coders[row]), screen)

    def _of_row(
        self, judgement: Judgement, place: int, row: int, coders: int, screen: Screen
    ) -> Iterator[HeldOutCell]:
        for at, code in enumerate(self.dataset.codes):
            said = judgement.labels[place, at]
            yield HeldOutCell(
                row=row,
                coder=judgement.coder,
                coders=coders,
                code=code,
                fold=int(self.predictions.folds[row]) + 1,
                applied=None if np.isnan(said) else bool(said > 0.5),
                probability=_known(self.predictions.probabilities[row, at]),
                suggested=bool(self.predictions.decided[row, at]),
                ticked=bool(screen.ticked[row, at]),
                box=int(screen.rank[row, at]) + 1 if screen.boxed[row, at] else None,
                at_random=None if self.at_random is None else _of_cell(self.at_random, row, at),
            )


def _of_cell(predictions: OutOfFold, row: int, code: int) -> tuple[int, float | None, bool]:
    return (
        int(predictions.folds[row]) + 1,
        _known(predictions.probabilities[row, code]),
        bool(predictions.decided[row, code]),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
