"""Where a backup is prepared, so that what a killed one leaves is known and goes with the next one."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from annotations.errors import BadInput, Busy
from annotations.study.config import Study
from service.backup.contents import LOCK, WORK
from service.backup.kept import kept_for, token, usual_folder
from service.settings import Settings


@contextmanager
def one_at_a_time(study: Study) -> Iterator[None]:
    """Hold the study for a backup, beside whatever else is done with it, and clear up after a killed one. Raises Busy."""
    from filelock import FileLock, Timeout

    own = study.folder / LOCK
    if own.is_symlink():
        raise BadInput(
            f"{own} is a link, and Tandem would write where it leads. Delete it. Nothing was changed."
        )
    try:
        with FileLock(own).acquire(timeout=1):
            for left in study.folder.glob(f"{WORK}*"):
                if left.is_dir() and not left.is_symlink():
                    shutil.rmtree(left, ignore_errors=True)
            yield
    except Timeout as error:
        raise Busy(f"another backup of {study.folder} is being made. Wait until it has finished.") from error


@contextmanager
def workplace(study: Study) -> Iterator[Path]:
    """A folder within the study's, where its words lie anyway; what a killed backup leaves goes with the next one."""
    work = study.folder / f"{WORK}{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def unfinished_file(folder: Path, study: Study) -> Iterator[Path]:
    """The name of a file that is no backup yet; those that killed backups of this study have left are removed."""
    own = token(study)[:12]
    for left in _unfinished_in(folder, study):
        left.unlink(missing_ok=True)
    file = folder / f".tandem-{own}-{secrets.token_hex(4)}.unfinished"
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def killed_backups(settings: Settings, study: Study) -> list[Path]:
    """What killed backups of this study have left in the folders where they go; nothing while one is being made."""
    known = kept_for(settings, study)
    folders = {usual_folder(settings, study), *(Path(backup.file).parent for backup in known.good)}
    folders |= {Path(folder) for folder in known.folders}
    left = [file for folder in sorted(folders) for file in _unfinished_in(folder, study)]
    try:
        with one_at_a_time(study) if left else nullcontext():
            return left
    except (Busy, BadInput):
        return []


def _unfinished_in(folder: Path, study: Study) -> list[Path]:
    unfinished = sorted(folder.glob(f".tandem-{token(study)[:12]}-*.unfinished"))
    return [file for file in unfinished if file.is_file() and not file.is_symlink()]


def sync_folder(folder: Path) -> None:
    """Let the disk keep the new name, where the system can be asked for that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
