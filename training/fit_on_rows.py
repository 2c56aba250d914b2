"""Fitting a model on some rows of a data set, and what it says of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from annotations.arrays import Bools, Floats, Floats32
from annotations.progress import Progress
from models.classifier import Prior, TooFew, Weights, together, too_few_examples
from models.embedder import EmbedderSource
from models.features import (
    Counted,
    Features,
    Vocabulary,
    choose,
    matrix_of,
    matrix_of_counted,
    matrix_of_windows,
)
from models.mixture import mixed
from models.passage_parts import PassageParts, whole
from models.tune_encoder import tune
from models.tuned import Tuned
from models.unit import Unit
from models.views import (
    MEANING,
    PENALTY_OF_MEANING,
    PENALTY_OF_SENTENCES,
    SENTENCES,
    WORDS,
    View,
    added,
    fit_view,
    weighted,
)
from training.dataset import Dataset, Described

# of the words' view, the first where there is nothing to choose by; conversations want the stronger, topics the weaker
PENALTIES = (1.0, 0.25)
LEAST_IN_FOLDS = 5
Alphas = tuple[Floats32, ...]


@dataclass(frozen=True)
class Fit:
    """The fitted views of one model: the weights of each for ``judged`` codes.

    ``logits``: what each view says of ``others``, the rows not learnt from; shape (views, others, codes), NaN for codes
    that are not judged. ``alphas``: of each view the weights as combinations of all rows (of all windows in the last),
    0 where one was not learnt from. ``tuned_logits``: what a fine-tuned encoder says of ``others``, shape (others,
    codes); ``tuned``: that encoder, kept only of a model of all rows, for it is large.
    """

    vocabulary: Vocabulary
    weights: tuple[Weights, ...]
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

    def as_one(self, share: Floats) -> tuple[Weights, Weights | None]:
        """The views as a model has them: of the passage, and of its windows unless these count nothing."""
        words, meaning, sentences = self.weights
        passage = added(weighted(words, share[0]), weighted(meaning, share[1]))
        return passage, weighted(sentences, share[2]) if share[2] > 0 else None


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

    def fit(self, kept: Bools, penalty: float, start: Alphas | None = None) -> Fit:
        """Learn from some rows. ``start``: the ``alphas`` of a model that learnt from no other rows."""
        return self.path(kept, (penalty,), start)[0]

    def path(
        self, kept: Bools, penalties: Sequence[float] = PENALTIES, start: Alphas | None = None
    ) -> tuple[Fit, ...]:
        """The same for several penalties of the words' view, each search going on from where the last ended."""
        rows, others = np.flatnonzero(kept), np.flatnonzero(~kept)
        groups = [self.dataset.groups[row] for row in rows]
        here = set(groups)
        described = [one for one in self.dataset.described if one.quotes <= here]
        judged = self._judged(rows, {one.code for one in described})
        vocabulary, columns = choose(self.counted, rows, groups)
        fitter = _Fitter(self, rows, others, judged, vocabulary, columns, described)
        tuned = self._tuned(rows, np.ix_(rows, judged), vocabulary) if len(judged) else None
        tuned_logits = None
        if tuned is not None:
            tuned_logits = np.full((len(others), self.labels.shape[1]), np.nan, np.float32)
            tuned_logits[:, judged] = tuned.logits([self.dataset.units[row] for row in others])
        words = [fitter.passage(WORDS, penalties[0], None if start is None else start[0])]
        for penalty in penalties[1:]:
            words.append(fitter.passage(WORDS, penalty, words[-1].alpha))
        rest = (
            fitter.passage(MEANING, PENALTY_OF_MEANING, words[0].alpha if start is None else start[1]),
            fitter.windows(None if start is None else start[2]),
        )
        return tuple(
            Fit(
                vocabulary,
                tuple(view.weights for view in (one, *rest)),
                judged,
                others,
                np.stack([view.logits for view in (one, *rest)]),
                tuple(view.alpha for view in (one, *rest)),
                tuned_logits,
                None if len(others) else tuned,
            )
            for one in words
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

    def _judged(self, rows: NDArray[np.intp], described: set[str]) -> NDArray[np.intp]:
        """The codes that these rows or the codebook say something of; none without a counterexample.

        One example is enough to rank passages; how many it takes to suggest a code is asked elsewhere.
        """
        labels, weights = self.labels[rows], self.weights[rows]
        known = weights > 0
        examples = (known & (labels >= 0.5)).any(axis=0)
        others = (known & (labels < 0.5)).any(axis=0)
        said = np.array([code in described for code in self.dataset.codes], dtype=np.bool_)
        return np.flatnonzero((examples | said) & others)


@dataclass(frozen=True)
class _View:
    """A fitted view: what it says of the other rows, shape (others, codes), and its ``alpha``."""

    weights: Weights
    logits: Floats32
    alpha: Floats32


class _Fitter:
    """The features of some rows and of the others, made once for all views."""

    def __init__(
        self,
        bench: Bench,
        rows: NDArray[np.intp],
        others: NDArray[np.intp],
        judged: NDArray[np.intp],
        vocabulary: Vocabulary,
        columns: Any,
        described: Sequence[Described],
    ) -> None:
        self.bench, self.rows, self.others, self.judged = bench, rows, others, judged
        self.vocabulary = vocabulary
        embeddings, parts = bench.dataset.embeddings, bench.parts
        self.dimensions = embeddings.shape[1]
        self.own, self.rest = (
            matrix_of_counted(bench.counted, its, vocabulary, columns, embeddings, parts.question)
            for its in (rows, others)
        )
        column = {bench.dataset.codes[at]: position for position, at in enumerate(judged.tolist())}
        self.described = [one for one in described if one.code in column]
        self.columns = np.array([column[one.code] for one in self.described], dtype=np.intp)

    def passage(self, view: View, penalty: float, start: Floats32 | None) -> _View:
        """A view of whole passages."""
        cells = np.ix_(self.rows, self.judged)
        found = fit_view(
            view,
            self.own,
            self.bench.labels[cells],
            self.bench.weights[cells],
            dimensions=self.dimensions,
            penalty=penalty,
            prior=self._prior(),
            start=None if start is None else start[self._alphas(self.rows, len(self.bench.labels))],
        )
        alpha = self._placed_alpha(found.alpha, self.rows, len(self.bench.labels))
        return _View(found.weights, self._placed(found.weights.logits(self.rest)), alpha)

    def windows(self, start: Floats32 | None) -> _View:
        """The view of single windows: each learns its passage's codes, and all of a passage count as one."""
        parts = self.bench.parts
        own, rest = parts.only(self.rows), parts.only(self.others)
        passages = self.rows[own.owner]
        cells = np.ix_(passages, self.judged)
        features = self._of_windows(self.rows, own)
        lies = np.flatnonzero(np.isin(parts.owner, self.rows))
        found = fit_view(
            SENTENCES,
            features,
            self.bench.labels[cells],
            self.bench.weights[cells] / own.counts[own.owner][:, None],
            dimensions=self.dimensions,
            penalty=PENALTY_OF_SENTENCES,
            prior=self._prior_of_windows(features),
            start=None if start is None else start[self._alphas(lies, len(parts.owner))],
        )
        best = rest.best(found.weights.logits(self._of_windows(self.others, rest)))
        return _View(
            found.weights, self._placed(best), self._placed_alpha(found.alpha, lies, len(parts.owner))
        )

    def _of_windows(self, rows: NDArray[np.intp], parts: PassageParts) -> Features:
        units = [self.bench.dataset.units[row] for row in rows]
        speakers = self.vocabulary.speakers
        return matrix_of_windows(units, parts.owner, speakers, parts.windows, parts.question)

    def _alphas(self, rows: NDArray[np.intp], every: int) -> Any:
        """Where the ``alpha`` of these rows and of the descriptions lie among those of all."""
        return np.ix_(np.concatenate([rows, every + self.judged[self.columns]]), self.judged)

    def _placed_alpha(self, alpha: Floats32, rows: NDArray[np.intp], every: int) -> Floats32:
        placed = np.zeros((every + self.bench.labels.shape[1], self.bench.labels.shape[1]), np.float32)
        placed[self._alphas(rows, every)] = alpha
        return placed

    def _placed(self, logits: Floats) -> Floats32:
        placed = np.full((len(self.others), self.bench.labels.shape[1]), np.nan, np.float32)
        placed[:, self.judged] = logits
        return placed

    def _prior(self) -> Prior | None:
        if not self.described:
            return None
        units = [Unit(one.words, dialogue=False) for one in self.described]
        features = matrix_of(units, self.vocabulary, self._meanings)
        return Prior(self._like(features, self.own), self.columns)

    def _prior_of_windows(self, windows: Features) -> Prior | None:
        if not self.described:
            return None
        dense = np.zeros((len(self.described), windows.dense.shape[1]), dtype=np.float32)
        dense[:, : self.dimensions] = self._meanings
        nothing = sparse.csr_matrix((len(dense), 0), dtype=np.float32)
        return Prior(self._like(Features(nothing, dense), windows), self.columns)

    @property
    def _meanings(self) -> Floats32:
        return np.stack([one.embedding for one in self.described]).astype(np.float32)

    def _like(self, described: Features, usual: Features) -> Features:
        """A definition is neither long nor short, answers no question, and is nobody's words: in all these it is usual."""
        described.dense[:, self.dimensions :] = usual.dense[:, self.dimensions :].mean(axis=0)
        return described
