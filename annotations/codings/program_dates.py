"""Dates as other programs write them: 3/4/2021 is of March or of April, and the whole file decides which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:,?\s+(.*))?$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?:,?\s+(.*))?$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]\.?m\.?)?$", re.IGNORECASE)
Order = Literal["day first", "month first"]


def order_of(cells: Iterable[str]) -> Order | None:
    """Whether the dates with slashes begin with the day or the month; None where they do not tell."""
    pairs = [(int(match[1]), int(match[2])) for cell in cells if (match := _SLASHED.match(cell.strip()))]
    day, month = any(first > 12 for first, _ in pairs), any(second > 12 for _, second in pairs)
    if day == month:
        return None
    return "day first" if day else "month first"


def iso_of(cell: str, order: Order | None) -> str | None:
    """A date in the form that codings files have it; None for one that cannot be told."""
    text = cell.strip()
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        pass
    dotted, slashed = _DOTTED.match(text), _SLASHED.match(text)
    match = dotted or slashed
    if match is None or (slashed and order is None and match[1] != match[2]):
        return None
    day, month = (
        (int(match[1]), int(match[2])) if dotted or order != "month first" else (int(match[2]), int(match[1]))
    )
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
    clock = _clock(match[4] or "0:00")
    try:
        return None if clock is None else datetime(year, month, day, *clock).isoformat()
    except ValueError:
        return None


def _clock(text: str) -> tuple[int, int, int] | None:
    match = _CLOCK.match(text.strip())
    if match is None:
        return None
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4].casefold().startswith("p") else 0)
    return hour, int(match[2]), int(match[3] or 0)
