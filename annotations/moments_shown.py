"""Moments as people read them: by the clock of the study's time zone, which is named."""

from __future__ import annotations

from datetime import datetime, tzinfo


def moment_shown(moment: datetime | str, zone: tzinfo, *, seconds: bool = False) -> str:
    """Date, time and zone: "2026-03-05 14:20 CET". ``moment`` knows its own zone, and may be written in ISO 8601.

    >>> from datetime import UTC
    >>> moment_shown(datetime(2026, 3, 5, 13, 20, tzinfo=UTC), UTC)
    '2026-03-05 13:20 UTC'
    """
    here = _read(moment).astimezone(zone)
    name = f"{here:%Z}"
    # many zones have no letters of their own, only hours before or after UTC
    named = f"UTC{name}" if name.startswith(("+", "-")) else name
    return f"{here:%Y-%m-%d %H:%M}{f':{here:%S}' if seconds else ''} {named}"


def day_shown(moment: datetime | str, zone: tzinfo) -> str:
    """The day on which a moment falls in this zone: "2026-03-05"."""
    return f"{_read(moment).astimezone(zone):%Y-%m-%d}"


def _read(moment: datetime | str) -> datetime:
    return datetime.fromisoformat(moment) if isinstance(moment, str) else moment
