"""Dividing groups into folds: whole groups, alike in size and in rare codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Floats

FEW_GROUPS = 15  # below, each group is a fold of its own, and there is no judge set either
FOLDS = 5


def folds_of(
    groups: Sequence[str], labels: Floats, *, folds: int | None = None, seed: int = 0
) -> NDArray[np.intp]:
    """The fold of each row, shape (n,). A group lies in one fold; fewer groups than folds: one fold a group.

    Unless ``folds`` says how many: under 15 groups each is left out alone, so that models that learnt at different
    times are tested in the same folds; five folds of 15 groups and more.
    Groups are dealt from the largest to the smallest, each into the fold that lacks most of what it brings:
    rows, and codes by how rare they are.
    """
    names = list(dict.fromkeys(groups))
    index = {name: at for at, name in enumerate(names)}
    member = np.array([index[group] for group in groups])
    content = np.zeros((len(names), labels.shape[1] + 1))
    np.add.at(content, member, np.hstack([np.ones((len(groups), 1)), np.nan_to_num(labels)]))
    share = content / np.maximum(content.sum(axis=0), 1e-9)
    wanted = folds or (len(names) if len(names) < FEW_GROUPS else FOLDS)
    count = min(wanted, len(names))
    noise = np.random.default_rng(seed).permutation(len(names))
    held = np.zeros((count, share.shape[1]))
    fold_of = np.zeros(len(names), dtype=np.intp)
    for group in sorted(range(len(names)), key=lambda at: (-share[at].max(), noise[at])):
        uneven = [
            np.square(held + (np.arange(count) == at)[:, None] * share[group]).sum() for at in range(count)
        ]
        best = int(np.argmin(uneven))
        fold_of[group] = best
        held[best] += share[group]
    return np.asarray(fold_of[member], dtype=np.intp)
