"""The PostgreSQL server that tests use, and schemas of their own on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from builders import skip_or_fail

from annotations.store.kept_outside import beside

POSTGRESQL = os.environ.get("TANDEM_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


@contextmanager
def administrator() -> Iterator[Any]:
    """A connection to the server; skips the test where none answers."""
    import psycopg

    try:
        opened = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=30)
    except psycopg.OperationalError:
        skip_or_fail(f"no PostgreSQL answers at {POSTGRESQL}")
        raise
    with opened:
        yield opened


@contextmanager
def a_schema() -> Iterator[str]:
    """The name of a schema that is not there yet; whatever is made of it is dropped at the end."""
    name = f"test_{uuid4().hex[:12]}"
    with administrator() as connection:
        try:
            yield name
        finally:
            for one in (name, beside(name)):
                connection.execute(f'DROP SCHEMA IF EXISTS "{one}" CASCADE')


# what a migration writes: the version of the tables, and the id by which a study is known
KEPT = ("alembic_version", "study_identity")


def emptied(connection: Any, schema: str) -> None:
    """Take every row out of a schema's tables but those that a migration made; ids begin anew, no tombstone stays."""
    connection.execute(f'DROP SCHEMA IF EXISTS "{beside(schema)}" CASCADE')
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()
    tables = [f'"{schema}"."{name}"' for (name,) in found if name not in KEPT]
    held = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in tables)  # noqa: S608
    filled = [name for (name,) in connection.execute(held).fetchall()]
    if filled:
        # the audit log lets nobody empty it, but whoever runs the server
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
        connection.execute("SET session_replication_role = DEFAULT")
