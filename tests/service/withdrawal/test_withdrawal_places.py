"""Where a withdrawal erases: in this study wherever it was moved to, and nowhere else."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from coded_study import opened, quiet
from sqlalchemy import update

from annotations.errors import BadInput
from annotations.store.model_versions import all_models, champion
from annotations.store.tables import model_versions
from service.composition import Parts
from service.serving.train_and_evaluate import tracking_of, train
from service.withdrawal.withdraw import withdraw
from service.withdrawal.withdrawn import Withdrawn

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
GONE = "JKG-01"


@pytest.fixture
def original(trained_study: Path, tmp_path: Path) -> Path:
    """A study at the place where its model was made: the addresses in MLflow's tables name it."""
    study = tmp_path / "original" / "study"
    shutil.copytree(trained_study, study)
    parts = opened(study, tmp_path / "state")
    tracking_of(parts).check()
    parts.close()
    assert _addresses(study) == {study.as_uri()}
    return study


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Iterator[Parts]:
    """A copy of it, which was not opened yet: the addresses still name the original."""
    study = tmp_path / "copy" / "study"
    shutil.copytree(original, study)
    assert _addresses(study) == {original.as_uri()}
    parts = opened(study, tmp_path / "state-of-copy")
    yield parts
    parts.close()


def _addresses(study: Path) -> set[str]:
    """The studies that MLflow's tables name as the place of Tandem's own runs."""
    found = set()
    with closing(sqlite3.connect(study / "mlflow.db")) as connection:
        for table, column in (
            ("experiments", "artifact_location"),
            ("runs", "artifact_uri"),
            ("model_versions", "source"),
            ("model_versions", "storage_location"),
        ):
            for (said,) in connection.execute(f"SELECT {column} FROM {table}"):  # noqa: S608
                found.add(said.partition("/mlruns")[0])
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _withdrawn(parts: Parts) -> Withdrawn:
    return withdraw(parts, GONE, by="Ines Falk", progress=quiet)


def _model(parts: Parts) -> Any:
    with parts.store.reading() as connection:
        return all_models(connection)[0]


def test_a_withdrawal_in_a_copy_erases_the_copys_files_and_none_of_the_originals(
    copy: Parts, original: Path
) -> None:
    """Model, held-out matrix and snapshot are gone from the copy, looked for; not a byte of the original changes."""
    before = _files(original)
    model = _model(copy)
    own = (copy.study.models_folder / model.folder, copy.study.runs_folder / model.run_id)
    assert all(folder.is_dir() for folder in own)
    found = _withdrawn(copy)
    assert found.done, (found.still_there, found.notes)
    assert not any(folder.exists() for folder in own)
    assert {str(folder) for folder in own} <= {one.where for one in found.gone}
    assert _files(original) == before


def test_the_page_that_shows_an_import_goes_too(copy: Parts) -> None:
    """It holds first turns of whoever was looked at, and may lie there for weeks."""
    copy.study.import_preview.write_text("<p>What they said</p>", "utf-8")
    withdraw(copy, GONE, by="Ada", progress=quiet)
    assert not copy.study.import_preview.exists()


def test_a_training_in_a_moved_study_writes_into_it(original: Path, tmp_path: Path) -> None:
    """New runs go to where the study lies now; nothing appears where it lay."""
    moved = tmp_path / "elsewhere"
    original.rename(moved)
    parts = opened(moved, tmp_path / "state")
    trained = train(parts, force=True)
    parts.close()
    assert trained.model.run_id is not None
    assert (moved / "mlruns" / trained.model.run_id / "artifacts" / "model" / "manifest.json").is_file()
    assert not original.exists()
    assert _addresses(moved) == {moved.as_uri()}


def test_a_study_that_was_moved_can_erase(original: Path, tmp_path: Path) -> None:
    """What the old addresses hid before is gone, and said."""
    moved = tmp_path / "elsewhere"
    original.rename(moved)
    parts = opened(moved, tmp_path / "state")
    run = _model(parts).run_id
    found = _withdrawn(parts)
    parts.close()
    assert found.done
    assert not (moved / "mlruns" / run).exists()


def test_addresses_set_by_a_stranger_are_not_followed(copy: Parts, tmp_path: Path) -> None:
    """Absolute, with "..", another scheme: MLflow's tables say what they like, and only this study is touched."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("mine")
    with closing(sqlite3.connect(copy.study.tracking_file)) as connection, connection:
        connection.execute("UPDATE runs SET artifact_uri = ?", (outside.as_uri(),))
        connection.execute("UPDATE experiments SET artifact_location = ?", ("http://127.0.0.1:9/collect",))
        connection.execute(
            "UPDATE model_versions SET source = ?", (f"{copy.study.runs_folder}/../../outside",)
        )
    assert _withdrawn(copy).done
    assert (outside / "precious.txt").read_text() == "mine"
    assert _addresses(copy.study.folder) == {copy.study.folder.as_uri()}


@pytest.mark.parametrize("name", ["../outside", "{outside}", ".", "a/b", ""])
def test_a_models_folder_is_one_plain_name(copy: Parts, tmp_path: Path, name: str) -> None:
    """Whatever else the study's database names is neither read nor deleted, and named; the person is erased."""
    outside = tmp_path / "copy" / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("mine")
    said = name.format(outside=outside)
    with copy.store.writing() as connection:
        connection.execute(update(model_versions).values(folder=said))
    found = _withdrawn(copy)
    assert (outside / "precious.txt").read_text() == "mine"
    assert copy.study.models_folder.is_dir()
    (note,) = [one for one in found.notes if "neither reads nor deletes" in one]
    assert f'"{said[:40]}' in note


@pytest.mark.parametrize("name", ["models", "mlruns", "mlflow.db", "tandem.db", "embeddings.db", "receipts"])
def test_a_study_whose_parts_are_links_is_not_opened(original: Path, tmp_path: Path, name: str) -> None:
    """Whatever Tandem writes or deletes lies in the study's folder itself; nothing is read, and the link is named."""
    link, outside = original / name, tmp_path / "outside"
    if link.exists():
        link.rename(outside)
    link.symlink_to(outside)
    parts = opened(original, tmp_path / "state")
    with pytest.raises(BadInput, match=f"{name} is a link"):
        _withdrawn(parts)


@pytest.mark.parametrize("place", ["model", "run"])
def test_links_are_not_followed(copy: Parts, tmp_path: Path, place: str) -> None:
    """What a link leads to stays, and the withdrawal says that it is not done."""
    model = _model(copy)
    study = copy.study
    link = {
        "model": study.models_folder / model.folder,
        "run": study.runs_folder / model.run_id,
    }[place]
    outside = tmp_path / "outside"
    link.rename(outside)
    link.symlink_to(outside)
    before = _files(outside)
    found = _withdrawn(copy)
    assert _files(outside) == before
    assert not found.done
    assert any(str(link) in one for one in found.still_there)


def test_a_link_within_a_models_folder_is_neither_read_nor_sent(copy: Parts, tmp_path: Path) -> None:
    """A model's folder goes to MLflow whole: a file elsewhere is not taken along."""
    secret = tmp_path / "secret.txt"
    secret.write_text("mine")
    with copy.store.writing() as connection:
        connection.execute(update(model_versions).values(run_id=None))
    (copy.study.models_folder / _model(copy).folder / "extra.txt").symlink_to(secret)
    train(copy, force=True)
    assert not list(copy.study.runs_folder.rglob("extra.txt"))
    assert secret.read_text() == "mine"


def test_what_is_still_there_is_said_as_a_failure(copy: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be deleted is named, and the withdrawal is not done until it is gone."""
    folder = copy.study.models_folder / _model(copy).folder
    real = shutil.rmtree

    def stubborn(path: Any, *given: Any, **more: Any) -> None:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        real(path, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", stubborn)
        found = _withdrawn(copy)
    assert not found.done
    assert any(str(folder) in one and "still there" in one for one in found.still_there)
    assert not json.loads(found.receipt[1].read_text())["complete"]
    again = _withdrawn(copy)
    assert again.done
    assert not folder.exists()


def test_the_model_of_a_run_that_mlflow_shows_no_more_is_erased_too(copy: Parts) -> None:
    """A training killed while it delivered leaves files of a run that is marked deleted."""
    model = _model(copy)
    half = copy.study.runs_folder / uuid4().hex
    shutil.copytree(copy.study.runs_folder / model.run_id, half)
    with closing(sqlite3.connect(copy.study.tracking_file)) as connection, connection:
        connection.execute(
            "INSERT INTO runs (run_uuid, lifecycle_stage, status, experiment_id, start_time, artifact_uri) "
            "SELECT ?, 'deleted', 'RUNNING', experiment_id, start_time, ? FROM runs LIMIT 1",
            (half.name, f"file:///nowhere/{half.name}/artifacts"),
        )
        connection.execute("INSERT INTO tags VALUES ('model_id', ?, ?)", (str(model.id), half.name))
    found = _withdrawn(copy)
    assert found.done, found.still_there
    assert not half.exists()
    with copy.store.reading() as connection:
        serving = champion(connection)
    assert serving is not None
    assert serving.model.version == "v2"
    assert (copy.study.runs_folder / str(serving.model.run_id)).is_dir()
