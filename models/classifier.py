"""A trained classifier: which codes a unit carries, and how surely. Usually linear models of it and of its sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats, Floats32
from models.calibration import Calibration
from models.features import OF_LENGTH, Features, Vocabulary, matrix_of
from models.passage_parts import PassageParts, whole
from models.segment_words import SegmentWords
from models.solver import MOST_STEPS, TOLERANCE, solve
from models.tuned import Tuned

DEFAULT = "default"
PENALTY = 0.5
PRIOR_WEIGHT = 3.0  # how many examples a code's description counts for


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why a code is not guessed at: its examples, the groups they come from, and what is needed."""

    examples: int
    groups: int
    reason: str


class Classifies(Protocol):
    """Anything that says how likely each of its codes is."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Code ids, in the order of the columns."""
        ...

    @property
    def thresholds(self) -> Floats:
        """Per code the least probability that is suggested, shape (codes,)."""
        ...

    def probabilities(
        self, units: Sequence[SegmentWords], embeddings: Floats32, parts: PassageParts | None = None
    ) -> Floats:
        """Shape (units, codes). ``parts``: their questions and sentences, where these are known."""
        ...


class Learnt(Protocol):
    """What one way of learning has found of each code."""

    def logits(self, features: Features) -> Floats:
        """Uncalibrated log odds, shape (rows, codes)."""
        ...

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Everything it knows, as numbers: what a model's file holds."""
        ...


@dataclass(frozen=True)
class Weights:
    """A fitted linear model per code: ``coefficients`` (codes, features), ``intercepts`` (codes,)."""

    coefficients: Floats32
    intercepts: Floats

    def logits(self, features: Features) -> Floats:
        """Uncalibrated log odds, shape (rows, codes)."""
        return features.times(self._by_feature).astype(np.float64) + self.intercepts

    def logits_of_windows(
        self, marks: Floats32, owner: NDArray[np.intp], windows: Floats32, questions: Floats32
    ) -> Floats:
        """``logits(windows_with(...))`` without laying these features side by side: what windows share is read once."""
        weights, dimensions = self._by_feature, windows.shape[1]
        shared = (
            questions @ weights[dimensions : 2 * dimensions]
            + marks[:, OF_LENGTH:] @ weights[2 * dimensions :]
        )
        own = windows @ weights[:dimensions]
        return (own + shared[owner]).astype(np.float64) + self.intercepts

    @cached_property
    def _by_feature(self) -> Floats32:
        """Shape (features, codes): a sparse product would lay them out so at every call."""
        return np.ascontiguousarray(self.coefficients.T)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Both of them."""
        return {"coefficients": self.coefficients, "intercepts": self.intercepts}


@dataclass(frozen=True)
class Model:
    """A trained classifier: vocabulary, weights, calibration and thresholds of the codes it knows.

    ``classifier``: the name of what learnt ``weights`` (``models.classifier_names``).

    ``too_few``: the codes that it does not suggest, and why; one of which it knows anything is ranked all the same, with
    an infinite threshold. ``exclusive``: sets of codes of which only the likeliest is suggested.
    ``sentences``: weights for windows of a unit, of which the best one's logits are added; None reads no sentence.
    ``tuned``: a fine-tuned encoder for the same codes, whose logits count as much as the linear ones.
    """

    codes: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Learnt
    calibration: Calibration
    thresholds: Floats
    too_few: Mapping[str, TooFew] = field(default_factory=dict)
    exclusive: tuple[tuple[str, ...], ...] = ()
    tuned: Tuned | None = None
    sentences: Weights | None = None
    classifier: str = DEFAULT
    kind: str = "trained"

    @property
    def judged(self) -> tuple[str, ...]:
        """The codes that it may suggest."""
        return tuple(code for code, cut in zip(self.codes, self.thresholds, strict=True) if np.isfinite(cut))

    def probabilities(
        self, units: Sequence[SegmentWords], embeddings: Floats32, parts: PassageParts | None = None
    ) -> Floats:
        """Calibrated probabilities, shape (units, codes)."""
        if not units:
            return np.zeros((0, len(self.codes)))
        parts = whole(embeddings) if parts is None else parts
        features = matrix_of(units, self.vocabulary, embeddings, parts.question)
        logits = self.weights.logits(features)
        if self.sentences is not None:
            marks = features.dense[:, 2 * embeddings.shape[1] :]
            windows = self.sentences.logits_of_windows(marks, parts.owner, parts.windows, parts.question)
            logits = logits + parts.best(windows)
        if self.tuned is not None:
            logits = together(logits, self.tuned.logits(units))
        return self.calibration.probabilities(logits)


def together(linear: Floats, tuned: Floats) -> Floats:
    """The mean of two models' logits: measured to be better than either (docs/experiments.md)."""
    return (linear + tuned) / 2


@dataclass(frozen=True)
class Prior:
    """What the codebook says of codes, as features of one row each: ``codes`` are the columns they stand for."""

    features: Features
    codes: NDArray[np.intp]


@dataclass(frozen=True)
class Fitted:
    """Weights, and how they are combined of the training rows and, below them, the descriptions: ``alpha``.

    ``unfinished``: how many codes could still have been fitted better when the search ended.
    """

    weights: Weights
    alpha: Floats32
    unfinished: int = 0


def fit_weights(
    features: Features,
    labels: Floats,
    weights: Floats,
    *,
    penalty: float = PENALTY,
    prior: Prior | None = None,
    start: Floats32 | None = None,
    tolerance: float = TOLERANCE,
    most_steps: int = MOST_STEPS,
    intercept_scaling: float = 1.0,
) -> Fitted:
    """Fit one L2-penalised logistic regression per code, without class weights.

    ``labels``: shape (rows, codes), shares of coders; they enter as they are. ``weights``: shape (rows, codes), 0
    where nobody judged. ``prior``: descriptions enter as examples of their codes, each counting three times, and
    as counterexamples of the others. ``start``: an ``alpha`` of a model that saw no other rows, with or without the
    descriptions.
    """
    rows = len(features)
    centre = features.dense.mean(axis=0)
    features = replace(features, dense=features.dense - centre)
    if prior is not None and len(prior.codes):
        own = np.eye(labels.shape[1])[prior.codes]
        features = features.below(replace(prior.features, dense=prior.features.dense - centre))
        labels = np.concatenate([labels, own])
        weights = np.concatenate([weights, np.where(own > 0, PRIOR_WEIGHT, 1.0)])
        if start is not None and len(start) == rows:
            start = np.concatenate([start, np.zeros(own.shape, dtype=np.float32)])
    solution = solve(
        features,
        labels,
        weights,
        penalty=penalty,
        start=start,
        tolerance=tolerance,
        most_steps=most_steps,
        intercept_scaling=intercept_scaling,
    )
    terms = features.sparse.shape[1]
    # the model is given dense features as they are, so their centre moves into the intercept
    intercepts = solution.intercepts - (centre @ solution.weights[terms:]).astype(np.float64)
    return Fitted(
        Weights(np.ascontiguousarray(solution.weights.T), intercepts), solution.alpha, solution.unfinished
    )


def too_few_examples(
    labels: Floats,
    weights: Floats,
    groups: Sequence[str],
    codes: Sequence[str],
    *,
    described: Collection[str] = (),
    looked: Bools | None = None,
) -> dict[str, TooFew]:
    """The codes that cannot be suggested: those of which nothing is known, and those that are known nowhere to be absent.

    ``looked``: shape (rows, codes), true where somebody who gave a code left out others. If such passages carry a code
    without exception, it applies nearly everywhere, and the other codes' descriptions stand against it.
    """
    too_few = {}
    names = np.array(groups, dtype=object)
    for at, code in enumerate(codes):
        carried = (weights[:, at] > 0) & (labels[:, at] >= 0.5)
        examples, used_by = int(carried.sum()), len(set(names[carried]))
        absent = ((weights[:, at] > 0) & (labels[:, at] < 1)).any()
        absent |= looked is not None and len(described) > 1 and looked[:, at].any()
        if not examples and code not in described:
            reason = "0 examples, and the codebook says nothing of it"
        elif absent:
            continue
        elif examples:
            reason = (
                "every passage that was judged for it carries it, so nothing shows where it does not apply; if people "
                "looked elsewhere too, import codings with --complete all (--only if it is new)"
            )
        else:
            reason = "nobody has looked for it; import codings with --complete all (--only if it is new)"
        too_few[code] = TooFew(examples, used_by, reason)
    return too_few


def suggested(
    probabilities: Floats,
    thresholds: Floats,
    codes: Sequence[str],
    exclusive: Sequence[Sequence[str]],
) -> Bools:
    """Which codes are put before a coder, shape (n, codes): those above their threshold, of an exclusive set
    only the one that is furthest above it."""
    chosen = np.nan_to_num(probabilities, nan=-1.0) >= thresholds
    column = {code: at for at, code in enumerate(codes)}
    for names in exclusive:
        members = np.array([column[name] for name in names if name in column], dtype=np.intp)
        if len(members) < 2:
            continue
        lead = np.where(chosen[:, members], probabilities[:, members] - thresholds[members], -np.inf)
        best = np.argmax(lead, axis=1)
        only = np.zeros((len(lead), len(members)), dtype=bool)
        only[np.arange(len(lead)), best] = True
        chosen[:, members] &= only
    return np.asarray(chosen)
