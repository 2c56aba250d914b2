"""Fitting a model on some rows of a data set, and what it says of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats, Floats32
from annotations.progress import Progress
from models.classifier import Prior, TooFew, Weights, fit_weights, together, too_few_examples
from models.embedder import EmbedderSource
from models.features import Counted, Features, Vocabulary, choose, matrix_of, matrix_of_counted
from models.tune_encoder import tune
from models.tuned import Tuned
from models.unit import Unit
from training.dataset import Dataset, Described

# the first where there is nothing to choose by; conversations want the stronger, topics the weaker
PENALTIES = (1.0, 0.25)
LEAST_IN_FOLDS = 5


@dataclass(frozen=True)
class Fit:
    """A fitted model: its weights for ``judged`` codes, and ``logits`` of every row, NaN for the other codes.

    ``alpha``: the weights as combinations of the rows, shape (n, codes), 0 where a row was not learnt from.
    ``tuned``: the fine-tuned encoder that ``logits`` are of too; kept only of a model of all rows, for it is large.
    """

    vocabulary: Vocabulary
    weights: Weights
    judged: NDArray[np.intp]
    logits: Floats
    alpha: Floats32
    tuned: Tuned | None = None


@dataclass(frozen=True)
class Bench:
    """A data set made ready to be learnt from many times. ``encoder``: fine-tuned in each fit; None is not at all."""

    dataset: Dataset
    counted: Counted
    encoder: EmbedderSource | None = None
    tuning: Progress | None = None

    @cached_property
    def _targets(self) -> tuple[Floats, Floats]:
        return self.dataset.targets(gold=False)

    @property
    def labels(self) -> Floats:
        """What is learnt: shares of coders, shape (n, codes)."""
        return self._targets[0]

    @property
    def weights(self) -> Floats:
        """How much each of ``labels`` counts, shape (n, codes)."""
        return self._targets[1]

    def fit(
        self,
        kept: Bools,
        penalty: float,
        start: Floats32 | None = None,
        *,
        least: int = LEAST_IN_FOLDS,
    ) -> Fit:
        """Learn from some rows. ``start``: the ``alpha`` of a model that learnt from no other rows."""
        return self.path(kept, (penalty,), start, least=least)[0]

    def path(
        self,
        kept: Bools,
        penalties: Sequence[float] = PENALTIES,
        start: Floats32 | None = None,
        *,
        least: int = LEAST_IN_FOLDS,
    ) -> tuple[Fit, ...]:
        """The same for several penalties, each search going on from where the last ended."""
        rows, others = np.flatnonzero(kept), np.flatnonzero(~kept)
        groups = [self.dataset.groups[row] for row in rows]
        here = set(groups)
        described = [one for one in self.dataset.described if one.quotes <= here]
        judged = self._judged(rows, groups, least, {one.code for one in described})
        vocabulary, columns = choose(self.counted, rows, groups)
        own = matrix_of_counted(self.counted, rows, vocabulary, columns, self.dataset.embeddings)
        rest = matrix_of_counted(self.counted, others, vocabulary, columns, self.dataset.embeddings)
        prior = self._prior(vocabulary, judged, own, described)
        cells = np.ix_(rows, judged)
        tuned = self._tuned(rows, cells, vocabulary) if len(judged) else None
        tuned_rest = tuned.logits([self.dataset.units[row] for row in others]) if tuned else None
        alpha = np.zeros(self.labels.shape, np.float32) if start is None else start
        found: list[Fit] = []
        for penalty in penalties:
            fitted = fit_weights(
                own,
                self.labels[cells],
                self.weights[cells],
                penalty=penalty,
                prior=prior,
                start=None if start is None and not found else alpha[cells],
            )
            alpha = np.zeros(self.labels.shape, np.float32)
            alpha[cells] = fitted.alpha
            logits = np.full(self.labels.shape, np.nan)
            linear = fitted.weights.logits(rest)
            logits[np.ix_(others, judged)] = linear if tuned_rest is None else together(linear, tuned_rest)
            whole = None if len(others) else tuned
            found.append(Fit(vocabulary, fitted.weights, judged, logits, alpha, whole))
        return tuple(found)

    def _tuned(self, rows: NDArray[np.intp], cells: Any, vocabulary: Vocabulary) -> Tuned | None:
        if self.encoder is None:
            return None
        units = [self.dataset.units[row] for row in rows]
        return tune(
            self.encoder, units, vocabulary.speakers, self.labels[cells], self.weights[cells], self.tuning
        )

    @cached_property
    def described(self) -> frozenset[str]:
        """The codes of which the codebook says something."""
        return frozenset(one.code for one in self.dataset.described)

    def lacking(self) -> dict[str, TooFew]:
        """The codes that all rows together cannot teach."""
        groups, codes = self.dataset.groups, self.dataset.codes
        return too_few_examples(self.labels, self.weights, groups, codes, described=self.described)

    def lacking_without(self, scored: Bools) -> dict[str, TooFew]:
        """The codes that the other rows cannot teach: what may be suggested on rows is decided without them."""
        rows = np.flatnonzero(~scored)
        groups = [self.dataset.groups[row] for row in rows]
        return too_few_examples(
            self.labels[rows],
            self.weights[rows],
            groups,
            self.dataset.codes,
            least=LEAST_IN_FOLDS,
            described=self.described,
        )

    def _judged(
        self, rows: NDArray[np.intp], groups: Sequence[str], least: int, described: set[str]
    ) -> NDArray[np.intp]:
        """The codes that these rows teach, and those that the codebook describes; none without a counterexample."""
        labels, weights, codes = self.labels[rows], self.weights[rows], self.dataset.codes
        lacking = too_few_examples(labels, weights, groups, codes, least=least)
        negative = ((weights > 0) & (labels < 0.5)).sum(axis=0)
        kept = [
            at for at, code in enumerate(codes) if code not in lacking or (code in described and negative[at])
        ]
        return np.array(kept, dtype=np.intp)

    def _prior(
        self,
        vocabulary: Vocabulary,
        judged: NDArray[np.intp],
        own: Features,
        described: Sequence[Described],
    ) -> Prior | None:
        column = {self.dataset.codes[at]: position for position, at in enumerate(judged.tolist())}
        known = [one for one in described if one.code in column]
        if not known:
            return None
        vectors = np.stack([one.embedding for one in known]).astype(np.float32)
        features = matrix_of([Unit(one.words, dialogue=False) for one in known], vocabulary, vectors)
        # a definition is neither long nor short, nor anybody's words
        features.dense[:, vectors.shape[1] :] = own.dense[:, vectors.shape[1] :].mean(axis=0)
        return Prior(features, np.array([column[one.code] for one in known], dtype=np.intp))
