"""Whether the times of a file are seconds or milliseconds: nobody takes a quarter of a minute for a word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from annotations.readers.words import count_words
from annotations.transcript import SpokenTurn

_SLOWEST = 15.0  # seconds a word


def in_seconds(turns: Sequence[SpokenTurn]) -> list[SpokenTurn]:
    """The turns with their times in seconds, whichever of the two they were in: whole numbers, and far too many of
    them for the words said, are milliseconds.
    """
    times = [at for turn in turns for at in (turn.begins, turn.ends) if at is not None]
    paces = list(_paces(turns))
    if not paces or any(at != int(at) for at in times) or median(paces) < _SLOWEST:
        return list(turns)
    return [
        SpokenTurn(turn.speaker, turn.words, _thousandth(turn.begins), _thousandth(turn.ends))
        for turn in turns
    ]


def _paces(turns: Sequence[SpokenTurn]) -> list[float]:
    """Seconds a word, of each turn that tells: to its end, or else to the next one's begin."""
    paces = []
    for turn, following in pairwise([*turns, SpokenTurn("", "")]):
        until = turn.ends if turn.ends is not None else following.begins
        if turn.begins is not None and until is not None and until > turn.begins and turn.words:
            paces.append((until - turn.begins) / max(1, count_words(turn.words)))
    return paces


def _thousandth(at: float | None) -> float | None:
    return None if at is None else at / 1000
