"""The encoder fine-tuned on a study's own codes: a logit per code from a segment, its speaker and what stands around it.

Optional ("fine_tune: true" under embedder in study.yaml), for it takes hours without a graphics processor. Its mean
with the linear model is better than either (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.errors import TandemError
from models.embedder import EmbedderSource, load_encoder
from models.unit import INTERVIEWER, Unit

TUNING = "fine-tuned-1"
LEAST_SEGMENTS = 1000  # with fewer it gains nothing on conversations
LEAST_GROUPS = 5
_OWN, _BEFORE, _AFTER = 160, 64, 32  # word pieces of a segment, and of what is read of its surroundings
_BATCH = 32
_CLIP = 1.0
_WARM = 0.06
_DECAY = 0.01
_NEARLY_NEVER = 1e-4
_TOP = "top."
Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment's words with its speaker's name, and what was said before and after it."""

    text: str
    before: str = ""
    after: str = ""


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


def passage_of(unit: Unit, speakers: Collection[str]) -> Passage:
    """What the encoder reads of a unit: in a conversation its neighbours, else the question that it answers.

    ``speakers``: the labels that may be read, in small letters. A person's own label is left out.
    """

    def said(speaker: str, words: str) -> str:
        named = words and (speaker == INTERVIEWER or speaker.casefold() in speakers)
        return f"{speaker}: {words}" if named else words

    own = said(unit.speaker, unit.text)
    if not unit.dialogue:
        return Passage(own, unit.question)
    return Passage(own, said(unit.speaker_before, unit.before), said(unit.speaker_after, unit.after))


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

    def logits(self, units: Sequence[Unit]) -> Floats:
        """Uncalibrated log odds, shape (units, codes)."""
        return self.logits_of([passage_of(unit, set(self.speakers)) for unit in units])

    def logits_of(self, passages: Sequence[Passage]) -> Floats:
        """The same of passages that were put together elsewhere."""
        return self._network.logits(passages)

    def same_as(self, other: Tuned) -> bool:
        """Is every weight the same to the last digit?"""
        return self.weights.keys() == other.weights.keys() and all(
            np.array_equal(its, other.weights[name]) for name, its in self.weights.items()
        )

    @cached_property
    def _network(self) -> _Network:
        if self.source.fingerprint != self.fingerprint:
            raise TandemError(
                f"the encoder {self.source.name} is not the one that was fine-tuned. Put it back, or run "
                '"tandem train --force".'
            )
        try:
            return _Network.of(self.source, self.weights)
        except (RuntimeError, KeyError, IndexError) as error:
            raise TandemError(
                f"the fine-tuned encoder of this model does not fit {self.source.name} "
                f'({" ".join(str(error).split())[:150]}). Run "tandem train --force" to make it anew.'
            ) from error


def tune(
    source: EmbedderSource,
    units: Sequence[Unit],
    speakers: Sequence[str],
    labels: Floats,
    weights: Floats,
    progress: Progress | None = None,
) -> Tuned:
    """Tune a copy of the encoder and a layer on top of it; see ``tune_on``."""
    passages = [passage_of(unit, set(speakers)) for unit in units]
    found = tune_on(source, passages, labels, weights, recipe=RECIPE, progress=progress)
    return replace(found, speakers=tuple(speakers))


def tune_on(
    source: EmbedderSource,
    passages: Sequence[Passage],
    labels: Floats,
    weights: Floats,
    *,
    recipe: TuningRecipe = RECIPE,
    progress: Progress | None = None,
) -> Tuned:
    """The same on passages that were put together elsewhere.

    ``labels``, ``weights``: shape (passages, codes), shares of coders and how much they count; a weight of 0 teaches
    nothing. Deterministic on a processor for one number of threads, nearly so on a graphics processor.
    """
    import torch

    # whoever draws random numbers beside this finds them as they were
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        network = _Network.new(source, labels, weights)
        _fit(network, passages, labels, weights, recipe, progress)
    return Tuned(network.arrays(), source, source.fingerprint)


def _fit(
    network: _Network,
    passages: Sequence[Passage],
    labels: Floats,
    weights: Floats,
    recipe: TuningRecipe,
    progress: Progress | None,
) -> None:
    import torch

    pieces = network.cut(passages)
    rows = np.flatnonzero(weights.any(axis=1))
    wanted = torch.tensor(labels, dtype=torch.float32, device=network.device)
    counting = torch.tensor(weights, dtype=torch.float32, device=network.device)
    optimiser = torch.optim.AdamW(
        [
            {"params": network.encoder.parameters(), "lr": recipe.rate},
            {"params": network.top.parameters(), "lr": recipe.top_rate},
        ],
        weight_decay=_DECAY,
        fused=True,
    )
    passes = recipe.passes_over(len(rows))
    steps = passes * -(-len(rows) // _BATCH)
    rising = max(int(steps * _WARM), 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / rising, max((steps - step) / max(steps - rising, 1), 0))
    )
    random = np.random.default_rng(recipe.seed)
    network.encoder.train()
    done = 0
    for _ in range(passes):
        for batch in _batches(random.permutation(rows), pieces, random):
            logits = network.forward([pieces[row] for row in batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, wanted[batch], weight=counting[batch], reduction="sum"
            ) / len(batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.encoder.parameters(), _CLIP)
            optimiser.step()
            schedule.step()
            done += 1
            if progress:
                progress(done, steps)
    network.encoder.eval()


def _batches(rows: Rows, pieces: Sequence[_Pieces], random: np.random.Generator) -> Iterator[Rows]:
    """Batches of like length, so that little of them is padding: each fifty are sorted among themselves."""
    found = []
    for begin in range(0, len(rows), 50 * _BATCH):
        some = rows[begin : begin + 50 * _BATCH]
        some = some[np.argsort([len(pieces[row].ids) for row in some], kind="stable")]
        found += [some[start : start + _BATCH] for start in range(0, len(some), _BATCH)]
    for at in random.permutation(len(found)):
        yield found[at]


@dataclass(frozen=True)
class _Pieces:
    """Word pieces of a passage with its surroundings, and which of them are its own."""

    ids: list[int]
    own: range


@dataclass(frozen=True)
class _Network:
    """The encoder and its layer on top, as PyTorch runs them."""

    encoder: Any
    tokenizer: Any
    top: Any
    device: str = field(default="cpu")

    @classmethod
    def new(cls, source: EmbedderSource, labels: Floats, weights: Floats) -> _Network:
        """Not tuned yet: the layer on top says how often each code occurs."""
        import torch

        encoder, tokenizer, device = load_encoder(source)
        top = torch.nn.Linear(2 * encoder.config.hidden_size, labels.shape[1])
        often = (labels * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), 1e-9)
        often = often.clip(_NEARLY_NEVER, 1 - _NEARLY_NEVER)
        torch.nn.init.zeros_(top.weight)
        top.bias.data = torch.tensor(np.log(often / (1 - often)), dtype=torch.float32)
        return cls(encoder, tokenizer, top.to(device), device)

    @classmethod
    def of(cls, source: EmbedderSource, arrays: Mapping[str, NDArray[np.float16]]) -> _Network:
        """With weights that were tuned before."""
        import torch

        encoder, tokenizer, device = load_encoder(source)
        own = {
            name: torch.tensor(its.astype(np.float32))
            for name, its in arrays.items()
            if not name.startswith(_TOP)
        }
        encoder.load_state_dict(own)
        weight, bias = (arrays[f"{_TOP}{name}"].astype(np.float32) for name in ("weight", "bias"))
        top = torch.nn.Linear(weight.shape[1], weight.shape[0])
        top.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
        return cls(encoder.eval(), tokenizer, top.to(device), device)

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """All weights in 16 bits: half the file, and the model that is measured is the one that is kept."""
        found = {
            name: its.detach().cpu().numpy().astype(np.float16)
            for name, its in self.encoder.state_dict().items()
        }
        for name, its in self.top.state_dict().items():
            found[f"{_TOP}{name}"] = its.detach().cpu().numpy().astype(np.float16)
        return found

    def cut(self, passages: Sequence[Passage]) -> list[_Pieces]:
        """Passages as word pieces: what was said before, the passage, what was said after."""
        own, before, after = (
            self._ids([getattr(passage, name) for passage in passages])
            for name in ("text", "before", "after")
        )
        begin, end = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        found = []
        for at in range(len(passages)):
            left = [*before[at][-_BEFORE:], end] if before[at] else []
            right = [*after[at][:_AFTER], end] if after[at] else []
            its = own[at][:_OWN] or [self.tokenizer.unk_token_id]
            first = 1 + len(left)
            found.append(_Pieces([begin, *left, *its, end, *right], range(first, first + len(its))))
        return found

    def _ids(self, texts: list[str]) -> list[list[int]]:
        if not texts:  # of which the tokenizer makes an error
            return []
        found = self.tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)
        return list(found["input_ids"])

    def forward(self, batch: Sequence[_Pieces]) -> Any:
        """Logits, shape (batch, codes), from the first piece and the mean of a passage's own ones."""
        import torch

        width = max(len(its.ids) for its in batch)
        ids = torch.full((len(batch), width), int(self.tokenizer.pad_token_id))
        mask, own = torch.zeros_like(ids), torch.zeros_like(ids)
        for at, its in enumerate(batch):
            ids[at, : len(its.ids)] = torch.tensor(its.ids)
            mask[at, : len(its.ids)] = 1
            own[at, its.own.start : its.own.stop] = 1
        ids, mask, own = (side.to(self.device) for side in (ids, mask, own))
        # encoders that tell two kinds of text apart are told which pieces are the passage
        kinds = {"token_type_ids": own} if getattr(self.encoder.config, "type_vocab_size", 0) > 1 else {}
        states = self.encoder(input_ids=ids, attention_mask=mask, **kinds).last_hidden_state
        share = own[..., None].to(states.dtype)
        mean = (states * share).sum(dim=1) / share.sum(dim=1)
        return self.top(torch.cat([states[:, 0], mean], dim=1))

    def logits(self, passages: Sequence[Passage]) -> Floats:
        """Logits of passages, shape (passages, codes)."""
        import torch

        pieces = self.cut(passages)
        found = np.zeros((len(passages), self.top.out_features))
        order = np.argsort([-len(its.ids) for its in pieces], kind="stable")
        with torch.inference_mode():
            for begin in range(0, len(order), _BATCH):
                rows = order[begin : begin + _BATCH]
                found[rows] = self.forward([pieces[row] for row in rows]).double().cpu().numpy()
        return found


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
    with np.load(file, allow_pickle=False) as arrays:
        weights = {name: arrays[name] for name in arrays.files}
    source = EmbedderSource(known["encoder"])
    if encoder is not None and encoder.fingerprint == known["fingerprint"]:
        source = encoder
    return Tuned(weights, source, known["fingerprint"], tuple(known["speakers"]))
