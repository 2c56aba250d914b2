"""Runs and registered versions in a real MLflow store."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.errors import TandemError, Unreachable
from training.tracking import Tracking, TrainingRun

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


@pytest.fixture
def tracking(tmp_path: Path) -> Tracking:
    """An empty MLflow store in a folder."""
    return Tracking.in_study(tmp_path / "mlflow.db", tmp_path / "mlruns", "tandem-test")


def _log(tracking: Tracking, folder: Path, name: str) -> tuple[str, str]:
    folder.mkdir(exist_ok=True)
    (folder / "model.json").write_text("{}")
    metrics = {"micro_f1": 0.5, "average_precision/Knowledge & Beliefs (K&B)": 0.25, "undefined": None}
    run = TrainingRun(name, {"C": 2.0}, metrics, {"reviews_hash": "abc"}, folder)
    return tracking.log(run)


def test_a_training_is_kept_and_registered(tracking: Tracking, tmp_path: Path) -> None:
    """Parameters, metrics, tags and files arrive; what is undefined is left out, not zero."""
    from mlflow.tracking import MlflowClient

    run_id, version = _log(tracking, tmp_path / "model", "v1")
    client = MlflowClient(tracking.uri, tracking.uri)
    run = client.get_run(run_id)
    assert version == "1"
    assert run.data.params == {"C": "2.0"}
    assert run.data.metrics == {"micro_f1": 0.5, "average_precision/Knowledge _ Beliefs _K_B_": 0.25}
    assert run.data.tags["reviews_hash"] == "abc"
    assert run.info.status == "FINISHED"
    assert [file.path for file in client.list_artifacts(run_id, "model")] == ["model/model.json"]


def test_aliases_follow_promotion_and_rollback(tracking: Tracking, tmp_path: Path) -> None:
    """Each alias names the version of its run, or nothing; mirroring twice changes nothing."""
    assert tracking.aliases() == {}
    (first, _), (second, _) = (_log(tracking, tmp_path / "model", name) for name in ("v1", "v2"))
    tracking.mirror({"champion": first, "challenger": second, "previous_champion": None})
    assert tracking.aliases() == {"champion": first, "challenger": second}
    wanted = {"champion": second, "challenger": None, "previous_champion": first}
    for _ in range(2):
        tracking.mirror(wanted)
        assert tracking.aliases() == {"champion": second, "previous_champion": first}


def test_a_training_is_delivered_once(tracking: Tracking, tmp_path: Path) -> None:
    """What was registered is found again; a run that was killed before that is deleted and made anew."""
    from mlflow.tracking import MlflowClient

    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.json").write_text("{}")
    run = TrainingRun("v1", {"C": 2.0}, {"micro_f1": 0.5}, {"model_id": "abc"}, tmp_path / "model")
    client = MlflowClient(tracking.uri, tracking.uri)
    with tracking._reached() as begun:
        half = begun.create_run(tracking._experiment(begun), tags={"model_id": "abc"}).info.run_id
    once = tracking.log(run)
    assert tracking.log(run) == once
    assert client.get_run(half).info.lifecycle_stage == "deleted"
    runs = client.search_runs([client.get_experiment_by_name(tracking.name).experiment_id])
    assert [found.info.run_id for found in runs] == [once[0]]
    assert len(client.search_model_versions(f"name='{tracking.name}'")) == 1


def test_a_version_deleted_in_mlflow_is_explained(tracking: Tracking, tmp_path: Path) -> None:
    """A run that MLflow does not hold is a sentence."""
    _log(tracking, tmp_path / "model", "v1")
    with pytest.raises(TandemError, match="has no version"):
        tracking.mirror({"champion": "0" * 32})


def test_a_server_that_is_down_is_explained() -> None:
    """Where no MLflow answers, the sentence says which setting to look at."""
    with pytest.raises(Unreachable, match="MLFLOW_TRACKING_URI"):
        Tracking("http://127.0.0.1:9", "tandem-test").check()
