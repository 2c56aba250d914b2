"""MLflow gets what the study's database says: runs, registered versions, aliases. What fails is tried again later."""

from __future__ import annotations

from pathlib import Path

from annotations.errors import TandemError
from annotations.store.database import Store
from annotations.store.model_versions import (
    ModelVersion,
    all_models,
    champion,
    mark_mirrored,
    model_by_id,
    not_in_mlflow,
    previous_champion,
    serving_history,
    set_run,
)
from training.lineage import read_run
from training.tracking import Tracking, with_tags


def owed(store: Store) -> bool:
    """Is there anything that MLflow does not have yet?"""
    with store.reading() as connection:
        serving = champion(connection)
        return bool(not_in_mlflow(connection)) or (serving is not None and not serving.mirrored)


def deliver(store: Store, tracking: Tracking, folder: Path) -> str | None:
    """Deliver all that is owed, oldest first; a sentence if MLflow does not take it (it is tried again later)."""
    with store.reading() as connection:
        waiting = not_in_mlflow(connection)
    try:
        for model in waiting:
            _deliver_version(store, tracking, folder, model)
        _mirror(store, tracking)
    except TandemError as error:
        return str(error)
    return None


def aliases_wanted(store: Store) -> dict[str, str | None]:
    """The run that each of MLflow's aliases should name, None where it should name nothing.

    ``challenger``: the newest version, where it has never served.
    """
    with store.reading() as connection:
        served = serving_history(connection)
        before = previous_champion(connection)
        newest = next(reversed(all_models(connection)), None)
    waits = newest is not None and all(one.model.id != newest.id for one in served)
    return {
        "champion": served[0].model.run_id if served else None,
        "previous_champion": before.run_id if before else None,
        "challenger": newest.run_id if newest is not None and waits else None,
    }


def _deliver_version(store: Store, tracking: Tracking, folder: Path, model: ModelVersion) -> None:
    run = read_run(folder / model.folder)
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
        serving = champion(connection)
    if serving is None or serving.model.run_id is None:
        return
    tracking.mirror(aliases_wanted(store))
    if not serving.mirrored:
        with store.writing() as connection:
            mark_mirrored(connection, serving.sequence)
