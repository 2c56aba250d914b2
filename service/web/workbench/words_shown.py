"""A passage in a line of a list."""

from __future__ import annotations


def words_shown(words: str, most: int = 130) -> str:
    """The first words of a passage, on one line."""
    plain = " ".join(words.split())
    return plain if len(plain) <= most else f"{plain[:most].rstrip()}…"
