"""Why a code is suggested: the sentence that carries it, and the nearest passages that people coded so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from annotations.arrays import Bools, Floats32
from annotations.lots import lots
from annotations.transcript import Span
from models.classifier import Classifies
from models.passage_parts import Embed, Sentences, whole, with_questions
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
    questions: Floats32 | None = None,
) -> list[dict[str, CarryingSentence]]:
    """For each unit and each code wanted for it, the sentence that carries the suggestion.

    That is the sentence to which the model gives the code most surely when it is all that was said, by its words
    and its embedding, with the same speaker, question and surroundings. A unit of one sentence has none to point at: it
    gets an empty mapping, and so does a code that the model does not know. ``sentences``: where those of texts lie;
    ``questions``: the vectors of what the units were asked, where they are known.
    """
    column = {code: at for at, code in enumerate(model.codes)}
    asked = [any(code in column for code in codes) for codes in wanted]
    of_asked = iter(sentences([unit.text for unit, is_asked in zip(units, asked, strict=True) if is_asked]))
    # a text of one sentence has none to point at
    cut = [its if is_asked and len(its := next(of_asked)) > 1 else () for is_asked in asked]
    alone = [unit.with_text(span.of(unit.text)) for unit, its in zip(units, cut, strict=True) for span in its]
    if not alone:
        return [{} for _ in units]
    vectors = embed([unit.text for unit in alone])
    if questions is None:
        parts = with_questions(alone, vectors, embed)
    else:
        owner = np.repeat(np.arange(len(units)), [len(its) for its in cut])
        parts = whole(vectors, questions[owner])
    probabilities = model.probabilities(alone, vectors, parts)
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
        own = self._numbers(groups)
        for code in np.flatnonzero(wanted.any(axis=0)).tolist():
            pool = np.flatnonzero(self.carried[:, code])
            if not len(pool):
                continue
            carrying, its_groups = self.embeddings[pool], self._group_numbers[pool]
            units = np.flatnonzero(wanted[:, code])
            for some in lots(units, 1000):
                similarity = embeddings[some] @ carrying.T
                similarity[own[some][:, None] == its_groups[None, :]] = -np.inf
                for unit, its in zip(some.tolist(), _best(similarity, pool, most), strict=True):
                    if its:
                        nearest[unit][code] = its
        return nearest

    @cached_property
    def _number_of(self) -> dict[str, int]:
        """Of each group a number: numbers are compared a hundred times as fast as names."""
        return {group: at for at, group in enumerate(dict.fromkeys(self.groups.tolist()))}

    @cached_property
    def _group_numbers(self) -> NDArray[np.intp]:
        return self._numbers(self.groups.tolist())

    def _numbers(self, groups: Sequence[str]) -> NDArray[np.intp]:
        """-1 for a group of which no passage is here."""
        return np.array([self._number_of.get(group, -1) for group in groups], dtype=np.intp)


def _best(similarity: Floats32, pool: NDArray[np.intp], most: int) -> list[list[tuple[int, float]]]:
    """For each row up to ``most`` members of the pool and their similarity, the most similar first."""
    count = min(most, len(pool))
    top = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    its = np.take_along_axis(similarity, top, axis=1)
    order = np.argsort(-its, axis=1, kind="stable")
    top, its = np.take_along_axis(top, order, axis=1), np.take_along_axis(its, order, axis=1)
    return [
        [(at, value) for at, value in zip(row, values, strict=True) if value > -np.inf]
        for row, values in zip(pool[top].tolist(), its.tolist(), strict=True)
    ]
