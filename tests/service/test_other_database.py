"""A study may name another file of its own folder as its database; what holds for tandem.db holds for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from coded_study import MARKS, make_coded_study, opened, quiet

from annotations.errors import BadInput
from annotations.study.config import read_study
from service.backup.make import make_backup
from service.composition import Parts
from service.trust.named import database_file_named
from service.withdrawal.look_afterwards import _is_kept
from service.withdrawal.withdraw import withdraw
from training.mlflow_store import OwnStore


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study that keeps its words in other.db."""
    made = make_coded_study(tmp_path, names=("JKG-01", "DND-03"))
    return _moved(made, "other.db")


def _moved(study: Path, name: str) -> Path:
    for ending in ("", "-wal", "-shm"):
        if (study / f"tandem.db{ending}").exists():
            (study / f"{name}{ending}").parent.mkdir(exist_ok=True)
            (study / f"tandem.db{ending}").rename(study / f"{name}{ending}")
    _name(study, name)
    return study


def _name(study: Path, name: str) -> None:
    file = study / "study.yaml"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("database")]
    file.write_text("\n".join([*lines, f"database: sqlite:///{name}"]) + "\n", "utf-8")


def _opened(study: Path, tmp_path: Path) -> Parts:
    return opened(study, tmp_path / "state")


def test_a_person_is_erased_from_it(study: Path, tmp_path: Path) -> None:
    """It counts as a file that Tandem keeps: what is left in it would be a failure, not a note."""
    parts = _opened(study, tmp_path)
    found = withdraw(parts, "JKG-01", by="Ada", progress=quiet)
    assert found.done, found.still_there
    assert _is_kept(parts, study / "other.db-wal")
    assert not (study / "tandem.db").exists()
    parts.close()
    word = MARKS["JKG-01"].split()[0].encode()
    assert not any(word in file.read_bytes() for file in study.rglob("*") if file.is_file())


def test_it_goes_into_a_backup(study: Path, tmp_path: Path) -> None:
    """It is not called somebody else's file."""
    parts = _opened(study, tmp_path)
    made = make_backup(parts.study, parts.database_url, parts.settings)
    parts.close()
    assert not any("other.db" in note for note in made.notes)
    assert made.manifest.main.rows["transcripts"] == 2


@pytest.mark.parametrize("ending", ["", "-wal", "-journal", "-shm"])
def test_a_link_in_its_place_is_refused(study: Path, tmp_path: Path, ending: str) -> None:
    """As with tandem.db, beside it too: Tandem would write where it leads."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    place = study / f"other.db{ending}"
    place.unlink(missing_ok=True)
    place.symlink_to(victim)
    parts = _opened(study, tmp_path)
    with pytest.raises(BadInput, match="link"), parts.alone("status"):
        _ = parts.store
    assert victim.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "name",
    [
        "embeddings.db",
        "mlflow.db",
        "mlflow.db-wal",
        "study.yaml",
        "models/one/words.db",
        "mlruns/words.db",
        "receipts/words.db",
        ".tandem.lock",
        "../words.db",
        "inside/../../words.db",
        "",
    ],
)
def test_what_tandem_keeps_other_things_in_is_no_database(study: Path, name: str) -> None:
    """A cache is begun anew and a model's folder deleted: the study's words would go with them."""
    _name(study, name)
    with pytest.raises(BadInput, match="database"):
        database_file_named(read_study(study))


def test_a_folder_within_the_study_may_hold_it(study: Path, tmp_path: Path) -> None:
    """But not by a link."""
    (study / "data").mkdir()
    (study / "other.db").rename(study / "data" / "words.db")
    _name(study, "data/words.db")
    assert database_file_named(read_study(study)) == study / "data" / "words.db"
    (study / "way").symlink_to(study / "data")
    _name(study, "way/words.db")
    with pytest.raises(BadInput, match="link"):
        database_file_named(read_study(study))


@pytest.mark.parametrize("name", ["other.db", "embeddings.db", "mlflow.db"])
@pytest.mark.parametrize("kind", ["second name", "pipe"])
def test_what_is_no_plain_file_is_neither_read_nor_waited_for(
    study: Path, tmp_path: Path, name: str, kind: str
) -> None:
    """A pipe would be waited for without end; of a second name (a hard link) SQLite and an erasure know nothing."""
    place = study / name if kind == "second name" else study / f"{name}-journal"
    (study / name).touch()
    if kind == "second name":
        os.link(place, tmp_path / "second")
    else:
        os.mkfifo(place)
    parts = _opened(study, tmp_path)
    with pytest.raises(
        BadInput, match="second name" if kind == "second name" else "no plain file|no file of a study"
    ):
        if name == "other.db":
            _ = parts.store
        elif name == "embeddings.db":
            parts.cache.count(["words"])
        else:
            OwnStore(parts.study.tracking_file, parts.study.runs_folder).runs()
    parts.close()
