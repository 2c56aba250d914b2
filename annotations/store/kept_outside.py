"""What is kept outside a study so that a backup which is put back does not undo it: files, and rows beside a schema."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column as Field
from sqlalchemy import Connection, MetaData, Table, Text, Uuid, select
from sqlalchemy import text as query

from annotations.errors import TandemError
from annotations.store.database import Store

T = TypeVar("T")


def plain_of(said: str) -> Any:
    """What JSON says; raises ValueError for what is none."""
    try:
        return json.loads(said)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read_files(folder: Path, read: Callable[[Any], T], unreadable: Callable[[Path], str]) -> tuple[T, ...]:
    """What lies in a folder of the user's, a file each. Raises TandemError for one that cannot be read."""
    read_ones = []
    for file in sorted(folder.glob("*.json")):
        try:
            read_ones.append(read(plain_of(file.read_text("utf-8"))))
        except (OSError, ValueError, TandemError):
            raise TandemError(unreadable(file)) from None
    return tuple(read_ones)


def keep_files(folder: Path, wanted: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Keep them there: one file each, that only its owner can read; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for key, plain in wanted.items():
        file = folder / f"{key}.json"
        if file.exists():
            continue
        whole = folder / f".{key}.{secrets.token_hex(4)}"
        with os.fdopen(
            os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            json.dump(plain, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        whole.replace(file)


def read_rows(store: Store, name: str, read: Callable[[Any], T], unreadable: str) -> tuple[T, ...]:
    """Those in a table of the schema beside the study's on PostgreSQL; none on SQLite. Raises TandemError."""
    table = _beside(store, name)
    if table is None:
        return ()
    with store.reading() as connection:
        if not _is_there(connection, table, str(store.schema)):
            return ()
        rows = connection.execute(select(table.c.said)).scalars().all()
    try:
        return tuple(read(plain_of(row)) for row in rows)
    except (ValueError, TandemError):
        raise TandemError(f"a row of {table.schema}.{table.name} {unreadable}") from None


def keep_rows(store: Store, name: str, wanted: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Keep them there; the schema is made if it is missing. Nothing on SQLite. Raises TandemError if it may not be."""
    table = _beside(store, name)
    if table is None or not wanted:
        return
    with store.writing() as connection:
        _is_there(connection, table, str(store.schema))
        connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{table.schema}"')
        table.create(connection, checkfirst=True)
        there = set(connection.execute(select(table.c.id)).scalars())
        rows = [{"id": key, "said": json.dumps(plain)} for key, plain in wanted.items() if key not in there]
        if rows:
            connection.execute(table.insert(), rows)


def beside(schema: str) -> str:
    """The name of the schema beside a study's in the schema ``schema``."""
    name = f"{schema}_tombstones"
    return (
        name if len(name) <= 63 else f"{schema[:40]}_{hashlib.sha256(schema.encode()).hexdigest()[:12]}_gone"
    )


def _is_there(connection: Connection, table: Table, study: str) -> bool:
    """Is there such a table of the study's own? Whoever else made it could have anybody erased. Raises TandemError."""
    owners = query(
        "SELECT n.nspname, pg_get_userbyid(n.nspowner) AS schema_owner, c.relkind, "
        "pg_get_userbyid(c.relowner) AS owner FROM pg_namespace n "
        "LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = :table WHERE n.nspname IN (:own, :beside)"
    )
    named = {"table": table.name, "own": study, "beside": table.schema}
    schemas = {row.nspname: row for row in connection.execute(owners, named)}
    there = schemas.get(str(table.schema))
    if there is None:
        return False
    allowed = {connection.execute(query("SELECT current_user")).scalar_one()}
    allowed |= {schemas[study].schema_owner} if study in schemas else set()
    is_table = there.relkind in (None, "r", b"r")
    if not is_table or not {there.owner or there.schema_owner, there.schema_owner} <= allowed:
        raise TandemError(
            f"{table.schema}.{table.name} would say who withdrew from this study, and is no table of whoever owns the "
            f"study's schema, so it is not believed, and nobody was erased. Ask whoever runs the database who made it, and "
            f"have it removed."
        )
    return there.relkind is not None


def _beside(store: Store, name: str) -> Table | None:
    if store.schema is None:
        return None
    return Table(
        name,
        MetaData(schema=beside(store.schema)),
        Field("id", Uuid, primary_key=True),
        Field("said", Text, nullable=False),
    )
