"""The turns whose words are most like those of a quote that stands nowhere."""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from annotations.codings.quote_search import QuoteSearch
from annotations.codings.quote_words import words_of

_LONGEST_COMPARED = 2000
_WHOLE_COMPARED = 5_000_000  # characters of the text times those of the quote; beyond, only likely places
_LIKE = 70  # per cent, as rapidfuzz counts
_SHORTEST_SHARED = 4  # letters in a row; shorter ones agree by chance


def nearest_words(search: QuoteSearch, quote: str) -> list[int]:
    """For each turn that holds a part of the quote, the first such word of the text; none if nothing is like it.

    Slow: a millisecond or more.
    """
    asked = words_of(quote).folded
    wanted = " ".join(asked)
    words = search.words
    if not wanted or len(wanted) > _LONGEST_COMPARED:
        return []
    ranges = [(0, len(words.folded))]
    if len(words.text) * len(wanted) > _WHOLE_COMPARED:
        width = 2 * max(8, len(asked))
        ranges = [(max(0, at - width), at + 2 * width) for at in search.candidates(quote)]
    best: tuple[float, list[int]] = (0.0, [])
    for low, high in ranges:
        score, words_there = _compared(wanted, words.folded[low:high], low, words.first)
        best = max(best, (score, words_there), key=lambda candidate: candidate[0])
    return best[1]


def _compared(wanted: str, said: list[str], low: int, first: bytearray) -> tuple[float, list[int]]:
    text = " ".join(said)
    alignment = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=_LIKE)
    if alignment is None or alignment.dest_end <= alignment.dest_start:
        return 0.0, []
    begin, end = alignment.dest_start, alignment.dest_end
    shared = bytearray(len(text))
    for block in Indel.opcodes(wanted, text[begin:end]):
        if block.tag == "equal" and block.dest_end - block.dest_start >= _SHORTEST_SHARED:
            shared[begin + block.dest_start : begin + block.dest_end] = b"\1" * (
                block.dest_end - block.dest_start
            )
    counted: dict[
        int, tuple[int, int, int]
    ] = {}  # by turn: its first shared word, letters shared, all letters
    at = turn = 0
    for number, word in enumerate(said):
        turn += first[low + number]
        held = sum(shared[at : at + len(word)])
        start, letters, of = counted.get(turn, (-1, 0, 0))
        counted[turn] = (low + number if start < 0 and held else start, letters + held, of + len(word))
        at += len(word) + 1
    most = max((letters for _, letters, _ in counted.values()), default=0)
    held_by = [
        start for start, letters, of in counted.values() if letters and letters >= min(0.2 * most, 0.6 * of)
    ]
    return alignment.score, held_by
