"""In which order new passages come before a coder, where it is not the order of reading: opt-in, to build training sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import numpy as np

from annotations.store.model_versions import ModelVersion, serving_model
from annotations.store.suggestions import Suggested, suggestions_on
from models.corpus import Corpus, read_corpus
from models.review_order import OrderedSegment, Strategy, review_order
from service.composition import Parts

Order = Callable[[Sequence[UUID]], Sequence[tuple[UUID, str]]]
SEED = 0


class PassageOrder(StrEnum):
    """What orders new passages."""

    READING = "reading"
    TRANSCRIPTS = "transcripts"
    RARE = "rare"
    UNSURE = "unsure"


_STRATEGIES: dict[PassageOrder, Strategy] = {
    PassageOrder.RARE: "rare and random",
    PassageOrder.UNSURE: "unsure",
}


def order_by(parts: Parts, by: PassageOrder) -> Order | None:
    """An order of segments, each with its reason; None for the order of reading.

    ``transcripts``: whole transcripts, those first of which the serving model is least sure, in reading order within.
    ``rare``: half of the places for what may be a code with few examples, half drawn at random. ``unsure``: what
    the model is least sure of first.
    """
    if by is PassageOrder.READING:
        return None
    corpus = read_corpus(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        model = serving_model(connection)

    def order(segments: Sequence[UUID]) -> list[tuple[UUID, str]]:
        with parts.store.reading() as connection:
            suggestions = suggestions_on(connection, model, segments)
        if by is PassageOrder.TRANSCRIPTS:
            return _whole(corpus, model, suggestions, segments)
        return _single(parts, corpus, model, suggestions, segments, _STRATEGIES[by])

    return order


def _whole(
    corpus: Corpus, model: ModelVersion, suggestions: Mapping[UUID, Suggested], segments: Sequence[UUID]
) -> list[tuple[UUID, str]]:
    by_transcript: dict[int, list[UUID]] = {}
    for segment in segments:
        by_transcript.setdefault(corpus.at[corpus.position[segment]][0], []).append(segment)
    doubt = {
        transcript: float(np.mean([_doubt(model, suggestions[segment]) for segment in its]))
        for transcript, its in by_transcript.items()
    }
    reason = "transcripts of which the model is least sure come first"
    ordered = sorted(by_transcript, key=lambda transcript: -doubt[transcript])
    return [(segment, reason) for transcript in ordered for segment in by_transcript[transcript]]


def _doubt(model: ModelVersion, said: Suggested) -> float:
    """How near the nearest probability is to its threshold, from 0 to 1; of codes that are not judged nothing is asked."""
    apart = [
        abs(probability - threshold)
        for code, probability in zip(model.codes, said.probabilities, strict=True)
        if (threshold := model.thresholds.get(code)) is not None
    ]
    return 1 - min(apart, default=1.0)


def _single(
    parts: Parts,
    corpus: Corpus,
    model: ModelVersion,
    suggestions: Mapping[UUID, Suggested],
    segments: Sequence[UUID],
    strategy: Strategy,
) -> list[tuple[UUID, str]]:
    known = list(segments)
    cut = [model.thresholds.get(code) for code in model.codes]
    examples = {row["code_id"]: row["n"] for row in model.figures.get("codes", ())}
    places = review_order(
        np.array([suggestions[segment].probabilities for segment in known], dtype=np.float64),
        np.array([np.inf if cut_of_code is None else cut_of_code for cut_of_code in cut], dtype=np.float64),
        parts.cache.embed(
            parts.embedder, [corpus.text(corpus.position[segment]) for segment in known]
        ).vectors,
        model.codes,
        [int(examples.get(code, 0)) for code in model.codes],
        count=len(known),
        seed=SEED,
        strategy=strategy,
    )
    return [(known[place.segment], _reason(parts, place)) for place in places]


def _reason(parts: Parts, place: OrderedSegment) -> str:
    return place.reason(lambda code: parts.codebook.label(code) if code in parts.codebook.by_id else code)
