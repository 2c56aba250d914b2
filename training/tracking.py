"""MLflow: every training as a run, every model as a registered version. The only importer of MLflow."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from annotations.disk_faults import disk_fault_of
from annotations.errors import TandemError, Unreachable
from annotations.lots import lots
from annotations.store.sqlite_file import refuse_traps
from models.model_folder import OutsideStudy
from models.run_folders import erase_runs
from training.artifact_place import refuse_elsewhere, refuse_links
from training.mlflow_store import OwnStore

# read by MLflow when it is imported: nothing is reported to anybody, and a server that is down is said
# to be down within seconds
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # standard output is for the result
}


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a training leaves in MLflow. ``metrics`` without a value (undefined) are left out, not zero.

    The tag ``model_id`` names the version for ever: a run that was begun and not finished is known by it.
    """

    name: str
    params: Mapping[str, str | int | float | bool]
    metrics: Mapping[str, float | None]
    tags: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


class Tracking:
    """One study's experiment and registered model in an MLflow store.

    ``own``: the store in the study's folder; its addresses are set anew before MLflow reads them. Otherwise ``uri`` is
    what this machine's user configured (a server), which says itself where files lie.
    """

    def __init__(self, uri: str, name: str, own: OwnStore | None = None) -> None:
        os.environ.update({key: os.environ.get(key, value) for key, value in _QUIET.items()})
        self.uri = uri
        self.name = name
        self.own = own
        self._looked = False

    @classmethod
    def in_study(cls, file: Path, folder: Path, name: str) -> Tracking:
        """MLflow without a server: its database, and the folder for what runs hold as files."""
        return cls(f"sqlite:///{file}", name, OwnStore(file, folder))

    def log(self, run: TrainingRun) -> tuple[str, str]:
        """Keep a training, once: returns the run's id and the number of the registered version.

        What an earlier attempt left half done is finished if it was registered already, and deleted otherwise.
        Raises Unreachable if the MLflow server does not answer.
        """
        with self._reached() as client:
            experiment = self._experiment(client)
            there = self._there(client, experiment, run)
            if there is not None:
                return there
            made = client.create_run(experiment, run_name=run.name, tags=dict(run.tags))
            run_id: str = made.info.run_id
            try:
                self._fill(client, run_id, run)
                version = self._register(client, run_id, run)
            except BaseException:
                client.set_terminated(run_id, "FAILED")
                raise
            client.set_terminated(run_id, "FINISHED")
            return run_id, version

    def mirror(self, runs: Mapping[str, str | None]) -> None:
        """Let each alias name the version of its run, or nothing where that is None."""
        with self._reached() as client:
            present = self._aliases(client)
            for alias, run_id in runs.items():
                wanted = None if run_id is None else self._version(client, run_id)
                if wanted == present.get(alias):
                    continue
                if wanted is None:
                    client.delete_registered_model_alias(self.name, alias)
                else:
                    client.set_registered_model_alias(self.name, alias, wanted)

    def aliases(self) -> Mapping[str, str]:
        """The run of the version that each alias names."""
        with self._reached() as client:
            return {
                alias: str(client.get_model_version(self.name, number).run_id)
                for alias, number in self._aliases(client).items()
            }

    def erase_files(self, model: UUID) -> tuple[str, ...]:
        """Delete what every run of a model version holds as files, those of runs that were deleted too.

        The runs' own records stay, marked. Returns the places that are empty now, each looked at afterwards. Raises
        OutsideStudy for files that lie elsewhere, TandemError for what is still there.
        """
        with self._reached() as client:
            if self.own is not None:
                runs = [run for run in self.own.runs() if run.model == str(model)]
                gone = tuple(map(str, erase_runs(self.own.folder, {run.id for run in runs})))
                living = [run.id for run in runs if not run.deleted]
            else:
                there = self._runs_of(client, model)
                gone = tuple(self._erase_on_server(client, run) for run in there)
                living = [run.info.run_id for run in there if run.info.lifecycle_stage == "active"]
            for run_id in living:
                client.set_tag(run_id, "files", "erased: a participant withdrew")
            return gone

    def check(self) -> str:
        """MLflow's version; raises Unreachable."""
        with self._reached() as client:
            import mlflow

            client.search_experiments(max_results=1)
            return str(mlflow.__version__)

    @property
    def _files(self) -> tuple[Path, ...]:
        """What MLflow writes in the study's folder, where it has its store there."""
        return () if self.own is None else (self.own.file, self.own.folder)

    def _there(self, client: Any, experiment: str, run: TrainingRun) -> tuple[str, str] | None:
        """The run and version that an earlier attempt has left of this model; what it left half done is deleted."""
        name = run.tags.get("model_id")
        if name is None:
            return None
        for run_there in client.search_runs([experiment], f"tags.model_id = '{name}'"):
            versions = client.search_model_versions(
                f"name='{self.name}' and run_id='{run_there.info.run_id}'"
            )
            if versions:
                # it is registered last, so everything else is there
                client.set_terminated(run_there.info.run_id, "FINISHED")
                return str(run_there.info.run_id), str(versions[0].version)
            # MLflow would keep its files, and nobody would find them again
            if self.own is not None:
                erase_runs(self.own.folder, {run_there.info.run_id})
            else:
                self._erase_on_server(client, run_there)
            client.delete_run(run_there.info.run_id)
        return None

    def _runs_of(self, client: Any, model: UUID) -> list[Any]:
        from mlflow.entities import ViewType

        experiment = client.get_experiment_by_name(self.name)
        if experiment is None:
            return []
        wanted = f"tags.model_id = '{model}'"
        return list(client.search_runs([experiment.experiment_id], wanted, ViewType.ALL))

    def _erase_on_server(self, client: Any, run: Any) -> str:
        """Only where this server keeps the files of this experiment: a run that names another place is refused."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        uri = str(run.info.artifact_uri)
        place = str(client.get_experiment(run.info.experiment_id).artifact_location).rstrip("/")
        if uri != f"{place}/{run.info.run_id}/artifacts":
            raise OutsideStudy(
                f"MLflow at {self.uri} says that the files of run {run.info.run_id} lie at {uri}, which is not where it "
                f"keeps the runs of this study ({place}). Nothing was deleted there: look yourself what it is."
            )
        repository = get_artifact_repository(uri, tracking_uri=self.uri)
        if repository.list_artifacts():
            repository.delete_artifacts()
        if repository.list_artifacts():
            raise TandemError(f"MLflow at {self.uri} still holds files of run {run.info.run_id} at {uri}.")
        return uri

    def _version(self, client: Any, run_id: str) -> str:
        versions = client.search_model_versions(f"name='{self.name}' and run_id='{run_id}'")
        if not versions:
            raise TandemError(
                f'MLflow at {self.uri} has no version of "{self.name}" from run {run_id}. '
                f"It may have been deleted there; the study's own copy still serves."
            )
        return str(versions[0].version)

    def _aliases(self, client: Any) -> dict[str, str]:
        for model in client.search_registered_models(f"name='{self.name}'"):
            return {str(alias): str(number) for alias, number in model.aliases.items()}
        return {}

    def _experiment(self, client: Any) -> str:
        experiment = client.get_experiment_by_name(self.name)
        if experiment is not None:
            return str(experiment.experiment_id)
        location = None if self.own is None else self.own.folder.resolve().as_uri()
        return str(client.create_experiment(self.name, artifact_location=location))

    def _fill(self, client: Any, run_id: str, run: TrainingRun) -> None:
        from mlflow.entities import Metric, Param
        from mlflow.utils.time import get_current_time_millis

        at = get_current_time_millis()
        metrics = [
            Metric(_metric_name(key), value, at, 0) for key, value in run.metrics.items() if value is not None
        ]
        params = [Param(key, str(value)[:6000]) for key, value in run.params.items()]
        client.log_batch(run_id, params=params)
        for some in lots(metrics, 900):
            client.log_batch(run_id, metrics=some)
        if run.folder is not None:
            refuse_links(run.folder)
            if self.own is not None:
                refuse_elsewhere(str(client.get_run(run_id).info.artifact_uri), self.own.folder)
            client.log_artifacts(run_id, str(run.folder), "model")

    def _register(self, client: Any, run_id: str, run: TrainingRun) -> str:
        if not list(client.search_registered_models(f"name='{self.name}'")):
            client.create_registered_model(self.name)
        source = f"{client.get_run(run_id).info.artifact_uri}/model"
        made = client.create_model_version(self.name, source, run_id=run_id, tags=dict(run.tags))
        return str(made.version)

    @contextmanager
    def _reached(self) -> Iterator[Any]:
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient
        from sqlalchemy.exc import SQLAlchemyError

        # "Creating initial tables" is no news for whoever trains a model
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        if self.own is not None and not self._looked:
            refuse_traps(self.own.file)
            self.own.set_anew()
            self._looked = True
        try:
            yield MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)
        except (MlflowException, SQLAlchemyError, OSError) as error:
            # with a store of our own, MLflow gives the faults of its disk through as they are, or wraps them
            fault = disk_fault_of(error, *self._files)
            if fault is not None:
                raise fault from error
            if isinstance(error, OSError):
                raise
            message = " ".join(str(error).split())[:240]
            raise Unreachable(
                f"MLflow at {self.uri} does not answer or refuses ({message}). Check MLFLOW_TRACKING_URI, or unset it "
                f"to keep the runs in the study's folder."
            ) from error


def with_tags(run: TrainingRun, **tags: str) -> TrainingRun:
    """The run with further tags."""
    return replace(run, tags={**run.tags, **tags})


def _metric_name(name: str) -> str:
    """MLflow allows letters, digits and ``_-. :/`` in a metric's name."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-. :/") else "_" for c in name)
