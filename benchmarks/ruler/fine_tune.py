"""The encoder fine-tuned as "fine_tune: true" does it, with other surroundings and numbers of passes.

Needs no more than PyTorch and sentence-transformers, so that it also runs where Tandem is not installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats
from models.embedder import EmbedderSource
from models.tune_encoder import TuningRecipe, tune_on
from models.tuned_passage import PassageInContext

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Recipe:
    """How to tune: so many ``turns`` before a segment are read with it, and one after it."""

    turns: int
    epochs: int
    rate: float = TuningRecipe.rate
    seed: int = 0


def fine_tuned(
    folder: Path,
    passages: Sequence[PassageInContext],
    labels: Bools,
    train: Rows,
    test: Rows,
    recipe: Recipe,
    device: str = "cpu",
) -> Floats:
    """Logits of the test rows, shape (m, codes), by an encoder tuned on the training rows alone."""
    tuned = tune_on(
        EmbedderSource(str(folder), device),
        [passages[row] for row in train],
        labels[train].astype(float),
        np.ones((len(train), labels.shape[1])),
        recipe=TuningRecipe(rate=recipe.rate, passes=(recipe.epochs, recipe.epochs), seed=recipe.seed),
    )
    return tuned.logits_of([passages[row] for row in test])
