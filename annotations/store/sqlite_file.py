"""A SQLite file that a stranger may have made: what is looked at before it is opened, and how it is opened.

A database is a program in small: its triggers and views run when it is read or written. And SQLite itself follows what
lies beside a file: a rollback journal may name a further file (a "super-journal"), which SQLite deletes when it opens the
database, wherever on the machine that is (pager.c, pager_delsuper). Tandem never writes such a name.
"""

from __future__ import annotations

import re
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

from annotations.errors import BadInput
from annotations.store.append_only import OURS

# the end of a journal that names a further file; https://www.sqlite.org/fileformat2.html, "The Rollback Journal"
_NAMES_ANOTHER = bytes.fromhex("d9d505f920a163d7")
_BESIDE = ("", "-journal", "-wal", "-shm")


def refuse_traps(file: Path) -> None:
    """Raises BadInput for what would make SQLite write or delete another file, or wait, as soon as this one is opened."""
    for ending in _BESIDE:
        beside = file.with_name(file.name + ending)
        _refuse_unless_a_file(beside)
    journal = file.with_name(f"{file.name}-journal")
    if _end_of(journal, len(_NAMES_ANOTHER)) == _NAMES_ANOTHER:
        raise BadInput(
            f"{journal} names another file, which would be deleted as soon as {file.name} is opened. Tandem makes no such "
            f"file: ask whoever gave you this folder, and open a copy from a source that you know."
        )


def _refuse_unless_a_file(file: Path) -> None:
    """A link leads elsewhere, a pipe or device would be waited for, and of a second name SQLite knows nothing."""
    try:
        status = file.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(status.st_mode):
        raise BadInput(
            f"{file} is a link, and Tandem would write where it leads. Delete it, and ask whoever gave you this "
            f"folder why it is there."
        )
    if not stat.S_ISREG(status.st_mode):
        raise BadInput(
            f"{file} is no plain file (it is a folder, a pipe or a device). Delete it, and ask whoever gave you this folder "
            f"why it is there."
        )
    if status.st_nlink > 1:
        raise BadInput(
            f"{file} has a second name elsewhere on this disk (a hard link, as cp -l or a snapshot of rsync makes): what is "
            f"erased here would stay there, and SQLite damages a database that is used under two names. Put a copy in its "
            f"place: cp {file.name} new, then mv new {file.name}."
        )


def calm(connection: sqlite3.Connection) -> None:
    """The database's own definitions may call plain functions only; where Python can say so, nothing of them runs."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)


def refuse_programs(connection: sqlite3.Connection, file: Path, *, harmless: str = OURS) -> None:
    """Raises BadInput if the database holds what runs when it is used, but for what Tandem itself makes.

    ``harmless``: a pattern of the definitions that may stand there, since they can change nothing.
    """
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for sort, name, sql in rows:
        if re.fullmatch(harmless, " ".join(str(sql).split())):
            continue
        kind = sort if sort != "table" else "virtual table"
        raise BadInput(
            f'{file} holds a {kind} named "{name}", which runs when the study is used. Tandem makes none: ask whoever '
            f"gave you this folder, and open a copy from a source that you know. Nothing was changed."
        )


def refuse_hostile(file: Path) -> None:
    """Both checks of a file, before anything else opens it. A damaged one is not judged: opening it says what it is."""
    refuse_traps(file)
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=10)) as connection:
            calm(connection)
            refuse_programs(connection, file)
    except sqlite3.DatabaseError:
        return


def _end_of(file: Path, count: int) -> bytes:
    try:
        with file.open("rb") as opened:
            opened.seek(0, 2)
            opened.seek(max(0, opened.tell() - count))
            return opened.read(count)
    except FileNotFoundError:
        return b""
