"""Dates as people write them: "early 2017", "2006–2016", "by 2016", "since March 2018", "around 2010".

A date is a span of days, from the first on which it can have begun to the last on which it can have ended, and what is not
known of it. What cannot be read is refused, never guessed.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

_MONTHS = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
# months of parts of a year: first and last
_PARTS = {"early": (1, 4), "beginning of": (1, 3), "start of": (1, 3), "first half of": (1, 6), "mid": (5, 8),
          "middle of": (5, 8), "late": (9, 12), "end of": (10, 12), "second half of": (7, 12), "spring": (3, 5),
          "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "q1": (1, 3), "q2": (4, 6),
          "q3": (7, 9), "q4": (10, 12)}  # fmt: skip
_ABOUT = re.compile(r"^(?:around|about|approximately|approx\.?|circa|ca?\.|ca|roughly|~)\s*")
_UNTIL = re.compile(r"^(?:by|before|until|up to|no later than|not later than)\s+")
_SINCE = re.compile(r"^(?:since|after|from|no earlier than)\s+")
_ONGOING = re.compile(r"^(?:present|today|now|ongoing|onwards?)$")
_RANGE = re.compile(r"\s*(?:–|—|-{1,2}|\bto\b|\buntil\b|\btill\b|/)\s*")
FIRST_YEAR, LAST_YEAR = 1000, 2999


@dataclass(frozen=True, slots=True)
class When:
    """``first`` to ``last``: the days on which it can have been, both included.

    ``lasted``: it went on from one date to the other, else it happened once on some day between. ``about``: the dates are
    approximate. ``no_start``, ``no_end``: nobody knows when it began ("by 2016") or ended ("since 2018"). ``exact``: a day
    or a month is named, or a span of them.
    """

    first: date
    last: date
    lasted: bool = False
    about: bool = False
    no_start: bool = False
    no_end: bool = False
    exact: bool = False

    @property
    def uncertain(self) -> bool:
        """Must it look uncertain: is it approximate, open, or a part of a year or longer within which it happened once?"""
        if self.about or self.no_start or self.no_end:
            return True
        return not self.lasted and (self.last - self.first).days > 31

    @property
    def middle(self) -> date:
        """The day in its middle."""
        return self.first + (self.last - self.first) / 2


def when_of(given: str) -> When:
    """What a person's words for a date mean. Raises ValueError with the reason.

    >>> str(when_of("early 2017").first), str(when_of("early 2017").last)
    ('2017-01-01', '2017-04-30')
    >>> when_of("2006–2016").lasted, when_of("by 2016").no_start
    (True, True)
    """
    words = " ".join(given.split()).casefold().strip(" .,;")
    if not words:
        raise ValueError(
            "it is empty; every event has a date, such as 2017, early 2017, 2006–2016 or by 2016"
        )
    when = _read(words)
    if when is None:
        raise ValueError(
            f'"{given}" is no date that can be read; write it as 2017-03-14, March 2017, 2017, early 2017, 2006–2016, '
            f"by 2016, since 2018 or around 2010"
        )
    if when.last < when.first:
        raise ValueError(f'"{given}" ends before it starts; correct one of the two dates')
    return when


def _read(words: str) -> When | None:
    words = words.removeprefix("in ").removeprefix("on ")
    if words.endswith("?"):
        inner = _read(words[:-1].strip())
        return inner and replace(inner, about=True)
    if about := _ABOUT.match(words):
        inner = _read(words[about.end() :])
        return inner and replace(inner, about=True)
    if until := _UNTIL.match(words):
        inner = _one(words[until.end() :])
        if inner is None:
            return None
        # before a date is not on it
        last = inner.first - timedelta(days=1) if words.startswith("before") else inner.last
        return replace(inner, first=last, last=last, no_start=True, lasted=False)
    between = re.fullmatch(r"between (.+) and (.+)", words)
    if between:
        begins, ends = _one(between[1]), _one(between[2])
        return None if begins is None or ends is None else When(begins.first, ends.last)
    since = _SINCE.match(words)
    rest = words[since.end() :] if since else words
    onwards = re.fullmatch(r"(.+?)\s*(?:onwards?|\+)", rest)
    if onwards:
        since, rest = onwards, onwards[1]
    range_read = _one(rest)
    if range_read is not None:
        if not since:
            return range_read
        # after a date is not on it
        first = range_read.last + timedelta(days=1) if words.startswith("after") else range_read.first
        return replace(range_read, first=first, last=first, no_end=True, lasted=True)
    return _range(rest)


def _range(words: str) -> When | None:
    """Two dates with a sign or word between: wherever it can be parted so that both can be read."""
    for sign in _RANGE.finditer(words):
        left, right = words[: sign.start()], words[sign.end() :]
        if not left:
            continue
        first = _one(left) or _borrowing(left, right)
        if first is None:
            continue
        if _ONGOING.match(right) or not right:
            return When(first.first, first.first, lasted=True, no_end=True, exact=first.exact)
        last = _one(right) or _short_year(left, right)
        if last is not None:
            return When(
                first.first,
                last.last,
                lasted=True,
                about=first.about or last.about,
                exact=first.exact and last.exact,
            )
    return None


def _borrowing(left: str, right: str) -> When | None:
    """ "March–June 2017", "early to mid 2017": the year stands behind the second."""
    year = re.search(r"\b(\d{4})$", right)
    return _one(f"{left} {year[1]}") if year else None


def _short_year(left: str, right: str) -> When | None:
    """ "2012/13", "2012–14": the century stands before the first."""
    year = re.search(r"\b(\d{2})\d{2}$", left)
    return _one(f"{year[1]}{right}") if year and re.fullmatch(r"\d{2}", right) else None


def _one(words: str) -> When | None:
    """A single date: a day, a month, a part of a year, a year, a decade."""
    words = words.strip()
    if about := _ABOUT.match(words):
        inner = _one(words[about.end() :])
        return inner and replace(inner, about=True)
    for read in (_day, _month, _part, _decade, _year):
        when = read(words)
        if when is not None:
            return when
    return None


def _day(words: str) -> When | None:
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words)
    named = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]+)\.?,? (\d{4})", words)
    # with full stops the day stands first wherever they are used; with slashes nobody can tell
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", words)
    american = re.fullmatch(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", words)
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif named and named[2] in _MONTHS:
        year, month, day = int(named[3]), _MONTHS[named[2]], int(named[1])
    elif american and american[1] in _MONTHS:
        year, month, day = int(american[3]), _MONTHS[american[1]], int(american[2])
    elif dotted:
        year, month, day = int(dotted[3]), int(dotted[2]), int(dotted[1])
    else:
        return None
    if not _is_year(year) or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return When(date(year, month, day), date(year, month, day), exact=True)


def _month(words: str) -> When | None:
    named = re.fullmatch(r"([a-z]+)\.?,? (\d{4})", words)
    iso = re.fullmatch(r"(\d{4})[-/](\d{2})", words) or re.fullmatch(r"(\d{4})/(\d)", words)
    slashed = re.fullmatch(r"(\d{1,2})/(\d{4})", words)
    if named and named[1] in _MONTHS:
        return _months(int(named[2]), _MONTHS[named[1]], _MONTHS[named[1]], exact=True)
    if iso and 1 <= int(iso[2]) <= 12 and "-" in words:
        return _months(int(iso[1]), int(iso[2]), int(iso[2]), exact=True)
    if slashed and 1 <= int(slashed[1]) <= 12:
        return _months(int(slashed[2]), int(slashed[1]), int(slashed[1]), exact=True)
    return None


def _part(words: str) -> When | None:
    match = re.fullmatch(r"(.+?)(?: |-)(?:of )?(\d{4})(s?)", words)
    if not match:
        season = re.fullmatch(r"winter (\d{4})[/–-](\d{2}|\d{4})", words)
        if season and int(season[2][-2:]) == (int(season[1]) + 1) % 100:
            year = int(season[1])
            return When(date(year, 12, 1), date(year + 1, 2, calendar.monthrange(year + 1, 2)[1]))
        return None
    part, year = match[1].strip(), int(match[2])
    months = _PARTS.get(part) or _PARTS.get(f"{part} of")
    if months is None or not _is_year(year):
        return None
    if match[3]:
        if year % 10:
            return None
        third = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}.get(part)
        return third and When(date(year + third[0], 1, 1), date(year + third[1], 12, 31))
    return _months(year, *months, exact=False)


def _decade(words: str) -> When | None:
    match = re.fullmatch(r"(?:the )?(\d{3}0)s", words)
    if not match or not _is_year(int(match[1])):
        return None
    return When(date(int(match[1]), 1, 1), date(int(match[1]) + 9, 12, 31))


def _year(words: str) -> When | None:
    match = re.fullmatch(r"(?:the year )?(\d{4})", words)
    return _months(int(match[1]), 1, 12, exact=False) if match else None


def _months(year: int, first: int, last: int, *, exact: bool) -> When | None:
    if not _is_year(year):
        return None
    return When(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), exact=exact)


def _is_year(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR
