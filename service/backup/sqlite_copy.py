"""SQLite databases: copied while others write to them, looked through, counted."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from annotations.disk_faults import sqlite_fault
from annotations.errors import Busy, TandemError
from annotations.store.sqlite_file import calm, refuse_programs, refuse_traps

_WAIT_S = 30.0


class Damaged(TandemError):
    """A database cannot be read to its end."""


def copy_database(file: Path, to: Path) -> None:
    """A copy of the database as it stands at one moment, in one file that its owner alone reads.

    Others go on writing: SQLite's online backup reads the state of one moment. Raises Damaged, Busy, BadInput.
    """
    refuse_traps(file)
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with _in_words(file, to), closing(sqlite3.connect(file, timeout=_WAIT_S)) as source:
        calm(source)
        with closing(sqlite3.connect(to)) as target:
            source.backup(target)
            # without this the copy would need a second file beside it
            target.execute("PRAGMA journal_mode = DELETE")


def rows_of_ours(file: Path) -> dict[str, int]:
    """``rows_in`` for a database of Tandem's own. Raises BadInput too if it holds a program."""
    refuse_traps(file)
    with _in_words(file), closing(sqlite3.connect(file, timeout=_WAIT_S)) as opened:
        calm(opened)
        refuse_programs(opened, file)
    return rows_in(file)


def rows_in(file: Path) -> dict[str, int]:
    """Read the whole database, and count the rows of each table. Raises Damaged, or BadInput for a stranger's traps.

    MLflow's store has a trigger of MLflow's own, which can change that store alone.
    """
    refuse_traps(file)
    with _in_words(file), closing(sqlite3.connect(file, timeout=_WAIT_S)) as opened:
        calm(opened)
        verdict = opened.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict is None or verdict[0] != "ok":
            raise Damaged(f"{file.name} is damaged: SQLite's integrity check does not pass")
        return {name: _count(opened, name) for name in _tables(opened)}


def head_in(file: Path) -> str | None:
    """The version of the tables, None where the database has none. Raises Damaged."""
    return _single(file, "alembic_version", "SELECT version_num FROM alembic_version")


def study_id_in(file: Path) -> str | None:
    """The id of the study, None where the database has none. Raises Damaged."""
    identity = _single(file, "study_identity", "SELECT id FROM study_identity")
    return None if identity is None else identity.replace("-", "")


def _single(file: Path, table: str, query: str) -> str | None:
    with _in_words(file), closing(sqlite3.connect(file, timeout=_WAIT_S)) as opened:
        calm(opened)
        row = opened.execute(query).fetchone() if table in _tables(opened) else None
        return None if row is None else str(row[0])


def _tables(opened: sqlite3.Connection) -> list[str]:
    rows = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(str(row[0]) for row in rows)


def _count(opened: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    row = opened.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 (quoted)
    return int(row[0])


@contextmanager
def _in_words(file: Path, *others: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        message = str(error)
        if "locked" in message or "busy" in message:
            raise Busy(
                f"{file.name} is locked: another program has been writing to it for more than {_WAIT_S:.0f} s. Wait until "
                f"it has finished, then try again. Nothing was changed."
            ) from error
        name = str(getattr(error, "sqlite_errorname", "") or "")
        fault = sqlite_fault(error, file, *others)
        if fault is not None:
            raise fault from error
        raise Damaged(f"{file.name} is damaged ({name or type(error).__name__})") from error
