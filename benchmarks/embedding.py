"""Embedding beside plain ``SentenceTransformer.encode`` on the same windows, in turns in one process.

Takes segments of AnnoMI (../shared/data) where that is, else the sample study's. The ratio says how many times
faster Tandem is; the windows are cut beforehand, and cutting them counts as Tandem's time.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

import numpy as np

from models.embedder import EmbedderSource

ROOT = Path(__file__).parents[1]
ANNOMI = ROOT.parent / "shared" / "data" / "annomi.jsonl"
ROUNDS = 3
MOST = 1500


def _texts() -> list[str]:
    if ANNOMI.is_file():
        with ANNOMI.open(encoding="utf-8") as lines:
            found = [str(json.loads(line)["text"]) for line in lines]
    else:
        files = sorted((ROOT / "annotations" / "sample_study").glob("wave*/*.txt"))
        found = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(text for text in found if text.strip()))[:MOST]


if __name__ == "__main__":
    embedder = EmbedderSource(device="cpu").load()
    texts = _texts()
    windows = [piece for text in texts for piece, _ in embedder.windows(text)]
    embedder.embed(texts[:50])
    ours, plain = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        vectors = embedder.embed(texts)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        peers = embedder._model.encode(windows, normalize_embeddings=True, show_progress_bar=False)
        plain.append(time.perf_counter() - start)
    alike = float(np.abs(vectors - peers).max()) if len(windows) == len(texts) else None
    print(
        json.dumps(
            {
                "texts": len(texts),
                "windows": len(windows),
                "tandem_s": round(statistics.median(ours), 2),
                "encode_s": round(statistics.median(plain), 2),
                "times_faster": round(statistics.median(plain) / statistics.median(ours), 2),
                "largest_difference": alike,
                "target": 1.0,
            }
        )
    )
