"""Runs in a store that is not the study's own: its addresses are its own word, and only this study's runs are erased."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from models.model_folder import OutsideStudy
from training.tracking import Tracking, TrainingRun

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


@pytest.fixture
def tracking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracking:
    """A store that the user configured."""
    monkeypatch.chdir(tmp_path)  # MLflow puts its files below the present folder
    return Tracking(f"sqlite:///{tmp_path / 'team.db'}", "tandem-test")


def _log(tracking: Tracking, folder: Path) -> tuple[UUID, str]:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text("{}")
    model = uuid4()
    return model, tracking.log(TrainingRun("v", {}, {}, {"model_id": str(model)}, folder))[0]


def _addresses(tmp_path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(tmp_path / "team.db")) as connection:
        return connection.execute("SELECT run_uuid, artifact_uri FROM runs ORDER BY run_uuid").fetchall()


@pytest.mark.slow
def test_only_the_runs_of_this_model_lose_their_files(tracking: Tracking, tmp_path: Path) -> None:
    """Those of another study in the same store stay, no address is changed, and the run says why it is empty."""
    (mine, run), (_, other) = (_log(tracking, tmp_path / name) for name in ("a", "b"))
    before = _addresses(tmp_path)
    (gone,) = tracking.erase_files(mine)
    assert run in gone
    left = {file.parts[-4] for file in tmp_path.rglob("artifacts/model/manifest.json")}
    assert left == {other}
    assert _addresses(tmp_path) == before
    assert tracking.erase_files(uuid4()) == ()
    with tracking._reached() as client:
        assert client.get_run(run).data.tags["files"].startswith("erased")


@pytest.mark.slow
def test_files_elsewhere_are_refused_and_named(tracking: Tracking, tmp_path: Path) -> None:
    """A run that names another place than the store keeps this study's runs in is not followed."""
    mine, run = _log(tracking, tmp_path / "a")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("mine")
    with closing(sqlite3.connect(tmp_path / "team.db")) as connection, connection:
        connection.execute("UPDATE runs SET artifact_uri = ? WHERE run_uuid = ?", (outside.as_uri(), run))
    with pytest.raises(OutsideStudy, match="Nothing was deleted there"):
        tracking.erase_files(mine)
    assert (outside / "precious.txt").read_text() == "mine"
