"""Runs and registered versions in a real MLflow store."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.errors import TandemError, Unreachable
from training.tracking import Tracking, TrainingRun

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


@pytest.fixture
def tracking(tmp_path: Path) -> Tracking:
    """An empty MLflow store in a folder."""
    return Tracking(f"sqlite:///{tmp_path / 'mlflow.db'}", "tandem-test", tmp_path / "mlruns")


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
    """The alias names what serves, the other alias what served before; mirroring twice changes nothing."""
    from mlflow.tracking import MlflowClient

    assert tracking.champion_run() is None
    (first, _), (second, _) = (_log(tracking, tmp_path / "model", name) for name in ("v1", "v2"))
    for run in (first, second, second):
        tracking.mirror(run)
    model = MlflowClient(tracking.uri, tracking.uri).get_registered_model(tracking.name)
    assert {name: str(version) for name, version in model.aliases.items()} == {
        "champion": "2",
        "previous_champion": "1",
    }
    tracking.mirror(first)
    assert tracking.champion_run() == first


def test_a_version_deleted_in_mlflow_is_explained(tracking: Tracking, tmp_path: Path) -> None:
    """A run that MLflow does not hold is a sentence."""
    _log(tracking, tmp_path / "model", "v1")
    with pytest.raises(TandemError, match="has no version"):
        tracking.mirror("0" * 32)


def test_a_server_that_is_down_is_explained() -> None:
    """Where no MLflow answers, the sentence says which setting to look at."""
    with pytest.raises(Unreachable, match="MLFLOW_TRACKING_URI"):
        Tracking("http://127.0.0.1:9", "tandem-test").check()
