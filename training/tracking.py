"""MLflow: every training as a run, every model as a registered version. The only importer of MLflow."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotations.disk_faults import disk_fault_of
from annotations.errors import TandemError, Unreachable
from annotations.lots import lots
from annotations.store.sqlite_file import refuse_traps
from training.artifact_place import refuse_elsewhere, refuse_links

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
    """One study's experiment and registered model in an MLflow store. ``uri``: SQLite file or server."""

    def __init__(self, uri: str, name: str, artifacts: Path | None = None) -> None:
        os.environ.update({key: os.environ.get(key, value) for key, value in _QUIET.items()})
        self.uri = uri
        self.name = name
        self._artifacts = artifacts

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

    def erase_files(self, run_id: str) -> None:
        """Delete what a run holds as files (its model, snapshot and pictures); the run's own record stays, marked."""
        with self._reached() as client:
            from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

            uri = str(client.get_run(run_id).info.artifact_uri)
            repository = get_artifact_repository(uri)
            if repository.list_artifacts():
                repository.delete_artifacts()
            client.set_tag(run_id, "files", "erased: a participant withdrew")

    def check(self) -> str:
        """MLflow's version; raises Unreachable."""
        with self._reached() as client:
            import mlflow

            client.search_experiments(max_results=1)
            return str(mlflow.__version__)

    @property
    def _files(self) -> tuple[Path, ...]:
        """What MLflow writes in the study's folder, where it has its store there."""
        if self._artifacts is None:
            return ()
        return Path(self.uri.removeprefix("sqlite:///")), self._artifacts

    def _there(self, client: Any, experiment: str, run: TrainingRun) -> tuple[str, str] | None:
        """The run and version that an earlier attempt has left of this model; what it left half done is deleted."""
        name = run.tags.get("model_id")
        if name is None:
            return None
        for found in client.search_runs([experiment], f"tags.model_id = '{name}'"):
            versions = client.search_model_versions(f"name='{self.name}' and run_id='{found.info.run_id}'")
            if versions:
                # it is registered last, so everything else is there
                client.set_terminated(found.info.run_id, "FINISHED")
                return str(found.info.run_id), str(versions[0].version)
            client.delete_run(found.info.run_id)
        return None

    def _version(self, client: Any, run_id: str) -> str:
        found = client.search_model_versions(f"name='{self.name}' and run_id='{run_id}'")
        if not found:
            raise TandemError(
                f'MLflow at {self.uri} has no version of "{self.name}" from run {run_id}. '
                f"It may have been deleted there; the study's own copy still serves."
            )
        return str(found[0].version)

    def _aliases(self, client: Any) -> dict[str, str]:
        for model in client.search_registered_models(f"name='{self.name}'"):
            return {str(alias): str(number) for alias, number in model.aliases.items()}
        return {}

    def _experiment(self, client: Any) -> str:
        found = client.get_experiment_by_name(self.name)
        if found is not None:
            return str(found.experiment_id)
        location = self._artifacts.resolve().as_uri() if self._artifacts else None
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
            if self._artifacts is not None:
                refuse_elsewhere(str(client.get_run(run_id).info.artifact_uri), self._artifacts)
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
        if self._artifacts is not None:
            refuse_traps(Path(self.uri.removeprefix("sqlite:///")))
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
