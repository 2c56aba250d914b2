"""MLflow gets what the study's database says: runs, registered versions, aliases. What fails is tried again later."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from annotations.errors import TandemError
from annotations.store.database import Store
from annotations.store.model_versions import (
    ModelVersion,
    all_models,
    champion,
    erased_versions,
    last_served,
    mark_mirrored,
    model_by_id,
    not_in_mlflow,
    previous_champion,
    serving_history,
    set_run,
)
from models.model_folder import model_folder
from training.lineage import read_run
from training.tracking import Tracking, with_tags


def owed(store: Store) -> bool:
    """Is there anything that MLflow does not have yet?"""
    with store.reading() as connection:
        last = last_served(connection)
        return bool(_owed_versions(connection)) or (last is not None and not last.mirrored)


def deliver(store: Store, tracking: Tracking, folder: Path) -> str | None:
    """Deliver all that is owed, oldest first; a sentence if MLflow does not take it (it is tried again later)."""
    with store.reading() as connection:
        waiting = _owed_versions(connection)
    try:
        for model in waiting:
            _deliver_version(store, tracking, folder, model)
        _mirror(store, tracking)
    except TandemError as error:
        return str(error)
    return None


def aliases_wanted(store: Store) -> dict[str, str | None]:
    """The run that each of MLflow's aliases should name, None where it should name nothing.

    ``challenger``: the newest version, where it has never served. No alias names a version that was erased.
    """
    with store.reading() as connection:
        served, serving = serving_history(connection), champion(connection)
        before, erased = previous_champion(connection), erased_versions(connection)
        newest = next(reversed(all_models(connection)), None)
    waits = (
        newest is not None
        and newest.version not in erased
        and all(spell.model.id != newest.id for spell in served)
    )
    return {
        "champion": serving.model.run_id if serving else None,
        "previous_champion": before.run_id if before and serving else None,
        "challenger": newest.run_id if newest is not None and waits else None,
    }


def _owed_versions(connection: Connection) -> tuple[ModelVersion, ...]:
    """Those that MLflow does not have; of one that was erased there is nothing to give."""
    erased = erased_versions(connection)
    return tuple(model for model in not_in_mlflow(connection) if model.version not in erased)


def _deliver_version(store: Store, tracking: Tracking, folder: Path, model: ModelVersion) -> None:
    run = read_run(model_folder(folder, model.folder))
    if run is None:
        return
    with store.reading() as connection:
        parent = None if model.parent is None else model_by_id(connection, model.parent)
    if parent is not None and parent.run_id is not None:
        run = with_tags(run, parent_run_id=parent.run_id)
    run_id, _ = tracking.log(run)
    with store.writing() as connection:
        set_run(connection, model.id, run_id)


def _mirror(store: Store, tracking: Tracking) -> None:
    with store.reading() as connection:
        last, serving = last_served(connection), champion(connection)
    if last is None or (serving is not None and serving.model.run_id is None):
        return
    tracking.mirror(aliases_wanted(store))
    if not last.mirrored:
        with store.writing() as connection:
            mark_mirrored(connection, last.sequence)
