"""What is told of new segments beside their suggestions: how they differ from what the model learnt on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotations.arrays import Floats, Floats32
from annotations.store.model_versions import ModelVersion
from models.classifier import Model
from models.cold_start import ColdStart
from models.corpus import Corpus
from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.novelty import MOST_COMPARED, ComparedSegments, Novelty, novelty

MOST_QUOTES = 3


@dataclass(frozen=True, slots=True)
class QuotablePassage:
    """A passage that may be quoted: whose it is, and its words."""

    participant: str
    words: str


@dataclass(frozen=True)
class Notice:
    """A novelty with passages of its clusters, as far as consents allow; one list for each cluster."""

    novelty: Novelty
    quotes: tuple[tuple[QuotablePassage, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        plain = self.novelty.to_json()
        for cluster, its in zip(plain["clusters"], self.quotes, strict=True):
            cluster["quotes"] = [{"participant": quoted.participant, "text": quoted.words} for quoted in its]
        return plain


@dataclass
class Sampled:
    """New segments drawn for the comparison, filled while suggestions are made: no second look at any of them."""

    wanted: frozenset[int]
    units: list[int] = field(default_factory=list)
    vectors: list[Floats32] = field(default_factory=list)
    probabilities: list[Floats] = field(default_factory=list)

    def look(self, units: Sequence[int], vectors: Floats32, probabilities: Floats) -> None:
        """Keep what is wanted of a batch."""
        rows = [at for at, unit in enumerate(units) if unit in self.wanted]
        self.units.extend(units[at] for at in rows)
        self.vectors.append(vectors[rows])
        self.probabilities.append(probabilities[rows])


def draw(units: Sequence[int], seed: int = 0) -> Sampled:
    """At most 5,000 of the units, at random."""
    if len(units) <= MOST_COMPARED:
        return Sampled(frozenset(units))
    chosen = np.random.default_rng(seed).choice(len(units), MOST_COMPARED, replace=False)
    return Sampled(frozenset(units[at] for at in chosen.tolist()))


def notice(
    corpus: Corpus,
    groups: Sequence[str],
    coded: Sequence[int],
    sampled: Sampled,
    model: Model | ColdStart,
    version: ModelVersion,
    source: EmbedderSource,
    cache: EmbeddingCache,
) -> Notice | None:
    """Compare new segments with those of ``coded``, the positions of transcripts that people have coded.

    None for a model that has learnt from nobody, and where there is nothing new or nothing coded to compare.
    ``groups``: the group of each transcript.
    """
    if not isinstance(model, Model) or not sampled.units:
        return None
    transcripts, new = set(coded), set(sampled.units)
    known = [unit for unit, at in enumerate(corpus.transcript_of) if at in transcripts and unit not in new]
    if not known or all(corpus.transcript_of[unit] in transcripts for unit in sampled.units):
        return None
    known = sorted(draw(known).wanted)
    texts = [corpus.text(unit) for unit in known]
    novelty_seen = novelty(
        ComparedSegments(texts, cache.embed(source, texts).vectors, _groups(corpus, groups, known)),
        ComparedSegments(
            [corpus.text(unit) for unit in sampled.units],
            np.concatenate(sampled.vectors),
            _groups(corpus, groups, sampled.units),
        ),
        np.concatenate(sampled.probabilities),
        model.thresholds,
        model.codes,
        _prevalence(version),
    )
    quotes = tuple(
        _quotes(corpus, [sampled.units[at] for at in cluster.segments]) for cluster in novelty_seen.clusters
    )
    return Notice(novelty_seen, quotes)


def _groups(corpus: Corpus, groups: Sequence[str], units: Sequence[int]) -> list[str]:
    return [groups[corpus.transcript_of[unit]] for unit in units]


def _prevalence(version: ModelVersion) -> dict[str, float]:
    """How often people applied each code, where the model was judged."""
    rows = version.figures.get("codes") or ()
    return {row["code_id"]: row["prevalence"] for row in rows if row.get("prevalence") is not None}


def _quotes(corpus: Corpus, units: Sequence[int]) -> tuple[QuotablePassage, ...]:
    """The most typical passages of transcripts that may be quoted, of different participants where there are."""
    quotes: dict[str, QuotablePassage] = {}
    for unit in units:
        transcript = corpus.transcript(unit)
        who = transcript.participant or transcript.name
        if transcript.consents.may_quote and who not in quotes and len(quotes) < MOST_QUOTES:
            quotes[who] = QuotablePassage(who, corpus.text(unit))
    return tuple(quotes.values())
