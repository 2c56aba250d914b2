"""Many rows into a table at once: by COPY on PostgreSQL, which takes them several times as fast; on SQLite
by the driver's own way for many rows, which leaves out what SQLAlchemy looks at in each.

https://www.postgresql.org/docs/current/populate.html, https://www.psycopg.org/psycopg3/docs/basic/copy.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import DBAPIError

# fewer are not worth a way of their own
FEW = 50


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert these rows, all of which name the same columns; what a column has as its default is filled in.

    Raises SQLAlchemy's DBAPIError, whichever way is taken.
    """
    if not rows:
        return
    if len(rows) < FEW:
        connection.execute(table.insert(), list(rows))
        return
    columns = [column for column in table.columns if column.name in rows[0] or _default(column) is not None]
    quoted = connection.dialect.identifier_preparer
    names = ", ".join(quoted.format_column(column) for column in columns)
    values = zip(*(_values_of(column, connection, rows) for column in columns), strict=True)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {quoted.format_table(table)} ({names}) VALUES ({marks})"  # noqa: S608 (our names)
        connection.exec_driver_sql(statement, list(values))
        return
    statement = f"COPY {quoted.format_table(table)} ({names}) FROM STDIN"
    driver: Any = connection.connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        # as of any other statement, so that the store says it in its own words
        raise DBAPIError(statement, None, error, hide_parameters=True) from error


def _default(column: Column[Any]) -> Callable[[], Any] | None:
    """What a new row has in this column where nobody says, as far as Python and not the database knows it."""
    made: Any = column.default
    if made is None:
        return None
    return (lambda: made.arg(None)) if made.is_callable else (lambda: made.arg)


def _values_of(
    column: Column[Any], connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Any]:
    """This column's value of each row, as the driver takes it."""
    dialect = connection.dialect
    bound = column.type.dialect_impl(dialect).bind_processor(dialect)
    name, default = column.name, _default(column)
    given = [row[name] if name in row or default is None else default() for row in rows]
    if bound is None:
        return given
    first = given[0]
    # what all rows share (their model, the moment) is made ready once
    return [bound(first)] * len(given) if all(value is first for value in given) else list(map(bound, given))
