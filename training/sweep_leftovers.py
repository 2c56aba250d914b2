"""What lies below a study and belongs to no living run or model: looked for, and swept.

Trainings that were killed leave folders of models that the database does not name, and what they had done of tuning
encoders, with which the next one may go on; MLflow keeps the files of runs that
it shows no more, and a folder for its waste; an export that was killed leaves its unfinished file, and a backup that was
killed the folder with its copies of the databases; a killed pre-coding by workers the passages that went to them; a
backup put back brings files of models that were erased since. All
of these can hold what participants said or stand for it, so they are swept at every training and at every withdrawal.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from annotations.errors import TandemError
from annotations.store.database import Store
from annotations.store.model_versions import all_models
from annotations.store.withdrawals import models_that_learnt
from annotations.study.config import Study
from models.kept_tunings import FOLDER as TUNINGS
from models.model_folder import erase_folder
from models.run_folders import run_folders
from training.mlflow_store import OwnStore

_WASTE = ".trash"
_GIVEN_UP_S = 600.0
# what exports write, and the page that shows an import
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}\.unfinished|\.import-preview\.html\.new")
_BACKUPS_WORK = re.compile(r"\.tandem-backup-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Leftovers:
    """``dead``: made by Tandem or MLflow, for nobody any more. ``unknown``: made by neither; a person has to look."""

    dead: tuple[Path, ...] = ()
    unknown: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Swept:
    """What was deleted, each looked for afterwards; sentences about what is still there; and what nobody knows."""

    gone: tuple[Path, ...] = ()
    left: tuple[str, ...] = ()
    unknown: tuple[Path, ...] = ()


def own_store(study: Study) -> OwnStore:
    """MLflow's store in the study's folder, which may lie there even where a server is configured now."""
    return OwnStore(study.tracking_file, study.runs_folder)


def leftovers(store: Store, study: Study, spared: frozenset[Path] = frozenset()) -> Leftovers:
    """Look at what lies in the study's folder, but for what is ``spared``.

    Raises TandemError where MLflow's file cannot be read.
    """
    with store.reading() as connection:
        erased = models_that_learnt(connection)
        living = [model for model in all_models(connection) if model.version not in erased]
    folders = {model.folder for model in living}
    dead, unknown = [], []
    if study.models_folder.is_dir() and not study.models_folder.is_symlink():
        for path in sorted(study.models_folder.iterdir()):
            if path in spared and not path.is_symlink():
                continue
            if path.is_symlink() or not (_is_model(path.name) or path.name == TUNINGS):
                unknown.append(path)
            elif path.name not in folders:
                dead.append(path)
    runs = _living_runs(own_store(study), {str(model.id): model.run_id for model in living})
    below, strange = _in_runs(own_store(study), runs)
    aside = study.embeddings_file.with_suffix(
        ".damaged"
    )  # what the cache puts there, numbers of everybody's words
    dead += [
        *below,
        # whoever asks here holds the study, so no run is at work
        *(
            [study.precoding_folder]
            if study.precoding_folder.is_dir() and not study.precoding_folder.is_symlink()
            else ()
        ),
        *([aside] if aside.is_file() and not aside.is_symlink() else ()),
        *_unfinished(study.folder),
        *_killed_backups(study.folder),
    ]
    return Leftovers(tuple(dead), (*unknown, *strange))


def sweep(store: Store, study: Study, spared: frozenset[Path] = frozenset()) -> Swept:
    """Delete what belongs to nobody; what nobody knows, and what cannot be deleted, is said."""
    unclaimed = leftovers(store, study, spared)
    gone, left = [], []
    for path in unclaimed.dead:
        try:
            if path.is_dir():
                erase_folder(path)
            else:
                path.unlink(missing_ok=True)
            gone.append(path)
        except TandemError as error:
            left.append(str(error))
        except OSError as error:
            left.append(
                f"{path} could not be deleted ({error.strerror}) and is still there. Delete it yourself."
            )
    return Swept(tuple(gone), tuple(left), unclaimed.unknown)


def _living_runs(own: OwnStore, models: dict[str, str | None]) -> set[str]:
    """The runs that living models name, those that MLflow has for them already, and those that are not Tandem's."""
    named = {run for run in models.values() if run is not None}
    return named | {run.id for run in own.runs() if not run.deleted and run.model in ("", *models)}


def _in_runs(own: OwnStore, living: set[str]) -> tuple[list[Path], list[Path]]:
    dead = [
        folder for run, folder in run_folders(own.folder) if run not in living and not folder.is_symlink()
    ]
    if own.folder.is_symlink() or not own.folder.is_dir():
        return dead, []
    runs = {folder for _, folder in run_folders(own.folder)}
    above = {folder.parent for folder in runs}
    waste = own.folder / _WASTE
    if waste.is_dir() and not waste.is_symlink():
        dead.append(waste)
    strange = [
        path
        for path in sorted(own.folder.iterdir())
        if path.is_symlink()
        or (path not in runs and path not in above and path != waste and not _is_empty(path))
    ]
    return dead, strange


def _unfinished(folder: Path) -> list[Path]:
    """Files that an export was writing when it was killed; no folder that somebody linked here is looked into."""
    unfinished = []
    for here, _, files in os.walk(folder, followlinks=False):
        for file in (Path(here) / name for name in files if _UNFINISHED.fullmatch(name)):
            # gone meanwhile, or still being written by another command
            with suppress(FileNotFoundError):
                if time.time() - file.lstat().st_mtime > _GIVEN_UP_S:
                    unfinished.append(file)
    return sorted(unfinished)


def _killed_backups(folder: Path) -> list[Path]:
    """Folders in which a backup was at work when it was killed: whoever makes one holds a lock meanwhile."""
    from filelock import FileLock, Timeout

    left = sorted(
        path for path in folder.iterdir() if _BACKUPS_WORK.fullmatch(path.name) and not path.is_symlink()
    )
    lock = folder / ".tandem-backup.lock"
    if not left or lock.is_symlink():
        return []
    with suppress(Timeout, OSError), FileLock(lock).acquire(timeout=0):
        return left
    return []


def _is_model(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
