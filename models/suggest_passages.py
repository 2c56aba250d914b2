"""What a model says of some passages: probabilities, what is put before a coder, and what speaks for it.

It asks no database and loads no encoder, so that another machine comes to the same (``models.shard_worker``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from annotations.arrays import Floats, Floats32
from annotations.coding import Evidence
from annotations.store.suggestions import Suggested
from annotations.transcript import Span
from models.classifier import Model, suggested
from models.cold_start import ColdStart
from models.explain import Precedents, sentences_behind
from models.passage_parts import Embed, PassageParts, Sentences, parts_of, with_questions
from models.segment_words import SegmentWords


@dataclass(frozen=True)
class AskedPassages:
    """Some units by their segments' ids, each with where it begins in its transcript, and its group."""

    segments: Sequence[UUID]
    units: Sequence[SegmentWords]
    begins: Sequence[int]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.segments)

    @property
    def texts(self) -> list[str]:
        """Their words."""
        return [unit.text for unit in self.units]


@dataclass(frozen=True)
class QuotablePrecedents:
    """The passages that people coded and that may be quoted: what the search compares, and their segments' ids."""

    precedents: Precedents
    segments: Sequence[UUID]


@dataclass(frozen=True)
class Reader:
    """A model with what it needs to speak of passages. ``sentences``: where those of texts lie."""

    model: Model | ColdStart
    coded: QuotablePrecedents
    embed: Embed
    sentences: Sentences

    def suggest(
        self, passages: AskedPassages, vectors: Floats32, embed_sentences: Embed | None = None
    ) -> tuple[Floats, list[Suggested]]:
        """Probabilities, shape (passages, codes), and the same with what is suggested and why.

        ``vectors``: of the passages, shape (passages, dimensions). ``embed_sentences``: embeds what is looked at last.
        """
        model, codes = self.model, self.model.codes
        reader = replace(self, sentences=_remembering(self.sentences))
        parts = reader._parts(passages.units, vectors)
        said = model.probabilities(passages.units, vectors, parts)
        chosen = suggested(said, model.thresholds, codes, model.exclusive if isinstance(model, Model) else ())
        nearest = self.coded.precedents.nearest(vectors, passages.groups, chosen)
        none: tuple[str, ...] = ()
        wanted = [none] * len(passages)
        for at in np.flatnonzero(chosen.any(axis=1)).tolist():
            wanted[at] = tuple(codes[code] for code in np.flatnonzero(chosen[at]))
        carrying = reader.carrying(passages, wanted, embed_sentences, parts)
        rows = []
        for at, (segment, probabilities) in enumerate(zip(passages.segments, said.tolist(), strict=True)):
            evidence = {
                codes[code]: tuple(Evidence(self.coded.segments[where], value) for where, value in its)
                for code, its in nearest[at].items()
            }
            rows.append(Suggested(segment, probabilities, wanted[at], evidence, carrying[at]))
        return said, rows

    def carrying(
        self,
        passages: AskedPassages,
        wanted: Sequence[Sequence[str]],
        embed: Embed | None = None,
        parts: PassageParts | None = None,
    ) -> list[dict[str, Span]]:
        """For each passage the sentence behind each wanted code, as a span of its transcript.

        Only sentences of passages for which something is wanted are embedded. A model that knows only the codebook's
        words points at none. ``parts``: the passages', where they are known.
        """
        carrying: list[dict[str, Span]] = [{} for _ in wanted]
        rows = [at for at, codes in enumerate(wanted) if codes]
        if isinstance(self.model, ColdStart) or not rows:
            return carrying
        units = [passages.units[at] for at in rows]
        asked = [wanted[at] for at in rows]
        questions = None if parts is None else parts.question[rows]
        behind = sentences_behind(self.model, units, asked, embed or self.embed, self.sentences, questions)
        for at, its in zip(rows, behind, strict=True):
            begin = passages.begins[at]
            carrying[at] = {
                code: Span(begin + carrying_sentence.span.start, begin + carrying_sentence.span.end)
                for code, carrying_sentence in its.items()
            }
        return carrying

    def _parts(self, units: Sequence[SegmentWords], vectors: Floats32) -> PassageParts | None:
        """What a model reads besides the passages; None where it reads nothing else."""
        if isinstance(self.model, ColdStart):
            return None
        if self.model.sentences is None:
            return with_questions(units, vectors, self.embed)
        return parts_of(units, vectors, self.embed, self.sentences)


def _remembering(sentences: Sentences) -> Sentences:
    """The same for the few passages of a lot, some of which are asked for twice."""
    known: dict[str, Sequence[Span]] = {}

    def remembered(texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, sentences(new), strict=True))
        return [known[text] for text in texts]

    return remembered
