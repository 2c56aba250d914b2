"""The words by which a label is known, or known to be none, in several languages; they stand in label_words.txt."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def listed(name: str) -> frozenset[str]:
    """The words of a list (asks, speaks, head, never, backchannel, noise), in small letters."""
    return frozenset(word.strip() for line in _lines(name) for word in line.split(",") if word.strip())


def is_programs_line(line: str) -> bool:
    """Does a program say this of the transcript, on a line of its own?"""
    plain = line.strip()
    return len(plain) <= _LONGEST and _any_of("program").fullmatch(plain) is not None


def is_notes_label(label: str) -> bool:
    """Does a label say that what follows are somebody's notes, and not said in the interview?"""
    return len(label) <= _LONGEST and _any_of("notes").fullmatch(label.strip()) is not None


_LONGEST = 300


@cache
def _any_of(name: str) -> re.Pattern[str]:
    """One of the regular expressions of a list, in any case."""
    return re.compile("|".join(f"(?:{line})" for line in _lines(name)), re.IGNORECASE)


@cache
def _content() -> str:
    return (files("annotations") / "readers" / "label_words.txt").read_text("utf-8")


def _lines(name: str) -> list[str]:
    entries = (line.partition(": ") for line in _content().splitlines() if not line.startswith("#"))
    return [rest.strip() for key, _, rest in entries if key == name]
