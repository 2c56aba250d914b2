"""What is done of tuning encoders, kept until the whole training is done: a killed one goes on where it stopped.

Each tuning goes by a hash of everything that it learns from and how, so that nothing of another study, recipe or set of
codings is ever taken for it. The files can say something of the passages, as the tuned encoder itself can: they are
erased when the training ends, and at every withdrawal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.damaged_zip import DAMAGED_ZIP
from models.arrays_file import read_arrays
from models.model_folder import erase_folder, model_folder

FOLDER = "tuning"  # directly below the study's models
Arrays = Mapping[str, NDArray[Any]]
_NOT_TO_BE_READ = (
    *DAMAGED_ZIP,
    OSError,
    TypeError,
    MemoryError,
)


@dataclass(frozen=True)
class KeptTunings:
    """The folder of a study in which they are kept; ``models``: where its models lie."""

    models: Path

    def of(self, *content: object) -> KeptTuning:
        """The tuning that learns from this content: its parts' ``repr`` or, of arrays, their bytes.

        Raises OutsideStudy where a link or a pipe stands in the folder's place.
        """
        digest = hashlib.sha256()
        for part in content:
            if isinstance(part, np.ndarray):
                digest.update(repr((part.shape, part.dtype.str)).encode())
                digest.update(np.ascontiguousarray(part).tobytes())
            else:
                digest.update(repr(part).encode("utf-8", "surrogatepass"))
        return KeptTuning(model_folder(self.models, FOLDER), digest.hexdigest()[:32])

    def erase(self) -> None:
        """Delete everything that is kept. Raises TandemError where something is still there."""
        if (self.models / FOLDER).exists():
            erase_folder(self.models / FOLDER)


@dataclass(frozen=True)
class KeptTuning:
    """One tuning: where it stands after its last whole pass, or what came of it."""

    folder: Path
    name: str

    def result(self) -> Arrays | None:
        """The tuned weights, None if it has not come to its end."""
        return self._read("done")

    def keep_result(self, weights: Arrays) -> None:
        """Keep the tuned weights; where it stood on the way is not needed any more."""
        self._write("done", weights)
        self._file("pass").unlink(missing_ok=True)

    def standing(self) -> Arrays | None:
        """Where it stands, None if no pass was finished."""
        return self._read("pass")

    def keep_standing(self, arrays: Arrays) -> None:
        """Keep where it stands, in the place of where it stood before."""
        self._write("pass", arrays)

    def _file(self, what: str) -> Path:
        return self.folder / f"{self.name}.{what}.npz"

    def _read(self, what: str) -> Arrays | None:
        try:
            return read_arrays(self._file(what))
        except _NOT_TO_BE_READ:
            return None  # there is none, or it was cut off or damaged: what it held is made again

    def _write(self, what: str, arrays: Arrays) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{self.name}.part.npz"
        np.savez(part, allow_pickle=False, **dict(arrays))
        part.replace(self._file(what))
