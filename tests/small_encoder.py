"""An encoder of the shipped one's kind that is tuned in no time: its tokenizer, and one narrow layer that knows nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from models.embedder import EmbedderSource

WIDTH = 32


def make_small_encoder(folder: Path) -> None:
    """Write it into this folder, with weights drawn at random; the same ones each time."""
    import torch
    from transformers import BertConfig, BertModel

    shutil.copytree(
        EmbedderSource().folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors")
    )
    shape = BertConfig.from_pretrained(
        folder, hidden_size=WIDTH, num_hidden_layers=1, num_attention_heads=2, intermediate_size=2 * WIDTH
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(shape).save_pretrained(folder)
    pooling = folder / "1_Pooling" / "config.json"
    known = json.loads(pooling.read_text("utf-8"))
    pooling.write_text(json.dumps(known | {"word_embedding_dimension": WIDTH}), "utf-8")
