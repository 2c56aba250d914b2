"""A backup that is put back, a copy and a moved study bring nobody back who withdrew."""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from coded_study import MARKS, add_interviews, make_coded_study, opened, quiet
from sqlalchemy import select, text

from annotations.errors import BadInput, Busy, TandemError
from annotations.store.jobs import all_jobs
from annotations.store.kept_outside import beside
from annotations.store.model_versions import all_models, champion
from annotations.store.tables import metadata, transcripts
from annotations.store.tombstones import Tombstone, keep_in_folder, study_id
from annotations.store.transcripts import transcript_names
from annotations.store.withdrawals import all_withdrawals
from service.composition import Parts
from service.importing.import_transcripts import import_transcripts
from service.new_study import make_study
from service.withdrawal.tombstone_file import bring, to_bring, written
from service.withdrawal.withdraw import withdraw

# MLflow's own, with the newest SQLAlchemy
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
    pytest.mark.slow,
]
GONE = "JKG-01"
LEFT = ("JKG-02", "DND-03", "PLP-22")


@pytest.fixture
def study(trained_study: Path, tmp_path: Path) -> Path:
    """A copy of it, with a backup beside it."""
    for name in ("study", "backup"):
        shutil.copytree(trained_study, tmp_path / name)
    return tmp_path / "study"


@pytest.fixture
def restored(study: Path, tmp_path: Path) -> Iterator[Parts]:
    """The study after a withdrawal, with the backup of before put back in its place, not opened yet."""
    parts = opened(study, tmp_path / "state")
    assert withdraw(parts, GONE, by="Ines Falk", progress=quiet).done
    parts.close()
    shutil.rmtree(study)
    shutil.copytree(tmp_path / "backup", study)
    again = opened(study, tmp_path / "state")
    yield again
    again.close()


def _holding(folder: Path) -> list[Path]:
    """The files below a folder that hold words of the person."""
    return [
        file for file in folder.rglob("*") if file.is_file() and MARKS[GONE].encode() in file.read_bytes()
    ]


def _names(parts: Parts) -> tuple[str, ...]:
    with parts.store.reading() as connection:
        return transcript_names(connection)


def test_a_backup_brings_nobody_back(restored: Parts, caplog: pytest.LogCaptureFixture) -> None:
    """Their words, their model and its copy in MLflow are gone before anything else is done, and it is said."""
    study = restored.study
    assert _holding(study.folder)
    with sqlite3.connect(study.database_file) as connection:
        model, run = connection.execute("SELECT folder, run_id FROM model_versions").fetchone()
    assert (study.runs_folder / run).is_dir()
    with caplog.at_level(logging.WARNING, logger="tandem"):
        assert _names(restored) == LEFT
    assert "One person who withdrew was in this study again" in caplog.text
    assert GONE not in caplog.text
    assert _holding(study.folder) == []
    assert not (study.models_folder / model).exists()
    assert not (study.runs_folder / run).exists()
    with restored.store.reading() as connection:
        assert champion(connection) is None
        (tombstone,) = all_withdrawals(connection)
        assert (tombstone.participant, tombstone.by, tombstone.state) == (GONE, "Ines Falk", "done")
        assert tombstone.models == ("v1",)
        assert [job.kind for job in all_jobs(connection)] == ["train"]
    assert len(list(restored.tombstones_folder.glob("*.json"))) == 1


def test_it_is_said_once(restored: Parts, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The next opening finds nobody."""
    assert _names(restored) == LEFT
    caplog.clear()
    again = opened(restored.study.folder, tmp_path / "state")
    assert _names(again) == LEFT
    again.close()
    assert caplog.text == ""


def test_a_backup_from_before_the_person_was_imported_keeps_them_out(
    trained_study: Path, tmp_path: Path
) -> None:
    """The tombstone comes back too, so the code cannot be imported."""
    shutil.copytree(trained_study, tmp_path / "backup")
    shutil.copytree(trained_study, tmp_path / "study")
    parts = opened(tmp_path / "study", tmp_path / "state")
    (tmp_path / "ZZZ-09.txt").write_text("Interviewer: And?\nZZZ-09: The late one.\n")
    described = {"wave": "1", "case": "E"}
    late = [tmp_path / "ZZZ-09.txt"]
    import_transcripts(parts, late, manifest=None, described=described, replace=False, progress=quiet)
    withdraw(parts, "ZZZ-09", by="Ines", progress=quiet)
    parts.close()
    shutil.rmtree(tmp_path / "study")
    shutil.copytree(tmp_path / "backup", tmp_path / "study")
    again = opened(tmp_path / "study", tmp_path / "state")
    came = import_transcripts(again, late, manifest=None, described=described, replace=False, progress=quiet)
    assert "withdrew" in " ".join(map(str, came.refused))
    assert "ZZZ-09" not in _names(again)
    again.close()


def test_a_copy_shares_the_tombstones(study: Path, tmp_path: Path) -> None:
    """Whoever withdraws from a study is erased from its copy as soon as that is opened, and from nothing else."""
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    parts = opened(study, tmp_path / "state")
    withdraw(parts, GONE, by="Ines", progress=quiet)
    parts.close()
    other = opened(copy, tmp_path / "state")
    assert _names(other) == LEFT
    assert _holding(copy) == []
    other.close()


def test_a_study_made_anew_under_the_same_name_inherits_nothing(study: Path, tmp_path: Path) -> None:
    """Another study with a participant of the same code is another study."""
    parts = opened(study, tmp_path / "state")
    withdraw(parts, GONE, by="Ines", progress=quiet)
    parts.close()
    shutil.rmtree(study)
    made, _ = make_study(study, codebook="common-framework", config={"name": "Small study"})
    new = opened(made.folder, tmp_path / "state")
    add_interviews(new, tmp_path, (GONE,), coded=())
    assert _names(new) == (GONE,)
    new.close()
    again = opened(made.folder, tmp_path / "state")
    assert _names(again) == (GONE,)
    again.close()


def test_the_state_folder_holds_no_content(study: Path, tmp_path: Path) -> None:
    """Code, transcripts' ids, when and by whom, for the owner's eyes alone."""
    parts = opened(study, tmp_path / "state")
    with parts.store.reading() as connection:
        identity = str(study_id(connection))
    withdraw(parts, GONE, by="Ines", progress=quiet)
    (file,) = parts.tombstones_folder.glob("*.json")
    plain = json.loads(file.read_text())
    assert set(plain) == {"id", "study", "participant", "transcripts", "by", "when"}
    assert (plain["study"], plain["participant"], plain["by"]) == (identity, GONE, "Ines")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    parts.close()


def test_a_tombstone_that_cannot_be_read_stops_everything(study: Path, tmp_path: Path) -> None:
    """Nobody could tell whether somebody is back, so the study is not opened."""
    folder = tmp_path / "state" / "tombstones"
    folder.mkdir(parents=True)
    (folder / f"{uuid4()}.json").write_text("{")
    parts = opened(study, tmp_path / "state")
    with pytest.raises(TandemError, match="cannot be read"):
        _names(parts)


@pytest.mark.parametrize("code", ["", "  "])
def test_a_withdrawal_names_a_person(study: Path, tmp_path: Path, code: str) -> None:
    """Without a code every transcript that has none would be erased."""
    parts = opened(study, tmp_path / "state")
    with parts.store.writing() as connection:
        connection.execute(transcripts.update().values(participant=""))
        before = transcript_names(connection)
    with pytest.raises(BadInput, match="code is missing"):
        withdraw(parts, code, by="Ines Falk", progress=quiet)
    with parts.store.reading() as connection:
        assert transcript_names(connection) == before
    parts.close()


def test_a_tombstone_of_nobody_stops_no_other_study(study: Path, tmp_path: Path) -> None:
    """A stranger's study may hold one; kept outside it could not be read, and no study would open."""
    nobody = Tombstone(uuid4(), uuid4(), " ", (), "Ines Falk", datetime.now(UTC))
    keep_in_folder(tmp_path / "state" / "tombstones", [nobody])
    parts = opened(study, tmp_path / "state")
    assert _names(parts)
    parts.close()


def test_nobody_works_on_a_study_in_which_somebody_is_back(restored: Parts, tmp_path: Path) -> None:
    """While another command holds the study it is not opened; afterwards the person is erased."""
    other = opened(restored.study.folder, tmp_path / "state")
    with other.alone("train"), pytest.raises(Busy):
        _names(restored)
    with restored.alone("train"):
        assert _names(restored) == LEFT


@pytest.mark.parametrize("kind", ["receipt", "saved"])
def test_tombstones_are_carried_to_a_new_machine(study: Path, tmp_path: Path, kind: str) -> None:
    """A receipt or a saved file erases again from an old backup, on a machine that knows of nothing."""
    parts = opened(study, tmp_path / "state")
    found = withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    file = found.receipt[1]
    if kind == "saved":
        content, count = written(parts)
        assert count == 1
        file = tmp_path / "tombstones.json"
        file.write_bytes(content)
    parts.close()
    new = opened(tmp_path / "backup", tmp_path / "new-machine")
    assert GONE in _names(new)
    came = to_bring(new, file)
    assert came.people.here == (GONE,)
    (again,) = bring(new, came, progress=quiet)
    assert again.done, again.still_there
    assert again.new_model == "v2"
    assert _names(new) == LEFT
    assert _holding(tmp_path / "backup") == []
    assert len(list(new.tombstones_folder.glob("*.json"))) == 1
    new.close()


def test_a_file_of_another_study_erases_nobody(study: Path, tmp_path: Path) -> None:
    """A receipt from elsewhere, a file that is none, and one with nonsense are refused in a sentence."""
    parts = opened(study, tmp_path / "state")
    strange = {"id": str(uuid4()), "study": str(uuid4()), "participant": GONE, "transcripts": []}
    file = tmp_path / "file.json"
    for plain, said in (
        ({"tombstone": {**strange, "by": "x", "when": "2026-01-01T00:00:00+00:00"}}, "nobody there withdrew"),
        ({"tombstone": strange}, "no tombstone"),
        ({"tombstone": {**strange, "by": "x", "when": "2026-01-01T00:00:00"}}, "zone"),
        ({"tombstones": "x"}, "no tombstone"),
        ([], "no tombstone"),
    ):
        file.write_text(json.dumps(plain))
        with pytest.raises(BadInput, match=said):
            to_bring(parts, file)
    file.write_text("{")
    with pytest.raises(BadInput, match="cannot be read as JSON"):
        to_bring(parts, file)
    assert GONE in _names(parts)
    parts.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_schema_that_is_put_back_brings_nobody_back(store_url: str, tmp_path: Path) -> None:
    """On PostgreSQL the tombstones stand in a schema of their own too, for a user with an empty state folder."""
    folder = make_coded_study(tmp_path, TANDEM_DATABASE=store_url)
    parts = opened(folder, tmp_path / "state", TANDEM_DATABASE=store_url)
    before = {}
    with parts.store.reading() as connection:
        for table in metadata.sorted_tables:
            before[table] = [dict(row._mapping) for row in connection.execute(select(table))]
    withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    schema = str(parts.store.schema)
    with parts.store.writing() as connection:
        kept = connection.execute(text(f'SELECT said FROM "{beside(schema)}".tombstones')).scalars().all()  # noqa: S608
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        for table in metadata.sorted_tables:
            if before[table]:
                connection.execute(table.insert(), before[table])
    assert [json.loads(one)["participant"] for one in kept] == [GONE]
    parts.close()
    again = opened(folder, tmp_path / "state of another user", TANDEM_DATABASE=store_url)
    assert _names(again) == LEFT
    with again.store.reading() as connection:
        assert [one.by for one in all_withdrawals(connection)] == ["Ines Falk"]
        assert all_models(connection) == ()
    again.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("UPDATE {table} SET said = 'Zebedee'", "cannot be read"),
        ("UPDATE {table} SET said = repeat('[', 100000)", "cannot be read"),
        (
            "ALTER TABLE {table} RENAME TO kept; CREATE VIEW {table} AS SELECT id, said FROM {schema}.kept",
            "no table",
        ),
    ],
)
def test_what_is_no_tombstone_of_ours_stops_the_study(
    store_url: str, tmp_path: Path, planted: str, said: str
) -> None:
    """In the schema beside the study's: nobody is erased on its word, and its text is not repeated."""
    folder = make_coded_study(tmp_path, TANDEM_DATABASE=store_url)
    parts = opened(folder, tmp_path / "state", TANDEM_DATABASE=store_url)
    withdraw(parts, GONE, by="Ines Falk", progress=quiet)
    schema = beside(str(parts.store.schema))
    with parts.store.writing() as connection:
        connection.exec_driver_sql(planted.format(table=f'"{schema}".tombstones', schema=f'"{schema}"'))
    parts.close()
    again = opened(folder, tmp_path / "state of another user", TANDEM_DATABASE=store_url)
    with pytest.raises(TandemError, match=said) as caught:
        _ = again.store
    assert "Zebedee" not in str(caught.value)


def test_a_study_from_elsewhere_erases_nobody_in_another(study: Path, tmp_path: Path) -> None:
    """What its database says of withdrawals is a stranger's word: looking at it changes no other copy here."""
    parts = opened(study, tmp_path / "theirs")
    assert withdraw(parts, GONE, by="Ines Falk", progress=quiet).done
    parts.close()
    for folder in (study, tmp_path / "backup"):
        looked_at = opened(folder, tmp_path / "mine")
        names = _names(looked_at)
        looked_at.close()
    assert GONE in names
    assert not any((tmp_path / "mine").rglob("*.json"))
