"""From the first tables to the newest and back, with data in them, on SQLite and PostgreSQL."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, text
from sqlalchemy.engine import Engine

from annotations.names import folded
from annotations.store import database
from annotations.store.database import MIGRATIONS, open_store

FIRST = "0001"
ROWS = 3
Rows = dict[str, list[dict[str, Any]]]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@pytest.fixture
def engine(bare_url: str) -> Iterator[Engine]:
    """An empty database of each kind."""
    address = database._address(bare_url)
    opened = database._engine(address)
    yield opened
    opened.dispose()


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _value(column: Column[Any], n: int) -> Any:
    """Something of the column's type, another one for each row."""
    kind = type(column.type).__name__
    if kind == "UUID":
        return UUID(int=n + 1)
    if kind == "CHAR":
        return UUID(int=n + 1).hex
    plain: dict[str, Any] = {
        "INTEGER": n + 1,
        "BIGINT": n + 1,
        "BOOLEAN": bool(n % 2),
        "JSON": {"n": n},
        "DATE": date(2026, 1, n + 1),
        "DATETIME": datetime(2026, 1, n + 1),
        "TIMESTAMP": datetime(2026, 1, n + 1, tzinfo=UTC),
        "BLOB": bytes([n]) * 8,
        "BYTEA": bytes([n]) * 8,
    }
    if kind in plain:
        return plain[kind]
    if kind in ("FLOAT", "REAL", "DOUBLE_PRECISION"):
        return n / 2
    assert kind in ("VARCHAR", "TEXT"), kind
    return f"{column.name} {n}"[: getattr(column.type, "length", None) or 100]


def _fill(connection: Connection) -> None:
    for table in _tables(connection):
        rows: list[dict[str, Any]] = [{} for _ in range(ROWS)]
        for n, row in enumerate(rows):
            for column in table.columns:
                keys = list(column.foreign_keys)
                row[column.name] = _value(keys[0].column if keys else column, n)
        connection.execute(table.insert(), rows)


def _content(connection: Connection) -> Rows:
    found: Rows = {}
    for table in _tables(connection):
        rows = [dict(row._mapping) for row in connection.execute(table.select())]
        found[table.name] = sorted(rows, key=lambda row: str(sorted(row.items(), key=str)))
    return found


@pytest.mark.slow
def test_what_was_there_comes_through_up_and_down_again(engine: Engine) -> None:
    """Every row of the first tables is still there after all migrations, and unchanged after their way back."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), FIRST)
        _fill(connection)
        before = _content(connection)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
        after = _content(connection)
    for name in before.keys() & after.keys():
        assert [
            {key: row[key] for key in old} for old, row in zip(before[name], after[name], strict=True)
        ] == (before[name]), name
    tasks = {row["key"]: row for row in after["label_studio_tasks"]}
    for row in before["pushed_tasks"]:
        task = tasks[row["segment_id"]]
        assert (task["segment_id"], task["draw"], task["task_id"]) == (
            row["segment_id"],
            "ordinary",
            row["task_id"],
        )
    shown = {(row["key"], row["model_id"], row["since"]) for row in after["shown_models"]}
    assert shown == {
        (row["segment_id"], row["model_id"], row["shown_since"]) for row in before["pushed_tasks"]
    }
    with engine.begin() as connection:
        command.downgrade(_config(connection), FIRST)
        assert _content(connection) == before


@pytest.mark.slow
def test_each_migration_can_be_taken_back_and_done_again(engine: Engine) -> None:
    """Step by step down to nothing, and up again."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
        newest = sorted(table.name for table in _tables(connection))
    steps = list(ScriptDirectory.from_config(_config(None)).walk_revisions())  # type: ignore[arg-type]
    for _ in steps:
        with engine.begin() as connection:
            command.downgrade(_config(connection), "-1")
    with engine.begin() as connection:
        assert _tables(connection) == []
        command.upgrade(_config(connection), "head")
        assert sorted(table.name for table in _tables(connection)) == newest


@pytest.mark.slow
def test_names_from_a_mac_get_the_key_of_others(engine: Engine) -> None:
    """A name kept with its marks apart is found by the common key, unless another has it; and back again."""
    apart, together = (unicodedata.normalize(form, "Jönköping") for form in ("NFD", "NFC"))
    names = {1: f"{apart} 1", 2: f"{apart} 2", 3: f"{together} 2"}
    with engine.begin() as connection:
        command.upgrade(_config(connection), FIRST)
        _fill(connection)
        for table in ("transcripts", "coders"):
            for sequence, name in names.items():
                keep = text(f"UPDATE {table} SET name = :name, name_key = :key WHERE sequence = :sequence")  # noqa: S608
                connection.execute(keep, {"name": name, "key": name.casefold(), "sequence": sequence})
        before = _content(connection)
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")
        after = _content(connection)
    for table in ("transcripts", "coders"):
        assert [row["name"] for row in after[table]] == [row["name"] for row in before[table]]
        keys = {row["sequence"]: row["name_key"] for row in after[table]}
        assert keys == {1: folded(names[1]), 2: names[2].casefold(), 3: folded(names[3])}
    with engine.begin() as connection:
        command.downgrade(_config(connection), FIRST)
        assert _content(connection) == before


def test_opening_an_old_study_brings_it_up_to_date(bare_url: str) -> None:
    """Whoever opens a database of the first tables gets the newest, without a word."""
    engine = database._engine(database._address(bare_url))
    with engine.begin() as connection:
        command.upgrade(_config(connection), FIRST)
    engine.dispose()
    store = open_store(bare_url)
    with store.reading() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    store.close()
    assert found == database.HEAD


def test_a_migration_that_breaks_off_leaves_the_old_tables(
    bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables and their rows are as before, and the next opening brings them up to date."""
    engine = database._engine(database._address(bare_url))
    with engine.begin() as connection:
        command.upgrade(_config(connection), FIRST)
        _fill(connection)
        before = _content(connection)

    def broken(config: Config, _revision: str) -> None:
        connection = config.attributes["connection"]
        connection.execute(text("DROP TABLE pushed_tasks"))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", broken)
        with pytest.raises(KeyboardInterrupt):
            open_store(bare_url)
    with engine.begin() as connection:
        assert _content(connection) == before
    engine.dispose()
    open_store(bare_url).close()
