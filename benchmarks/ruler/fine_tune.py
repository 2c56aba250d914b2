"""The shipped encoder fine-tuned whole, with a layer on top that gives a logit per code.

What Tandem does not do (it takes a graphics processor, or most of an hour), measured to know what it would bring. The
encoder reads a segment together with what stands around it; the top layer sees the first word piece and the mean of
the segment's own. Needs no more than PyTorch and transformers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from ruler.encoder import Encoder, mean_of
from ruler.setfit import falling_after_warming

Rows = NDArray[np.intp]
BATCH = 32
OWN, BEFORE, AFTER = 160, 64, 32  # word pieces of a segment, and of what is read of its surroundings


@dataclass(frozen=True)
class Recipe:
    """How to tune: ``turns`` before and ``after`` it are read with a segment; ``rate`` is that of the encoder."""

    turns: int
    epochs: int
    rate: float = 5e-5
    top_rate: float = 1e-3
    seed: int = 0


@dataclass(frozen=True)
class Passage:
    """A segment's words with its speaker's name, and what was said before and after it."""

    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class _Pieces:
    ids: list[int]
    own: range


def fine_tuned(
    folder: Path,
    passages: Sequence[Passage],
    labels: NDArray[np.bool_],
    train: Rows,
    test: Rows,
    recipe: Recipe,
    device: str = "cpu",
) -> NDArray[np.float32]:
    """Logits of the test rows, shape (m, codes), by an encoder tuned on the training rows alone."""
    torch.manual_seed(recipe.seed)
    encoder = Encoder(folder, device)
    pieces = _cut(encoder.tokenizer, passages, recipe.turns > 0)
    top = torch.nn.Linear(2 * encoder.model.config.hidden_size, labels.shape[1]).to(device)
    torch.nn.init.zeros_(top.weight)
    share = labels[train].mean(axis=0).clip(1e-4, 1 - 1e-4)
    top.bias.data = torch.tensor(np.log(share / (1 - share)), dtype=torch.float32, device=device)
    optimiser = torch.optim.AdamW(
        [
            {"params": encoder.model.parameters(), "lr": recipe.rate},
            {"params": top.parameters(), "lr": recipe.top_rate},
        ],
        weight_decay=0.01,
        fused=device != "cpu",
    )
    steps = recipe.epochs * -(-len(train) // BATCH)
    schedule = falling_after_warming(optimiser, steps, 0.06)
    random = np.random.default_rng(recipe.seed)
    wanted = torch.tensor(labels, dtype=torch.float32, device=device)
    encoder.model.train()
    for _ in range(recipe.epochs):
        for rows in _batches(random.permutation(train), pieces, random):
            logits = _logits(encoder, top, [pieces[row] for row in rows])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, wanted[rows], reduction="sum"
            ) / len(rows)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(encoder.model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    encoder.model.eval()
    found = np.zeros((len(test), labels.shape[1]), dtype=np.float32)
    order = np.argsort([-len(pieces[row].ids) for row in test], kind="stable")
    with torch.inference_mode():
        for begin in range(0, len(test), 128):
            at = order[begin : begin + 128]
            found[at] = _logits(encoder, top, [pieces[row] for row in test[at]]).float().cpu().numpy()
    return found


def _cut(tokenizer: Any, passages: Sequence[Passage], context: bool) -> list[_Pieces]:
    def ids(texts: list[str]) -> list[list[int]]:
        return list(tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)["input_ids"])

    own, before, after = (
        ids([getattr(passage, name) for passage in passages]) for name in ("text", "before", "after")
    )
    found = []
    for at in range(len(passages)):
        left = [*before[at][-BEFORE:], tokenizer.sep_token_id] if context and before[at] else []
        right = [*after[at][:AFTER], tokenizer.sep_token_id] if context and after[at] else []
        its = own[at][:OWN]
        begin = 1 + len(left)
        found.append(
            _Pieces(
                [tokenizer.cls_token_id, *left, *its, tokenizer.sep_token_id, *right],
                range(begin, begin + max(len(its), 1)),
            )
        )
    return found


def _batches(rows: Rows, pieces: Sequence[_Pieces], random: np.random.Generator) -> Iterator[Rows]:
    """Batches of like length, so that little of them is padding: each fifty are sorted among themselves."""
    found = []
    for begin in range(0, len(rows), 50 * BATCH):
        some = rows[begin : begin + 50 * BATCH]
        some = some[np.argsort([len(pieces[row].ids) for row in some], kind="stable")]
        found += [some[start : start + BATCH] for start in range(0, len(some), BATCH)]
    for at in random.permutation(len(found)):
        yield found[at]


def _logits(encoder: Encoder, top: torch.nn.Linear, batch: Sequence[_Pieces]) -> torch.Tensor:
    width = max(len(its.ids) for its in batch)
    ids = torch.full((len(batch), width), int(encoder.tokenizer.pad_token_id))
    kind, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for at, its in enumerate(batch):
        ids[at, : len(its.ids)] = torch.tensor(its.ids)
        mask[at, : len(its.ids)] = 1
        kind[at, its.own.start : its.own.stop] = 1
    ids, kind, mask = (side.to(encoder.device, non_blocking=True) for side in (ids, kind, mask))
    with torch.autocast(encoder.device.split(":")[0], torch.bfloat16, enabled=encoder.device != "cpu"):
        states = encoder.model(input_ids=ids, attention_mask=mask, token_type_ids=kind).last_hidden_state
    states = states.float()
    return top(torch.cat([states[:, 0], mean_of(states, kind)], dim=1))
