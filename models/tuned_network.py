"""The encoder and the layer on top of it that gives a logit per code, as PyTorch runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats
from annotations.lots import lots
from models.embedder import EmbedderSource, load_encoder
from models.tuned_passage import PassageInContext

BATCH = 32
_OWN, _BEFORE, _AFTER = 160, 64, 32  # word pieces of a segment, and of what is read of its surroundings
_NEARLY_NEVER = 1e-4
_TOP = "top."


@dataclass(frozen=True)
class WordPieces:
    """Word pieces of a passage with its surroundings, and which of them are its own."""

    ids: list[int]
    own: range


@dataclass(frozen=True)
class TunedNetwork:
    """The encoder and its layer on top, as PyTorch runs them."""

    encoder: Any
    tokenizer: Any
    top: Any
    device: str = field(default="cpu")

    @classmethod
    def new(cls, source: EmbedderSource, labels: Floats, weights: Floats) -> TunedNetwork:
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
    def of(cls, source: EmbedderSource, arrays: Mapping[str, NDArray[np.float16]]) -> TunedNetwork:
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
        arrays = {
            name: its.detach().cpu().numpy().astype(np.float16)
            for name, its in self.encoder.state_dict().items()
        }
        for name, its in self.top.state_dict().items():
            arrays[f"{_TOP}{name}"] = its.detach().cpu().numpy().astype(np.float16)
        return arrays

    def cut(self, passages: Sequence[PassageInContext]) -> list[WordPieces]:
        """Passages as word pieces: what was said before, the passage, what was said after."""
        own, before, after = (
            self._ids([getattr(passage, name) for passage in passages])
            for name in ("text", "before", "after")
        )
        begin, end = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        pieces = []
        for at in range(len(passages)):
            left = [*before[at][-_BEFORE:], end] if before[at] else []
            right = [*after[at][:_AFTER], end] if after[at] else []
            its = own[at][:_OWN] or [self.tokenizer.unk_token_id]
            first = 1 + len(left)
            pieces.append(WordPieces([begin, *left, *its, end, *right], range(first, first + len(its))))
        return pieces

    def _ids(self, texts: list[str]) -> list[list[int]]:
        if not texts:  # of which the tokenizer makes an error
            return []
        tokens = self.tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)
        return list(tokens["input_ids"])

    def forward(self, batch: Sequence[WordPieces]) -> Any:
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

    def logits(self, passages: Sequence[PassageInContext]) -> Floats:
        """Logits of passages, shape (passages, codes)."""
        import torch

        pieces = self.cut(passages)
        logits = np.zeros((len(passages), self.top.out_features))
        order = np.argsort([-len(its.ids) for its in pieces], kind="stable")
        with torch.inference_mode():
            for rows in lots(order, BATCH):
                logits[rows] = self.forward([pieces[row] for row in rows]).double().cpu().numpy()
        return logits
