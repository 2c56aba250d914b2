"""Words as they are counted: a run of letters and digits, so that a label's colon or a time's always parts two words."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_SHOWN = 8


def count_words(text: str) -> int:
    """How many words a text has."""
    return sum(1 for _ in _WORD.finditer(text))


def first_words(text: str) -> str:
    """The first words of a text on one line, with an ellipsis where there are more."""
    words = text.split()
    return " ".join(words[:_SHOWN])[:80] + (" …" if len(words) > _SHOWN else "")
