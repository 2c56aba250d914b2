"""Suggestions for units: probabilities, what is put before a coder, and the passages that speak for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from annotations.arrays import Floats, Floats32
from annotations.codebook.codes import Codebook
from annotations.errors import BadInput, TandemError
from annotations.groups import groups_of
from annotations.lots import slices
from annotations.progress import Progress
from annotations.segment import Segmentation, project
from annotations.store.database import Store
from annotations.store.model_versions import ModelVersion, serving_model
from annotations.store.reviews import applied_codes
from annotations.store.small_transactions import in_small_transactions
from annotations.store.stale_models import changed_since
from annotations.store.suggestions import (
    Suggested,
    add_suggestions,
    keep_sentences,
    spoken_of_among,
    without_sentences,
)
from annotations.transcript import Span
from models.artifact import load
from models.classifier import Model
from models.cold_start import ColdStart
from models.corpus import Corpus, read_corpus
from models.embedder import Embedder, EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.explain import Precedents
from models.long_runs import in_small_pieces
from models.model_folder import model_folder
from models.passage_parts import Embed
from models.segmenter import sentences_in
from models.suggest_passages import AskedPassages, QuotablePrecedents, Reader
from models.wave_notice import Notice, draw, notice

BATCH = 2000
# new rows alone, which take a few milliseconds
KEPT_AT_ONCE = 250


@dataclass(frozen=True)
class SuggestingWork:
    """What is to be suggested for: units of a corpus, by which version, with what stands around them.

    ``groups``: of each transcript; ``reader``: the model as this process has it; ``load``: gives the encoder, loaded
    once.
    """

    corpus: Corpus
    todo: Sequence[int]
    groups: Sequence[str]
    version: ModelVersion
    reader: Reader
    source: EmbedderSource
    cache: EmbeddingCache
    segmentation: Segmentation
    load: Callable[[], Embedder]

    def passages(self, some: Sequence[int]) -> AskedPassages:
        """Some units, as a model reads them."""
        corpus = self.corpus
        return AskedPassages(
            [corpus.ids[unit] for unit in some],
            corpus.units_of(some),
            [corpus.begin(unit) for unit in some],
            [self.groups[corpus.transcript_of[unit]] for unit in some],
        )

    def embed_with(self, progress: Progress) -> Embed:
        """Embeds texts, and says how far it is."""
        return lambda texts: self.cache.embed(self.source, texts, progress, self.load).vectors


@dataclass(frozen=True)
class Lot:
    """What came of some units: their vectors, probabilities and suggestions, and how many were embedded anew."""

    units: Sequence[int]
    vectors: Floats32
    probabilities: Floats
    rows: Sequence[Suggested]
    embedded: int
    from_cache: int


class Engine(Protocol):
    """Where the work is done."""

    def lots(self, work: SuggestingWork, progress: Progress) -> Generator[Lot, None, None]:
        """All of the work, a lot at a time; the next one is asked for once a lot is kept."""
        ...


@dataclass
class Precoded:
    """What a pre-coding did. ``codes``: on how many segments each code is suggested. ``notice``: what is new in them."""

    model: ModelVersion
    segments: int = 0
    already: int = 0
    with_suggestion: int = 0
    with_evidence: int = 0
    embedded: int = 0
    from_cache: int = 0
    seconds: float = 0.0
    codes: dict[str, int] = field(default_factory=dict)
    quotable: bool = True
    notice: Notice | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "model_version": self.model.version,
            "segments": self.segments,
            "already_there": self.already,
            "with_suggestion": self.with_suggestion,
            "with_evidence": self.with_evidence,
            "embedded": self.embedded,
            "from_cache": self.from_cache,
            "seconds": round(self.seconds, 2),
            "codes": self.codes,
            "too_few": [{"code": code, **why} for code, why in self.model.too_few.items()],
            "novelty": None if self.notice is None else self.notice.to_json(),
        }


@dataclass(frozen=True)
class Suggester:
    """What suggestions are made with."""

    store: Store
    codebook: Codebook
    segmentation: Segmentation
    source: EmbedderSource
    cache: EmbeddingCache
    folder: Path
    engine: Engine | None = None  # None: this process

    @in_small_pieces()
    def precode(self, *, wave: str | None, progress: Progress) -> Precoded:
        """Suggest for every unit of a wave (or of all) that the serving model has not spoken of yet.

        Kept every 2,000 units, so that an interrupted run goes on where it stopped. Raises BadInput for a wave
        that is none, TandemError if the codebook, the segmentation or the encoder has changed since training.
        """
        start = time.perf_counter()
        with self.store.reading() as connection:
            version = serving_model(connection)
        self._refuse_stale(version)
        model = load(model_folder(self.folder, version.folder), version.sha256, self.source)
        corpus = read_corpus(self.store, self.segmentation)
        wanted = corpus.in_wave(wave)
        if not wanted:
            raise BadInput(_no_such_wave(corpus, wave))
        with self.store.reading() as connection:
            there = spoken_of_among(connection, version.id, corpus.raw_ids[wanted])
        todo = [unit for unit, spoken in zip(wanted, there.tolist(), strict=True) if not spoken]
        made = Precoded(version, segments=len(wanted), already=len(wanted) - len(todo))
        if todo:
            self._suggest(model, version, corpus, todo, made, progress)
        self._point_again(model, version, corpus, wanted, progress)
        made.seconds = time.perf_counter() - start
        return made

    def _refuse_stale(self, version: ModelVersion) -> None:
        changed = changed_since(
            version,
            codebook=self.codebook.version,
            segmentation=self.segmentation.version,
            embedder=self.source.fingerprint,
        )
        if changed is not None:
            raise TandemError(
                f'the {changed} has changed since model {version.version} was trained. Run "tandem train" first.'
            )

    def _suggest(
        self,
        model: Model | ColdStart,
        version: ModelVersion,
        corpus: Corpus,
        todo: Sequence[int],
        made: Precoded,
        progress: Progress,
    ) -> None:
        groups = groups_of([kept.transcript for kept in corpus.transcripts])
        coded = self._quotable(corpus, version, groups)
        made.quotable = bool(coded.segments)
        work = self._work(model, version, corpus, todo, groups, coded)
        sampled = draw(todo)
        done = 0
        with self.cache.held_open(), closing((self.engine or ThisProcess()).lots(work, progress)) as lots:
            for lot in lots:
                sampled.look(lot.units, lot.vectors, lot.probabilities)
                in_small_transactions(
                    self.store,
                    # neighbours in the index together: each transaction writes a fraction of its pages
                    sorted(lot.rows, key=lambda row: row.segment.bytes),
                    lambda connection, few: add_suggestions(connection, version.id, few),
                    most=KEPT_AT_ONCE,
                )
                _count(made, lot)
                done += len(lot.units)
                progress(done, len(todo))
        made.notice = notice(
            corpus, groups, self._coded(corpus), sampled, model, version, self.source, self.cache
        )

    def _work(
        self,
        model: Model | ColdStart,
        version: ModelVersion,
        corpus: Corpus,
        todo: Sequence[int],
        groups: Sequence[str],
        coded: QuotablePrecedents,
    ) -> SuggestingWork:
        reader = Reader(model, coded, self._embed, self._sentences)
        return SuggestingWork(
            corpus, todo, groups, version, reader, self.source, self.cache, self.segmentation, self._load
        )

    def _embed(self, texts: Sequence[str]) -> Floats32:
        return self.cache.embed(self.source, texts, load=self._load).vectors

    @cached_property
    def _load(self) -> Callable[[], Embedder]:
        """The encoder, once for all lots: each time it is loaded it takes a second and its weights a hundred megabytes."""
        return lru_cache(maxsize=1)(self.source.load)

    def _sentences(self, texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        pipeline = self.segmentation.pipeline
        return self.cache.sentences(texts, pipeline, lambda text: sentences_in(text, pipeline))

    def _point_again(
        self,
        model: Model | ColdStart,
        version: ModelVersion,
        corpus: Corpus,
        wanted: Sequence[int],
        progress: Progress,
    ) -> None:
        """Look for the sentences behind what was suggested before Tandem kept them."""
        with self.store.reading() as connection:
            lacking = without_sentences(connection, version.id)
        todo = [unit for unit in wanted if corpus.ids[unit] in lacking] if lacking else []
        nothing = QuotablePrecedents(
            Precedents(np.zeros((0, 1), np.float32), np.array([]), np.zeros((0, 0), bool)), ()
        )
        work = self._work(model, version, corpus, todo, [""] * len(corpus.transcripts), nothing)
        for lot in slices(len(todo), BATCH):
            some = todo[lot]
            codes = [lacking[corpus.ids[unit]] for unit in some]
            step = _half(progress, lot, len(todo), 1)
            carrying = work.reader.carrying(work.passages(some), codes, work.embed_with(step))
            pointed = {
                corpus.ids[unit]: (its, spans) for unit, its, spans in zip(some, codes, carrying, strict=True)
            }
            with self.store.writing() as connection:
                keep_sentences(connection, version.id, pointed)

    def _coded(self, corpus: Corpus) -> list[int]:
        """The transcripts on which somebody has put a code and that may be learnt from, as positions."""
        may = {kept.id for kept in corpus.transcripts if kept.transcript.consents.may_train}
        with self.store.reading() as connection:
            there = applied_codes(connection, may).keys()
        return [at for at, kept in enumerate(corpus.transcripts) if kept.id in there]

    def _quotable(self, corpus: Corpus, version: ModelVersion, groups: Sequence[str]) -> QuotablePrecedents:
        """The passages that people coded and that may be quoted."""
        quotable = {kept.id for kept in corpus.transcripts if kept.transcript.consents.may_quote}
        with self.store.reading() as connection:
            applied = applied_codes(connection, quotable)
        carried: dict[int, set[str]] = {}
        for t, kept in enumerate(corpus.transcripts):
            if not (spans := applied.get(kept.id)):
                continue
            places, cut = corpus.positions_of(t), [segment.span for segment in corpus.segments[t]]
            for span, positions in project(cut, {span: span for span in spans}).items():
                for position in positions:
                    if position in places:
                        carried.setdefault(places[position], set()).update(spans[span])
        sources = sorted(carried)
        vectors: Floats32 = np.zeros((0, 1), dtype=np.float32)
        if sources:
            vectors = self._embed([corpus.text(unit) for unit in sources])
        table = np.array([[code in carried[unit] for code in version.codes] for unit in sources], dtype=bool)
        names = np.array([groups[corpus.at[unit][0]] for unit in sources], dtype=object)
        precedents = Precedents(vectors, names, table.reshape(len(sources), len(version.codes)))
        return QuotablePrecedents(precedents, [corpus.ids[unit] for unit in sources])


class ThisProcess:
    """All work in this process, 2,000 units at a time."""

    def lots(self, work: SuggestingWork, progress: Progress) -> Generator[Lot, None, None]:
        """As ``Engine.lots``; what a lot embeds is kept before it is given."""
        total = len(work.todo)
        for lot in slices(total, BATCH):
            some = work.todo[lot]
            passages = work.passages(some)
            # a lot's progress: half by its passages, half by their sentences
            embedded = work.cache.embed(
                work.source, passages.texts, _half(progress, lot, total, 0), work.load
            )
            probabilities, rows = work.reader.suggest(
                passages, embedded.vectors, work.embed_with(_half(progress, lot, total, 1))
            )
            yield Lot(some, embedded.vectors, probabilities, rows, embedded.embedded, embedded.from_cache)


def _half(progress: Progress, lot: slice, total: int, half: int) -> Progress:
    """The progress of one half of a lot of units, of ``total``: 0 is the first half, 1 the second."""

    def step(done: int, of: int) -> None:
        progress(lot.start + (lot.stop - lot.start) * (half * of + done) // max(2 * of, 1), total)

    return step


def _count(made: Precoded, lot: Lot) -> None:
    made.embedded += lot.embedded
    made.from_cache += lot.from_cache
    for row in lot.rows:
        made.with_suggestion += bool(row.suggested)
        made.with_evidence += bool(row.evidence)
        for code in row.suggested:
            made.codes[code] = made.codes.get(code, 0) + 1


def _no_such_wave(corpus: Corpus, wave: str | None) -> str:
    waves = ", ".join(sorted({kept.transcript.wave for kept in corpus.transcripts} - {""}))
    if wave is None:
        return 'there is nothing to suggest for: no transcript has been imported. Run "tandem import" first.'
    return f'no transcript belongs to wave "{wave}". Waves: {waves or "none"}.'
