"""What a training makes: a model, and what it was measured to be worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.classifier import Model
from models.cold_start import ColdStart
from training.dataset import Dataset, OutOfFold
from training.evaluation_results import Figures

MeasuredOn = Literal["judge set", "cross-validation"]


@dataclass(frozen=True)
class MeasuredModel:
    """A model and how it was measured.

    ``dataset``, ``segments``, ``unseen``: segments of which the predictions are known of models that had not seen
    their participants: those of the judge set, else all by cross-validation. ``figures``: None of a model that
    learnt from the codebook alone. ``embeddings``: SHA-256 of what the model was fitted on.
    """

    model: Model | ColdStart
    figures: Figures | None
    measured_on: MeasuredOn
    notes: tuple[str, ...] = ()
    dataset: Dataset | None = None
    segments: tuple[str, ...] = ()
    unseen: OutOfFold | None = None
    embeddings: str = ""
