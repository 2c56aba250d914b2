"""Who is compared with whom in a data set: the model with each coder, and coders with each other.

The pairs are those of the agreement report (``annotations.agreement.pairs``), on the segments that a model which had
not seen their participants was asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotations.agreement import counts
from annotations.agreement.judged import JudgeDecisions
from annotations.agreement.pairs import JudgePair
from annotations.arrays import Bools, Floats
from training.dataset import Dataset, Judgement, OutOfFold

MODEL = "model"


@dataclass(frozen=True)
class Compared:
    """Two judges on some segments, and how much each segment counts. The second judge is always a person.

    ``rows``: which segments of the data set the units of the pair are, shape (m,). ``share``: what each counts in
    pooled figures, shape (m,). ``both_people``: is the first judge a person too.
    """

    pair: JudgePair
    rows: NDArray[np.intp]
    share: Floats
    both_people: bool

    def only(self, kept: Bools) -> Compared:
        """The two on some of their segments; ``kept``: shape (m,)."""
        own, other = (
            JudgeDecisions(side.values[kept], side.known[kept]) for side in (self.pair.one, self.pair.other)
        )
        pair = replace(self.pair, one=own, other=other, member=self.pair.member[kept])
        return replace(self, pair=pair, rows=self.rows[kept], share=self.share[kept])

    def coded_at_all(self) -> Compared:
        """Is the segment coded at all, by each side: one decision a segment, of the codes that both were asked about.

        Which codes these are differs where the codebook has grown between two readings.
        """
        known = self.pair.known
        asked = any_code(known)[:, None]
        own, other = (
            JudgeDecisions(any_code(side.values & known)[:, None], asked)
            for side in (self.pair.one, self.pair.other)
        )
        return replace(self, pair=replace(self.pair, one=own, other=other))

    @property
    def weights(self) -> Floats:
        """What each decision counts in pooled figures, 0 where one of the two did not make it: shape (m, codes)."""
        return np.asarray(self.pair.known * self.share[:, None])

    def pooled(self) -> Floats:
        """Counts of all groups, each segment by its share: shape (codes, 4)."""
        nowhere = np.zeros_like(self.pair.member)
        return np.asarray(counts(self.pair.one.values, self.pair.other.values, nowhere, 1, self.weights)[0])

    def applied(self) -> Floats:
        """How often people applied each code, by share and averaged over the people: shape (codes,)."""
        people = (self.pair.one, self.pair.other) if self.both_people else (self.pair.other,)
        return np.asarray(sum((side.values * self.weights).sum(axis=0) for side in people) / len(people))


def model_with_coders(dataset: Dataset, gold: Sequence[Judgement], held_out: OutOfFold) -> list[Compared]:
    """The model with each coder, on all segments that this coder judged: one that k coders judged counts 1/k."""
    member, names = _groups(dataset)
    coders = np.zeros(len(dataset))
    for judgement in gold:
        coders[judgement.rows] += 1
    pairs = []
    for judgement in gold:
        kept = held_out.scored[judgement.rows]
        rows = judgement.rows[kept]
        if len(rows):
            model = JudgeDecisions(
                held_out.decided[rows], np.ones((len(rows), len(dataset.codes)), dtype=np.bool_)
            )
            pair = JudgePair(
                MODEL, judgement.coder, model, _judged(judgement.labels[kept]), member[rows], names
            )
            pairs.append(Compared(pair, rows, 1 / coders[rows], both_people=False))
    return pairs


def coders_with_each_other(dataset: Dataset, gold: Sequence[Judgement], scored: Bools) -> list[Compared]:
    """Every two coders, on the segments that both judged; ``scored``: those that count, shape (n,)."""
    member, names = _groups(dataset)
    pairs = []
    for a, b in combinations(gold, 2):
        rows = np.intersect1d(a.rows, b.rows)
        rows = rows[scored[rows]]
        if a.coder == b.coder or not len(rows):
            continue
        own, other = (_judged(side.labels[np.searchsorted(side.rows, rows)]) for side in (a, b))
        pair = JudgePair(a.coder, b.coder, own, other, member[rows], names)
        pairs.append(Compared(pair, rows, np.ones(len(rows)), both_people=True))
    return pairs


def model_with_both(people: Compared, held_out: OutOfFold) -> list[Compared]:
    """The model with each of two coders, on the decisions that both of them made."""
    model = JudgeDecisions(held_out.decided[people.rows], people.pair.known)
    pairs = (
        replace(people.pair, a=MODEL, b=name, one=model, other=side)
        for name, side in ((people.pair.a, people.pair.one), (people.pair.b, people.pair.other))
    )
    return [replace(people, pair=pair, both_people=False) for pair in pairs]


def any_code(decided: Bools) -> Bools:
    """Is any code decided so? (m, codes) to (m,)."""
    return np.asarray(decided.any(axis=1), dtype=np.bool_)


def _groups(dataset: Dataset) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """The group of each segment as a position in the names, and the names."""
    names, member = np.unique(np.asarray(dataset.groups, dtype=str), return_inverse=True)
    return member, tuple(names.tolist())


def _judged(labels: Floats) -> JudgeDecisions:
    return JudgeDecisions(labels > 0.5, ~np.isnan(labels))
