"""A study's PostgreSQL schema as text that pg_dump writes, and back into a new schema.

Only data are dumped, and nothing of a dump is ever run: it may come from a stranger, and a database's user may often do
more than read and write one schema. The tables are made by Tandem's own migrations; of the dump only rows are taken, and
the place to which each table's numbering has come.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, make_url, text

from annotations.errors import BadInput, TandemError
from service.settings import postgresql_environment

_PLACES = (
    "/usr/lib/postgresql/*/bin/pg_dump",
    "/usr/pgsql-*/bin/pg_dump",
    "/opt/homebrew/opt/libpq/bin/pg_dump",
    "/opt/homebrew/opt/postgresql@*/bin/pg_dump",
    "/Applications/Postgres.app/Contents/Versions/latest/bin/pg_dump",
)
_LONGEST_LINE = 1 << 30
AUDIT_LOG = "audit_log"
_IDENTIFIER = r'"?[a-z_][a-z0-9_]*"?'
_COPY = re.compile(
    rf"COPY (?P<schema>{_IDENTIFIER})\.(?P<table>{_IDENTIFIER}) \((?P<columns>[^()]*)\) FROM stdin;"
)
_SETVAL = re.compile(
    rf"SELECT pg_catalog\.setval\('{_IDENTIFIER}\.(?P<name>{_IDENTIFIER})', (?P<value>\d+), (?P<called>true|false)\);"
)
_SETTINGS = re.compile(r"SET [a-z_]+ = [^;]*;|SELECT pg_catalog\.set_config\('search_path', '', false\);")
_LIMITS = re.compile(r"\\(un)?restrict [A-Za-z0-9]+")
_WHOLE = "-- PostgreSQL database dump complete"
INSTALL = (
    'Install it: "apt install postgresql-client" on Debian and Ubuntu, "brew install libpq" on a Mac, or the command '
    "line tools of PostgreSQL's installer; its version must not be older than the server's."
)

TakeRows = Callable[[str, tuple[str, ...], Iterator[bytes]], None]


@dataclass
class DumpFacts:
    """What a dump holds. ``rows``: by table; ``numbers``: to which number each sequence has come."""

    head: str | None = None
    study: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, tuple[int, bool]] = field(default_factory=dict)


def find_pg_dump() -> Path | None:
    """The newest pg_dump of this machine: it reads older servers too."""
    programs = [
        program
        for place in _PLACES
        for program in Path("/").glob(place.lstrip("/"))
        if os.access(program, os.X_OK)
    ]
    if programs:
        return max(programs, key=_version_in_path)
    named = shutil.which("pg_dump")
    return None if named is None else Path(named)


def dump_schema(url: str, to: Path) -> None:
    """Write the rows of the schema that ``url`` names, as they are at one moment. Raises TandemError."""
    program = find_pg_dump()
    if program is None:
        raise TandemError(
            f"a study on PostgreSQL is backed up by pg_dump, which is not on this machine. {INSTALL}"
        )
    address, schema, secret = _for_libpq(url)
    command = [
        str(program),
        "--data-only",
        "--format=plain",
        "--encoding=UTF8",
        "--no-owner",
        "--no-password",
        "--strict-names",
        "--lock-wait-timeout=60000",
        f"--schema={schema}",
        f"--dbname={address}",
    ]
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        # the password goes by the environment, which only this user reads
        done = subprocess.run(  # noqa: S603 (the program was found above, and no shell reads its arguments)
            command, stdout=out, stderr=subprocess.PIPE, env=postgresql_environment(secret), check=False
        )
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())[:300]
        more = f" {INSTALL}" if "version mismatch" in said else ""
        raise TandemError(f"pg_dump could not dump the study's schema ({said}).{more}")


def read_dump(blocks: Iterable[bytes], where: str, take: TakeRows | None = None) -> DumpFacts:
    """Read a dump to its end and hand the rows of each table to ``take``. Raises BadInput for what is no such dump."""
    facts, whole = DumpFacts(), False
    lines = _lines(blocks, where)
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        if copy := _COPY.fullmatch(line):
            _one_table(copy, lines, where, facts, take)
        elif number := _SETVAL.fullmatch(line):
            facts.numbers[_bare(number["name"])] = (int(number["value"]), number["called"] == "true")
        elif line.startswith("--") or not line:
            whole = whole or line == _WHOLE
        elif not _SETTINGS.fullmatch(line) and not _LIMITS.fullmatch(line):
            raise BadInput(
                f"{where} holds something else than rows, and Tandem runs nothing of it. Take another backup."
            )
    if not whole:
        raise BadInput(f"{where} is cut off. Take another backup.")
    return facts


def load_dump(connection: Connection, blocks: Iterable[bytes], where: str) -> DumpFacts:
    """Put the rows of a dump into the empty tables of the connection's schema. Raises BadInput."""
    columns = _columns(connection)
    driver: Any = connection.connection.driver_connection
    # the migrations put rows into some; none into the audit log, which lets nobody empty it
    emptied = ", ".join(f'"{name}"' for name in columns if name != AUDIT_LOG)
    connection.execute(text(f"TRUNCATE {emptied} RESTART IDENTITY CASCADE"))

    def take(table: str, named: tuple[str, ...], rows: Iterator[bytes]) -> None:
        if table == "alembic_version":
            _exhaust(rows)
            return
        if table not in columns or set(named) - columns[table]:
            raise BadInput(f"{where} holds a table or a column that a study of this version does not have.")
        wanted = ", ".join(f'"{name}"' for name in named)
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({wanted}) FROM STDIN') as copy:
            for row in rows:
                copy.write(row)

    try:
        facts = read_dump(blocks, where, take)
    except psycopg.Error as error:
        # its message may quote a row
        raise BadInput(
            f"{where} holds a row that does not fit its table ({type(error).__name__}). Take another backup."
        ) from error
    for name, (value, called) in facts.numbers.items():
        known = connection.execute(
            text("SELECT 1 FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = :name"),
            {"name": name},
        ).first()
        if known is None or not 0 < value < 1 << 62:
            raise BadInput(f"{where} names a numbering that a study of this version does not have.")
        connection.execute(
            text("SELECT setval(format('%I.%I', current_schema(), CAST(:name AS text)), :value, :called)"),
            {"name": name, "value": value, "called": called},
        )
    return facts


def _one_table(
    copy: re.Match[str], lines: Iterator[bytes], where: str, facts: DumpFacts, take: TakeRows | None
) -> None:
    table = _bare(copy["table"])
    columns = tuple(_bare(column.strip()) for column in copy["columns"].split(","))
    if table in facts.rows or not all(re.fullmatch("[a-z_][a-z0-9_]*", column) for column in columns):
        raise BadInput(
            f"{where} holds the table {table} twice, or odd names of columns. Take another backup."
        )
    facts.rows[table] = 0

    def rows() -> Iterator[bytes]:
        for raw in lines:
            if raw == b"\\.\n":
                return
            facts.rows[table] += 1
            if table == "alembic_version":
                facts.head = raw.decode(errors="replace").strip()
            elif table == "study_identity":
                values = dict(
                    zip(columns, raw.decode(errors="replace").rstrip("\n").split("\t"), strict=False)
                )
                facts.study = values.get("id", "").replace("-", "") or None
            yield raw
        raise BadInput(f"{where} is cut off. Take another backup.")

    if take is None:
        _exhaust(rows())
    else:
        take(table, columns, rows())


def _exhaust(rows: Iterator[bytes]) -> None:
    for _ in rows:
        continue


def _lines(blocks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """Whole lines with their ends, however the blocks cut them."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        first, *others = block.split(b"\n")
        held.append(first)
        size += len(first)
        if size > _LONGEST_LINE:
            raise BadInput(f"{where} holds a row that is longer than PostgreSQL takes. Take another backup.")
        for other in others:
            yield b"".join(held) + b"\n"
            held, size = [other], len(other)
    if size:
        yield b"".join(held)


def _columns(connection: Connection) -> dict[str, set[str]]:
    rows = connection.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND table_name <> 'alembic_version'"
        )
    )
    columns: dict[str, set[str]] = {}
    for table, column in rows:
        columns.setdefault(str(table), set()).add(str(column))
    return columns


def _for_libpq(url: str) -> tuple[str, str, str | None]:
    """The address without its password, the schema, the password."""
    address = make_url(url)
    query = dict(address.query)
    schema, secret = str(query.pop("schema", "tandem")), query.pop("password", None)
    plain = address.set(drivername="postgresql", query=query)._replace(password=None)
    return (
        plain.render_as_string(hide_password=False),
        schema,
        address.password or (secret and str(secret)) or None,
    )


def _version_in_path(program: Path) -> float:
    numbers = re.findall(r"\d+(?:\.\d+)?", str(program))
    return float(numbers[-1]) if numbers else 0.0


def _bare(identifier: str) -> str:
    return identifier.strip('"')
