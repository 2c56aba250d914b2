"""Suggestions before anybody has coded: how near a unit is to what the codebook says of each code.

Nearness alone misleads: some definitions are near to every unit, and some units near to every definition (hubs,
Radovanović, Nanopoulos and Ivanović 2010). So what counts is how much nearer a unit is to a code than the study's
units usually are, and nearer than it is to the other codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from annotations.arrays import Floats, Floats32
from annotations.codebook.codes import Code
from models.passage_parts import PassageParts
from models.segment_words import SegmentWords

# of all units only the clearest are suggested: similarity to a definition says which code, hardly whether any
SUGGESTED_SHARE = 0.05
STEEPNESS = 2.0
USUAL_SPREAD = 0.1  # of similarities, where there are no units to take it from
LEAST_SPREAD = 0.02
LEAST_TO_COMPARE = 3  # codes: of one or two, nearer to this than to the others says too little


@dataclass(frozen=True)
class ColdStart:
    """A model that knows only the codebook's words.

    ``meanings``: unit vectors of the codes, shape (codes, dimensions). ``centre``, ``spread``: mean and standard
    deviation of each code's similarity to the study's units, shape (codes,). The numbers it gives rank units; they
    are no calibrated probabilities, and everything that shows them says so.
    """

    kind: ClassVar[str] = "cold start"

    codes: tuple[str, ...]
    meanings: Floats32
    centre: Floats
    spread: Floats
    thresholds: Floats

    @property
    def judged(self) -> tuple[str, ...]:
        """The codes that it may suggest: all."""
        return self.codes

    def probabilities(
        self, units: Sequence[SegmentWords], embeddings: Floats32, parts: PassageParts | None = None
    ) -> Floats:
        """How near each unit is to each code, squeezed into 0 to 1; shape (units, codes). ``parts`` add nothing."""
        del parts
        if not units:
            return np.zeros((0, len(self.codes)))
        return _squeezed(embeddings @ self.meanings.T, self.centre, self.spread)


def from_codebook(
    codes: Sequence[Code],
    embed: Callable[[Sequence[str]], Floats32],
    embeddings: Floats32,
) -> ColdStart:
    """Make a cold-start model of codes and the study's own units (their embeddings, shape (units, dimensions)).

    A code's vector is the mean of its definition's and its invented example's. Each code is suggested on at
    most one unit in twenty.
    """
    described = embed([code.meaning for code in codes])
    examples = embed([code.example or code.meaning for code in codes])
    meanings = described + examples
    meanings = (meanings / np.maximum(np.linalg.norm(meanings, axis=1, keepdims=True), 1e-12)).astype(
        np.float32
    )
    similarity = embeddings @ meanings.T
    centre, spread = np.zeros(len(codes)), np.full(len(codes), USUAL_SPREAD)
    if len(embeddings):
        centre = similarity.mean(axis=0, dtype=np.float64)
        spread = np.maximum(similarity.std(axis=0, dtype=np.float64), LEAST_SPREAD)
    squeezed = _squeezed(similarity, centre, spread)
    cut = np.quantile(squeezed, 1 - SUGGESTED_SHARE, axis=0) if len(embeddings) else np.full(len(codes), 0.9)
    # a code whose words are near to nothing in the study is not suggested for being the least far
    return ColdStart(tuple(code.id for code in codes), meanings, centre, spread, np.maximum(cut, 0.75))


def _squeezed(similarity: Floats32, centre: Floats, spread: Floats) -> Floats:
    nearer = (similarity - centre) / spread
    if nearer.shape[1] >= LEAST_TO_COMPARE:
        nearer -= nearer.mean(axis=1, keepdims=True)
    return np.asarray(expit(STEEPNESS * (nearer - 0.5)), dtype=np.float64)
