"""Where words begin and end: people select whole ones, so where passages cut words their positions are counted otherwise."""

from __future__ import annotations

import re
import unicodedata

# these write no spaces between words, so an edge among them tells nothing
_NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def between_words(text: str, at: int) -> bool | None:
    """Does a place lie between words? None where the script does not tell."""
    if at <= 0 or at >= len(text):
        return True
    before, behind = text[at - 1], text[at]
    if _NO_SPACES.match(before) and _NO_SPACES.match(behind):
        return None
    return not (_in_word(before) and _in_word(behind))


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
