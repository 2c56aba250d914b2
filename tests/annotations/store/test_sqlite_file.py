"""A study's database may come from a stranger: opening it runs nothing and touches no other file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hostile_sqlite import run_sql, with_deleting_journal

from annotations.errors import BadInput
from annotations.store.database import open_store
from annotations.store.sqlite_file import calm, refuse_hostile


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A study's database as Tandem makes it."""
    file = tmp_path / "tandem.db"
    open_store(f"sqlite:///{file}").close()
    return file


def _refused(database: Path) -> str:
    before = database.read_bytes()
    with pytest.raises(BadInput) as said:
        open_store(f"sqlite:///{database}")
    assert database.read_bytes() == before
    return str(said.value)


def test_sqlite_itself_would_delete_the_file(database: Path, tmp_path: Path) -> None:
    """The trap of the next test is a real one: who only opens the database loses a file elsewhere."""
    victim = tmp_path / "thesis.docx"
    victim.write_text("years of work")
    with_deleting_journal(database, victim)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    assert not victim.exists()


def test_a_journal_that_names_another_file_is_refused(database: Path, tmp_path: Path) -> None:
    """The file that it names is still there."""
    victim = tmp_path / "thesis.docx"
    victim.write_text("years of work")
    journal = with_deleting_journal(database, victim)
    assert "would be deleted" in _refused(database)
    assert victim.read_text() == "years of work"
    assert journal.exists()


def test_a_journal_of_a_crash_is_rolled_back(database: Path, tmp_path: Path) -> None:
    """One that names no other file is what a killed program leaves, and SQLite knows what to do."""
    journal = with_deleting_journal(database, tmp_path / "x")
    content = journal.read_bytes()
    journal.write_bytes(content[: -len(str(tmp_path / "x").encode()) - 20])
    open_store(f"sqlite:///{database}").close()
    assert not journal.exists()


@pytest.mark.parametrize("ending", ["", "-journal", "-wal", "-shm"])
def test_a_link_is_not_followed(database: Path, tmp_path: Path, ending: str) -> None:
    """Neither in the place of the database nor of what lies beside it."""
    other = tmp_path / "other"
    link = database.with_name(database.name + ending)
    if not ending:
        database.rename(other)
    link.symlink_to(other)
    with pytest.raises(BadInput, match="is a link"):
        open_store(f"sqlite:///{database}")
    assert other.exists() == (not ending)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["CREATE TRIGGER keeps BEFORE DELETE ON transcripts BEGIN SELECT RAISE(IGNORE); END"], 'trigger named "keeps"'),
        (["DROP TABLE reviews", "CREATE VIEW reviews AS SELECT 1 AS id"], 'view named "reviews"'),
        (["CREATE VIRTUAL TABLE found USING fts5(words)"], 'virtual table named "found"'),
    ],
)  # fmt: skip
def test_what_runs_when_it_is_used_is_refused(database: Path, statements: list[str], said: str) -> None:
    """A trigger could keep what a withdrawal erases, a view could show other reviews than were kept."""
    run_sql(database, *statements)
    assert said in _refused(database)


def test_a_databases_own_definitions_call_plain_functions_only(database: Path) -> None:
    """For whatever the check cannot see."""
    with open_store(f"sqlite:///{database}").reading() as connection:
        assert connection.exec_driver_sql("PRAGMA trusted_schema").scalar() == 0
    with closing(sqlite3.connect(database)) as plain:
        calm(plain)
        assert plain.execute("PRAGMA cell_size_check").fetchone() == (1,)


def test_what_is_no_database_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    """The sentence about damage is theirs."""
    file = tmp_path / "tandem.db"
    refuse_hostile(file)
    assert not file.exists()
    file.write_bytes(b"no database " * 100)
    refuse_hostile(file)
