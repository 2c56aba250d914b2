"""Time codes as programs write them: 0:05, [00:01:02], (01:02.5), #00:01:02-3#, 00:01:02,500, 1h02m, and ranges of
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotations.readers.words import count_words

# the last two digits of 00:01:02:14 are frames of a film
# 10:14 AM is a time of day; in small letters "am" is a word, too ("um 10:30 am Montag")
_HALF_OF_DAY = r"(?:[ \u00a0\u202f]?(?:[AP]M\b|[ap]\.m\.))?"
_BARE = rf"\d{{1,3}}:\d{{2}}(?::\d{{2}}(?:[:;]\d{{2}}(?!\d))?)?(?:[.,]\d{{1,3}})?{_HALF_OF_DAY}"
_FULL = rf"\d{{1,3}}:\d{{2}}:\d{{2}}(?:[:;]\d{{2}}(?!\d))?(?:[.,]\d{{1,3}})?{_HALF_OF_DAY}"
_F4 = rf"#\s?(?:{_BARE})(?:-\d{{1,3}})?\s?#"
# 00m02s, 1h02m, 1 h 2 min 5 s, 1h02, 2'05": with the units in letters
_UNIT_H = r"(?:h|hrs?|hours?|std|tim)\.?"
_UNIT_M = r"(?:m|mins?|minutes?|minuten?|minuter)\.?"
_UNIT_S = r"(?:s|secs?|seconds?|sek|sekunden?|sekunder|secondes?)\.?"
_GAP = r"[ \u00a0,]{0,2}"
WORDED = (
    rf"(?i:\d{{1,2}}[ \u00a0]?{_UNIT_H}{_GAP}\d{{1,2}}[ \u00a0]?{_UNIT_M}(?:{_GAP}\d{{1,2}}[ \u00a0]?{_UNIT_S})?"
    rf"|\d{{1,3}}[ \u00a0]?{_UNIT_M}{_GAP}\d{{1,2}}[ \u00a0]?{_UNIT_S}|\d{{1,2}}h\d{{2}}"
    r"|\d{1,3}['’′][ ]?\d{2}(?:\"|”|″|''|’’)?)(?![^\W_])"
)
# in brackets a single one says enough; hours alone are somebody's shift
ONE_UNIT = rf"(?i:\d{{1,3}}[ \u00a0]?(?:{_UNIT_M}|{_UNIT_S}))(?![^\W_])"
AT = r"(?i:at|@|t=|kl\.?|bei|um|à|vid)"
# brackets say that it is a time code; without them only one with hours is one at the beginning of a line, for
# "10:30 Meeting" is no time code
_INSIDE = rf"(?:{AT}[ \u00a0]{{1,2}})?(?:{_BARE}|{WORDED})"
MARKED = rf"(?:\[(?:{_INSIDE}(?:-\d{{1,3}})?)\]|\((?:{_INSIDE})\)|\{{(?:{_INSIDE})\}}|<(?:{_INSIDE})>|{_F4})"
CLEAR = rf"(?:{MARKED}|{_FULL})"
ANY = rf"(?:{MARKED}|{_BARE}|{WORDED})"
CLOCK = rf"(?:{_BARE}|{WORDED})"
# 00:00:10.210 --> 00:00:14.120, 0:10 - 0:14, 0:00:01.0,0:00:02.0, 0:0:3.1 --> 0:0:7.2, and [0.00s -> 2.50s]
_ONE = rf"\d{{1,3}}:\d{{1,2}}(?::\d{{1,2}})?(?:[.,:]\d{{1,3}})?{_HALF_OF_DAY}"
_SECONDS = r"\d{1,5}\.\d{1,3}s?"
_TO = r"\s*(?:-->|->|→|–|—|-|,|\bto\b|\bbis\b|\btill\b|\bà\b)\s*"
RANGE = (
    rf"(?:[\[({{<]\s*(?:{_ONE}{_TO}{_ONE}|{_SECONDS}{_TO}{_SECONDS})\s*[\])}}>]"
    rf"|{_ONE}\s*(?:-->|->|→|–|—|-|,)\s*{_ONE})"
)

_ANY = re.compile(ANY)
_RANGE = re.compile(RANGE)
_A_TIME = re.compile(rf"{_SECONDS}|{_ONE}")
# "(10:30)" among words may be what somebody said; with hours, or in square brackets, it is the transcriber's
IN_WORDS = rf"(?:\[(?:{_BARE}(?:-\d{{1,3}})?|{WORDED})\]|\({_FULL}\)|\{{{_BARE}\}}|{_F4})"
_IN_WORDS = re.compile(rf"\s*{IN_WORDS}")
_PARTS = re.compile(
    r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,-](\d{1,3}))?(?:[ \u00a0\u202f]?([AaPp])\.?[Mm])?"
)
_WORDED = re.compile(rf"{WORDED}|{ONE_UNIT}")
_PLAIN_SECONDS = re.compile(r"(\d{1,5}\.\d{1,3})s?")


def seconds(code: str) -> float | None:
    """The seconds that a time code says, or None if it is none: minutes and seconds stay below 60. Those of a time of
    day ("10:14 AM") count from midnight.
    """
    parts = _PARTS.search(code)
    if parts is None and (worded := _WORDED.search(code)) is not None:
        return _of_units(worded[0])
    if parts is None:
        plain = _PLAIN_SECONDS.search(code)
        return float(plain[1]) if plain else None
    hours, minutes, rest, fraction, half = parts.groups()
    if half is not None:
        hours, minutes, rest = (hours, minutes, rest) if hours is not None else (minutes, rest, "0")
        if int(hours) > 12:
            return None
        hours = str(int(hours) % 12 + (12 if half in "Pp" else 0))
    if int(rest) > 59 or (hours is not None and int(minutes) > 59):
        return None
    return (
        int(hours or 0) * 3600 + int(minutes) * 60 + int(rest) + (float(f"0.{fraction}") if fraction else 0)
    )


def _of_units(code: str) -> float | None:
    """The seconds of a time whose units are in letters."""
    first, *rest = map(int, re.findall(r"\d+", code))
    if re.search(r"\d[ \u00a0]?(?:h|std|tim)", code, re.IGNORECASE):
        minutes, more = rest[0], rest[1] if len(rest) > 1 else 0
        return float(first * 3600 + minutes * 60 + more) if max(minutes, more) < 60 else None
    if not rest:
        return float(first * (60 if re.search(r"\d[ \u00a0]?m", code, re.IGNORECASE) else 1))
    return float(first * 60 + rest[0]) if rest[0] < 60 else None


def begin_and_end(code: str) -> tuple[float | None, float | None]:
    """The seconds of a time code or of a range of two."""
    times = [seconds(code_of_time) for code_of_time in _A_TIME.findall(code)]
    if len(times) == 2 and times[0] is not None and times[1] is not None:
        return times[0], max(times[0], times[1])
    return (times[0] if times else seconds(code)), None


def is_time(text: str) -> bool:
    """Is a text a time code and nothing else?"""
    return _ANY.fullmatch(text.strip()) is not None and seconds(text) is not None


def is_range(text: str) -> bool:
    """Is a text two time codes and nothing else?"""
    return _RANGE.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Timed:
    """Words, after the time codes among them were taken out.

    ``begins``, ``ends``: the seconds of a time code before the first word, and of one after the last. ``marks``: how
    many numbers were taken out.
    """

    words: str
    begins: float | None = None
    ends: float | None = None
    marks: int = 0


def without_times(words: str) -> Timed:
    """Take the time codes in brackets out of words. One at the end says when the words ended, as f4 writes it."""
    times = [
        (m.start(), m.end(), at, count_words(m[0]))
        for m in _IN_WORDS.finditer(words)
        if (at := seconds(m[0])) is not None
    ]
    if not times:
        return Timed(words)
    last = times[-1][2] if not words[times[-1][1] :].strip() else None
    first = times[0][2] if times[0][0] == 0 or len(times) > 1 or last is None else None
    return Timed(_IN_WORDS.sub(_gap, words).strip(), first, last, sum(time[3] for time in times))


def _gap(code: re.Match[str]) -> str:
    """Nothing in the place of a time code, or a space where two words would become one."""
    if seconds(code[0]) is None:
        return code[0]
    return " " if code.string[code.end() : code.end() + 1].isalnum() else ""
