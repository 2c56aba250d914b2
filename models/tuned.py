"""The encoder fine-tuned on a study's own codes: a logit per code from a segment, its speaker and what stands around it.

Optional ("fine_tune: true" under embedder in study.yaml), for it takes hours without a graphics processor. Its mean
with the linear model is better than either (docs/experiments.md). ``models.tuning`` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats
from annotations.errors import TandemError
from models.arrays_file import read_arrays
from models.embedder import EmbedderSource
from models.segment_words import SegmentWords
from models.tuned_network import TunedNetwork
from models.tuned_passage import PassageInContext, passage_of

TUNING = "fine-tuned-1"
LEAST_SEGMENTS = 1000  # with fewer it gains nothing on conversations
LEAST_GROUPS = 5


@dataclass(frozen=True)
class Tuned:
    """A fine-tuned encoder. ``weights``: its arrays and, under "top.", the layer that gives logits; float16.

    ``source``: the encoder that it was made of, whose tokenizer and shape it still has; ``fingerprint``: that
    encoder's. ``speakers``: the labels that it reads.
    """

    weights: Mapping[str, NDArray[np.float16]]
    source: EmbedderSource
    fingerprint: str
    speakers: tuple[str, ...] = ()

    def logits(self, units: Sequence[SegmentWords]) -> Floats:
        """Uncalibrated log odds, shape (units, codes)."""
        return self.logits_of([passage_of(unit, set(self.speakers)) for unit in units])

    def logits_of(self, passages: Sequence[PassageInContext]) -> Floats:
        """The same of passages that were put together elsewhere."""
        return self._network.logits(passages)

    def same_as(self, other: Tuned) -> bool:
        """Is every weight the same to the last digit?"""
        return self.weights.keys() == other.weights.keys() and all(
            np.array_equal(its, other.weights[name]) for name, its in self.weights.items()
        )

    @cached_property
    def _network(self) -> TunedNetwork:
        if self.source.fingerprint != self.fingerprint:
            raise TandemError(
                f"the encoder {self.source.name} is not the one that was fine-tuned. Put it back, or run "
                '"tandem train --force".'
            )
        try:
            return TunedNetwork.of(self.source, self.weights)
        except (RuntimeError, KeyError, IndexError) as error:
            raise TandemError(
                f"the fine-tuned encoder of this model does not fit {self.source.name} "
                f'({" ".join(str(error).split())[:150]}). Run "tandem train --force" to make it anew.'
            ) from error


def save_tuned(tuned: Tuned, file: Path) -> dict[str, Any]:
    """Write the weights and return what else must be known to read them."""
    np.savez(file, allow_pickle=False, **dict(tuned.weights))
    return {
        "encoder": tuned.source.model,
        "fingerprint": tuned.fingerprint,
        "speakers": list(tuned.speakers),
        "tuning": TUNING,
    }


def load_tuned(file: Path, known: Mapping[str, Any], encoder: EmbedderSource | None) -> Tuned:
    """The opposite of ``save_tuned``; ``encoder`` is used in the place of one of the same fingerprint.

    Nothing but arrays is ever made of the file; raises OSError, ValueError, KeyError, TypeError.
    """
    weights = read_arrays(file)
    source = EmbedderSource(known["encoder"])
    if encoder is not None and encoder.fingerprint == known["fingerprint"]:
        source = encoder
    return Tuned(weights, source, known["fingerprint"], tuple(known["speakers"]))
