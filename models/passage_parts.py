"""What an encoder sees of a passage besides the whole: what was asked, and its sentences, a few at a time.

A code often lives in one sentence of a long answer, and the vector of the whole hides it; a short answer means little
without its question. Sentences are joined to windows of at least 12 words, since fewer say too little by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats, Floats32
from annotations.transcript import Span
from models.segment_words import SegmentWords

LEAST_WORDS = 12  # of a window, unless the passage has fewer

Sentences = Callable[[Sequence[str]], Sequence[Sequence[Span]]]
Embed = Callable[[Sequence[str]], Floats32]


@dataclass(frozen=True)
class PassageParts:
    """``question``: the vector of what was asked, 0 where nothing was, shape (n, dimensions).

    ``windows``: the vectors of the passages' windows, shape (m, dimensions), each passage's together and in order;
    ``owner``: the passage of each, shape (m,). A passage of one window has its own vector there.
    """

    question: Floats32
    windows: Floats32
    owner: NDArray[np.intp]

    def only(self, rows: NDArray[np.intp]) -> PassageParts:
        """The parts of some passages, in this order."""
        starts = np.searchsorted(self.owner, rows)
        counts = np.searchsorted(self.owner, rows, side="right") - starts
        owner = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        return PassageParts(self.question[rows], self.windows[np.repeat(starts, counts) + within], owner)

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many windows each passage has, shape (n,)."""
        return np.bincount(self.owner, minlength=len(self.question))

    def best(self, scores: Floats) -> Floats:
        """The largest score of each passage's windows; ``scores``: shape (m, codes)."""
        if not len(self.owner):
            return np.zeros((0, scores.shape[1]))
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        return np.asarray(np.maximum.reduceat(scores, starts, axis=0))


def whole(embeddings: Floats32, question: Floats32 | None = None) -> PassageParts:
    """The parts of passages that are not cut, by their own vectors and those of what was asked, where these are known."""
    asked = np.zeros_like(embeddings) if question is None else question
    return PassageParts(asked, embeddings, np.arange(len(embeddings)))


def with_questions(units: Sequence[SegmentWords], embeddings: Floats32, embed: Embed) -> PassageParts:
    """The parts of passages that are not cut: each is its own window."""
    asked = np.array([bool(unit.question) for unit in units], dtype=np.bool_)
    question = np.zeros_like(embeddings)
    if asked.any():
        texts = list(dict.fromkeys(unit.question for unit in units if unit.question))
        row = {text: at for at, text in enumerate(texts)}
        question[asked] = embed(texts)[[row[unit.question] for unit in units if unit.question]]
    return PassageParts(question, embeddings, np.arange(len(units)))


def parts_of(
    units: Sequence[SegmentWords], embeddings: Floats32, embed: Embed, sentences: Sentences
) -> PassageParts:
    """The parts of passages. ``embeddings``: their own vectors; ``sentences``: where the sentences of texts lie."""
    asked = with_questions(units, embeddings, embed)
    long = long_enough([unit.text for unit in units])
    texts = [unit.text for unit, is_long in zip(units, long, strict=True) if is_long]
    cut = [windows_of(text, spans) for text, spans in zip(texts, sentences(texts), strict=True)]
    counts = np.ones(len(units), dtype=np.intp)
    counts[long] = [max(len(its), 1) for its in cut]
    owner = np.repeat(np.arange(len(units)), counts)
    windows = embeddings[owner]
    several = counts[owner] > 1
    if several.any():
        said = [span.of(text) for text, its in zip(texts, cut, strict=True) if len(its) > 1 for span in its]
        windows[several] = embed(said)
    return PassageParts(asked.question, windows, owner)


def long_enough(texts: Sequence[str]) -> Bools:
    """The texts that have words for two windows."""
    return np.array([len(text.split()) >= 2 * LEAST_WORDS for text in texts], dtype=np.bool_)


def windows_of(text: str, sentences: Sequence[Span]) -> list[Span]:
    """The sentences of a text, joined until each piece has 12 words; what is left over goes to the last piece."""
    windows: list[Span] = []
    start: int | None = None
    for sentence in sentences:
        start = sentence.start if start is None else start
        if len(text[start : sentence.end].split()) >= LEAST_WORDS:
            windows.append(Span(start, sentence.end))
            start = None
    if start is not None and sentences:
        start = windows.pop().start if windows else start
        windows.append(Span(start, sentences[-1].end))
    return windows
