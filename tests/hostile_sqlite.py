"""SQLite files that do something when they are opened."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

_MAGIC = bytes.fromhex("d9d505f920a163d7")


def with_deleting_journal(database: Path, victim: Path) -> Path:
    """Put a rollback journal beside a database that makes SQLite delete ``victim``; returns the journal.

    The layout: https://www.sqlite.org/fileformat2.html, "The Rollback Journal"; the name at its end is that of the
    "super-journal", which SQLite deletes once it has rolled back.
    """
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    content = database.read_bytes()
    size = struct.unpack(">H", content[16:18])[0]
    page, nonce, sector = content[:size], 123, 512
    head = _MAGIC + struct.pack(">IIIII", 1, nonce, len(content) // size, sector, size)
    check = nonce + sum(page[at] for at in range(size - 200, 0, -200))
    record = struct.pack(">I", 1) + page + struct.pack(">I", check & 0xFFFFFFFF)
    name = str(victim).encode()
    end = struct.pack(">I", 0x40000000 // size + 1) + name + struct.pack(">II", len(name), sum(name)) + _MAGIC
    journal = database.with_name(f"{database.name}-journal")
    journal.write_bytes(head.ljust(sector, b"\0") + record + end)
    return journal


def run_sql(database: Path, *statements: str) -> None:
    """Do this to a database, as somebody with another program would."""
    with closing(sqlite3.connect(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
