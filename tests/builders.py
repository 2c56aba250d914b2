"""Small real things that tests are made of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from annotations.arrays import Floats32
from annotations.progress import Progress
from annotations.transcript import Consents, SpokenTurn, Transcript, canonical

REPOSITORY = Path(__file__).parents[1]
# how long a test waits for what comes in a moment: on a busy machine a moment is long
PATIENCE_S = 120


def skip_or_fail(reason: str) -> None:
    """Skip where a component is missing; fail instead where TANDEM_NO_SKIPS says that none may be."""
    if os.environ.get("TANDEM_NO_SKIPS") == "1":
        pytest.fail(f"no test may be skipped here: {reason}")
    pytest.skip(reason)


def a_transcript(name: str, *words: str, speaker: str = "", **described: object) -> Transcript:
    """An interview in which an interviewer and a participant take turns, the interviewer first."""
    who = speaker or name
    spoken = [SpokenTurn(("Interviewer", who)[at % 2], said) for at, said in enumerate(words)]
    text, turns = canonical(spoken, ("Interviewer",))
    described.setdefault("consents", Consents(may_train=True, may_quote=True))
    return Transcript(name=name, text=text, turns=turns, participant=who, **described)  # type: ignore[arg-type]


class WordEncoder:
    """A small real encoder: each word's hash says along which axes its text points. Counts what it embeds."""

    fingerprint = "words-of-4096"
    name = "words"
    dimensions = 4096
    taught = None  # it knows words of every language alike

    def __init__(self, fails_after: int | None = None) -> None:
        self.embedded: list[str] = []
        self.fails_after = fails_after

    def load(self) -> WordEncoder:
        """Itself: there is nothing to load."""
        return self

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Floats32:
        """Vectors of unit length, shape (texts, 4096)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            if self.fails_after is not None and len(self.embedded) >= self.fails_after:
                raise KeyboardInterrupt
            self.embedded.append(text)
            for word in [*text.casefold().split(), ""]:
                vectors[at, int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimensions] += 1
            if progress:
                progress(at + 1, len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
