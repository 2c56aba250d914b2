"""The shipped encoder's vectors, made once for a run of the tests: several flows go over the same sample study."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.arrays import Floats32
from annotations.progress import Progress
from models.embedder import Embedder, EmbedderSource

load = EmbedderSource.load


@cache
def _loaded(source: EmbedderSource) -> Embedder:
    """Once for a process, however many commands on however many studies ask."""
    return load(source)


class Remembered:
    """An encoder that is loaded for texts that no process of this run has embedded, and for all else that is asked."""

    def __init__(self, source: EmbedderSource, folder: Path) -> None:
        self._source = source
        self._folder = folder

    @property
    def _real(self) -> Embedder:
        return _loaded(self._source)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Floats32:
        """As the encoder itself gives them, whenever that was."""
        files = {text: self._folder / f"{sha256(text.encode()).hexdigest()}.npy" for text in texts}
        new = [text for text, file in files.items() if not file.exists()]
        if new:
            for text, vector in zip(new, self._real.embed(new, progress), strict=True):
                unfinished = files[text].with_suffix(f".{os.getpid()}.unfinished")
                with unfinished.open("wb") as out:
                    np.save(out, vector)
                unfinished.rename(files[text])
        return np.stack([np.load(files[text]) for text in texts])


@contextmanager
def vectors_kept(folder: Path) -> Iterator[None]:
    """While it lasts, the shipped encoder's vectors are kept in this folder, which other processes may share."""
    folder.mkdir(exist_ok=True)

    def remembering(self: EmbedderSource) -> Any:
        return Remembered(self, folder) if self.model == "shipped" else load(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmbedderSource, "load", remembering)
        yield
