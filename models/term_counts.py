"""How often a vocabulary's terms stand in texts: what scikit-learn's CountVectorizer counts, several times as fast.

Each text is cut into words once for all blocks, and each word into its characters once for as long as the vocabulary is
held; the rest is arithmetic on whole arrays.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = Any  # scipy publishes no types for its sparse matrices
WORD = r"(?u)\b\w+\b|\?"
_MOST_WORDS = 100_000  # whose characters are remembered
_MOST_TEXTS = (
    20_000  # whose words are: a passage is its neighbours' surroundings too, and so are its sentences'
)
_BYTES = 4  # of a number in an array of "i"
_find_words = re.compile(WORD).findall


class WordTerms:
    """Counts terms of one or two words. ``terms``: those of each block, in the order of its columns."""

    def __init__(self, terms: Mapping[str, Sequence[str]]) -> None:
        self._number: dict[str, int] = {}
        self._words_of: dict[str, bytes] = {}
        for block_terms in terms.values():
            for term in block_terms:
                for word in term.split(" "):
                    self._number.setdefault(word, len(self._number))
        self._blocks = {name: _TermColumns(block_terms, self._number) for name, block_terms in terms.items()}

    def counts(self, texts: Mapping[str, Sequence[str]]) -> dict[str, Matrix]:
        """For each block its texts' counts, shape (texts, terms), in CSR; the blocks may share texts."""
        place: dict[str, int] = {}
        for block_texts in texts.values():
            for text in block_texts:
                place.setdefault(text, len(place))
        packed = [self._words_of.get(text) or self._packed(text) for text in place]
        words = np.frombuffer(b"".join(packed), dtype=np.int32).astype(np.int64)
        owner = np.repeat(np.arange(len(place)), np.array(list(map(len, packed)), dtype=np.intp) // _BYTES)
        counts_by_name = {}
        for name, block_texts in texts.items():
            rows = [place[text] for text in block_texts]
            counts_by_name[name] = self._blocks[name].counts(words, owner, len(place))[rows]
        return counts_by_name

    def _packed(self, text: str) -> bytes:
        """The numbers of a text's words, and -1 at their end: no term reaches from one text into the next."""
        if len(self._words_of) >= _MOST_TEXTS:
            self._words_of.clear()
        get = self._number.get
        numbers = array("i", [get(word, -1) for word in _find_words(text.lower())])
        numbers.append(-1)
        self._words_of[text] = packed = numbers.tobytes()
        return packed


class _TermColumns:
    """Which column stands for which word, and for which pair of words."""

    def __init__(self, terms: Sequence[str], number: Mapping[str, int]) -> None:
        self._width, self._words = len(terms), len(number)
        self._single = np.full(len(number) + 1, -1, dtype=np.int64)  # the last one stands for unknown words
        pairs = []
        for column, term in enumerate(terms):
            parts = [number[word] for word in term.split(" ")]
            if len(parts) == 1:
                self._single[parts[0]] = column
            else:
                pairs.append((parts[0] * len(number) + parts[1], column))
        self._pairs = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)

    def counts(self, words: NDArray[np.int64], owner: NDArray[np.intp], texts: int) -> Matrix:
        columns = self._single[words]
        known = columns >= 0
        columns, rows = columns[known], owner[known]
        if len(self._pairs):
            both = (words[:-1] >= 0) & (words[1:] >= 0)
            keys = words[:-1][both] * self._words + words[1:][both]
            at = np.minimum(np.searchsorted(self._pairs[:, 0], keys), len(self._pairs) - 1)
            same = self._pairs[at, 0] == keys
            columns = np.concatenate([columns, self._pairs[at[same], 1]])
            rows = np.concatenate([rows, owner[:-1][both][same]])
        return _summed(rows, columns, (texts, self._width))


class CharacterTerms:
    """Counts terms that lie within words. ``cut``: a word's terms, as the vectorizer cuts them."""

    def __init__(self, terms: Sequence[str], cut: Callable[[str], Sequence[str]]) -> None:
        self._column = {term: at for at, term in enumerate(terms)}
        self._cut = cut
        self._columns_of: dict[str, bytes] = {}

    def counts(self, texts: Sequence[str]) -> Matrix:
        """Shape (texts, terms), in CSR."""
        if len(self._columns_of) > _MOST_WORDS:
            self._columns_of.clear()
        known = self._columns_of.get
        packed: list[bytes] = []
        sizes = np.zeros(len(texts) + 1, dtype=np.int32)
        for at, text in enumerate(texts):
            its = [
                known_columns if (known_columns := known(word)) is not None else self._packed(word)
                for word in text.split()
            ]
            packed += its
            sizes[at + 1] = sum(map(len, its))
        columns = np.frombuffer(b"".join(packed), dtype=np.int32)
        ones = np.ones(len(columns), dtype=np.float32)
        ends = np.cumsum(sizes // _BYTES, dtype=np.int32)
        # a copy: the columns are put in order where they lie
        counts = sparse.csr_matrix((ones, columns.copy(), ends), shape=(len(texts), len(self._column)))
        counts.sum_duplicates()
        return counts

    def _packed(self, word: str) -> bytes:
        """The columns of a word's terms."""
        column = self._column
        packed = array("i", [column[term] for term in self._cut(word) if term in column]).tobytes()
        self._columns_of[word] = packed
        return packed


def _summed(rows: NDArray[np.intp], columns: NDArray[np.int64], shape: tuple[int, int]) -> Matrix:
    ones = np.ones(len(rows), dtype=np.float32)
    counts = sparse.csr_matrix((ones, (rows, columns)), shape=shape)
    counts.sum_duplicates()
    return counts
