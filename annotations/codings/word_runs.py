"""Where two or three words in a row stand in a text: an index made once, so that quotes of common words are found fast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotations.arrays import Ints

_LONGEST = 3


class WordRuns:
    """Every run of two and of three words of a text, sorted, for looking up where one stands."""

    def __init__(self, words: Sequence[str]) -> None:
        self._numbers: dict[str, int] = {}
        numbers = [self._numbers.setdefault(word, len(self._numbers)) for word in words]
        self._many = max(1, len(self._numbers))
        ids = np.array(numbers, dtype=np.int64)
        self._sorted: dict[int, tuple[Ints, Ints]] = {}
        keys = ids
        for length in range(2, _LONGEST + 1):
            # three words need the third power of the number of different ones, which 64 bits hold up to two million
            keys = keys[:-1] * self._many + ids[length - 1 :]
            order = np.argsort(keys, kind="stable")
            self._sorted[length] = (keys[order], order)

    def places(self, words: Sequence[str], low: int, high: int) -> Ints:
        """Where these two or three words begin, between two words of the text, in its order."""
        keys, order = self._sorted[len(words)]
        key = 0
        for word in words:
            number = self._numbers.get(word)
            if number is None:
                return order[:0]
            key = key * self._many + number
        its = order[np.searchsorted(keys, key) : np.searchsorted(keys, key, side="right")]
        return its[np.searchsorted(its, low) : np.searchsorted(its, high)]
