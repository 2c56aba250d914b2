"""A study's own MLflow store puts files below the study, whatever its records say."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from hostile_sqlite import with_deleting_journal
from listening import listening

from annotations.errors import BadInput, TandemError
from training.artifact_place import refuse_elsewhere, refuse_links
from training.mlflow_store import OwnStore
from training.tracking import Tracking, TrainingRun

# MLflow's own, with the newest SQLAlchemy
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


def _tracking(folder: Path) -> Tracking:
    """A study's own store, opened anew."""
    file = folder / "mlflow.db"
    return Tracking(f"sqlite:///{file}", "S", OwnStore(file, folder / "mlruns"))


@pytest.mark.slow
def test_a_store_that_names_a_server_sends_nothing(tmp_path: Path) -> None:
    """The model and its vocabulary would go there by PUT; where an address cannot be set anew, a sentence says so."""
    tracking = _tracking(tmp_path)
    model = tmp_path / "model"
    model.mkdir()
    (model / "manifest.json").write_text("{}")
    tracking.log(TrainingRun("v1", {}, {}, {"model_id": "one"}, model))
    with listening() as elsewhere, closing(connect(tmp_path / "mlflow.db")) as store:
        store.execute("UPDATE experiments SET artifact_location = ?", (f"{elsewhere.url}/taken",))
        store.commit()
        with pytest.raises(TandemError, match="outside"):
            tracking.log(TrainingRun("v2", {}, {}, {"model_id": "two"}, model))
        store.execute(
            "CREATE TRIGGER sends AFTER INSERT ON runs BEGIN UPDATE runs SET artifact_uri = "  # noqa: S608 (our own words)
            f"'{elsewhere.url}/taken' WHERE run_uuid = new.run_uuid; END"
        )
        store.commit()
        with pytest.raises(BadInput, match='trigger named "sends"'):
            _tracking(tmp_path).log(TrainingRun("v3", {}, {}, {"model_id": "three"}, model))
        assert elsewhere.asked == []


@pytest.mark.slow
def test_a_view_in_the_place_of_a_table_is_refused(tmp_path: Path) -> None:
    """It could give another address each time that it is read."""
    _tracking(tmp_path).check()
    with closing(connect(tmp_path / "mlflow.db")) as store:
        store.execute("ALTER TABLE runs RENAME TO kept")
        store.execute("CREATE VIEW runs AS SELECT * FROM kept")
        store.commit()
    with pytest.raises(BadInput, match='view named "runs"'):
        _tracking(tmp_path).check()


@pytest.mark.slow
def test_a_store_beside_which_a_trap_lies_is_not_opened(tmp_path: Path) -> None:
    """SQLite would delete the file that the journal names."""
    _tracking(tmp_path).check()
    victim = tmp_path / "thesis.docx"
    victim.write_text("years of work")
    with_deleting_journal(tmp_path / "mlflow.db", victim)
    for look in (_tracking(tmp_path).check, OwnStore(tmp_path / "mlflow.db", tmp_path / "mlruns").runs):
        with pytest.raises(BadInput, match="would be deleted"):
            look()
    assert victim.exists()


@pytest.mark.parametrize(
    "uri",
    [
        "http://box.example.org/a", "s3://bucket/a", "ftp://box/a", "mlflow-artifacts:/a", "file://box/share", "relative/a",
        "file:///etc", "/etc", "{own}/../other", "file://{own}/%2e%2e/other", "{own}/link/a", "dbfs:/a", "file://{own}?a#b",
    ],
)  # fmt: skip
def test_only_places_below_the_own_one_are_taken(tmp_path: Path, uri: str) -> None:
    """Servers, other folders, ways out of the own one and links are named and refused."""
    own = tmp_path / "mlruns"
    own.mkdir()
    (own / "link").symlink_to(tmp_path)
    with pytest.raises(TandemError, match="outside"):
        refuse_elsewhere(uri.format(own=own), own)


def test_the_own_place_is_taken(tmp_path: Path) -> None:
    """As MLflow writes it: an address of a file, with signs escaped."""
    own = tmp_path / "my study" / "mlruns"
    own.mkdir(parents=True)
    refuse_elsewhere(f"{own.as_uri()}/0123/artifacts", own)
    refuse_elsewhere(f"{own}/0123/artifacts", own)


def test_a_store_behind_a_link_is_refused(tmp_path: Path) -> None:
    """Files would be written where the link leads."""
    (tmp_path / "mlruns").symlink_to("/tmp")  # noqa: S108 (any folder elsewhere)
    with pytest.raises(TandemError, match="outside"):
        refuse_elsewhere(str(tmp_path / "mlruns" / "a"), tmp_path / "mlruns")


def test_a_link_in_a_models_folder_is_not_handed_on(tmp_path: Path) -> None:
    """A link to somebody's key would be copied to MLflow's server."""
    (tmp_path / "secret").write_text("key")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    refuse_links(folder)
    (folder / "notes.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(TandemError, match="is a link"):
        refuse_links(folder)
