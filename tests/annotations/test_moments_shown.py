"""Moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from annotations.moments_shown import day_shown, moment_shown


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        (datetime(2026, 1, 5, 13, 20, 9, tzinfo=UTC), "Europe/Stockholm", "2026-01-05 14:20 CET"),
        (datetime(2026, 7, 5, 13, 20, 9, tzinfo=UTC), "Europe/Stockholm", "2026-07-05 15:20 CEST"),
        (datetime(2026, 1, 5, 13, 20, 9, tzinfo=UTC), "UTC", "2026-01-05 13:20 UTC"),
        (datetime(2026, 1, 5, 13, 20, 9, tzinfo=UTC), "America/Sao_Paulo", "2026-01-05 10:20 UTC-03"),
        ("2026-01-05T14:20:09+01:00", "Europe/London", "2026-01-05 13:20 GMT"),
    ],
)
def test_a_moment_is_told_by_the_clock_of_the_zone_and_names_it(
    moment: datetime | str, zone: str, shown: str
) -> None:
    """In winter and in summer, where a zone has letters and where it has none."""
    assert moment_shown(moment, ZoneInfo(zone)) == shown


def test_seconds_are_told_where_asked_for() -> None:
    """As the audit log does."""
    moment = datetime(2026, 1, 5, 13, 20, 9, tzinfo=UTC)
    assert moment_shown(moment, ZoneInfo("Europe/Oslo"), seconds=True) == "2026-01-05 14:20:09 CET"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """When summer time ends, 02:30 comes twice; the name of the zone says which."""
    zone = ZoneInfo("Europe/Stockholm")
    told = [moment_shown(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), zone) for hour in (0, 1)]
    assert told == ["2026-10-25 02:30 CEST", "2026-10-25 02:30 CET"]


def test_a_day_is_the_one_of_the_zone() -> None:
    """Late in the evening it is tomorrow further east, and today further west."""
    late = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    assert day_shown(late, ZoneInfo("Europe/Stockholm")) == "2026-01-06"
    assert day_shown(late.isoformat(), ZoneInfo("America/New_York")) == "2026-01-05"
