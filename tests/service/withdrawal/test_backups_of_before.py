"""After a withdrawal the backups that still hold the person are known, and no unfinished one lies about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from coded_study import make_coded_study, opened, quiet

from service.backup.kept import token
from service.backup.make import make_backup
from service.backup.workplace import killed_backups
from service.composition import Parts
from service.doctor.doctor_checks import run_checks
from service.withdrawal.withdraw import withdraw


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A study without a model."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    made = opened(make_coded_study(tmp_path), tmp_path / "state")
    yield made
    made.close()


def _killed(parts: Parts, folder: Path) -> Path:
    file = folder / f".tandem-{token(parts.study)[:12]}-0123abcd.unfinished"
    file.write_bytes(b"PK half a study")
    return file


def test_the_backups_of_before_are_named(parts: Parts) -> None:
    """For people to delete, in the receipt too; one that was made afterwards or is gone already is not."""
    before = make_backup(parts.study, parts.database_url, parts.settings)
    gone = make_backup(parts.study, parts.database_url, parts.settings)
    gone.file.unlink()
    found = withdraw(parts, "JKG-01", by="Ada", progress=quiet)
    (said,) = [note for note in found.notes if "backup" in note and str(before.file) in note]
    assert "1 backup made before still holds JKG-01" in said
    assert str(gone.file) not in said
    assert str(before.file) in found.receipt[0].read_text("utf-8")
    assert found.done


@pytest.mark.slow
def test_a_killed_backup_goes_with_the_withdrawal(parts: Parts) -> None:
    """Its file beside the backups and its folder in the study hold everybody's words."""
    folder = make_backup(parts.study, parts.database_url, parts.settings).file.parent
    unfinished = _killed(parts, folder)
    work = parts.study.folder / ".tandem-backup-0123abcd"
    work.mkdir()
    (work / "tandem.db").write_bytes(b"words")
    check = next(one for one in run_checks(parts.study.folder, quiet) if one.name == "leftovers")
    assert not check.ok
    assert unfinished.name in check.found
    assert work.name in check.found
    found = withdraw(parts, "JKG-01", by="Ada", progress=quiet)
    assert found.done, found.still_there
    assert not unfinished.exists()
    assert not work.exists()
    assert any(one.where == str(unfinished) for one in found.gone)


def test_a_killed_backup_goes_with_the_next_one(parts: Parts, tmp_path: Path) -> None:
    """Wherever this user's backups of the study have gone, and nothing of somebody else's."""
    make_backup(parts.study, parts.database_url, parts.settings, to=tmp_path / "elsewhere")
    mine = _killed(parts, tmp_path / "elsewhere")
    others = mine.with_name(".tandem-0123456789ab-0123abcd.unfinished")
    others.write_bytes(b"PK")
    assert killed_backups(parts.settings, parts.study) == [mine]
    make_backup(parts.study, parts.database_url, parts.settings)
    assert not mine.exists()
    assert others.exists()
