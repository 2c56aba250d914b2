"""What a training works with: the study's store, codebook, segments and encoder, and the recipe for a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotations.codebook.codes import Codebook
from annotations.segment import Segmentation
from annotations.store.database import Store
from models.calibration import BEST_F1, Aim
from models.embedder import EmbedderSource
from models.kept_tunings import KeptTunings
from models.other_classifiers import NamedClassifier
from models.passage_parts import Embed, Sentences
from models.ticking import LEAST_PRECISION
from models.tune_encoder import FineTuning
from models.tuned import LEAST_GROUPS, LEAST_SEGMENTS, TUNING
from training.dataset import Dataset
from training.tracking import Tracking

RECIPE = "linear-8"


@dataclass(frozen=True)
class TrainingParts:
    """What a training works with. ``embed`` gives unit vectors of texts, ``sentences`` where their sentences lie, both
    from the cache where they can.

    ``aim``: what the thresholds are for. ``least_precision``: from which probability on codes may come ticked.
    ``fine_tune``: the encoder, where it is tuned on the study's codes too. ``classifier``: what learns in the place of
    the usual three views. ``taught``: the languages that the encoder was taught, None where nobody knows.
    """

    store: Store
    codebook: Codebook
    segmentation: Segmentation
    embed: Embed
    sentences: Sentences
    embedder: str
    embedder_name: str
    folder: Path
    tracking: Tracking
    aim: Aim = BEST_F1
    least_precision: float = LEAST_PRECISION
    fine_tune: EmbedderSource | None = None
    classifier: NamedClassifier | None = None
    taught: frozenset[str] | None = None

    @property
    def recipe(self) -> str:
        """The way of making a model: the same reviews by another one would give another model."""
        tuned = f", {TUNING}" if self.fine_tune is not None else ""
        aim = "" if self.aim == BEST_F1 else f", {self.aim}"
        other = self.classifier
        named = "" if other is None else f", {other.name} {other.version}"
        return f"{RECIPE}{named}{tuned}{aim}"

    @contextmanager
    def tunings_kept(self) -> Iterator[None]:
        """What is done of tuning encoders is kept within this, and erased at its end, unless it is broken off."""
        yield
        KeptTunings(self.folder).erase()

    def encoder_for(self, dataset: Dataset) -> FineTuning | None:
        """What is fine-tuned on this data set: the encoder, if that is asked for and there is enough to learn from."""
        coded = dataset.targets(gold=False)[1].any(axis=1).sum()
        enough = coded >= LEAST_SEGMENTS and len(set(dataset.groups)) >= LEAST_GROUPS
        return FineTuning(self.fine_tune, KeptTunings(self.folder)) if enough and self.fine_tune else None

    @property
    def exclusive_sets(self) -> tuple[tuple[str, ...], ...]:
        """The codes of each framework of which one code may apply."""
        codebook = self.codebook
        return tuple(
            tuple(code.id for code in codebook.of_framework(framework.id) if code.applicable)
            for framework in codebook.frameworks
            if framework.select == "one"
        )
