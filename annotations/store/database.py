"""Opening the study's database: SQLite in the study's folder, or PostgreSQL with one schema per study."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from annotations.errors import BadInput, TandemError
from annotations.store.damaged_rows import CANNOT_BE_READ, damaged_rows
from annotations.store.database_errors import damaged_rows_found, database_error
from annotations.store.sqlite_file import calm, refuse_hostile

HEAD = "0037"
WAIT_MS = 10_000
# SQLite itself asks ever more seldom, up to each 0.1 s, so that a lock which is free for less is missed again and again
LOCK_ASKED_EVERY_S = 0.002
# opened as they are needed; a server with 20 coders would open and close some for every answer otherwise
POOL = 20
MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """One study's database. ``reading`` and ``writing`` give a connection within one transaction.

    A writing transaction takes the write lock at its start, so that two writers wait for each other instead
    of failing half way. Raises Busy, Unreachable or TandemError with a sentence instead of a driver's error.
    ``schema``: the study's on PostgreSQL, None on SQLite.
    """

    def __init__(self, engine: Engine, place: str, schema: str | None = None) -> None:
        self.engine = engine
        self.place = place
        self.schema = schema

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with self._translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are all kept, or none."""
        writer = self.engine.execution_options(writes=True)
        with self._translated(), writer.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # not "from error": a driver's message may quote a row, and so would a traceback
            raise database_error(error, self.place, waited_s=WAIT_MS // 1000) from None
        except CANNOT_BE_READ:
            # what a damaged row makes of a program is a fault of any kind; the row is to be named, not the fault
            if damaged := self._damaged():
                raise damaged_rows_found(self.place, damaged) from None
            raise

    def _damaged(self) -> int:
        try:
            with self.engine.connect() as connection, connection.begin():
                return sum(damaged_rows(connection).values())
        except DBAPIError:
            return 1


def open_store(url: str, *, before_upgrade: Callable[[str], None] | None = None) -> Store:
    """Open the database at ``url`` and bring its tables up to date.

    ``before_upgrade`` is called with the version of the tables where an older Tandem made them, before they change.

    ``sqlite:///FILE``, or ``postgresql://…?schema=NAME`` (the schema is made if missing). Raises BadInput for
    an address that is none, Unreachable if the server does not answer, TandemError if a newer Tandem made
    the database, or if it does not say of which version its tables are.
    """
    address = _address(url)
    schema = None if address.drivername == "sqlite" else _schema_in(address)
    store = Store(_engine(address), address.render_as_string(hide_password=True), schema)
    try:
        _bring_up_to_date(store, before_upgrade)
    except BaseException:
        store.close()
        raise
    return store


@contextmanager
def as_it_is(url: str) -> Iterator[Connection]:
    """A connection that reads a database whatever version its tables have. Raises as ``open_store``."""
    address = _address(url)
    store = Store(_engine(address, make_schema=False), address.render_as_string(hide_password=True))
    try:
        with store.reading() as connection:
            yield connection
    finally:
        store.close()


def is_up_to_date(url: str) -> bool:
    """Are the tables there as this Tandem makes them? Nothing is made or changed; False where nobody can tell."""
    try:
        with as_it_is(url) as connection:
            if not connection.dialect.has_table(connection, "alembic_version"):
                return False
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    except TandemError:
        return False


@contextmanager
def new_schema(url: str, head: str) -> Iterator[Connection]:
    """A connection to a new PostgreSQL schema with the empty tables of version ``head``: all of it is kept, or none.

    Raises BadInput if the schema is there already, or if the address is of no PostgreSQL schema.
    """
    address = _address(url)
    if address.drivername == "sqlite" or "schema" not in address.query:
        raise BadInput(
            f'database "{_without_password(url)}": give a PostgreSQL address that names a new schema, such as '
            f'"postgresql://user@host/name?schema=restored".'
        )
    schema = str(address.query["schema"])
    store = Store(_engine(address, make_schema=False), address.render_as_string(hide_password=True))
    try:
        with store.writing() as connection:
            if connection.dialect.has_schema(connection, schema):
                raise BadInput(
                    f'schema "{schema}" is there already. Name a new one; if a restore that was broken off has left it and '
                    f"nobody uses it, it may be dropped. Nothing was changed."
                )
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
            _migrate(connection, head)
            yield connection
    finally:
        store.close()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise BadInput(
            f'database "{_without_password(url)}" is no database address. Give one such as '
            f'"postgresql://user@host/name", or leave the key out to keep the data in the study\'s folder.'
        ) from error
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "postgresql+psycopg"):
        raise BadInput(
            f'database: "{address.drivername}" is not supported. Use SQLite (leave the key out) or PostgreSQL.'
        )
    return address


def _engine(address: URL, *, make_schema: bool = True) -> Engine:
    try:
        if address.drivername == "sqlite":
            return _sqlite(address)
        return _postgresql(address, make_schema=make_schema)
    except (NoSuchModuleError, SQLAlchemyError) as error:
        raise BadInput(f"database {address.render_as_string()}: {error}") from error


def _sqlite(address: URL) -> Engine:
    if address.database and address.database != ":memory:":
        refuse_hostile(Path(address.database))
        _for_its_owner_only(Path(address.database))
    engine = create_engine(
        address,
        pool_size=POOL,
        connect_args={"timeout": WAIT_MS / 1000},
        hide_parameters=True,
        json_serializer=_as_json,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # the driver's own transaction handling would begin late and commit early
        connection.isolation_level = None
        calm(connection)
        # refuse_hostile has seen that there are none but our own, which keep the audit log
        if sys.version_info >= (3, 12):
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {WAIT_MS}",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Begin as soon as nobody else writes. Raises SQLAlchemy's OperationalError after ``WAIT_MS``, as SQLite itself."""
    driver: Any = connection.connection.driver_connection
    end = time.monotonic() + WAIT_MS / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not driver.in_transaction and time.monotonic() < end:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOCK_ASKED_EVERY_S)
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # so that its error is SQLAlchemy's
    finally:
        driver.execute(f"PRAGMA busy_timeout = {WAIT_MS}")


def _for_its_owner_only(file: Path) -> None:
    """Make the file, if it is new, so that nobody else reads it; SQLite gives the files beside it the same mode."""
    with suppress(OSError):  # SQLite says better what is wrong with a place
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _postgresql(address: URL, *, make_schema: bool) -> Engine:
    schema = _schema_in(address)
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise BadInput(f'database schema "{schema}": use small letters, digits and "_", at most 63.')
    plain = address.difference_update_query(["schema"])
    engine = create_engine(
        plain,
        pool_pre_ping=True,
        pool_size=POOL,
        hide_parameters=True,
        json_serializer=_as_json,
        connect_args={"options": f"-csearch_path={schema} -ctimezone=UTC", "connect_timeout": 10},
    )
    if not make_schema:
        return engine
    try:
        with engine.begin() as connection:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    except DBAPIError as error:
        engine.dispose()
        raise database_error(error, plain.render_as_string(), waited_s=WAIT_MS // 1000) from None
    return engine


def _schema_in(address: URL) -> str:
    return str(address.query.get("schema", "tandem"))


def _bring_up_to_date(store: Store, before_upgrade: Callable[[str], None] | None) -> None:
    present = _version(store)
    if present == HEAD:
        return
    if present is not None and before_upgrade is not None:
        before_upgrade(present)
    with store.writing() as connection:
        _migrate(connection, "head")


def _migrate(connection: Connection, to: str) -> None:
    # imported here: every command opens the database, few of them migrate it
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _version(store: Store) -> str | None:
    """Which version the tables have, None where there are none yet.

    Raises TandemError where it is a newer one's or none that a Tandem ever had: what stands there then is not repeated.
    """
    with store.reading() as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            return None
        stated = [
            str(written) for written in connection.scalars(text("SELECT version_num FROM alembic_version"))
        ]
    if stated == [HEAD]:
        return HEAD
    version = stated[0] if len(stated) == 1 else ""
    if re.fullmatch("[0-9]{4}", version) and version > HEAD:
        raise TandemError(
            f"{store.place} was made by a newer Tandem (its tables are version {version}, this one knows {HEAD}). "
            f"Update Tandem."
        )
    if version not in {file.name[:4] for file in (MIGRATIONS / "versions").glob("*.py")}:
        raise TandemError(
            f"{store.place} does not say of which version its tables are: it is damaged, or was changed by another "
            f"program. Restore a backup. Nothing was changed."
        )
    return version


def _as_json(value: Any) -> str:
    """As the standard library writes it; most values of a large corpus are empty, and these cost a tenth."""
    if not value:
        if type(value) is list:
            return "[]"
        if type(value) is dict:
            return "{}"
    return json.dumps(value)


def _without_password(url: str) -> str:
    return re.sub(r"//[^@/]*@", "//…@", url)
