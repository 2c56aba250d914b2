"""A backup or restore to which the disk refuses something ends in the fault's right name, and leaves nothing behind."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotations.disk_faults import DiskFault
from service.backup import contents
from service.backup.kept import last_good
from service.backup.make import make_backup
from service.backup.restore import restore_backup
from service.composition import Parts, open_restored


def _left(*folders: Path) -> list[str]:
    """What an unfinished backup or restore may leave."""
    marks = (".unfinished", ".half-restored-")
    found = [file.name for folder in folders for file in folder.iterdir()]
    return [one for one in found if any(mark in one for mark in marks) or one.startswith(".tandem-backup-")]


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "no room left"), (errno.EROFS, "is read-only"), (errno.EACCES, "no permission")],
)
def test_what_the_disk_refuses_is_named(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    """In the middle of the archive; the backup of before stays, and counts as the last good one."""
    folder = tmp_path / "elsewhere"
    before = make_backup(parts.study, parts.database_url, parts.settings, to=folder)

    def refuses(_study: object) -> Iterator[tuple[str, Path]]:
        raise OSError(code, "x")

    monkeypatch.setattr(contents, "plain_files", refuses)
    with pytest.raises(DiskFault, match=said) as caught:
        make_backup(parts.study, parts.database_url, parts.settings, to=folder)
    assert str(folder) in str(caught.value)
    assert list(folder.iterdir()) == [before.file]
    assert [one for one in _left(folder, parts.study.folder) if not one.endswith(".lock")] == []
    good = last_good(parts.settings, parts.study)
    assert good is not None
    assert good.file == str(before.file)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("only root may make a small disk, and not everywhere")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_named_with_its_place(parts: Parts, tmp_path: Path, small_disk: Path) -> None:
    """The disk that is full, not the one on which the study lies; a restore says it before it begins."""
    with pytest.raises(DiskFault, match="no room left") as caught:
        make_backup(parts.study, parts.database_url, parts.settings, to=small_disk)
    assert f"mounted at {small_disk}" in str(caught.value)
    assert list(small_disk.iterdir()) == []
    made = make_backup(parts.study, parts.database_url, parts.settings, to=tmp_path / "enough")
    with pytest.raises(Exception, match="no room in"):
        restore_backup(made.file, small_disk / "again", open_study=lambda s: open_restored(s, parts.settings))
    assert list(small_disk.iterdir()) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(parts: Parts, tmp_path: Path) -> None:
    """The folder is named, and what to do."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(DiskFault, match="no permission"):
        make_backup(parts.study, parts.database_url, parts.settings, to=folder)
