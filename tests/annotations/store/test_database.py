"""A database is opened, written to as a whole, and explained where it cannot be used; SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from builders import a_transcript
from sqlalchemy import text

from annotations.errors import BadInput, Busy, TandemError, Unreachable
from annotations.store import database
from annotations.store.database import Store, open_store
from annotations.store.tables import metadata
from annotations.store.transcripts import (
    add_transcript,
    all_transcripts,
)


def test_tables_are_as_the_migrations_make_them(store: Store) -> None:
    """What the migrations make and what the code describes do not differ."""
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration() -> None:
    """The version that opening compares with is that of the last migration file."""
    newest = max(file.name[:4] for file in (database.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert newest == database.HEAD


def test_writing_keeps_all_or_nothing(store: Store) -> None:
    """An error within a writing transaction undoes what came before it."""
    with pytest.raises(KeyError), store.writing() as connection:
        add_transcript(connection, a_transcript("A", "a", "b"))
        raise KeyError
    with store.reading() as connection:
        assert all_transcripts(connection) == ()


def test_a_locked_database_is_said_to_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program's write lock leads to a sentence, and nothing is changed."""
    monkeypatch.setattr(database, "WAIT_MS", 100)
    opened = open_store(f"sqlite:///{tmp_path / 'tandem.db'}")
    other = sqlite3.connect(tmp_path / "tandem.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="is locked: another program"), opened.writing():
        pass
    other.close()
    opened.close()


def test_a_writer_begins_as_soon_as_the_lock_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks again every few milliseconds; SQLite itself would sleep up to a tenth of a second and miss a short pause."""
    opened = open_store(f"sqlite:///{tmp_path / 'tandem.db'}")
    other = sqlite3.connect(tmp_path / "tandem.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def third_time_free(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.execute("ROLLBACK")

    monkeypatch.setattr(database.time, "sleep", third_time_free)
    with opened.writing() as connection:
        add_transcript(connection, a_transcript("A", "a", "b"))
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == database.WAIT_MS
    assert waits == [database.LOCK_ASKED_EVERY_S] * 3
    other.close()
    opened.close()


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    """A database that cannot grow says so; what was there stays."""
    opened = open_store(f"sqlite:///{tmp_path / 'tandem.db'}")
    with pytest.raises(TandemError, match="no room left"), opened.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        add_transcript(connection, a_transcript("A", "a", "b" * 2_000_000))
    opened.close()


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    """A file that is no database is named, with the remedy."""
    (tmp_path / "tandem.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(TandemError, match="backup"):
        open_store(f"sqlite:///{tmp_path / 'tandem.db'}")


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """A database of a newer Tandem is not opened."""
    url = f"sqlite:///{tmp_path / 'tandem.db'}"
    opened = open_store(url)
    with opened.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(TandemError, match="newer Tandem"):
        open_store(url)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM alembic_version",
        "INSERT INTO alembic_version VALUES ('0001')",
        "UPDATE alembic_version SET version_num = 'her words'",
        "UPDATE alembic_version SET version_num = x'00' || 'her words'",
        "UPDATE alembic_version SET version_num = 'zz her words'",
        "UPDATE alembic_version SET version_num = '0006'",
        "UPDATE alembic_version SET version_num = '36'",
    ],
)
def test_a_version_that_no_tandem_had_is_refused_unrepeated(tmp_path: Path, damage: str) -> None:
    """Nobody is asked for a backup before an upgrade that cannot be, and what stands there is not said."""
    url = f"sqlite:///{tmp_path / 'tandem.db'}"
    opened = open_store(url)
    with opened.writing() as connection:
        connection.execute(text(damage))
    opened.close()
    asked: list[str] = []
    with pytest.raises(TandemError, match="does not say of which version") as refused:
        open_store(url, before_upgrade=asked.append)
    assert asked == []
    assert "her words" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("nonsense", BadInput, "is no database address"),
        ("mysql://x/y", BadInput, "not supported"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", Unreachable, "does not answer"),
        ("postgresql://x@127.0.0.1/test?schema=No", BadInput, "small letters"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(url: str, error: type[TandemError], said: str) -> None:
    """A wrong database address is a sentence without the password."""
    with pytest.raises(error, match=said) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
