"""Which texts of the codebook are somebody's own words: passages that stand in a transcript, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from annotations.codebook.codes import Code

LEAST_WORDS = 5  # fewer in a row anybody may say
MOST_WORDS = 8  # that many in a row are a quotation, wherever in a sentence

_PIECES = re.compile(r"[.!?;:…\n\"“”„«»()\[\]]+")
_WORDS = re.compile(r"\w+")


def quoted_in(texts: Sequence[str], written: Sequence[str]) -> list[frozenset[int]]:
    """For each text that was ``written``, the positions of ``texts`` that it quotes; case and punctuation aside.

    A quotation is a sentence of five words or more that stands there whole, or eight words in a row.
    """
    quoting: list[set[int]] = [set() for _ in written]
    begun: dict[tuple[str, ...], set[tuple[tuple[str, ...], int]]] = {}
    for at, text in enumerate(written):
        for piece in _passages(text):
            begun.setdefault(piece[:LEAST_WORDS], set()).add((piece, at))
    if not begun:
        return [frozenset() for _ in written]
    for position, text in enumerate(texts):
        words = _words(text)
        for start, first in enumerate(zip(*(words[offset:] for offset in range(LEAST_WORDS)), strict=False)):
            for piece, at in begun.get(first, ()):
                if tuple(words[start : start + len(piece)]) == piece:
                    quoting[at].add(position)
    return [frozenset(its) for its in quoting]


def without_quotations(code: Code, texts: Sequence[str]) -> Code:
    """The code without those of definition, use and example that quote these texts: whoever said it may be tested."""
    definition, use, example = quoted_in(texts, (code.definition, code.use_when, code.example))
    return replace(
        code,
        definition="" if definition else code.definition,
        use_when="" if use else code.use_when,
        example="" if example else code.example,
    )


def _passages(text: str) -> list[tuple[str, ...]]:
    passages = []
    for piece in _PIECES.split(text):
        words = tuple(_words(piece))
        if len(words) >= LEAST_WORDS:
            several = max(len(words) - MOST_WORDS, 0) + 1
            passages += [words[start : start + MOST_WORDS] for start in range(several)]
    return passages


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())
