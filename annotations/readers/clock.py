"""Time codes as programs write them: 0:05, [00:01:02], (01:02.5), #00:01:02-3#, 00:01:02,500."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BARE = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_FULL = r"\d{1,3}:\d{2}:\d{2}(?:[.,]\d{1,3})?"
_F4 = rf"#\s?(?:{_BARE})(?:-\d{{1,3}})?\s?#"
# brackets say that it is a time code; without them only one with hours is one at the beginning of a line, for
# "10:30 Meeting" is no time code
MARKED = rf"(?:\[(?:{_BARE}(?:-\d{{1,3}})?)\]|\((?:{_BARE})\)|\{{(?:{_BARE})\}}|<(?:{_BARE})>|{_F4})"
CLEAR = rf"(?:{MARKED}|{_FULL})"
ANY = rf"(?:{MARKED}|{_BARE})"

_ANY = re.compile(ANY)
# "(10:30)" among words may be what somebody said; with hours, or in square brackets, it is the transcriber's
IN_WORDS = rf"(?:\[{_BARE}(?:-\d{{1,3}})?\]|\({_FULL}\)|\{{{_BARE}\}}|{_F4})"
_IN_WORDS = re.compile(rf"\s*{IN_WORDS}")
_PARTS = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,-](\d{1,3}))?")


def seconds(code: str) -> float | None:
    """The seconds that a time code says, or None if it is none: minutes and seconds stay below 60."""
    found = _PARTS.search(code)
    if found is None:
        return None
    hours, minutes, rest, fraction = found.groups()
    if int(rest) > 59 or (hours is not None and int(minutes) > 59):
        return None
    return (
        int(hours or 0) * 3600 + int(minutes) * 60 + int(rest) + (float(f"0.{fraction}") if fraction else 0)
    )


def is_time(text: str) -> bool:
    """Is a text a time code and nothing else?"""
    return _ANY.fullmatch(text.strip()) is not None and seconds(text) is not None


@dataclass(frozen=True, slots=True)
class Timed:
    """Words without the time codes that stood among them, and the seconds of the first before other words, and of
    the last after them.
    """

    words: str
    begins: float | None = None
    ends: float | None = None


def without_times(words: str) -> Timed:
    """Take the time codes in brackets out of words. One at the end says when the words ended, as f4 writes it."""
    found = [(m.start(), m.end(), at) for m in _IN_WORDS.finditer(words) if (at := seconds(m[0])) is not None]
    if not found:
        return Timed(words)
    last = found[-1][2] if not words[found[-1][1] :].strip() else None
    first = found[0][2] if found[0][0] == 0 or len(found) > 1 or last is None else None
    return Timed(_IN_WORDS.sub("", words).strip(), first, last)
