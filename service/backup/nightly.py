"""When a nightly backup is due: at the time that study.yaml names, once a night, and later where nobody worked then."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from annotations.study.config import StudyConfig

# one night and some hours: a machine may have been off at the time
OVERDUE = timedelta(hours=36)


def last_night(config: StudyConfig, now: datetime) -> datetime | None:
    """The last moment at which a backup was due, None where none is made each night."""
    if config.backup.nightly is None:
        return None
    hour, minute = map(int, config.backup.nightly.split(":"))
    here = now.astimezone(ZoneInfo(config.time_zone))
    due = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return due if due <= here else due - timedelta(days=1)


def is_due(config: StudyConfig, now: datetime, asked: datetime | None) -> bool:
    """Is a backup to be asked for now, the last one having been asked for at ``asked``?"""
    due = last_night(config, now)
    return due is not None and (asked is None or asked < due)
