"""Fitting a model on some rows of a data set: its vocabulary, its views and the encoder that is tuned with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats, Floats32
from annotations.progress import Progress
from models.classifier import Learnt, TooFew, Weights, together, too_few_examples
from models.features import (
    TermCounts,
    Vocabulary,
    choose,
    count,
)
from models.mixture import mixed
from models.other_classifiers import NamedClassifier
from models.passage_parts import PassageParts, whole
from models.segment_words import SegmentWords
from models.tune_encoder import FineTuning, tune
from models.tuned import Tuned
from models.views import (
    added,
    weighted,
)
from training.dataset import Dataset
from training.view_fitter import Alphas, ViewFitter

# of the words' view, the first where there is nothing to choose by; conversations want the stronger, topics the weaker
PENALTIES = (1.0, 0.25)


@dataclass(frozen=True)
class Fit:
    """The fitted views of one model: the weights of each for ``judged`` codes. A named classifier is a single view.

    ``logits``: what each view says of ``others``, the rows not learnt from; shape (views, others, codes), NaN for codes
    that are not judged. ``alphas``: of each view the weights as combinations of all rows (of all windows in the last),
    0 where one was not learnt from. ``tuned_logits``: what a fine-tuned encoder says of ``others``, shape (others,
    codes); ``tuned``: that encoder, kept only of a model of all rows, for it is large.
    """

    vocabulary: Vocabulary
    weights: tuple[Learnt, ...]
    judged: NDArray[np.intp]
    others: NDArray[np.intp]
    logits: Floats32
    alphas: Alphas
    tuned_logits: Floats32 | None = None
    tuned: Tuned | None = None

    def mixed(self, share: Floats) -> Floats:
        """The logits of ``others``, shape (others, codes). ``share``: of each view."""
        linear = mixed(list(self.logits.astype(np.float64)), share)
        return linear if self.tuned_logits is None else together(linear, self.tuned_logits.astype(np.float64))

    def as_one(self, share: Floats) -> tuple[Learnt, Weights | None]:
        """The views as a model has them: of the passage, and of its windows unless these count nothing."""
        linear = [weight for weight in self.weights if isinstance(weight, Weights)]
        if len(self.weights) == 1:
            return self.weights[0], None
        words, meaning, sentences = linear
        passage = added(weighted(words, share[0]), weighted(meaning, share[1]))
        return passage, weighted(sentences, share[2]) if share[2] > 0 else None


@dataclass(frozen=True)
class Bench:
    """A data set made ready to be learnt from many times. ``encoder``: fine-tuned in each fit; None is not at all.

    ``classifier``: what learns in the place of the three views, None for these.
    """

    dataset: Dataset
    encoder: FineTuning | None = None
    tuning: Progress | None = None
    classifier: NamedClassifier | None = None

    @property
    def penalties(self) -> tuple[float, ...]:
        """Those that held-out groups choose from; a named classifier has its own, and leaves nothing to choose."""
        return PENALTIES if self.classifier is None else PENALTIES[:1]

    @cached_property
    def counted(self) -> TermCounts:
        """The terms of all rows, and below them of what the codebook says."""
        said = [
            SegmentWords(code_described.words, dialogue=False) for code_described in self.dataset.described
        ]
        return count([*self.dataset.units, *said])

    @cached_property
    def _targets(self) -> tuple[Floats, Floats]:
        return self.dataset.targets(gold=False)

    @cached_property
    def parts(self) -> PassageParts:
        """The questions and windows of all rows."""
        parts = self.dataset.parts
        return whole(self.dataset.embeddings) if parts is None else parts

    @property
    def labels(self) -> Floats:
        """What is learnt: shares of coders, shape (n, codes)."""
        return self._targets[0]

    @property
    def weights(self) -> Floats:
        """How much each of ``labels`` counts, shape (n, codes)."""
        return self._targets[1]

    @cached_property
    def looked(self) -> Bools:
        """Where somebody gave a code, and said of another one that it does not apply there; shape (n, codes).

        Of codings that came without a review nobody knows what else their coder looked for.
        """
        asked = np.zeros(self.labels.shape, dtype=np.bool_)
        for judgement in self.dataset.judgements:
            whole = (judgement.labels == 0).any(axis=1)
            asked[judgement.rows] |= ~np.isnan(judgement.labels) & whole[:, None]
        return asked & (self.weights > 0)

    def fit(self, kept: Bools, penalty: float, start: Alphas | None = None) -> Fit:
        """Learn from some rows. ``start``: the ``alphas`` of a model that learnt from no other rows."""
        return self.path(kept, (penalty,), start)[0]

    def path(
        self, kept: Bools, penalties: Sequence[float] | None = None, start: Alphas | None = None
    ) -> tuple[Fit, ...]:
        """The same for several penalties of the words' view, each search going on from where the last ended."""
        penalties = self.penalties if penalties is None else penalties
        rows, others = np.flatnonzero(kept), np.flatnonzero(~kept)
        groups = [self.dataset.groups[row] for row in rows]
        here = set(groups)
        described = [
            code_described for code_described in self.dataset.described if code_described.quotes <= here
        ]
        judged = self._judged(rows, {code_described.code for code_described in described})
        # of what quotes somebody no word is kept that three participants do not use
        own = [
            len(self.dataset) + at
            for at, code_described in enumerate(self.dataset.described)
            if not code_described.quotes
        ]
        vocabulary, columns = choose(self.counted, rows, groups, np.array(own, dtype=np.intp))
        fitter = ViewFitter(
            self.dataset,
            self.counted,
            self._targets,
            self.parts,
            rows,
            others,
            judged,
            vocabulary,
            columns,
            described,
        )
        tuned = self._tuned(rows, np.ix_(rows, judged), vocabulary) if len(judged) else None
        tuned_logits = None
        if tuned is not None:
            tuned_logits = np.full((len(others), self.labels.shape[1]), np.nan, np.float32)
            tuned_logits[:, judged] = tuned.logits([self.dataset.units[row] for row in others])
        named = self.classifier
        every = fitter.views(penalties, start) if named is None else ((fitter.named(named),),)
        return tuple(
            Fit(
                vocabulary,
                tuple(view.weights for view in views),
                judged,
                others,
                np.stack([view.logits for view in views]),
                tuple(view.alpha for view in views if view.alpha is not None),
                tuned_logits,
                None if len(others) else tuned,
            )
            for views in every
        )

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
        return frozenset(code_described.code for code_described in self.dataset.described)

    def lacking(self) -> dict[str, TooFew]:
        """The codes that all rows together cannot teach."""
        groups, codes = self.dataset.groups, self.dataset.codes
        return too_few_examples(
            self.labels, self.weights, groups, codes, described=self.described, looked=self.looked
        )

    def lacking_without(self, scored: Bools) -> dict[str, TooFew]:
        """The codes that the other rows cannot teach: what may be suggested on rows is decided without them."""
        rows = np.flatnonzero(~scored)
        groups = [self.dataset.groups[row] for row in rows]
        return too_few_examples(
            self.labels[rows],
            self.weights[rows],
            groups,
            self.dataset.codes,
            described=self.described,
            looked=self.looked[rows],
        )

    def _judged(self, rows: NDArray[np.intp], described: set[str]) -> NDArray[np.intp]:
        """The codes that these rows or the codebook say something of; none without a counterexample.

        One example is enough; how many passages a code is suggested on is asked elsewhere.
        """
        labels, weights = self.labels[rows], self.weights[rows]
        known = weights > 0
        examples = (known & (labels >= 0.5)).any(axis=0)
        others = (known & (labels < 1)).any(axis=0)
        said = np.array([code in described for code in self.dataset.codes], dtype=np.bool_)
        if len(described) > 1:
            others |= self.looked[rows].any(axis=0)
        return np.flatnonzero((examples | said) & others)
