"""Whether what somebody wrote quotes a person: it holds a run of characters of theirs that nobody else has said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

LENGTH = 32
# a run of 32 characters holds one of every sixteen whole, wherever it begins
STEP = 16


class Quoting:
    """Asks of words whether they quote ``own`` and none of ``others``; white space counts as one space.

    >>> Quoting(["We lost the house in the spring flood."], [])("She: lost the house in the  spring flood")
    True
    """

    def __init__(self, own: Sequence[str], others: Sequence[str]) -> None:
        self._own = [_even(text) for text in own]
        self._others = others

    @cached_property
    def _of_others(self) -> list[str]:
        return [_even(text) for text in self._others]

    def __call__(self, words: str | None) -> bool:
        """Do these words quote them?"""
        even = _even(words or "")
        return any(
            self._theirs(even[begin : begin + LENGTH])
            for at in range(0, len(even) - STEP + 1, STEP)
            if any(even[at : at + STEP] in text for text in self._own)
            for begin in range(max(0, at + STEP - LENGTH), min(at, len(even) - LENGTH) + 1)
        )

    def _theirs(self, run: str) -> bool:
        return any(run in text for text in self._own) and not any(run in text for text in self._of_others)


def either(first: Callable[[str], bool], second: Callable[[str], bool]) -> Callable[[str], bool]:
    """Does one of the two say so?"""
    return lambda words: first(words) or second(words)


def _even(text: str) -> str:
    return " ".join(text.split())
