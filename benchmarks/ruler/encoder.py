"""The encoder with its weights free to be tuned, by transformers alone: mean of word pieces, unit length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from annotations.arrays import Floats32
from annotations.lots import lots

MOST_PIECES = 256
Tensors = dict[str, torch.Tensor]


class Encoder:
    """Weights in 32 bits on a device, and the tokenizer that belongs to them."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self.device = device
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
        self.model: Any = AutoModel.from_pretrained(str(folder)).float().to(device).eval()

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Vectors of texts, shape (texts, dimensions), through which gradients flow."""
        its = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=MOST_PIECES, return_tensors="pt"
        ).to(self.device)
        return mean_of(self.model(**its).last_hidden_state, its["attention_mask"])

    def embed(self, texts: Sequence[str]) -> Floats32:
        """Vectors of unit length, shape (texts, dimensions)."""
        order = np.argsort([-len(text) for text in texts], kind="stable")
        found = np.zeros((len(texts), self.model.config.hidden_size), dtype=np.float32)
        with torch.inference_mode():
            for rows in lots(order, 64):
                out = self.forward([texts[row] for row in rows])
                found[rows] = torch.nn.functional.normalize(out, dim=1).cpu().numpy()
        return found


def mean_of(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over the word pieces where ``mask`` is not 0; (rows, pieces, dimensions) to (rows, dimensions)."""
    weights = mask[..., None].to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
