"""Whatever can be killed, be down or be full during a training leaves a consistent study."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest
from study_to_back_up import killed_at
from study_to_train import opened

from annotations.store.jobs import all_jobs, ask_for, take
from annotations.store.model_versions import (
    all_models,
    champion,
    not_in_mlflow,
)
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.serving.precode import precode
from service.serving.train_and_evaluate import catch_up, tracking_of, train
from training.mlflow_mirror import aliases_wanted

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


KILLED = {
    "before anything is kept": "training.train.keep_codebook",
    "between registering and promoting": "training.train.put_to_serve",
    "before MLflow hears of it": "training.train.deliver",
    "between MLflow's run and its version": "training.tracking.Tracking._register",
    "between MLflow's version and its alias": "training.tracking.Tracking.mirror",
}


@pytest.mark.parametrize("where", KILLED.values(), ids=KILLED.keys())
def test_a_killed_training_leaves_a_consistent_study(parts: Parts, tmp_path: Path, where: str) -> None:
    """Killed anywhere, the next training finishes or repeats it: one champion, no stray folder, one run a version."""

    def in_a_child(step: Callable[[str], None]) -> None:
        with (
            closing(opened(parts.study.folder, tmp_path)) as own,
            mock.patch(where, side_effect=lambda *_, **__: step("here")),
        ):
            train(own)

    assert killed_at("here", in_a_child)
    trained = train(parts)
    with parts.store.reading() as connection:
        models = all_models(connection)
        serving = champion(connection)
        assert not not_in_mlflow(connection)
    assert serving is not None
    assert serving.mirrored
    assert [model.version for model in models] == ["v1"]
    assert trained.model.version == "v1"
    folders = [folder.name for folder in parts.study.models_folder.iterdir()]
    assert folders == [models[0].folder]
    _assert_in_mlflow(parts)


def _assert_in_mlflow(parts: Parts) -> None:
    """MLflow holds one finished run and one version for each version of the study, and its aliases say what it says."""
    from mlflow.tracking import MlflowClient

    tracking = tracking_of(parts)
    with tracking._reached() as client:
        assert isinstance(client, MlflowClient)
        experiment = client.get_experiment_by_name(tracking.name).experiment_id
        runs = client.search_runs([experiment])
        versions = client.search_model_versions(f"name='{tracking.name}'")
    with parts.store.reading() as connection:
        wanted = sorted(str(model.run_id) for model in all_models(connection))
    assert sorted(run.info.run_id for run in runs) == wanted
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert sorted(version.run_id for version in versions) == wanted
    named = {alias: run for alias, run in aliases_wanted(parts.store).items() if run}
    assert tracking.aliases() == named


def test_mlflow_that_is_down_gets_everything_later(parts: Parts, tmp_path: Path) -> None:
    """A training succeeds and serves without MLflow, says so, and is delivered whole when it answers again."""
    down = opened(parts.study.folder, tmp_path, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    trained = train(down)
    assert trained.verdict.promoted
    assert trained.model.run_id is None
    assert "MLflow will get it later" in " ".join(trained.notes)
    assert precode(down).model.version == "v1"
    down.close()
    assert catch_up(parts) is None
    with parts.store.reading() as connection:
        assert not not_in_mlflow(connection)
    _assert_in_mlflow(parts)
    assert catch_up(parts) is None


def test_a_disk_that_is_full_keeps_what_was(trained_parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be written leaves no folder and no row, and the champion serves on."""

    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device", "model")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
        patched.setattr("training.train.write_lineage", full)
        train(trained_parts, force=True)
    with trained_parts.store.reading() as connection:
        assert [model.version for model in all_models(connection)] == ["v1"]
    assert len(list(trained_parts.study.models_folder.iterdir())) == 1


def test_a_killed_worker_s_job_is_done_by_the_next(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of this machine whose process is gone is not waited for."""
    from socket import gethostname

    monkeypatch.setattr("service.composition.Parts.read_again", lambda self: self)
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
        assert take(connection, f"{gethostname()}/999999/1") is not None
    assert do_waiting_jobs(parts) == 1
    with parts.store.reading() as connection:
        (job,) = all_jobs(connection)
    assert (job.state, job.attempts) == ("done", 2)
    assert job.result is not None
    assert job.result["model_version"] == "v1"
