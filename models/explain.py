"""Why a code is suggested: the nearest passages that people coded so, of other participants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Precedents:
    """Passages that people coded, of those that may be quoted.

    ``embeddings``: shape (m, dimensions), unit length; ``groups``: the group of each; ``carried``: shape
    (m, codes), which codes people put on it.
    """

    embeddings: NDArray[np.float32]
    groups: NDArray[np.object_]
    carried: NDArray[np.bool_]

    def nearest(
        self,
        embeddings: NDArray[np.float32],
        groups: Sequence[str],
        wanted: NDArray[np.bool_],
        *,
        most: int = 3,
    ) -> list[dict[int, list[tuple[int, float]]]]:
        """For each unit and each wanted code, up to ``most`` precedents of other groups, the nearest first.

        ``wanted``: shape (units, codes). Gives, per unit, a mapping from the code's column to pairs of a
        precedent's position and its cosine similarity; a code without a precedent is left out.
        """
        found: list[dict[int, list[tuple[int, float]]]] = [{} for _ in range(len(embeddings))]
        own = np.array(groups, dtype=object)
        for code in np.flatnonzero(wanted.any(axis=0)):
            pool = np.flatnonzero(self.carried[:, code])
            if not len(pool):
                continue
            units = np.flatnonzero(wanted[:, code])
            for start in range(0, len(units), 1000):
                some = units[start : start + 1000]
                similarity = embeddings[some] @ self.embeddings[pool].T
                similarity[own[some][:, None] == self.groups[pool][None, :]] = -np.inf
                for unit, row in zip(some.tolist(), similarity, strict=True):
                    best = _best(row, most)
                    if best:
                        found[unit][int(code)] = [(int(pool[at]), float(row[at])) for at in best]
        return found


def _best(row: NDArray[np.float32], most: int) -> list[int]:
    count = min(most, len(row))
    top = np.argpartition(-row, count - 1)[:count]
    return [int(at) for at in top[np.argsort(-row[top], kind="stable")] if np.isfinite(row[at])]
