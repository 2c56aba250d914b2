"""What a user would pick instead: each peer learns one code at a time, thresholds inside its training rows.

A peer scores held-out rows; ``learnt`` adds, for all of them alike, a cut-off per code with the best F1 on three
inner folds by group (a common one for codes with fewer than twenty positives) and, where the scores are no
probabilities, Platt's sigmoid fitted on the same held-out scores.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ruler.sets import LabelledSet
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC, LinearSVC

from annotations.arrays import Bools, Floats
from training.folds import folds_of

Rows = NDArray[np.intp]
INNER = 3
POSITIVES_FOR_OWN_CUT = 20
LARGEST_KERNEL = 9000
Scorer = Callable[[LabelledSet, Rows, Rows], Floats]


@dataclass(frozen=True)
class Learnt:
    """Probabilities of the test rows and what is decided on them, both of shape (m, codes)."""

    probabilities: Floats
    decided: Bools


@dataclass(frozen=True)
class Peer:
    """A method by name. ``probabilities``: its scores are probabilities already."""

    name: str
    scores: Scorer
    probabilities: bool = True


def learnt(peer: Peer, data: LabelledSet, train: Rows, test: Rows) -> Learnt:
    """Fit on ``train`` and judge ``test``."""
    held = np.full((len(train), len(data.codes)), np.nan)
    groups = [data.groups[row] for row in train]
    inner = folds_of(groups, data.labels[train].astype(float), folds=INNER)
    for fold in range(int(inner.max()) + 1):
        out = inner == fold
        if out.all():
            break
        held[out] = peer.scores(data, train[~out], train[out])
    labels = data.labels[train]
    found = peer.scores(data, train, test)
    if not peer.probabilities:
        held, found = _platt(held, found, labels)
    return Learnt(found, found >= _cuts(held, labels))


def _platt(held: Floats, found: Floats, labels: Bools) -> tuple[Floats, Floats]:
    squeezed = held.copy(), found.copy()
    for code in range(labels.shape[1]):
        known = ~np.isnan(held[:, code])
        slope, offset = 1.0, 0.0
        if known.any() and 0 < labels[known, code].sum() < known.sum():
            line = LogisticRegression(C=1.0).fit(held[known, code, None], labels[known, code])
            slope, offset = float(line.coef_[0, 0]), float(line.intercept_[0])
        for side in squeezed:
            side[:, code] = expit(slope * side[:, code] + offset)
    return squeezed


def _cuts(held: Floats, labels: Bools) -> Floats:
    known = ~np.isnan(held)
    common = _best_cut(held[known], labels[known]) if known.any() else 0.5
    found = np.full(labels.shape[1], common)
    for code in range(labels.shape[1]):
        own = known[:, code]
        if labels[own, code].sum() >= POSITIVES_FOR_OWN_CUT:
            found[code] = _best_cut(held[own, code], labels[own, code])
    return found


def _best_cut(scores: Floats, labels: Bools) -> float:
    order = np.argsort(-scores)
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + labels.sum())
    return float(scores[order[int(np.argmax(f1))]])


def _one_by_one(
    data: LabelledSet, train: Rows, count: int, fit: Callable[[Bools], Callable[[], Floats]]
) -> Floats:
    """A score column for each code; a code that always or never occurs in training has its prevalence."""
    scores = np.zeros((count, len(data.codes)))
    for code in range(len(data.codes)):
        own = data.labels[train, code]
        scores[:, code] = own.mean() if own.all() or not own.any() else fit(own)()
    return scores


def _tfidf_lr(data: LabelledSet, train: Rows, test: Rows) -> Floats:
    vectorizer = TfidfVectorizer()
    learn = vectorizer.fit_transform([data.units[row].text for row in train])
    judge = vectorizer.transform([data.units[row].text for row in test])

    def fit(own: Bools) -> Callable[[], Floats]:
        model = LogisticRegression(C=10, max_iter=300).fit(learn, own)
        return lambda: model.predict_proba(judge)[:, 1]

    return _one_by_one(data, train, len(test), fit)


def _tfidf_svc(data: LabelledSet, train: Rows, test: Rows) -> Floats:
    """Balanced RBF support vectors on TF-IDF of one and two words; linear ones where the kernel would not fit."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=1 if len(train) < 500 else 2)
    learn = vectorizer.fit_transform([data.units[row].text for row in train])
    judge = vectorizer.transform([data.units[row].text for row in test])
    if len(train) > LARGEST_KERNEL:

        def fit_linear(own: Bools) -> Callable[[], Floats]:
            model = LinearSVC(class_weight="balanced").fit(learn, own)
            return lambda: model.decision_function(judge)

        return _one_by_one(data, train, len(test), fit_linear)
    # rows have unit length: scikit-learn's gamma="scale" on a kernel made once for all codes
    gamma = 1 / max(1 - float(np.square(np.asarray(learn.mean(axis=0))).sum()), 1e-3)
    kernel = np.exp(-2 * gamma * (1 - (learn @ learn.T).toarray()))
    towards = np.exp(-2 * gamma * (1 - (judge @ learn.T).toarray()))

    def fit(own: Bools) -> Callable[[], Floats]:
        model = SVC(kernel="precomputed", class_weight="balanced", cache_size=500).fit(kernel, own)
        return lambda: model.decision_function(towards)

    return _one_by_one(data, train, len(test), fit)


def _minilm_lr(data: LabelledSet, train: Rows, test: Rows) -> Floats:
    learn, judge = data.embeddings[train], data.embeddings[test]

    def fit(own: Bools) -> Callable[[], Floats]:
        model = LogisticRegression(C=10, max_iter=300).fit(learn, own)
        return lambda: model.predict_proba(judge)[:, 1]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _one_by_one(data, train, len(test), fit)


def _neighbours(data: LabelledSet, train: Rows, test: Rows, count: int = 15) -> Floats:
    """The share of the fifteen nearest coded units that carry a code, weighted by similarity."""
    similarity = data.embeddings[test] @ data.embeddings[train].T
    nearest = np.argpartition(-similarity, min(count, len(train)) - 1, axis=1)[:, :count]
    weights = np.maximum(np.take_along_axis(similarity, nearest, axis=1), 1e-3).astype(float)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("tk,tkc->tc", weights, data.labels[train][nearest].astype(float))


def _nearest_definition(data: LabelledSet, _train: Rows, test: Rows) -> Floats:
    """Similarity to the codes' names: what is there before anybody has coded."""
    return (data.embeddings[test] @ data.described.T).astype(float)


PEERS: Mapping[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("TF-IDF + LR", _tfidf_lr),
        Peer("TF-IDF + SVC", _tfidf_svc, probabilities=False),
        Peer("MiniLM + LR", _minilm_lr),
        Peer("nearest neighbours", _neighbours),
        Peer("nearest name", _nearest_definition, probabilities=False),
    )
}
