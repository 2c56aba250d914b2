"""When a nightly backup is due: at the time that study.yaml names, once a night, and later where nobody worked then."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from annotations.errors import TandemError
from annotations.store.database import Store
from annotations.store.jobs import ask_for, latest_of
from annotations.study.config import StudyConfig

LOOK_S = 30.0
AGAIN_S = 600.0


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


def ask_if_backup_is_due(store: Store, config: StudyConfig) -> bool:
    """Ask for a backup if one is to be made each night and last night's was not asked for yet."""
    if config.backup.nightly is None:
        return False
    with store.writing() as connection:
        last = latest_of(connection, "backup")
        if last is not None and last.state in ("waiting", "running"):
            return False
        if not is_due(config, datetime.now(UTC), None if last is None else last.created):
            return False
        ask_for(connection, "backup", {})
        return True


def each_night(
    config: StudyConfig,
    make: Callable[[], None],
    *,
    last: Callable[[], datetime | None],
    failed: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Make a backup whenever one is due, until stopped. After a fault it is said, and tried again ten minutes later."""
    while True:
        if is_due(config, datetime.now(UTC), last()):
            try:
                make()
            except (TandemError, OSError) as error:
                failed(str(error))
                pause(AGAIN_S)
        pause(LOOK_S)
