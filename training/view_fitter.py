"""Fitting the views of one model, or a named classifier, on some rows; and what each says of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from annotations.arrays import Floats, Floats32
from annotations.errors import TandemError
from models.classifier import Learnt, Prior
from models.features import Features, TermCounts, Vocabulary, matrix_of, matrix_of_counted, windows_with
from models.other_classifiers import NamedClassifier, with_descriptions
from models.passage_parts import PassageParts
from models.segment_words import SegmentWords
from models.views import (
    MEANING,
    PENALTY_OF_MEANING,
    PENALTY_OF_SENTENCES,
    SENTENCES,
    WORDS,
    PassageView,
    basis_of,
    fit_view,
)
from training.dataset import Dataset, DescribedCode

Alphas = tuple[Floats32, ...]


@dataclass(frozen=True)
class FittedView:
    """A fitted view: what it says of the other rows, shape (others, codes), and its ``alpha`` unless it is a classifier."""

    weights: Learnt
    logits: Floats32
    alpha: Floats32 | None


class ViewFitter:
    """The features of some rows and of the others, made once for all views."""

    def __init__(
        self,
        dataset: Dataset,
        counted: TermCounts,
        targets: tuple[Floats, Floats],
        parts: PassageParts,
        rows: NDArray[np.intp],
        others: NDArray[np.intp],
        judged: NDArray[np.intp],
        vocabulary: Vocabulary,
        columns: Any,
        described: Sequence[DescribedCode],
    ) -> None:
        self.dataset, self.parts = dataset, parts
        self.labels, self.weights = targets
        self.rows, self.others, self.judged = rows, others, judged
        self.vocabulary = vocabulary
        embeddings = dataset.embeddings
        self.dimensions = embeddings.shape[1]
        self.own, self.rest = (
            matrix_of_counted(counted, its, vocabulary, columns, embeddings, parts.question)
            for its in (rows, others)
        )
        self.basis = basis_of(parts.question[rows])
        column = {dataset.codes[at]: position for position, at in enumerate(judged.tolist())}
        self.described = [code_described for code_described in described if code_described.code in column]
        self.columns = np.array(
            [column[code_described.code] for code_described in self.described], dtype=np.intp
        )

    def views(self, penalties: Sequence[float], start: Alphas | None) -> tuple[tuple[FittedView, ...], ...]:
        """The three views, for each penalty of the first, whose search goes on from where the last ended."""
        words = [self.passage(WORDS, penalties[0], None if start is None else start[0])]
        for penalty in penalties[1:]:
            words.append(self.passage(WORDS, penalty, words[-1].alpha))
        rest = (
            self.passage(MEANING, PENALTY_OF_MEANING, words[0].alpha if start is None else start[1]),
            self.windows(None if start is None else start[2]),
        )
        return tuple((word, *rest) for word in words)

    def passage(self, view: PassageView, penalty: float, start: Floats32 | None) -> FittedView:
        """A view of whole passages."""
        cells = np.ix_(self.rows, self.judged)
        fitted = fit_view(
            view,
            self.own,
            self.labels[cells],
            self.weights[cells],
            dimensions=self.dimensions,
            penalty=penalty,
            prior=self._prior(),
            start=None if start is None else start[self._alphas(self.rows, len(self.labels))],
            basis=self.basis,
        )
        alpha = self._placed_alpha(fitted.alpha, self.rows, len(self.labels))
        return FittedView(fitted.weights, self._placed(fitted.weights.logits(self.rest)), alpha)

    def named(self, classifier: NamedClassifier) -> FittedView:
        """What a named classifier makes of whole passages, and of the descriptions as more of them."""
        cells = np.ix_(self.rows, self.judged)
        labels, weights = self.labels[cells], self.weights[cells]
        learnt = classifier.fit(with_descriptions(self.own, labels, weights, self.groups, self._prior()))
        logits = np.asarray(learnt.logits(self.rest))
        if logits.shape != (len(self.others), len(self.judged)) or not np.isfinite(logits).all():
            raise TandemError(
                f'the classifier "{classifier.name}" gave logits of shape {logits.shape}, or some that are no finite '
                f"numbers; wanted is shape {(len(self.others), len(self.judged))}, finite. Choose another in study.yaml."
            )
        return FittedView(learnt, self._placed(logits), None)

    @property
    def groups(self) -> tuple[str, ...]:
        """Of each row learnt from its group."""
        return tuple(self.dataset.groups[row] for row in self.rows)

    def windows(self, start: Floats32 | None) -> FittedView:
        """The view of single windows: each learns its passage's codes, and all of a passage count as one."""
        parts = self.parts
        own, rest = parts.only(self.rows), parts.only(self.others)
        passages = self.rows[own.owner]
        cells = np.ix_(passages, self.judged)
        features = self._of_windows(self.own, own)
        lies = np.flatnonzero(np.isin(parts.owner, self.rows))
        fitted = fit_view(
            SENTENCES,
            features,
            self.labels[cells],
            self.weights[cells] / own.counts[own.owner][:, None],
            dimensions=self.dimensions,
            penalty=PENALTY_OF_SENTENCES,
            prior=self._prior_of_windows(features),
            start=None if start is None else start[self._alphas(lies, len(parts.owner))],
            basis=self.basis,
        )
        best = rest.best(fitted.weights.logits(self._of_windows(self.rest, rest)))
        return FittedView(
            fitted.weights, self._placed(best), self._placed_alpha(fitted.alpha, lies, len(parts.owner))
        )

    def _of_windows(self, passages: Features, parts: PassageParts) -> Features:
        marks = passages.dense[:, 2 * self.dimensions :]
        return windows_with(marks, parts.owner, parts.windows, parts.question)

    def _alphas(self, rows: NDArray[np.intp], every: int) -> Any:
        """Where the ``alpha`` of these rows and of the descriptions lie among those of all."""
        return np.ix_(np.concatenate([rows, every + self.judged[self.columns]]), self.judged)

    def _placed_alpha(self, alpha: Floats32, rows: NDArray[np.intp], every: int) -> Floats32:
        placed = np.zeros((every + self.labels.shape[1], self.labels.shape[1]), np.float32)
        placed[self._alphas(rows, every)] = alpha
        return placed

    def _placed(self, logits: Floats) -> Floats32:
        placed = np.full((len(self.others), self.labels.shape[1]), np.nan, np.float32)
        placed[:, self.judged] = logits
        return placed

    def _prior(self) -> Prior | None:
        if not self.described:
            return None
        units = [SegmentWords(code_described.words, dialogue=False) for code_described in self.described]
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
        return np.stack([code_described.embedding for code_described in self.described]).astype(np.float32)

    def _like(self, described: Features, usual: Features) -> Features:
        """A definition is neither long nor short, answers no question, and is nobody's words: in all these it is usual."""
        described.dense[:, self.dimensions :] = usual.dense[:, self.dimensions :].mean(axis=0)
        return described
