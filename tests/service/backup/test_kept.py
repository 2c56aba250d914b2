"""Where backups go, which older ones are removed, and what "tandem doctor" says of them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from annotations.errors import BadInput, Busy
from annotations.study.config import parse_config, read_study
from service.backup.kept import Good, kept_for, last_good, note_good, usual_folder
from service.backup.make import make_backup
from service.composition import Parts
from service.doctor.doctor_checks import _backups


def _made(parts: Parts, **more: object) -> Path:
    return make_backup(parts.study, parts.database_url, parts.settings, **more).file  # type: ignore[arg-type]


def test_older_good_ones_are_removed_and_nothing_else(parts: Parts) -> None:
    """Neither another study's, nor one that somebody copied there, nor any other file; never the new one."""
    first = _made(parts)
    folder = first.parent
    shutil.copy(first, folder / "small-study-2020-01-01-000000Z.tandem.zip")
    (folder / "thesis.docx").write_bytes(b"words")
    second, third = _made(parts), _made(parts)
    made = make_backup(parts.study, parts.database_url, parts.settings, keep=2)
    assert set(made.removed) == {first, second}
    assert {one.name for one in folder.iterdir()} == {
        "small-study-2020-01-01-000000Z.tandem.zip", "thesis.docx", third.name, made.file.name,
    }  # fmt: skip


def test_one_that_was_changed_counts_for_nothing_and_stays(parts: Parts) -> None:
    """It is no good one any more, and nobody knows what it is."""
    first, second = _made(parts), _made(parts)
    first.write_bytes(b"other")
    third = make_backup(parts.study, parts.database_url, parts.settings, keep=2)
    assert third.removed == ()
    assert first.exists()
    assert second.exists()


def test_backups_elsewhere_are_left_alone(parts: Parts, tmp_path: Path) -> None:
    """``keep`` holds for the folder in which the new one lies."""
    first = _made(parts)
    made = make_backup(parts.study, parts.database_url, parts.settings, to=tmp_path / "disk", keep=1)
    assert first.exists()
    assert made.file.parent == tmp_path / "disk"


@pytest.mark.parametrize("below", ["", "backups", "models/x"])
def test_a_backup_never_goes_into_the_study_itself(below: str, parts: Parts) -> None:
    """It would be lost with it."""
    with pytest.raises(BadInput, match="own folder"):
        _made(parts, to=parts.study.folder / below)


def test_a_folder_that_only_the_study_names_is_confirmed_by_hand(parts: Parts, tmp_path: Path) -> None:
    """A study may come from anybody; a place that its user has named once is used from then on."""
    file = parts.study.folder / "study.yaml"
    file.write_text(f"{file.read_text('utf-8')}\nbackup: {{to: ../disk}}\n", "utf-8")
    parts.take_up(read_study(parts.study.folder))
    with pytest.raises(BadInput, match="tandem backup --to"):
        _made(parts)
    assert not (tmp_path / "disk").exists()
    _made(parts, to=tmp_path / "disk")
    assert _made(parts).parent == tmp_path / "disk"


def test_a_state_folder_within_the_study_knows_of_no_backup(parts: Parts) -> None:
    """Whoever sends a study could say there what may be written and removed."""
    settings = replace(parts.settings, state=parts.study.folder / "state")
    note_good(settings, parts.study, Good("/x", "2026-01-01T00:00:00+00:00", 1), by_hand_to=Path("/x"))
    assert kept_for(settings, parts.study).good == ()


def test_the_state_folder_is_used_where_nothing_can_be_written_beside(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container, where the study is mounted at the top."""
    monkeypatch.setattr("service.backup.kept.os.access", lambda *_: False)
    assert usual_folder(parts.settings, parts.study) == parts.settings.state / "backups" / "study"


@pytest.mark.slow
def test_two_backups_of_a_study_do_not_meet(parts: Parts) -> None:
    """The second one is told to wait."""

    def another(step: str) -> None:
        if step == "written":
            with pytest.raises(Busy, match="another backup"):
                _made(parts)

    _made(parts, step=another)


def test_doctor_says_how_old_the_last_good_one_is_and_where(parts: Parts) -> None:
    """It fails only where one should have come, or has gone."""
    assert "none made" in _backups(parts).found
    assert _backups(parts).ok
    file = _made(parts)
    assert str(file) in _backups(parts).found
    old = datetime.now(UTC) - timedelta(days=3, hours=1)
    good = last_good(parts.settings, parts.study)
    assert good is not None
    note_good(parts.settings, parts.study, replace(good, made=old.isoformat()), by_hand_to=None)
    assert "3 days old" in _backups(parts).found
    assert _backups(parts).ok
    config = parse_config({"name": "S", "backup": {"nightly": "02:30"}})
    parts.study.__dict__["config"] = config
    assert not _backups(parts).ok
    file.unlink()
    parts.study.__dict__["config"] = parse_config({"name": "S"})
    assert not _backups(parts).ok
    assert "gone" in _backups(parts).found
