"""Coded text in a QualCoder project, read from its database without changing it.

QualCoder keeps a project as a folder "NAME.qda" with the database "data.qda" in it. ``pos0`` and ``pos1`` are code points
of the source's text, half-open (QualCoder's wiki, "Database tables").
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from annotations.codings.program_tables import ABOVE, ProgramRows, tidy
from annotations.errors import BadInput
from annotations.numbers_shown import counted
from annotations.sheets.sheet import MOST_ROWS, SheetRow
from annotations.store.sqlite_file import calm

MOST_BYTES = 2_000_000_000
_MOST_SECONDS = 60.0
_MOST_LEVELS = 50
_HEAD = b"SQLite format 3\0"
_NEEDED = {
    "code_text": ("cid", "fid", "seltext", "pos0", "pos1"),
    "code_name": ("cid", "name"),
    "source": ("id", "name"),
}


def is_qualcoder(file: Path) -> bool:
    """Is this the database of a QualCoder project, or the folder that it lies in?"""
    return file.suffix.lower() == ".qda" or (file.is_dir() and (file / "data.qda").exists())


def read_qualcoder(file: Path) -> ProgramRows:
    """The coded passages of a project. Raises BadInput; nothing is ever written."""
    with opened(file) as connection:
        return _read(connection, file)


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A project's database, to be read as a stranger's: nothing in it runs, nothing is written. Raises BadInput."""
    database = file / "data.qda" if file.is_dir() else file
    _check(database, file)
    # immutable: no lock is taken, and nothing that lies beside the file is opened
    address = f"file:{quote(str(database.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            calm(connection)
            ends = monotonic() + _MOST_SECONDS
            connection.set_progress_handler(lambda: monotonic() > ends, 100_000)
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield connection
    except sqlite3.DatabaseError as error:
        raise BadInput(
            f"{file} is no database of QualCoder, or a damaged one. Open the project in QualCoder, close it and try again."
        ) from error


def _check(database: Path, given: Path) -> None:
    if database.is_symlink():
        raise BadInput(f"{database} is a link. Give the project's own folder or file.")
    if not database.is_file():
        raise BadInput(
            f"{given} holds no QualCoder database. Give the folder that ends in .qda, or data.qda in it."
        )
    with database.open("rb") as opened:
        if opened.read(len(_HEAD)) != _HEAD:
            raise BadInput(
                f"{database} is no database of QualCoder. Give the folder that ends in .qda, or data.qda in it."
            )
    size = database.stat().st_size
    if size > MOST_BYTES:
        raise BadInput(
            f"{database} has {size / 1e6:,.0f} MB; at most {MOST_BYTES // 1_000_000:,} MB are read."
        )
    log = database.with_name(f"{database.name}-wal")
    journal = database.with_name(f"{database.name}-journal")
    if any(beside.is_file() and beside.stat().st_size for beside in (log, journal)):
        raise BadInput(
            f"{given} is open in QualCoder, or was not closed. Close the project there and try again."
        )


def _read(connection: sqlite3.Connection, file: Path) -> ProgramRows:
    columns = {
        table: columns_of(connection, table) for table in (*_NEEDED, "code_cat", "code_image", "code_av")
    }
    for table, needed in _NEEDED.items():
        missing = [name for name in needed if name not in columns[table]]
        if missing:
            raise BadInput(
                f"{file} is no database of QualCoder: its table {table} lacks {', '.join(missing)}."
            )
    above = _groups(connection, columns)
    names = dict(connection.execute("SELECT cid, name FROM code_name"))
    rows, notes = tidy(list(_codings(connection, columns["code_text"], names, above)))
    if len(rows) > MOST_ROWS:
        raise BadInput(f"{file} has more than {MOST_ROWS:,} codings.")
    for table, what in (("code_image", "of pictures"), ("code_av", "of sound or film")):
        if columns[table] and (count := connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]):  # noqa: S608 (ours)
            left = counted(count, f"coding {what} was", f"codings {what} were")
            notes.append(f"{left} left out: Tandem codes text.")
    called = MappingProxyType(
        {"transcript": "source", "code": "code_name", "quote": "seltext", "coder": "owner"}
    )
    return ProgramRows("QualCoder project", rows, called, (), tuple(notes))


def _codings(
    connection: sqlite3.Connection,
    columns: frozenset[str],
    names: dict[int, str],
    above: dict[int, tuple[str, ...]],
) -> Iterator[SheetRow]:
    sources = dict(connection.execute("SELECT id, name FROM source"))
    more = [name for name in ("ctid", "owner", "date", "memo", "weight") if name in columns]
    wanted = ["cid", "fid", "seltext", "pos0", "pos1", *more]
    # the names of the columns are ours
    rows = connection.execute(f"SELECT {', '.join(wanted)} FROM code_text ORDER BY fid, pos0, rowid")  # noqa: S608
    for place, values in enumerate(rows, start=1):
        said: dict[str, Any] = dict(zip(wanted, values, strict=True))
        plain = {name: "" if value is None else str(value) for name, value in said.items()}
        yield SheetRow(
            int(said["ctid"]) if isinstance(said.get("ctid"), int) else place,
            {
                "transcript": str(sources.get(said["fid"]) or ""),
                "code": str(names.get(said["cid"]) or ""),
                "above": ABOVE.join(above.get(said["cid"], ())),
                "quote": plain["seltext"].strip(),
                "at_start": plain["pos0"],
                "at_end": plain["pos1"],
                "position": plain["pos0"],
                "coder": plain.get("owner", ""),
                "created": plain.get("date", ""),
                "memo": plain.get("memo", "").strip(),
                "weight": plain.get("weight", ""),
            },
        )


def _groups(connection: sqlite3.Connection, columns: dict[str, frozenset[str]]) -> dict[int, tuple[str, ...]]:
    """The names of the categories (and in newer projects codes) above each code, the outermost first."""
    categories: dict[Any, tuple[str, Any]] = {}
    if {"catid", "name", "supercatid"} <= columns["code_cat"]:
        rows = connection.execute("SELECT catid, name, supercatid FROM code_cat")
        categories = {catid: (str(name), over) for catid, name, over in rows}
    own = [name for name in ("catid", "supercid") if name in columns["code_name"]]
    if not own:
        return {}
    asked = f"SELECT cid, name, {', '.join(own)} FROM code_name"  # noqa: S608 (the names of the columns are ours)
    codes = {
        cid: (str(name), dict(zip(own, over, strict=True))) for cid, name, *over in connection.execute(asked)
    }

    def path(cid: Any, left: int) -> tuple[str, ...]:
        _, over = codes.get(cid, ("", {}))
        if left and over.get("supercid") in codes:
            return (*path(over["supercid"], left - 1), codes[over["supercid"]][0])
        names: list[str] = []
        catid = over.get("catid")
        while catid in categories and len(names) < left:
            name, catid = categories[catid]
            names.insert(0, name)
        return tuple(names)

    return {cid: path(cid, _MOST_LEVELS) for cid in codes}


def columns_of(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    """The columns of a table; none where it is something else, such as a view that would run."""
    is_table = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    if not is_table:
        return frozenset()
    return frozenset(str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})"))
