"""What a training makes: a model, and what it was measured to be worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from models.classifier import Model
from models.cold_start import ColdStart
from training.dataset import Dataset, OutOfFold

MeasuredOn = Literal["judge set", "cross-validation"]


@dataclass(frozen=True)
class MeasuredModel:
    """A model and how it was measured.

    ``dataset``, ``segments``, ``unseen``: segments of which the predictions are known of models that had not seen
    their participants: those of the judge set, else all by cross-validation. ``embeddings``: SHA-256 of what the
    model was fitted on.
    """

    model: Model | ColdStart
    figures: dict[str, Any]
    measured_on: MeasuredOn
    notes: tuple[str, ...] = ()
    dataset: Dataset | None = None
    segments: tuple[str, ...] = ()
    unseen: OutOfFold | None = None
    embeddings: str = ""
