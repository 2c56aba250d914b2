"""A backup each night: once, at the time of the study's time zone, and later where nobody worked then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput, TandemError
from annotations.store.jobs import all_jobs
from annotations.study.config import parse_config
from service.backup.nightly import AGAIN_S, LOOK_S, ask_if_backup_is_due, each_night, is_due, last_night
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


def test_it_is_due_once_a_night() -> None:
    """Before its time yesterday's counts; the time is that of the study's place."""
    config = parse_config({"name": "S", "time_zone": "Europe/Stockholm", "backup": {"nightly": "02:30"}})
    due = last_night(config, NOW)
    assert due == datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
    assert is_due(config, NOW, None)
    assert is_due(config, NOW, NOW - timedelta(hours=2))
    assert not is_due(config, NOW, NOW - timedelta(hours=1))
    assert not is_due(config, NOW - timedelta(hours=2), NOW - timedelta(hours=20))
    assert not is_due(parse_config({"name": "S"}), NOW, None)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.integers(0, 23), st.integers(0, 59))
def test_the_last_night_is_within_a_day(moment: datetime, hour: int, minute: int) -> None:
    """Never in the future, and never more than a day and a changed clock ago."""
    config = parse_config(
        {"name": "S", "time_zone": "Europe/Stockholm", "backup": {"nightly": f"{hour:02d}:{minute:02d}"}}
    )
    now = moment.replace(tzinfo=UTC)
    due = last_night(config, now)
    assert due is not None
    assert timedelta(hours=-1) <= now - due <= timedelta(hours=25, minutes=1)


@pytest.mark.parametrize(
    ("said", "meant"), [("02:30", "02:30"), ("12:30", "12:30"), ("'7:05'", "07:05"), ("null", None)]
)
def test_a_time_is_read_with_and_without_quotation_marks(said: str, meant: str | None) -> None:
    """YAML takes 12:30 for a number of minutes."""
    assert parse_config(yaml.safe_load(f"name: S\nbackup: {{nightly: {said}}}")).backup.nightly == meant


@pytest.mark.parametrize(
    "section", [{"nightly": "25:00"}, {"nightly": "soon"}, {"keep": 0}, {"nightli": "02:30"}]
)
def test_what_cannot_be_meant_is_refused(section: dict[str, object]) -> None:
    """By its key, with the nearest known one."""
    with pytest.raises(BadInput, match=r"backup\."):
        parse_config({"name": "S", "backup": section})


def test_a_worker_makes_it(parts: Parts, tmp_path: Path) -> None:
    """Asked for once, made, and noted with what became of it; a study that is held by a command does not stop it."""
    assert not ask_if_backup_is_due(parts.store, parts.study.config)
    parts.study.__dict__["config"] = parse_config(
        {"name": "Small study", "backup": {"nightly": "02:30", "keep": 3}}
    )
    assert ask_if_backup_is_due(parts.store, parts.study.config)
    assert not ask_if_backup_is_due(parts.store, parts.study.config)
    with parts.alone("train"):
        assert do_waiting_jobs(parts) == 1
    assert not ask_if_backup_is_due(parts.store, parts.study.config)
    with parts.store.reading() as connection:
        (job,) = all_jobs(connection)
    assert job.state == "done", job.error
    assert job.result is not None
    assert Path(str(job.result["file"])).parent == tmp_path / "study-backups"


def test_a_process_of_its_own_makes_one_each_night() -> None:
    """At once if last night's is missing; after a fault again ten minutes later; then not before the next night."""
    made: list[datetime] = []
    said: list[str] = []
    pauses: list[float] = []

    def make() -> None:
        if not said:
            raise TandemError("no room left")
        made.append(datetime.now(UTC))

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            raise KeyboardInterrupt

    config = parse_config({"name": "S", "backup": {"nightly": "02:30"}})
    with pytest.raises(KeyboardInterrupt):
        each_night(config, make, last=lambda: made[-1] if made else None, failed=said.append, pause=pause)
    assert said == ["no room left"]
    assert len(made) == 1
    assert pauses == [AGAIN_S, LOOK_S, LOOK_S, LOOK_S, LOOK_S]
