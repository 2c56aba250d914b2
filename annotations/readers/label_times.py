"""What of a speaker's label is a time: the one place that decides it, whatever the file's format.

Programs and people write times before a label, behind it, or in brackets within it: ``Speaker 1 (00m 02s)``,
``Speaker 1 at 0:02``, ``[1h02m] Speaker 1``. Left there, each turn would have a speaker of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotations.readers.clock import AT, CLOCK, ONE_UNIT, WORDED, seconds

# two digits and a point are a time in brackets only
_DOTTED = r"\d{2}\.\d{2}(?:\.\d{2})?"
_IS_DOTTED = re.compile(_DOTTED)
_ONE = rf"(?:{CLOCK}|{ONE_UNIT}|{_DOTTED})"
_TO = r"[ ]{0,2}(?:-->|->|→|–|—|-|,|to|bis|till)[ ]{0,2}"
_IN_BRACKETS = re.compile(
    rf"[\[({{<][ ]{{0,2}}(?:{AT}[ ]{{0,2}})?(?P<first>{_ONE})(?:{_TO}(?P<second>{_ONE}))?[ ]{{0,2}}[\])}}>]",
    re.IGNORECASE,
)
# a clock with nothing but a space before it may belong to a name ("Group 10:30"); one with hours and seconds does not
_FULL = r"\d{1,3}:\d{2}:\d{2}(?:[.,]\d{1,3})?"
_JOINT = r"[ \u00a0,;/|·•@–—-]"
_STRONG = rf"(?:[ ]{{2,20}}|{_JOINT}{{0,10}}[,;/|·•@–—-]{_JOINT}{{0,10}}|[ ]{{1,5}}{AT}[ ]{{0,5}})"
_BEHIND = re.compile(
    rf"(?:{_STRONG}(?P<a>{CLOCK})|(?:{_STRONG}|[ \u00a0])(?P<b>{WORDED}|{_FULL}))$", re.IGNORECASE
)
_BEFORE = re.compile(
    rf"(?:(?P<a>{CLOCK}){_STRONG}|(?P<b>{WORDED}|{_FULL})(?:{_STRONG}|[ \u00a0]))(?=\S)", re.IGNORECASE
)
_STRAY = re.compile(r"(?<=[\w\])}>.])[ \u00a0]*[,;/|·•@–—-][ \u00a0,;/|·•@–—-]*$|(?<=[/|])[ ]*$")
_AT_THE_END = re.compile(rf"[ \u00a0]{AT}[ \u00a0]*$", re.IGNORECASE)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class TimedLabel:
    """A speaker's label without the times in it, and the seconds that these say."""

    label: str
    at: float | None = None
    ends: float | None = None


def timed_label(given: str) -> TimedLabel:
    """A label without its times, and without the marks that joined them to it; one that is a time only stays as it is."""
    plain = " ".join(given.split(" ")) if len(given) <= _LONGEST else ""
    if not plain or not any(map(str.isdigit, plain)):
        return TimedLabel(without_strays(given))
    times: list[float] = []
    for pattern in (_IN_BRACKETS, _BEHIND, _BEFORE):
        m = pattern.match(plain) if pattern is _BEFORE else pattern.search(plain)
        if m is None or not (
            said := [at for code in m.groups() if code and (at := _seconds(code)) is not None]
        ):
            continue
        around = plain[: m.start()].rstrip(), plain[m.end() :].lstrip()
        rest = without_strays(" ".join(filter(None, around)).lstrip("-–—|/,; "), timed=True)
        if any(map(str.isalnum, rest)):
            plain, times = rest, times or said
    if not times:
        return TimedLabel(without_strays(given))
    return TimedLabel(plain, times[0], max(times) if len(times) > 1 else None)


def without_strays(label: str, *, timed: bool = False) -> str:
    """A label without a stroke or dash that hangs at its end; with ``timed`` without an "at" before a time as well."""
    plain = _AT_THE_END.sub("", label) if timed else label
    return _STRAY.sub("", plain).strip() or label


def _seconds(code: str) -> float | None:
    return seconds(code.replace(".", ":") if _IS_DOTTED.fullmatch(code) else code)
