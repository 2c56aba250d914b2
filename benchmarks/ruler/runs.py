"""What has been run, one small file each, so that a long run goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruler.peers import Learnt
from ruler.scores import Predicted
from ruler.sets import LabelledSet

from annotations.arrays import Floats
from training.training_parts import RECIPE


@dataclass(frozen=True)
class Run:
    """One method on one set: trained on a number of labelled units (or "all"), tested on one fold."""

    data: str
    method: str
    size: str
    fold: int


def rows_of(data: LabelledSet, run: Run) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Training and test rows: the draw of a size is another for each fold, and the same for all methods.

    With nothing labelled all training rows are there, for their words alone.
    """
    train, test = np.flatnonzero(data.folds != run.fold), np.flatnonzero(data.folds == run.fold)
    if run.size not in ("0", "all"):
        train = np.sort(np.random.default_rng(run.fold).choice(train, int(run.size), replace=False))
    return train, test


class Runs:
    """A folder of runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, run: Run) -> bool:
        """Has this been run?"""
        return self._file(run).is_file()

    def keep(
        self,
        run: Run,
        found: Learnt,
        test: NDArray[np.intp],
        prior: Floats,
        seconds: float,
        on: str = "",
    ) -> None:
        """Write a run's predictions. ``on``: what it was learnt on, if not on this machine's processor."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._file(run)
        part = file.with_suffix(".part.npz")
        np.savez_compressed(
            part,
            probabilities=found.probabilities.astype(np.float32),
            decided=found.decided,
            test=test,
            prior=prior,
            seconds=seconds,
            on=on,
        )
        part.replace(file)

    def predicted(
        self, data: LabelledSet, method: str, size: str, folds: Sequence[int]
    ) -> tuple[Predicted, float, str] | None:
        """The predictions of several folds together, the mean seconds of one, and on what; None if one is missing."""
        wanted = [Run(data.name, method, size, fold) for fold in folds]
        if not all(self.has(run) for run in wanted):
            return None
        parts = []
        for run in wanted:
            with np.load(self._file(run)) as file:
                parts.append({key: file[key] for key in file.files})
        test = np.concatenate([part["test"] for part in parts])
        names = {name: at for at, name in enumerate(dict.fromkeys(data.groups[row] for row in test))}
        return (
            Predicted(
                probabilities=np.concatenate([part["probabilities"] for part in parts]).astype(float),
                decided=np.concatenate([part["decided"] for part in parts]),
                labels=data.labels[test],
                member=np.array([names[data.groups[row]] for row in test]),
                prior=np.concatenate(
                    [np.broadcast_to(part["prior"], part["decided"].shape) for part in parts]
                ),
            ),
            float(np.mean([part["seconds"] for part in parts])),
            str(parts[0].get("on", "")),
        )

    def _file(self, run: Run) -> Path:
        plain = f"{run.data}|{run.method}|{run.size}|{run.fold}"
        if run.method == "Tandem":
            plain += f"|{RECIPE}"
        return self.folder / f"{hashlib.sha256(plain.encode()).hexdigest()[:20]}.npz"
