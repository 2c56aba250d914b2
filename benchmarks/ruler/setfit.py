"""SetFit (Tunstall et al. 2022, arXiv 2209.11055) on the shipped encoder, as a loop of its own.

The package needs libraries that Tandem does without, so its recipe is followed here: pairs of segments, alike if they
share a code, twenty times two for each labelled segment; the encoder learns their cosine similarity (AdamW, learning
rate 2e-5, batches of sixteen pairs, one pass with a warm-up of a tenth); then a logistic regression per code.

Needs no more than PyTorch, transformers and scikit-learn, so that it also runs where Tandem is not installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from ruler.encoder import Encoder
from sklearn.linear_model import LogisticRegression

from annotations.arrays import Bools, Floats
from annotations.lots import lots

Rows = NDArray[np.intp]
ITERATIONS = 20
BATCH = 16
RATE = 2e-5


def setfit_scores(
    folder: Path,
    texts: Sequence[str],
    labels: Bools,
    train: Rows,
    test: Rows,
    device: str = "cpu",
) -> Floats:
    """Probabilities of the test rows, shape (m, codes). ``folder``: the encoder's; ``labels``: shape (n, codes)."""
    encoder = Encoder(folder, device)
    its = [texts[row] for row in train]
    _tune(encoder, its, _pairs(labels[train]))
    learn, judge = encoder.embed(its), encoder.embed([texts[row] for row in test])
    scores = np.zeros((len(test), labels.shape[1]))
    for code in range(labels.shape[1]):
        own = labels[train, code]
        if own.all() or not own.any():
            scores[:, code] = own.mean()
        else:
            scores[:, code] = LogisticRegression(max_iter=300).fit(learn, own).predict_proba(judge)[:, 1]
    return scores


def _pairs(labels: Bools) -> list[tuple[int, int, float]]:
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


def _tune(encoder: Encoder, texts: list[str], pairs: list[tuple[int, int, float]]) -> None:
    torch.manual_seed(0)
    encoder.model.train()
    steps = -(-len(pairs) // BATCH)
    optimiser = torch.optim.AdamW(encoder.model.parameters(), lr=RATE)
    schedule = falling_after_warming(optimiser, steps, 0.1)
    for some in lots(pairs, BATCH):
        # both sides in one pass: a segment's vector does not depend on what else is in the batch
        left, right = encoder.forward([texts[pair[side]] for side in (0, 1) for pair in some]).chunk(2)
        wanted = torch.tensor([pair[2] for pair in some], device=encoder.device)
        loss = torch.nn.functional.mse_loss(torch.cosine_similarity(left, right), wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    encoder.model.eval()


def falling_after_warming(
    optimiser: torch.optim.Optimizer, steps: int, warm: float
) -> torch.optim.lr_scheduler.LambdaLR:
    """A learning rate that rises for a share ``warm`` of all steps and then falls to nothing."""
    rising = max(int(steps * warm), 1)
    return torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / rising, max((steps - step) / max(steps - rising, 1), 0))
    )
