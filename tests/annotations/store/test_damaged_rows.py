"""Damage of a database is counted, named by table, and never shown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import a_transcript
from damage import DAMAGE, damaged

from annotations.errors import TandemError
from annotations.store.accounts import add_account
from annotations.store.api_tokens import add_token
from annotations.store.damaged_rows import damaged_rows, structure_faults
from annotations.store.database import Store, open_store
from annotations.store.tables import now
from annotations.store.transcripts import add_transcript, all_transcripts

SECRET = "Zebedee"


def test_a_sound_database_has_no_damage(store: Store) -> None:
    """Nothing is found in what Tandem wrote, on either kind of database."""
    with store.writing() as connection:
        add_transcript(connection, a_transcript("A", "What?", f"We lack {SECRET}."))
        # their roles are not those of speakers
        account = add_account(connection, "Lea", "lead")
        add_token(
            connection,
            account.id,
            "0" * 64,
            name="t",
            role="coder",
            sites=None,
            sees_text=True,
            expires=now(),
        )
    with store.reading() as connection:
        assert structure_faults(connection) == 0
        assert damaged_rows(connection) == {}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with two transcripts."""
    at = tmp_path / "tandem.db"
    store = open_store(f"sqlite:///{at}")
    with store.writing() as connection:
        for name in ("A", "B"):
            add_transcript(connection, a_transcript(name, "What?", f"We lack {SECRET} in {name}."))
    store.close()
    return at


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_each_kind_of_damage_is_counted(file: Path, damage: str) -> None:
    """One damaged row is counted in its table, and the rows beside it are not."""
    damaged(file, damage)
    store = open_store(f"sqlite:///{file}")
    with store.reading() as connection:
        assert damaged_rows(connection)["transcripts"] == 1
    store.close()


@pytest.mark.parametrize("damage", [DAMAGE["no text"], DAMAGE["no time"], DAMAGE["no known kind"]])
def test_reading_a_damaged_row_says_so_without_its_content(file: Path, damage: str) -> None:
    """What reads the row fails with a sentence that leads to the doctor and quotes nothing."""
    damaged(file, damage)
    store = open_store(f"sqlite:///{file}")
    with pytest.raises(TandemError, match="tandem doctor") as caught, store.reading() as connection:
        all_transcripts(connection)
    store.close()
    assert SECRET not in str(caught.value)


def test_a_programs_own_fault_is_not_laid_on_the_database(store: Store) -> None:
    """Where every row can be read, another fault keeps its name."""
    with pytest.raises(LookupError, match="mine"), store.reading():
        raise LookupError("mine")


def test_an_index_that_lost_an_entry_is_a_fault_of_the_structure(file: Path) -> None:
    """SQLite's own check is asked."""
    with closing(sqlite3.connect(file)) as connection:
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'turns' AND rootpage > 0"
        ).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:  # one entry less: the header of a page counts them in its bytes 3 and 4
        opened.seek((root - 1) * size + 3)
        count = int.from_bytes(opened.read(2), "big")
        opened.seek((root - 1) * size + 3)
        opened.write((count - 1).to_bytes(2, "big"))
    store = open_store(f"sqlite:///{file}")
    with store.reading() as connection:
        assert structure_faults(connection) >= 1
    store.close()
