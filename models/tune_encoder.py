"""Tuning a copy of the encoder on a study's own codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats
from annotations.lots import lots
from annotations.progress import Progress
from models.embedder import EmbedderSource
from models.kept_tunings import KeptTuning, KeptTunings
from models.segment_words import SegmentWords
from models.tuned import TUNING, Tuned
from models.tuned_network import BATCH, TunedNetwork, WordPieces
from models.tuned_passage import PassageInContext, passage_of
from models.tuning_state import TuningState

_CLIP = 1.0
_WARM = 0.06
_DECAY = 0.01
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class TuningRecipe:
    """How to tune. ``rate``: of the encoder (AdamW, warmed and then falling to nothing); ``top_rate``: of the layer on top.

    ``examples``: how many segments are looked at in all, which makes the passes many where there are few of them.
    """

    rate: float = 5e-5
    top_rate: float = 1e-3
    examples: int = 34_000
    passes: tuple[int, int] = (3, 20)
    seed: int = 0

    def passes_over(self, segments: int) -> int:
        """How many passes over so many segments."""
        least, most = self.passes
        return max(least, min(most, round(self.examples / max(segments, 1))))


RECIPE = TuningRecipe()


@dataclass(frozen=True)
class FineTuning:
    """Which encoder is tuned, and where what is done of it is kept; None is nowhere."""

    source: EmbedderSource
    kept: KeptTunings | None = None


def tune(
    tuning: FineTuning,
    units: Sequence[SegmentWords],
    speakers: Sequence[str],
    labels: Floats,
    weights: Floats,
    progress: Progress | None = None,
) -> Tuned:
    """Tune a copy of the encoder and a layer on top of it; see ``tune_on``."""
    passages = [passage_of(unit, set(speakers)) for unit in units]
    tuned = tune_on(
        tuning.source, passages, labels, weights, recipe=RECIPE, kept=tuning.kept, progress=progress
    )
    return replace(tuned, speakers=tuple(speakers))


def tune_on(
    source: EmbedderSource,
    passages: Sequence[PassageInContext],
    labels: Floats,
    weights: Floats,
    *,
    recipe: TuningRecipe = RECIPE,
    kept: KeptTunings | None = None,
    progress: Progress | None = None,
) -> Tuned:
    """The same on passages that were put together elsewhere.

    ``labels``, ``weights``: shape (passages, codes), shares of coders and how much they count; a weight of 0 teaches
    nothing. Deterministic on a processor for one number of threads, nearly so on a graphics processor. With ``kept`` it
    goes on after the last whole pass of one that was killed, and comes to the same end.
    """
    import torch

    own = None
    if kept is not None:
        own = kept.of(TUNING, torch.__version__, source.fingerprint, recipe, list(passages), labels, weights)
        done = own.result()
        if done is not None:
            return Tuned(done, source, source.fingerprint)
    # whoever draws random numbers beside this finds them as they were
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        network = TunedNetwork.new(source, labels, weights)
        _fit(network, passages, labels, weights, recipe, own, progress)
    arrays = network.arrays()
    if own is not None:
        own.keep_result(arrays)
    return Tuned(arrays, source, source.fingerprint)


def _fit(
    network: TunedNetwork,
    passages: Sequence[PassageInContext],
    labels: Floats,
    weights: Floats,
    recipe: TuningRecipe,
    kept: KeptTuning | None,
    progress: Progress | None,
) -> None:
    import torch

    pieces = network.cut(passages)
    rows = np.flatnonzero(weights.any(axis=1))
    wanted = torch.tensor(labels, dtype=torch.float32, device=network.device)
    counting = torch.tensor(weights, dtype=torch.float32, device=network.device)
    rates = (recipe.rate, recipe.top_rate)
    optimiser = torch.optim.AdamW(
        [
            {"params": list(part.parameters()), "lr": rate}
            for part, rate in zip((network.encoder, network.top), rates, strict=True)
        ],
        weight_decay=_DECAY,
        fused=True,
    )
    random = np.random.default_rng(recipe.seed)
    passes = recipe.passes_over(len(rows))
    each = -(-len(rows) // BATCH)
    state = TuningState(network, optimiser, random)
    begun = 0 if kept is None else state.go_on(kept.standing())
    network.encoder.train()
    done = begun * each
    for at in range(begun, passes):
        for batch in _batches(random.permutation(rows), pieces, random):
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * _share_of_rate(done, passes * each)
            logits = network.forward([pieces[row] for row in batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, wanted[batch], weight=counting[batch], reduction="sum"
            ) / len(batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.encoder.parameters(), _CLIP)
            optimiser.step()
            done += 1
            if progress:
                progress(done, passes * each)
        if kept is not None and at + 1 < passes:
            kept.keep_standing(state.arrays(at + 1))
    network.encoder.eval()


def _share_of_rate(step: int, steps: int) -> float:
    """Rising for a little while, then falling to nothing."""
    rising = max(int(steps * _WARM), 1)
    return min((step + 1) / rising, max((steps - step) / max(steps - rising, 1), 0))


def _batches(rows: Rows, pieces: Sequence[WordPieces], random: np.random.Generator) -> Iterator[Rows]:
    """Batches of like length, so that little of them is padding: each fifty are sorted among themselves."""
    batches: list[Rows] = []
    for some in lots(rows, 50 * BATCH):
        batches += lots(some[np.argsort([len(pieces[row].ids) for row in some], kind="stable")], BATCH)
    for at in random.permutation(len(batches)):
        yield batches[at]
