"""What a disk refuses, by its right name: no room, a quota, read-only, no permission, a file too large, a broken device.

A database's driver often says only "disk I/O error". So a small file is written beside the one that failed: what the
system answers to that is the fault's name. A full disk is never called damage: nobody shall put back a backup for it.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from annotations.errors import TandemError

_PROBE_BYTES = 256 * 1024
# models, pictures and a database's log: what a command writes before it is done
_WORKING_ROOM = 50_000_000
_FULL = frozenset({errno.ENOSPC})
_QUOTA = frozenset({errno.EDQUOT})
_READ_ONLY = frozenset({errno.EROFS})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
_TOO_LARGE = frozenset({errno.EFBIG})
_DEVICE = frozenset({errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN})
_OF_DISKS = _FULL | _QUOTA | _READ_ONLY | _FORBIDDEN | _TOO_LARGE | _DEVICE
# SQLite's first byte of a result: https://www.sqlite.org/rescode.html
_SQLITE_OF_DISKS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_IOERR: errno.EIO,
}


class DiskFault(TandemError):
    """The disk refuses: no room, a quota, read-only, no permission. What was kept before is unharmed."""


def disk_fault_of(error: BaseException, *places: Path) -> DiskFault | None:
    """The fault of a disk that lies behind an error, in words; None if the error tells of something else.

    ``places``: the files or folders that were being written, for an error that names none.
    """
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error) and places:
            fault = sqlite_fault(cause, places[0])
            if fault is not None:
                return fault
        if isinstance(cause, OSError) and cause.errno in _OF_DISKS:
            named = [Path(os.fsdecode(cause.filename))] if isinstance(cause.filename, str | bytes) else []
            return _first_that_refuses(cause.errno, [*named, *places])
    return None


def sqlite_fault(error: sqlite3.Error, file: Path, *others: Path) -> DiskFault | None:
    """The fault of the disk that made SQLite refuse ``file``, or one of ``others`` that it wrote at the same time.

    None if it refused for another reason.
    """
    assumed = _SQLITE_OF_DISKS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if assumed is None:
        return None
    for place in (file, *others):
        if (refused := _probe(place)) is not None:
            return DiskFault(_in_words(refused, place))
    fault = errno.EFBIG if _beyond_the_limit(file) else None
    return DiskFault(_in_words(fault or assumed, file))


@contextmanager
def disk_faults_named(*places: Path) -> Iterator[None]:
    """Whatever the system refuses here becomes a DiskFault. ``places``: the files or folders that are written."""
    try:
        yield
    except OSError as error:
        fault = disk_fault_of(error, *places)
        if fault is None:
            raise
        raise fault from error


def refuses(place: Path) -> bool:
    """Does the disk take nothing more at this place?"""
    return _probe(place) is not None


def room_needed(file: Path) -> int:
    """Bytes that a command may write beside ``file``: its changed pages once more, and room to work."""
    try:
        return file.stat().st_size + _WORKING_ROOM if file.is_file() else _WORKING_ROOM
    except OSError:
        return _WORKING_ROOM


def device_of(place: Path) -> str:
    """The device that holds a place, and where it is mounted, as the system names them."""
    import psutil

    there = _standing(place)
    with suppress(OSError, RuntimeError):
        mounts = [
            partition
            for partition in psutil.disk_partitions(all=True)
            if there.is_relative_to(partition.mountpoint)
        ]
        if mounts:
            # of several at one place the last one counts
            mount = max(reversed(mounts), key=lambda mount: len(mount.mountpoint))
            return f"{mount.device} (mounted at {mount.mountpoint})"
    return f"the disk of {there}"


def _first_that_refuses(code: int, places: list[Path]) -> DiskFault:
    for place in places:
        fault = _probe(place)
        if fault is not None:
            return DiskFault(_in_words(fault, place))
    return DiskFault(_in_words(code, places[0] if places else None))


def _in_words(code: int, place: Path | None) -> str:
    where = device_of(place) if place else "the disk"
    thing = str(place) if place else "a file"
    kept = "What was finished is kept, and the study is not damaged."
    if code in _FULL:
        free = _what_is_free(place) if place else ""
        return f"no room left on {where} for {thing}{free}. Make room and run the same command again. {kept}"
    if code in _QUOTA:
        return (
            f"your quota on {where} is used up, so {thing} cannot be written. Delete files of yours there or ask for a "
            f"larger quota, then run the same command again. {kept}"
        )
    if code in _TOO_LARGE:
        return (
            f"{thing} may not grow further: the system limits how large a file may be (ulimit -f, or the kind of "
            f"{where}). Lift the limit or move the study, then run the same command again. {kept}"
        )
    if code in _READ_ONLY:
        return (
            f"{where} is read-only, so {thing} cannot be written. Work on a copy elsewhere, or mount it for writing, "
            f"then run the same command again. {kept}"
        )
    if code in _FORBIDDEN:
        return (
            f"no permission to write {thing}. Ask the owner of {_standing(place) if place else 'the folder'} for it, or "
            f"use another folder, then run the same command again. {kept}"
        )
    return (
        f"{where} does not read or write {thing} as it should (the system reports a fault of the device). Copy the "
        f"study to another disk and go on there; tandem doctor says whether the copy is sound."
    )


def _what_is_free(place: Path) -> str:
    """What the system says of the room at a place: how much would have been needed, nobody knows of a file half written."""
    there = _standing(place)
    if not hasattr(os, "statvfs") or not (there.is_file() or there.is_dir()):
        return ""
    with suppress(OSError):
        room = os.statvfs(there)
        if room.f_files and not room.f_favail:
            return ": it takes no more files, however small"
        free = room.f_bavail * room.f_frsize
        return f": {_megabytes(free)} free there, and it needs more"
    return ""


def _megabytes(count: int) -> str:
    if count < 1e6:
        return "less than 1 MB is"
    whole = round(count / 1e6)
    return f"{whole:,} MB {'is' if whole == 1 else 'are'}"


def _probe(place: Path) -> int | None:
    """What the system answers to a small file beside ``place`` (and to opening it for writing); None if it takes it."""
    folder = _standing(place)
    folder = folder if folder.is_dir() else folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".tandem-probe-") as probe:
            probe.write(b"\0" * _PROBE_BYTES)
            probe.flush()
            os.fsync(probe.fileno())
        if place.is_file():
            with place.open("r+b"):
                pass
    except OSError as error:
        return error.errno
    return None


def _beyond_the_limit(file: Path) -> bool:
    """May this process make no file as large as this one will be?"""
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return False
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return most != resource.RLIM_INFINITY and room_needed(file) > most


def _standing(place: Path) -> Path:
    """The place itself, or the nearest folder above it that exists."""
    there = Path(place).absolute()
    while there != there.parent:
        with suppress(OSError):
            if there.exists():
                return there.resolve()
        there = there.parent
    return there


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies behind it: a driver's own error, what it was raised from, what it was raised during."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [getattr(cause, "orig", None), cause.__cause__, cause.__context__]
