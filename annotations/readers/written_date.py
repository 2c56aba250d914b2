"""A date as a person writes it, read where it has one meaning: 1 March 2026, 2026-03-01, 1.3.2026, 13/03/2026."""

from __future__ import annotations

import datetime
import re

from annotations.errors import BadInput

_MONTHS = (
    ("january", "januari", "januar", "jänner"),
    ("february", "februari", "februar"),
    ("march", "mars", "märz", "maerz"),
    ("april",),
    ("may", "maj", "mai"),
    ("june", "juni"),
    ("july", "juli"),
    ("august", "augusti"),
    ("september",),
    ("october", "oktober"),
    ("november",),
    ("december", "dezember"),
)
_SHOWN = tuple(names[0].title() for names in _MONTHS)
_DAY_FIRST = re.compile(
    r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.|:e)?(?: of)?[ -]+([^\W\d_]{3,12})\.?,?[ -]+(\d{4})", re.IGNORECASE
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})")
_HOW = "write it as 2026-03-01 or 1 March 2026"


def written_date(given: str) -> datetime.date:
    """The date that these words mean; names of months in English, Swedish or German.

    Raises BadInput, without saying where, for words that are no date and for those that may mean two.

    >>> written_date("1 March 2026"), written_date("13/03/2026")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 13))
    """
    plain = " ".join(given.split())
    try:
        # a plain date, or one with a clock
        return datetime.datetime.fromisoformat(plain).date()
    except ValueError:
        pass
    if day_first := _DAY_FIRST.fullmatch(plain):
        return _of(given, day_first[3], day_first[2], day_first[1])
    if month_first := _MONTH_FIRST.fullmatch(plain):
        return _of(given, month_first[3], month_first[1], month_first[2])
    if numbers := _NUMBERS.fullmatch(plain):
        return _of_numbers(given, int(numbers[1]), int(numbers[3]), int(numbers[4]), dotted=numbers[2] == ".")
    raise BadInput(f'"{given[:40]}" is no date; {_HOW}.')


def _of(given: str, year: str, month: str, day: str) -> datetime.date:
    named = month.casefold()
    months = [
        number
        for number, names in enumerate(_MONTHS, start=1)
        if any(name.startswith(named) for name in names)
    ]
    try:
        (number,) = months
        return datetime.date(int(year), number, int(day))
    except ValueError as error:
        raise BadInput(f'"{given[:40]}" is no date; {_HOW}.') from error


def _of_numbers(given: str, first: int, second: int, year: int, *, dotted: bool) -> datetime.date:
    """Points stand where the day comes first; between slashes either may, so one of them must be past 12."""
    both_months = 1 <= first <= 12 and 1 <= second <= 12
    if both_months and first != second and not dotted:
        raise BadInput(
            f'"{given}" may be {first} {_SHOWN[second - 1]} or {second} {_SHOWN[first - 1]}; {_HOW}.'
        )
    day, month = (first, second) if dotted or first > 12 or first == second else (second, first)
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise BadInput(f'"{given[:40]}" is no date; {_HOW}.') from error
