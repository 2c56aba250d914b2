"""What a training works with, and what it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from annotations.arrays import Floats32
from annotations.codebook.codes import Codebook
from annotations.segment import Segmentation
from annotations.store.database import Store
from models.calibration import BEST_F1, Aim
from models.classifier import Model
from models.cold_start import ColdStart
from models.embedder import EmbedderSource
from models.tuned import LEAST_GROUPS, LEAST_SEGMENTS, TUNING
from training.dataset import Dataset, OutOfFold
from training.results import Figures
from training.tracking import Tracking

RECIPE = "linear-4"
Embed = Callable[[Sequence[str]], Floats32]
MeasuredOn = Literal["judge set", "cross-validation"]


@dataclass(frozen=True)
class Workshop:
    """What a training works with. ``embed`` gives unit vectors of texts, from the cache where it can.

    ``aim``: what the thresholds are for. ``fine_tune``: the encoder, where it is tuned on the study's codes too.
    """

    store: Store
    codebook: Codebook
    segmentation: Segmentation
    embed: Embed
    embedder: str
    embedder_name: str
    folder: Path
    tracking: Tracking
    aim: Aim = BEST_F1
    fine_tune: EmbedderSource | None = None

    @property
    def recipe(self) -> str:
        """The way of making a model: the same reviews by another one would give another model."""
        tuned = f", {TUNING}" if self.fine_tune is not None else ""
        aim = "" if self.aim == BEST_F1 else f", {self.aim}"
        return f"{RECIPE}{tuned}{aim}"

    def encoder_for(self, dataset: Dataset) -> EmbedderSource | None:
        """What is fine-tuned on this data set: the encoder, if that is asked for and there is enough to learn from."""
        coded = dataset.targets(gold=False)[1].any(axis=1).sum()
        enough = coded >= LEAST_SEGMENTS and len(set(dataset.groups)) >= LEAST_GROUPS
        return self.fine_tune if enough else None


@dataclass(frozen=True)
class Made:
    """A model and how it was measured.

    ``dataset``, ``segments``, ``unseen``: segments of which the predictions are known of models that had not seen
    their participants: those of the judge set, else all by cross-validation. ``figures``: None of a model that learnt
    from the codebook alone. ``embeddings``: SHA-256 of what the
    model was fitted on.
    """

    model: Model | ColdStart
    figures: Figures | None
    measured_on: MeasuredOn
    notes: tuple[str, ...] = ()
    dataset: Dataset | None = None
    segments: tuple[str, ...] = ()
    unseen: OutOfFold | None = None
    embeddings: str = ""


@dataclass(frozen=True)
class Split:
    """Who teaches and who judges. ``groups``: the group of each transcript; ``judging``: the groups that judge."""

    groups: Mapping[UUID, str]
    judging: frozenset[str]

    def judges(self, transcript: UUID) -> bool:
        """Does this transcript only judge?"""
        return self.groups.get(transcript) in self.judging


def exclusive_sets(codebook: Codebook) -> tuple[tuple[str, ...], ...]:
    """The codes of each framework of which one code may apply."""
    return tuple(
        tuple(code.id for code in codebook.of_framework(framework.id) if code.applicable)
        for framework in codebook.frameworks
        if framework.select == "one"
    )
