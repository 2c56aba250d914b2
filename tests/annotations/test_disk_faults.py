"""A disk that refuses is called by its right name, and never "damaged"."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from annotations.disk_faults import DiskFault, device_of, disk_fault_of, sqlite_fault
from annotations.errors import TandemError
from annotations.store.database import open_store
from annotations.store.database_errors import database_error


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, r"no room left on .+ for .+model\.npz: .+ free there, and it needs more"),
        (errno.EDQUOT, "your quota on .+ is used up"),
        (errno.EROFS, "is read-only"),
        (errno.EACCES, "no permission to write"),
        (errno.EFBIG, "may not grow further"),
        (errno.EIO, "fault of the device"),
    ],
)
def test_what_the_system_answers_is_named(tmp_path: Path, code: int, said: str) -> None:
    """Each of the system's refusals has a sentence of its own, which names the file."""
    fault = disk_fault_of(OSError(code, "x", str(tmp_path / "model.npz")))
    assert fault is not None
    assert str(tmp_path / "model.npz") in str(fault)
    with pytest.raises(DiskFault, match=said):
        raise fault


@pytest.mark.parametrize(
    ("blocks", "names", "said"),
    [
        (0, 5, ": less than 1 MB is free there, and it needs more"),
        (250, 5, ": 1 MB is free there, and it needs more"),
        (700_000, 0, ": it takes no more files, however small"),
        (700_000, 5, ": 2,867 MB are free there, and it needs more"),
    ],
)
def test_a_full_disk_says_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, names: int, said: str
) -> None:
    """How much a file would have needed is not known, so nothing is said of it."""
    room = SimpleNamespace(f_bavail=blocks, f_frsize=4096, f_files=9, f_favail=names)
    monkeypatch.setattr(os, "statvfs", lambda _: room)
    fault = disk_fault_of(OSError(errno.ENOSPC, "x", str(tmp_path / "out.csv")))
    assert f" for {tmp_path / 'out.csv'}{said}. Make room" in str(fault)
    assert "needed" not in str(fault)


def test_what_is_no_fault_of_a_disk_is_left_alone(tmp_path: Path) -> None:
    """A file that is missing, or an error of another kind, is none of the disk's."""
    assert disk_fault_of(FileNotFoundError(errno.ENOENT, "x", "f"), tmp_path) is None
    assert disk_fault_of(ValueError("x"), tmp_path) is None
    assert sqlite_fault(_sqlite_error(sqlite3.SQLITE_CORRUPT), tmp_path / "f") is None


def test_a_fault_is_found_behind_others(tmp_path: Path) -> None:
    """MLflow wraps what SQLAlchemy wraps of what SQLite said: the fault is the disk's all the same."""
    wrapped = RuntimeError("refused")
    wrapped.__cause__ = DBAPIError("INSERT", {}, _sqlite_error(sqlite3.SQLITE_FULL))
    assert "no room left" in str(disk_fault_of(wrapped, tmp_path / "mlflow.db"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_device_that_is_full() -> None:
    """What a full device answers is named, though the error names no file."""
    with pytest.raises(OSError, match="space") as caught, Path("/dev/full").open("wb") as full:
        full.write(b"x" * 100_000)
    assert "no room left on" in str(disk_fault_of(caught.value))


def test_a_device_is_named_with_its_place(tmp_path: Path) -> None:
    """The device of a file that does not exist yet is that of its folder."""
    assert device_of(tmp_path / "none" / "of" / "these") == device_of(tmp_path)
    assert "mounted at /" in device_of(tmp_path)


def test_what_sqlite_calls_an_io_error_is_not_damage(tmp_path: Path) -> None:
    """No sentence about the disk says "damaged" or sends anybody to a backup; real damage does."""
    for code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        said = str(_said(DBAPIError("x", {}, _sqlite_error(code)), f"sqlite:///{tmp_path / 'tandem.db'}"))
        assert "is damaged" not in said
        assert "backup" not in said
    said = str(
        _said(DBAPIError("x", {}, _sqlite_error(sqlite3.SQLITE_CORRUPT)), f"sqlite:///{tmp_path / 'f'}")
    )
    assert "is damaged" in said
    assert "backup" in said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("53100", "no room left on the disk of the database server"),
        ("53300", "short of memory or connections"),
        ("25006", "is read-only"),
        ("42501", "does not permit"),
        ("58030", "fault of its disk"),
    ],
)
def test_what_a_server_answers_is_named(state: str, said: str) -> None:
    """PostgreSQL's refusals are told apart by their code, whatever the language of their message."""

    class Refusal(Exception):
        sqlstate = state

    error = _said(DBAPIError("INSERT", {}, Refusal("gesperrt")), "postgresql://x/y")
    assert isinstance(error, DiskFault)
    assert said in str(error)
    assert "gesperrt" not in str(error)


def test_a_driver_that_quotes_a_cell_is_not_quoted(tmp_path: Path) -> None:
    """A text that is no UTF-8 is a row that cannot be read; what stands in it is not said."""
    opened = open_store(f"sqlite:///{tmp_path / 'tandem.db'}")
    with pytest.raises(TandemError, match="cannot be read") as caught, opened.reading() as connection:
        connection.execute(text("SELECT CAST(x'53656372657420ff' AS TEXT)")).all()
    opened.close()
    assert "Secret" not in str(caught.value)


@pytest.mark.slow
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """A limit of the size of files is named, where SQLite says only that it could not write."""
    program = """
import resource, sys
from annotations.store.database import open_store
from annotations.errors import TandemError
from sqlalchemy import text
store = open_store("sqlite:///" + sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
try:
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE big (x)"))
        connection.execute(text("INSERT INTO big VALUES (randomblob(5000000))"))
except TandemError as error:
    print(type(error).__name__, error)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "tandem.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("DiskFault")
    assert "may not grow further" in done.stdout


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or os.geteuid() != 0
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=False).returncode
    ):
        pytest.skip("only an administrator of Linux mounts a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    """Opening and writing a database on a full disk says so, with the device; what was there can be read later."""
    url = f"sqlite:///{small_disk / 'tandem.db'}"
    store = open_store(url)
    store.close()
    with suppress(OSError), (small_disk / "fill").open("wb") as fill:
        fill.write(b"x" * 8_000_000)
    with pytest.raises(DiskFault, match=f"no room left on tmpfs .mounted at {small_disk}"):
        open_store(url)
    (small_disk / "fill").unlink()
    open_store(url).close()


def test_a_disk_that_is_read_only(small_disk: Path) -> None:
    """A read-only disk is called so."""
    url = f"sqlite:///{small_disk / 'tandem.db'}"
    open_store(url).close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(DiskFault, match="is read-only"):
        open_store(url)


def _said(error: DBAPIError, place: str) -> TandemError:
    return database_error(error, place, waited_s=10)


def _sqlite_error(code: int) -> sqlite3.OperationalError:
    """An error with one of SQLite's codes, as the driver gives it."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "SQLITE_X"
    return error
