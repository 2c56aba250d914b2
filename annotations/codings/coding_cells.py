"""What the cells of a codings file say beside the passage and the code: condition, moment, influence, yes or no."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import get_args

from annotations.coding import Condition, Influence
from annotations.errors import nearest

# days since 1900 or 1904, in a cell that nobody formatted as a date
_DAYS = re.compile(r"[2-6]\d{4}(?:[.,]\d+)?")
_SPELT: dict[str, Influence] = {
    **{value: value for value in get_args(Influence)},
    "\N{MINUS SIGN}": "-",
    "positive": "+",
    "negative": "-",
}


def condition_in(given: str) -> Condition:
    """The condition a cell names, independent where it is empty; raises ValueError with the reason."""
    known = [condition.value for condition in Condition]
    word = given.casefold() or Condition.INDEPENDENT.value
    if word in known:
        return Condition(word)
    close = nearest(given, known)
    remedy = f'did you mean "{close}"?' if close else f"it is one of {', '.join(known)}"
    raise ValueError(f'"{given}" is not known; {remedy}')


def moment_in(given: str, time_zone: tzinfo) -> datetime | None:
    """The moment a cell names, in UTC, or None where it is empty; raises ValueError with the reason.

    ``time_zone``: what is meant where the cell gives no zone.
    """
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        if _DAYS.fullmatch(given):
            raise ValueError(
                f'"{given}" is the number in which a spreadsheet keeps a date; give the column the format of dates there, '
                f"such as 2026-03-01, and save it again"
            ) from None
        raise ValueError(f'"{given}" is no date; write it as 2026-03-01 or 2026-03-01T14:30') from None


def influence_in(given: str) -> Influence | None:
    """The influence a cell names, or None where it is empty; raises ValueError with the reason."""
    if not given:
        return None
    word = " ".join(given.casefold().split())
    if word not in _SPELT:
        raise ValueError(f'"{given}" is not known; it is +, -, mixed or none stated')
    return _SPELT[word]


def yes_in(given: str) -> bool:
    """Yes or no, no where the cell is empty; raises ValueError with the reason."""
    word = given.casefold()
    if word in ("", "no", "false", "0"):
        return False
    if word in ("yes", "true", "1", "x"):
        return True
    raise ValueError(f'"{given}" is not known; it is yes or no')
