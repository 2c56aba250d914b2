"""Which sentence of a passage carries each suggestion, for the reasons beside a task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from annotations.arrays import Floats32
from annotations.errors import TandemError
from annotations.store.model_versions import ModelVersion
from annotations.store.suggestions import Suggested
from models.corpus import Corpus
from service.composition import Parts

if TYPE_CHECKING:
    pass

Sentences = Mapping[UUID, Mapping[str, str]]


def sentences_of(
    parts: Parts,
    corpus: Corpus,
    model: ModelVersion,
    found: Mapping[UUID, Suggested],
    segments: Iterable[UUID],
) -> Sentences:
    """For each segment, the words of the sentence behind each code that the version suggests there.

    A passage of one sentence has none to point at. Where the version's files are gone or it knows only the codebook's
    words, there are none at all: a reason less is no reason not to push.
    """
    from models.artifact import load
    from models.explain import sentences_behind

    if model.kind == "cold start":
        return {}
    try:
        loaded = load(parts.study.models_folder / model.folder, model.sha256, parts.embedder)
    except TandemError:
        return {}
    known = [one for one in segments if one in found and found[one].suggested and one in corpus.position]
    units = corpus.units_of([corpus.position[one] for one in known])
    wanted = [found[one].suggested for one in known]
    carrying = sentences_behind(loaded, units, wanted, _embed(parts), parts.segmentation.pipeline)
    return {
        segment: {code: one.span.of(unit.text) for code, one in its.items()}
        for segment, unit, its in zip(known, units, carrying, strict=True)
    }


def _embed(parts: Parts) -> Callable[[Sequence[str]], Floats32]:
    return lambda texts: parts.cache.embed(parts.embedder, texts).vectors
