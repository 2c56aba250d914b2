"""What belongs to no living run or model is shown by doctor, and swept by a training and by a withdrawal."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from coded_study import opened, quiet

from annotations.store.model_versions import all_models
from service.composition import Parts
from service.doctor.check_made import Check
from service.doctor.doctor_checks import run_checks
from service.serving.train_and_evaluate import tracking_of, train
from service.withdrawal.withdraw import withdraw
from training.sweep_leftovers import leftovers, sweep
from training.tracking import TrainingRun

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]


@pytest.fixture
def parts(trained_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """A copy of it."""
    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    shutil.copytree(trained_study, tmp_path / "study")
    made = opened(tmp_path / "study", tmp_path / "state")
    yield made
    made.close()


def _old(file: Path) -> Path:
    """A file that nobody has written to for an hour."""
    file.write_text("words")
    os.utime(file, (file.stat().st_mtime - 3600,) * 2)
    return file


@pytest.fixture
def dead(parts: Parts) -> list[Path]:
    """What killed trainings and exports leave, and MLflow's waste."""
    study = parts.study
    with parts.store.reading() as connection:
        (model,) = all_models(connection)
    copies = [
        study.models_folder / str(uuid4()),
        study.runs_folder / uuid4().hex,
        study.runs_folder / "0" / uuid4().hex,
    ]
    for copy in copies:
        shutil.copytree(study.models_folder / model.folder, copy)
    waste = study.runs_folder / ".trash"
    (waste / uuid4().hex).mkdir(parents=True)
    damaged = _old(study.embeddings_file.with_suffix(".damaged"))
    (study.precoding_folder / "0123").mkdir(parents=True)
    (study.precoding_folder / "0123" / "passages.parquet").write_text("words")
    backup = study.folder / ".tandem-backup-0123abcd"
    backup.mkdir()
    (backup / "tandem.db").write_text("words")
    page = _old(study.folder / ".import-preview.html.new")
    return [
        *copies,
        waste,
        damaged,
        backup,
        page,
        study.precoding_folder,
        _old(study.folder / ".quotes.csv.0123abcd.unfinished"),
    ]


@pytest.fixture
def living(parts: Parts) -> list[Path]:
    """What has to stay: the model that serves, its run, a file being written, and what people put there."""
    study = parts.study
    with parts.store.reading() as connection:
        (model,) = all_models(connection)
    young = study.folder / ".matrix.xlsx.0123abcd.unfinished"
    young.write_text("being written")
    mine = study.models_folder / "notes"
    mine.mkdir()
    return [study.models_folder / model.folder, study.runs_folder / str(model.run_id), young, mine]


def _check(parts: Parts) -> Check:
    return next(one for one in run_checks(parts.study.folder, quiet) if one.name == "leftovers")


def test_doctor_shows_what_belongs_to_nobody(parts: Parts, dead: list[Path], living: list[Path]) -> None:
    """Each is named with the remedy; what lives is not, and what Tandem did not make is said to stay."""
    check = _check(parts)
    assert not check.ok
    assert all(str(one.relative_to(parts.study.folder)) in check.found for one in dead)
    assert "tandem train" in check.remedy
    sweep(parts.store, parts.study)
    after = _check(parts)
    assert after.ok
    assert "models/notes" in after.found
    assert all(one.exists() for one in living)


@pytest.mark.parametrize("by", ["training", "withdrawal"])
def test_it_is_swept(parts: Parts, dead: list[Path], living: list[Path], by: str) -> None:
    """A training and a withdrawal both delete it, and nothing that lives."""
    if by == "training":
        train(parts)
        assert all(one.exists() for one in living)
    else:
        found = withdraw(parts, "JKG-01", by="Ines", progress=quiet)
        assert found.done
        assert any("belonged to no living run" in one.what for one in found.gone)
    assert not any(one.exists() for one in dead)
    assert leftovers(parts.store, parts.study).dead == ()


def test_a_run_that_was_delivered_and_not_noted_lives(parts: Parts) -> None:
    """A training killed after MLflow took the model and before the study noted it loses nothing."""
    run = TrainingRun("x", {}, {}, {"model_id": "abc"}, None)
    tracking = tracking_of(parts)
    strange, _ = tracking.log(run)
    with parts.store.reading() as connection:
        (model,) = all_models(connection)
    with closing(sqlite3.connect(parts.study.database_file)) as connection, connection:
        connection.execute("UPDATE model_versions SET run_id = NULL")
    (parts.study.runs_folder / strange / "artifacts").mkdir(parents=True)
    sweep(parts.store, parts.study)
    assert (parts.study.runs_folder / str(model.run_id) / "artifacts" / "model" / "manifest.json").is_file()
    assert not (parts.study.runs_folder / strange).exists()


def test_a_half_done_delivery_leaves_no_files_behind(parts: Parts, tmp_path: Path) -> None:
    """What an earlier attempt had copied is deleted together with its run."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    run = TrainingRun("v9", {}, {}, {"model_id": str(uuid4())}, folder)
    tracking = tracking_of(parts)
    with tracking._reached() as client:
        half = client.create_run(tracking._experiment(client), tags=dict(run.tags)).info.run_id
        client.log_artifacts(half, str(folder), "model")
    assert (parts.study.runs_folder / half).is_dir()
    tracking.log(run)
    assert not (parts.study.runs_folder / half).exists()
