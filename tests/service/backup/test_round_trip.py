"""A backup that is restored is the study: every row and file, on a database of either kind."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from study_to_back_up import count_of, files_below, rows_of
from study_to_train import opened

from annotations.errors import BadInput, TandemError
from annotations.store.database import as_it_is
from annotations.store.doubts import Doubt, add_doubt, keep_seen
from annotations.store.jobs import all_jobs, ask_for, take, workers
from annotations.store.transcripts import all_transcripts
from annotations.store.withdrawals import all_withdrawals, erase, finish_withdrawal
from service.backup.make import MadeBackup, make_backup
from service.backup.restore import Restored, restore_backup
from service.composition import Parts, open_restored
from service.returned.returned_people import keep_outside


def back_up(parts: Parts, **more: object) -> MadeBackup:
    """A backup of the study."""
    return make_backup(parts.study, parts.database_url, parts.settings, **more)  # type: ignore[arg-type]


def restore(parts: Parts, file: Path, to: Path, database: str | None, **more: object) -> Restored:
    """The backup restored, and opened as every command does."""
    return restore_backup(
        file,
        to,
        open_study=partial(open_restored, settings=replace(parts.settings, database=database)),
        database=database,
        **more,
    )  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("password", [None, "four words of a password"])
def test_a_restored_study_holds_every_row_and_file(
    either: tuple[Parts, str | None], tmp_path: Path, password: str | None
) -> None:
    """Rows, files and the place of numberings are the same; the backup is its owner's alone."""
    parts, database = either
    with parts.store.writing() as connection:
        keep_seen(connection, add_doubt(connection, Doubt("Ada", "Which code?", True)), "Lea", 0)
    made = back_up(parts, password=password)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert made.file.parent == tmp_path / "study-backups"
    assert made.encrypted == (b"study.yaml" not in made.file.read_bytes())
    found = restore(parts, made.file, tmp_path / "again", database, password=password)
    again = opened(found.study.folder, tmp_path, **({"TANDEM_DATABASE": database} if database else {}))
    assert rows_of(again.store) == rows_of(parts.store)
    there, here = files_below(tmp_path / "again"), files_below(parts.study.folder)
    if database:
        assert b"database: " in there.pop("study.yaml").replace(here.pop("study.yaml").strip(), b"")
    assert there == here
    with again.store.writing() as connection:
        ask_for(connection, "train", {})
    again.close()


def test_a_backup_is_of_one_moment(either: tuple[Parts, str | None], tmp_path: Path) -> None:
    """What is written while it is made is in it as a whole, or not at all; and nobody has to wait."""
    parts, database = either

    def write(step: str) -> None:
        if step in ("copying the database", "copying the files", "adding files", "written", "checking"):
            with parts.store.writing() as connection:
                ask_for(connection, "precode", {"wave": step})

    made = back_up(parts, step=write)
    assert made.manifest.main.rows["jobs"] == 1
    assert count_of(parts.store, "jobs") == 5
    found = restore(parts, made.file, tmp_path / "again", database)
    again = opened(found.study.folder, tmp_path, **({"TANDEM_DATABASE": database} if database else {}))
    assert count_of(again.store, "jobs") == 1
    again.close()


@pytest.mark.parametrize(("kind", "state"), [("backup", "cancelled"), ("train", "waiting")])
def test_no_job_is_at_work_in_a_restored_study(
    either: tuple[Parts, str | None], tmp_path: Path, kind: str, state: str
) -> None:
    """The job that made the backup is not made again; another that ran then waits for a worker."""
    parts, database = either
    with parts.store.writing() as connection:
        ask_for(connection, kind, {})
        assert take(connection, "host:1") is not None
        waiting = ask_for(connection, "precode", {})
    made = back_up(parts)
    found = restore(parts, made.file, tmp_path / "again", database)
    again = opened(found.study.folder, tmp_path, **({"TANDEM_DATABASE": database} if database else {}))
    with again.store.reading() as connection:
        assert {job.kind: job.state for job in all_jobs(connection)} == {kind: state, "precode": "waiting"}
        assert workers(connection) == ()
    with again.store.writing() as connection:
        taken = take(connection, "host:2")
    assert taken is not None
    assert (taken.id == waiting) == (kind == "backup")
    with parts.store.reading() as connection:
        assert workers(connection) == ("host:1",)
    again.close()


def test_a_restore_overwrites_nothing(either: tuple[Parts, str | None], tmp_path: Path) -> None:
    """A folder with something in it, or a schema that is there, stays as it is."""
    parts, database = either
    made = back_up(parts)
    before = files_below(parts.study.folder)
    with pytest.raises(BadInput, match="not empty"):
        restore(parts, made.file, parts.study.folder, database)
    if database is not None:
        with pytest.raises(BadInput, match="is there already"):
            restore(parts, made.file, tmp_path / "again", parts.database_url)
        with pytest.raises(BadInput, match="Name a new schema"):
            restore(parts, made.file, tmp_path / "again", None)
    assert files_below(parts.study.folder) == before
    assert not list(tmp_path.glob("again*"))


def test_a_restored_study_never_names_the_server_of_the_living_one(parts: Parts, tmp_path: Path) -> None:
    """A database file is restored as a file, although study.yaml named a server that the environment overrode."""
    file = parts.study.folder / "study.yaml"
    file.write_text(f"# ours\ndatabase: postgresql://user@host/name\n{file.read_text('utf-8')}", "utf-8")
    found = restore(parts, back_up(parts).file, tmp_path / "again", None)
    assert found.study.config.database is None
    assert "# ours" in (tmp_path / "again" / "study.yaml").read_text("utf-8")


def test_a_database_file_that_study_yaml_names_is_put_back_there(tmp_path: Path, parts: Parts) -> None:
    """The restored study finds its rows where its study.yaml says."""
    parts.close()
    folder = parts.study.folder
    (folder / "data").mkdir()
    (folder / "tandem.db").rename(folder / "data" / "own.db")
    file = folder / "study.yaml"
    file.write_text(f"{file.read_text('utf-8')}\ndatabase: sqlite:///data/own.db\n", "utf-8")
    moved = opened(folder, tmp_path)
    restore(moved, back_up(moved).file, tmp_path / "again", None)
    again = opened(tmp_path / "again", tmp_path)
    assert (tmp_path / "again" / "data" / "own.db").is_file()
    assert rows_of(again.store) == rows_of(moved.store)
    again.close()
    moved.close()


def test_a_damaged_database_makes_no_backup(parts: Parts, tmp_path: Path) -> None:
    """Older backups stay, nothing new appears, and the sentence says what to do."""
    made = back_up(parts)
    parts.close()
    file = parts.study.database_file
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 12] = os.urandom(4096 * 9)
    file.write_bytes(content)
    with pytest.raises(TandemError, match=r"damaged.*tandem restore"):
        back_up(parts, keep=1)
    assert list(made.file.parent.iterdir()) == [made.file]


def test_damaged_caches_are_left_out_and_named(parts: Parts, tmp_path: Path) -> None:
    """Embeddings and MLflow's store can be made anew, so the study's backup does not fail because of them."""
    parts.study.embeddings_file.write_bytes(b"no database" * 500)
    (parts.study.folder / "recording.wav").write_bytes(b"w")
    made = back_up(parts)
    assert any("embeddings.db is not in the backup" in note for note in made.notes)
    assert any("recording.wav" in note for note in made.notes)
    restore(parts, made.file, tmp_path / "again", None)
    assert not (tmp_path / "again" / "embeddings.db").exists()


def test_links_are_not_followed(parts: Parts, tmp_path: Path) -> None:
    """What a link in the study leads to does not end up in its backup."""
    (tmp_path / "secret").write_text("private", "utf-8")
    (parts.study.models_folder / "link").symlink_to(tmp_path / "secret")
    made = back_up(parts)
    assert not any("link" in one.name for one in made.manifest.files)
    assert any("links are not followed" in note for note in made.notes)


def test_a_study_whose_participant_withdraws_meanwhile_is_copied_anew(parts: Parts) -> None:
    """A backup that ends after a withdrawal does not hold the person."""
    from sqlalchemy import text

    seen = []

    def withdraw(step: str) -> None:
        seen.append(step)
        if step == "adding files" and seen.count(step) == 1:
            with parts.store.writing() as connection:
                columns = connection.execute(text("SELECT * FROM withdrawals")).keys()
                values = {name: "1" if name != "id" else "0" * 32 for name in columns}
                values |= {
                    one: "2026-01-01 00:00:00" for one in columns if one in ("created", "at", "finished")
                }
                values |= {one: "[]" for one in columns if one in ("models", "pending", "transcript_ids")}
                names = ", ".join(f'"{one}"' for one in values)
                marks = ", ".join(f":{one}" for one in values)
                connection.execute(text(f"INSERT INTO withdrawals ({names}) VALUES ({marks})"), values)  # noqa: S608

    made = back_up(parts, step=withdraw)
    assert seen.count("copying the database") == 2
    assert made.manifest.main.rows["withdrawals"] == 1
    with as_it_is(parts.database_url) as connection:
        assert connection.execute(text("SELECT count(*) FROM withdrawals")).scalar_one() == 1


def test_who_withdrew_after_the_backup_is_not_brought_back(
    either: tuple[Parts, str | None], tmp_path: Path
) -> None:
    """The machine's tombstones are replayed as soon as the restored study is opened, and they are in it then."""
    parts, database = either
    made = back_up(parts)
    with parts.store.writing() as connection:
        erased = erase(connection, "P-00", by="Ines")
        finish_withdrawal(connection, erased.withdrawal.id)
    assert keep_outside(parts.store, parts.tombstones_folder) == ()
    parts.close()
    found = restore(parts, made.file, tmp_path / "again", database)
    assert made.manifest.main.rows["transcripts"] == 2
    again = opened(found.study.folder, tmp_path, **({"TANDEM_DATABASE": database} if database else {}))
    with again.store.reading() as connection:
        assert [kept.transcript.name for kept in all_transcripts(connection)] == ["P-01"]
        assert [one.participant for one in all_withdrawals(connection)] == ["P-00"]
    again.close()
