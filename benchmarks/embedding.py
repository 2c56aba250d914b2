"""Embedding beside plain ``SentenceTransformer.encode`` on the same windows, in turns in one process.

Takes segments of AnnoMI (../shared/data) where that is, else the sample study's. The ratio says how many times
faster Tandem is; the windows are cut beforehand, and cutting them counts as Tandem's time. ``share``: the arithmetic
that the word pieces need (padding not counted) as a share of what this machine does in large matrix products, both
in single precision and measured in turns.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

import numpy as np
import torch

from models.embedder import Embedder, EmbedderSource

ROOT = Path(__file__).parents[1]
ANNOMI = ROOT.parent / "shared" / "data" / "annomi.jsonl"
ROUNDS = 3
MOST = 1500
LARGE = 2048


def _texts() -> list[str]:
    if ANNOMI.is_file():
        with ANNOMI.open(encoding="utf-8") as lines:
            found = [str(json.loads(line)["text"]) for line in lines]
    else:
        files = sorted((ROOT / "annotations" / "sample_study").glob("wave*/*.txt"))
        found = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(text for text in found if text.strip()))[:MOST]


def _needed(embedder: Embedder, texts: list[str]) -> float:
    """Arithmetic operations of a forward pass over each text's own word pieces."""
    config = embedder._model[0].auto_model.config
    wide, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
    total = 0.0
    for text in texts:
        for _, pieces in embedder.windows(text):
            length = pieces + 2
            # queries, keys, values and their mixing; the two halves of the inner layer; scores and weighted means
            per_piece = 2 * (4 * wide * wide + 2 * wide * inner) + 4 * length * wide
            total += layers * length * per_piece
    return total


def _machine() -> float:
    """Operations per second of a large matrix product."""
    one, other = torch.randn(LARGE, LARGE), torch.randn(LARGE, LARGE)
    torch.mm(one, other)
    start = time.perf_counter()
    for _ in range(5):
        torch.mm(one, other)
    return 5 * 2 * LARGE**3 / (time.perf_counter() - start)


if __name__ == "__main__":
    embedder = EmbedderSource(device="cpu").load()
    texts = _texts()
    windows = [piece for text in texts for piece, _ in embedder.windows(text)]
    embedder.embed(texts[:50])
    needed = _needed(embedder, texts)
    ours, plain, machine = [], [], []
    for _ in range(ROUNDS):
        machine.append(_machine())
        start = time.perf_counter()
        vectors = embedder.embed(texts)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        peers = embedder._model.encode(windows, normalize_embeddings=True, show_progress_bar=False)
        plain.append(time.perf_counter() - start)
    alike = float(np.abs(vectors - peers).max()) if len(windows) == len(texts) else None
    rate = statistics.median(machine)
    print(
        json.dumps(
            {
                "texts": len(texts),
                "windows": len(windows),
                "tandem_s": round(statistics.median(ours), 2),
                "encode_s": round(statistics.median(plain), 2),
                "times_faster": round(statistics.median(plain) / statistics.median(ours), 2),
                "segments_per_s": round(len(texts) / statistics.median(ours)),
                "machine_gflops": round(rate / 1e9),
                "share": round(needed / statistics.median(ours) / rate, 2),
                "encode_share": round(needed / statistics.median(plain) / rate, 2),
                "largest_difference": alike,
                "target": 1.0,
            }
        )
    )
