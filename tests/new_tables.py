"""New SQLite databases without a run of every migration: they get the tables that the migrations made once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, inspect

from annotations.store import database
from annotations.store.tables import study_identity

migrate = database._migrate


@contextmanager
def made_once() -> Iterator[None]:
    """While it lasts, an empty SQLite database gets its tables as they were made the first time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_migrate", _tables_or_migrations)
        yield


def _tables_or_migrations(connection: Connection, to: str) -> None:
    if to != "head" or connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        migrate(connection, to)
        return
    for statement in _statements():
        connection.exec_driver_sql(statement)
    # the one row that differs between studies
    connection.execute(study_identity.insert().values(id=uuid4(), created=datetime.now(UTC)))


@cache
def _statements() -> tuple[str, ...]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "made.db"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            migrate(connection, "head")
        engine.dispose()
        made = sqlite3.connect(file)
        lines = [line for line in made.iterdump() if not line.startswith(("BEGIN", "COMMIT", "PRAGMA"))]
        made.close()
    return tuple(line for line in lines if not line.startswith('INSERT INTO "study_identity"'))
