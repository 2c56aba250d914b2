"""From units to numbers: words, characters, embeddings, who speaks, what was asked, and what stands around.

Terms are kept only if at least three groups use them, or the codebook does: a rarer word could give a participant away,
and a model file holds its vocabulary. Blocks are scaled to unit length each and weighted, as measured on public sets to
work well together (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from annotations.arrays import Floats32
from annotations.names import folded
from models.segment_words import SegmentWords
from models.term_counts import WORD, CharacterTerms, WordTerms

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import CountVectorizer

LEAST_GROUPS = 3
Matrix = Any  # scipy publishes no types for its sparse matrices


@dataclass(frozen=True)
class Block:
    """A bag of terms: which text of a unit, how it is cut into terms, its weight and its largest vocabulary."""

    name: str
    text: Callable[[SegmentWords], str]
    analyzer: str
    ngrams: tuple[int, int]
    weight: float
    most_terms: int


BLOCKS = (
    Block("words", lambda unit: unit.text, "word", (1, 2), 1.0, 60_000),
    Block("characters", lambda unit: unit.text, "char_wb", (3, 4), 1.0, 60_000),
    Block("question", lambda unit: unit.question, "word", (1, 1), 0.5, 10_000),
    Block("before", lambda unit: unit.before if unit.dialogue else "", "word", (1, 1), 0.5, 20_000),
    Block("after", lambda unit: unit.after if unit.dialogue else "", "word", (1, 1), 0.5, 20_000),
)
SPEAKER_WEIGHT = 1.0
OF_LENGTH = 2  # how many of the marks say how long a unit is; they stand first


@dataclass(frozen=True)
class Features:
    """What is known of some rows: ``sparse`` (rows, terms) in CSR, ``dense`` (rows, columns), both float32.

    Dense are the unit's own embedding, that of its question, and the marks. Both are float64 for ``models.estimator``.
    """

    sparse: Matrix
    dense: Floats32

    def __len__(self) -> int:
        return int(self.dense.shape[0])

    @property
    def width(self) -> int:
        """How many features there are: the terms first, then the dense ones."""
        return int(self.sparse.shape[1] + self.dense.shape[1])

    @property
    def precision(self) -> np.dtype[Any]:
        """What is computed with them is of this type too."""
        return self.dense.dtype

    def times(self, weights: Floats32) -> Floats32:
        """Features × weights, shape (rows, codes); ``weights`` has shape (width, codes)."""
        terms = self.sparse.shape[1]
        dense = self.dense @ weights[terms:]
        return np.asarray(self.sparse @ weights[:terms] + dense if terms else dense, dtype=self.precision)

    def combined(self, rows: Floats32) -> Floats32:
        """Combinations of the rows, shape (width, codes): features transposed × ``rows`` (rows, codes)."""
        return np.asarray(np.concatenate([self.sparse.T @ rows, self.dense.T @ rows]), dtype=self.precision)

    def as_matrix(self) -> Matrix:
        """All features of each row in one sparse matrix, as scikit-learn takes them; shape (rows, width)."""
        return sparse.hstack([self.sparse, sparse.csr_matrix(self.dense)], format="csr", dtype=np.float32)

    def only(self, rows: NDArray[np.intp]) -> Features:
        """Some of the rows, in this order."""
        return Features(self.sparse[rows], self.dense[rows])

    def below(self, more: Features) -> Features:
        """These rows and ``more`` below them."""
        sparse_rows = sparse.vstack([self.sparse, more.sparse], format="csr")
        return Features(sparse_rows, np.concatenate([self.dense, more.dense]))


@dataclass(frozen=True)
class Vocabulary:
    """The terms of each block with their inverse document frequencies, and the speakers that have a column."""

    terms: Mapping[str, tuple[str, ...]]
    idf: Mapping[str, Floats32]
    speakers: tuple[str, ...] = ()

    @cached_property
    def word_terms(self) -> WordTerms:
        """What counts the terms of words, of all blocks."""
        return WordTerms({block.name: self.terms[block.name] for block in BLOCKS if block.analyzer == "word"})

    @cached_property
    def character_terms(self) -> dict[str, CharacterTerms]:
        """What counts terms within words, for each block of such."""
        return {
            block.name: CharacterTerms(self.terms[block.name], _vectorizer(block).build_analyzer())
            for block in BLOCKS
            if block.analyzer != "word"
        }


@dataclass(frozen=True)
class TermCounts:
    """The counts of every term of some units, before a vocabulary is chosen: counted once, used by every fold."""

    terms: Mapping[str, NDArray[Any]]
    counts: Mapping[str, Matrix]
    units: Sequence[SegmentWords] = field(repr=False, default=())


def count(units: Sequence[SegmentWords]) -> TermCounts:
    """Count the terms of all blocks."""
    terms: dict[str, NDArray[Any]] = {}
    counts: dict[str, Matrix] = {}
    for block in BLOCKS:
        texts = [block.text(unit) for unit in units]
        try:
            vectorizer = _vectorizer(block)
            counts[block.name] = vectorizer.fit_transform(texts).tocsr()
            terms[block.name] = vectorizer.get_feature_names_out()
        except ValueError:  # sklearn's word for "no term at all"
            counts[block.name] = sparse.csr_matrix((len(units), 0), dtype=np.float32)
            terms[block.name] = np.array([], dtype=object)
    return TermCounts(terms, counts, units)


def choose(
    counted: TermCounts,
    rows: NDArray[np.intp],
    groups: Sequence[str],
    codebook: NDArray[np.intp] | None = None,
) -> tuple[Vocabulary, dict[str, NDArray[np.intp]]]:
    """The vocabulary that some rows teach, and for each block which of the counted columns it keeps.

    ``groups``: the group of each of ``rows``. ``codebook``: rows of what the codebook says, whose terms are kept however
    few use them: they are the team's own words, and few passages would leave them unknown. Nothing of the other rows is
    looked at.
    """
    members = _membership(groups)
    terms, idf, columns = {}, {}, {}
    for block in BLOCKS:
        counts = counted.counts[block.name][rows]
        present = counts.copy()
        present.data[:] = 1
        used_by = np.asarray(((members @ present) > 0).sum(axis=0)).ravel()
        documents = np.asarray(present.sum(axis=0)).ravel()
        wanted = used_by >= LEAST_GROUPS
        if codebook is not None and len(codebook):
            wanted |= np.asarray((counted.counts[block.name][codebook] > 0).sum(axis=0)).ravel() > 0
        kept = np.flatnonzero(wanted)
        if len(kept) > block.most_terms:
            kept = np.sort(kept[np.argsort(-documents[kept], kind="stable")[: block.most_terms]])
        terms[block.name] = tuple(str(term) for term in counted.terms[block.name][kept])
        idf[block.name] = (np.log((1 + len(rows)) / (1 + documents[kept])) + 1).astype(np.float32)
        columns[block.name] = kept
    speakers = _shared_speakers([counted.units[row] for row in rows], groups)
    return Vocabulary(terms, idf, speakers), columns


def matrix_of_counted(
    counted: TermCounts,
    rows: NDArray[np.intp],
    vocabulary: Vocabulary,
    columns: Mapping[str, NDArray[np.intp]],
    embeddings: Floats32,
    questions: Floats32 | None = None,
) -> Features:
    """Features of some rows of what was counted. ``questions``: embeddings of what was asked, 0 without any."""
    blocks = {block.name: counted.counts[block.name][rows][:, columns[block.name]] for block in BLOCKS}
    asked = None if questions is None else questions[rows]
    return _matrix(blocks, [counted.units[row] for row in rows], vocabulary, embeddings[rows], asked)


def matrix_of(
    units: Sequence[SegmentWords],
    vocabulary: Vocabulary,
    embeddings: Floats32,
    questions: Floats32 | None = None,
) -> Features:
    """Features of new units under a vocabulary."""
    of_words = {
        block.name: [block.text(unit) for unit in units] for block in BLOCKS if block.analyzer == "word"
    }
    blocks = vocabulary.word_terms.counts(of_words)
    for block in BLOCKS:
        if block.analyzer != "word":
            texts = [block.text(unit) for unit in units]
            blocks[block.name] = vocabulary.character_terms[block.name].counts(texts)
    return _matrix(blocks, units, vocabulary, embeddings, questions)


def windows_with(
    marks: Floats32, owner: NDArray[np.intp], windows: Floats32, questions: Floats32
) -> Features:
    """Features of windows of units: their own embedding, the question's, and of the marks all but the length.

    ``marks``: of the units, the last columns of their own dense features; ``owner``: the unit of each window. No words:
    they say too little of a single sentence.
    """
    dense = np.hstack([windows, questions[owner], marks[owner, OF_LENGTH:]]).astype(np.float32, copy=False)
    return Features(sparse.csr_matrix((len(owner), 0), dtype=np.float32), dense)


def _matrix(
    blocks: Mapping[str, Matrix],
    units: Sequence[SegmentWords],
    vocabulary: Vocabulary,
    embeddings: Floats32,
    questions: Floats32 | None,
) -> Features:
    parts = [_tfidf(blocks[block.name], vocabulary.idf[block.name], block.weight) for block in BLOCKS]
    asked = np.zeros_like(embeddings) if questions is None else questions
    dense = np.hstack([embeddings, asked, _marks(units, vocabulary.speakers)]).astype(np.float32, copy=False)
    return Features(sparse.hstack(parts, format="csr", dtype=np.float32), dense)


def _tfidf(counts: Matrix, idf: Floats32, weight: float) -> Matrix:
    """(1 + log term frequency) × inverse document frequency, each row scaled to the block's weight."""
    scaled = counts.astype(np.float32)
    scaled.data = (1 + np.log(scaled.data)) * idf.astype(np.float32)[scaled.indices]
    squared = sparse.csr_matrix((scaled.data**2, scaled.indices, scaled.indptr), shape=scaled.shape)
    lengths = np.sqrt(np.asarray(squared.sum(axis=1)).ravel())
    factors = np.divide(weight, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    scaled.data *= np.repeat(factors.astype(np.float32), np.diff(scaled.indptr))
    return scaled


def _marks(units: Sequence[SegmentWords], speakers: Sequence[str]) -> Floats32:
    """Who speaks, how long, and whether it is or answers a question: shape (units, 4 + speakers)."""
    column = {folded(speaker): at for at, speaker in enumerate(speakers)}
    column_of = {name: column.get(folded(name)) for name in {unit.speaker for unit in units}}
    marks = np.zeros((len(units), 4 + len(speakers)), dtype=np.float32)
    words = np.array([len(unit.text.split()) for unit in units])
    marks[:, 0] = np.log1p(words) / 5
    marks[:, 1] = words <= 3
    marks[:, 2] = [0.5 * unit.text.rstrip().endswith("?") for unit in units]
    marks[:, 3] = [0.5 * ("?" in unit.text) for unit in units]
    for at, unit in enumerate(units):
        speaker_column = column_of[unit.speaker]
        if speaker_column is not None:
            marks[at, 4 + speaker_column] = SPEAKER_WEIGHT
    return marks


def _shared_speakers(units: Sequence[SegmentWords], groups: Sequence[str]) -> tuple[str, ...]:
    """Labels that several groups share ("Client"): a person's own code would give the person away."""
    used: dict[str, set[str]] = {}
    for unit, group in zip(units, groups, strict=True):
        used.setdefault(folded(unit.speaker), set()).add(group)
    return tuple(sorted(speaker for speaker, its in used.items() if len(its) >= LEAST_GROUPS))


def _membership(groups: Sequence[str]) -> Matrix:
    names = {group: at for at, group in enumerate(dict.fromkeys(groups))}
    rows = np.array([names[group] for group in groups])
    shape = (len(names), len(groups))
    return sparse.csr_matrix(
        (np.ones(len(groups), dtype=np.float32), (rows, np.arange(len(groups)))), shape=shape
    )


def _vectorizer(block: Block) -> CountVectorizer:
    # imported here: scikit-learn takes most of a second to load, and who only looks at a model needs none of it
    from sklearn.feature_extraction.text import CountVectorizer

    pattern = WORD if block.analyzer == "word" else r"(?u)\b\w\w+\b"
    return CountVectorizer(
        analyzer=block.analyzer,
        ngram_range=block.ngrams,
        token_pattern=pattern if block.analyzer == "word" else None,
        dtype=np.float32,
    )
