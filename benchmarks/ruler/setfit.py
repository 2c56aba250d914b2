"""SetFit (Tunstall et al. 2022, arXiv 2209.11055) on the shipped encoder, as a loop of its own.

The package needs libraries that Tandem does without, so its recipe is followed here: pairs of segments, alike if they
share a code, twenty times two for each labelled segment; the encoder learns their cosine similarity (AdamW, learning
rate 2e-5, batches of sixteen pairs, one pass with a warm-up of a tenth); then a logistic regression per code.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from ruler.sets import LabelledSet
from sklearn.linear_model import LogisticRegression

from models.embedder import Embedder, EmbedderSource

Rows = NDArray[np.intp]
ITERATIONS = 20
BATCH = 16
RATE = 2e-5


def setfit_scores(data: LabelledSet, train: Rows, test: Rows) -> NDArray[np.float64]:
    """Probabilities of the test rows, shape (m, codes)."""
    embedder = EmbedderSource(device="cpu").load()
    texts = [data.units[row].text for row in train]
    _tune(embedder, texts, _pairs(data.labels[train]))
    embedder._model.eval()
    learn, judge = embedder.embed(texts), embedder.embed([data.units[row].text for row in test])
    scores = np.zeros((len(test), len(data.codes)))
    for code in range(len(data.codes)):
        own = data.labels[train, code]
        if own.all() or not own.any():
            scores[:, code] = own.mean()
        else:
            scores[:, code] = LogisticRegression(max_iter=300).fit(learn, own).predict_proba(judge)[:, 1]
    return scores


def _pairs(labels: NDArray[np.bool_]) -> list[tuple[int, int, float]]:
    """For each segment twenty that share a code and twenty that share none, as far as there are any."""
    random = np.random.default_rng(0)
    alike = (labels.astype(int) @ labels.T.astype(int)) > 0
    np.fill_diagonal(alike, False)
    found = []
    for one in range(len(labels)):
        for side, value in ((alike[one], 1.0), (~alike[one], 0.0)):
            others = np.flatnonzero(side)
            others = others[others != one]
            if len(others):
                found += [(one, int(other), value) for other in random.choice(others, ITERATIONS)]
    return [found[at] for at in random.permutation(len(found))]


def _tune(embedder: Embedder, texts: list[str], pairs: list[tuple[int, int, float]]) -> None:
    torch.manual_seed(0)
    model = embedder._model.train()
    steps = -(-len(pairs) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE)
    warm = max(steps // 10, 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max((steps - step) / max(steps - warm, 1), 0))
    )
    for begin in range(0, len(pairs), BATCH):
        some = pairs[begin : begin + BATCH]
        sides = [
            model(model.preprocess([texts[pair[side]] for pair in some]))["sentence_embedding"]
            for side in (0, 1)
        ]
        similarity = torch.cosine_similarity(*sides)
        loss = torch.nn.functional.mse_loss(similarity, torch.tensor([pair[2] for pair in some]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
