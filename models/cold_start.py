"""Suggestions before anybody has coded: how near a unit is to what the codebook says of each code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from annotations.codebook import Code
from models.unit import Unit

# of all units only the clearest are suggested: similarity to a definition says which code, hardly whether any
SUGGESTED_SHARE = 0.05
STEEPNESS = 20.0


@dataclass(frozen=True)
class ColdStart:
    """A model that knows only the codebook's words.

    ``meanings``: unit vectors of the codes, shape (codes, dimensions). ``centre``: the mean similarity of each
    code to the study's units, shape (codes,): what is near to everything says nothing. The numbers it gives rank
    units; they are no calibrated probabilities, and everything that shows them says so.
    """

    kind: ClassVar[str] = "cold start"

    codes: tuple[str, ...]
    meanings: NDArray[np.float32]
    centre: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    @property
    def judged(self) -> tuple[str, ...]:
        """The codes that it may suggest: all."""
        return self.codes

    def probabilities(self, units: Sequence[Unit], embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """How near each unit is to each code, squeezed into 0 to 1; shape (units, codes)."""
        if not units:
            return np.zeros((0, len(self.codes)))
        return _squeezed(embeddings @ self.meanings.T, self.centre)


def from_codebook(
    codes: Sequence[Code],
    embed: Callable[[Sequence[str]], NDArray[np.float32]],
    embeddings: NDArray[np.float32],
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
    centre = similarity.mean(axis=0).astype(np.float64) if len(embeddings) else np.zeros(len(codes))
    squeezed = _squeezed(similarity, centre)
    cut = np.quantile(squeezed, 1 - SUGGESTED_SHARE, axis=0) if len(embeddings) else np.full(len(codes), 0.9)
    # a code whose words are near to nothing in the study is not suggested for being the least far
    return ColdStart(tuple(code.id for code in codes), meanings, centre, np.maximum(cut, 0.75))


def _squeezed(similarity: NDArray[np.float32], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(expit(STEEPNESS * (similarity - centre - 0.05)), dtype=np.float64)
