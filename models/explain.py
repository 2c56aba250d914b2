"""Why a code is suggested: the sentence that carries it, and the nearest passages that people coded so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats32
from annotations.lots import lots
from annotations.transcript import Span
from models.classifier import Classifies
from models.passage_parts import Embed, Sentences, with_questions
from models.segment_words import SegmentWords


@dataclass(frozen=True, slots=True)
class CarryingSentence:
    """The sentence of a unit that speaks most for a code: its span within the unit's words, and its probability alone."""

    span: Span
    probability: float


def sentences_behind(
    model: Classifies,
    units: Sequence[SegmentWords],
    wanted: Sequence[Sequence[str]],
    embed: Embed,
    sentences: Sentences,
) -> list[dict[str, CarryingSentence]]:
    """For each unit and each code wanted for it, the sentence that carries the suggestion.

    That is the sentence to which the model gives the code most surely when it is all that was said, by its words
    and its embedding, with the same speaker, question and surroundings. A unit of one sentence has none to point at: it
    gets an empty mapping, and so does a code that the model does not know. ``sentences``: where those of texts lie.
    """
    column = {code: at for at, code in enumerate(model.codes)}
    asked = [any(code in column for code in codes) for codes in wanted]
    of_asked = iter(sentences([unit.text for unit, is_asked in zip(units, asked, strict=True) if is_asked]))
    # a text of one sentence has none to point at
    cut = [its if is_asked and len(its := next(of_asked)) > 1 else () for is_asked in asked]
    alone = [
        replace(unit, text=span.of(unit.text)) for unit, its in zip(units, cut, strict=True) for span in its
    ]
    if not alone:
        return [{} for _ in units]
    vectors = embed([unit.text for unit in alone])
    probabilities = model.probabilities(alone, vectors, with_questions(alone, vectors, embed))
    answers: list[dict[str, CarryingSentence]] = []
    begin = 0
    for its, codes in zip(cut, wanted, strict=True):
        rows = probabilities[begin : begin + len(its)]
        begin += len(its)
        answer = {}
        for code in codes if its else ():
            if code in column:
                best = int(np.argmax(rows[:, column[code]]))
                answer[code] = CarryingSentence(its[best], float(rows[best, column[code]]))
        answers.append(answer)
    return answers


@dataclass(frozen=True)
class Precedents:
    """Passages that people coded, of those that may be quoted.

    ``embeddings``: shape (m, dimensions), unit length; ``groups``: the group of each; ``carried``: shape
    (m, codes), which codes people put on it.
    """

    embeddings: Floats32
    groups: NDArray[np.object_]
    carried: Bools

    def nearest(
        self,
        embeddings: Floats32,
        groups: Sequence[str],
        wanted: Bools,
        *,
        most: int = 3,
    ) -> list[dict[int, list[tuple[int, float]]]]:
        """For each unit and each wanted code, up to ``most`` precedents of other groups, the nearest first.

        ``wanted``: shape (units, codes). Gives, per unit, a mapping from the code's column to pairs of a
        precedent's position and its cosine similarity; a code without a precedent is left out.
        """
        nearest: list[dict[int, list[tuple[int, float]]]] = [{} for _ in range(len(embeddings))]
        own = np.array(groups, dtype=object)
        for code in np.flatnonzero(wanted.any(axis=0)):
            pool = np.flatnonzero(self.carried[:, code])
            if not len(pool):
                continue
            units = np.flatnonzero(wanted[:, code])
            for some in lots(units, 1000):
                similarity = embeddings[some] @ self.embeddings[pool].T
                similarity[own[some][:, None] == self.groups[pool][None, :]] = -np.inf
                for unit, row in zip(some.tolist(), similarity, strict=True):
                    best = _best(row, most)
                    if best:
                        nearest[unit][int(code)] = [(int(pool[at]), float(row[at])) for at in best]
        return nearest


def _best(row: Floats32, most: int) -> list[int]:
    count = min(most, len(row))
    top = np.argpartition(-row, count - 1)[:count]
    return [int(at) for at in top[np.argsort(-row[top], kind="stable")] if np.isfinite(row[at])]
