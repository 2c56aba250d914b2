"""What MLflow's runs hold as files in the study's own folder: copies of models, what they said held out, pictures.

Found by looking at the disk, never by what a database says of addresses: a run's folder goes by its id, directly below
``mlruns`` or below a folder that goes by the number of an experiment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from models.model_folder import Linked, erase_folder

RUN_ID = re.compile(r"[0-9a-f]{32}")


def run_folders(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every folder of a run that lies below ``folder`` (the study's ``mlruns``), with the run's id."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for run_place in sorted(folder.iterdir()):
        if RUN_ID.fullmatch(run_place.name):
            yield run_place.name, run_place
        elif run_place.name.isdigit() and run_place.is_dir() and not run_place.is_symlink():
            yield from ((run.name, run) for run in sorted(run_place.iterdir()) if RUN_ID.fullmatch(run.name))


def erase_runs(folder: Path, runs: Collection[str]) -> tuple[Path, ...]:
    """Delete what these runs hold as files; returns the folders that are gone, each looked for afterwards.

    Raises Linked where a folder is a link (it is not followed), TandemError for one that is still there.
    """
    if folder.is_symlink():
        raise Linked(
            f"{folder} is a link, so Tandem deleted nothing where it leads. Delete the link, and look yourself what lies "
            f"there."
        )
    gone = []
    for run, run_folder in list(run_folders(folder)):
        if run in runs:
            erase_folder(run_folder)
            gone.append(run_folder)
    return tuple(gone)
