"""Looking for rows that cannot be read, or do not hold what Tandem writes. What stands in them is never repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Table, literal_column, select, text
from sqlalchemy.exc import DBAPIError

from annotations.coding import Condition, Draw
from annotations.store.tables import metadata
from annotations.transcript import Kind, Role

# beyond this the thorough check takes minutes; the quick one leaves out whether indexes agree with their tables
_LARGE_BYTES = 300_000_000
_LOT = 500
# what reading a row may raise: the driver's decoding, and JSON, identities and times that are none
CANNOT_BE_READ = (
    DBAPIError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)
_KNOWN: Mapping[str, tuple[type, ...]] = {
    "condition": (Condition,),
    "draw": (Draw,),
}
# who speaks; accounts and tokens have roles of another kind
_SPEAKS = frozenset({"turns", "segments"})


def structure_faults(connection: Connection) -> int:
    """How many faults SQLite finds in the structure of its file; 0 on a server, which looks after its own files.

    A file above 300 MB is checked quickly (pages and rows, not whether each index agrees with its table). Raises
    TandemError where the file is so damaged that it cannot be walked at all.
    """
    if connection.dialect.name != "sqlite":
        return 0
    size = _number(connection, "PRAGMA page_count") * _number(connection, "PRAGMA page_size")
    check = "quick_check" if size > _LARGE_BYTES else "integrity_check"
    said = list(connection.execute(text(f"PRAGMA {check}(1000)")).scalars())
    return 0 if said == ["ok"] else len(said)


def damaged_rows(connection: Connection) -> dict[str, int]:
    """By table, how many rows cannot be read or hold what Tandem would not write; tables without any are left out.

    Seen are texts that are no text, identities, times and JSON that are none, empty cells where none may be, unknown
    roles and conditions, and a transcript whose text does not have the hash that was kept of it.
    """
    damaged = {table.name: _damaged(connection, table) for table in metadata.sorted_tables}
    return {name: count for name, count in damaged.items() if count}


def _damaged(connection: Connection, table: Table) -> int:
    sound = _SOUND.get(table.name, _anything)
    count = 0
    for row in _rows(connection, table):
        try:
            count += row is None or not (_of_its_types(table, row) and sound(row._mapping))
        except CANNOT_BE_READ:
            count += 1
    return count


def _rows(connection: Connection, table: Table) -> Iterator[Row[Any] | None]:
    """Every row; None for one that cannot be read."""
    if connection.dialect.name != "sqlite":
        yield from connection.execute(select(table))
        return
    own: ColumnElement[int] = literal_column("rowid")
    last = -(2**63)
    while True:
        wanted = select(own).select_from(table).where(own > last).order_by(own).limit(_LOT)
        keys = list(connection.execute(wanted).scalars())
        if not keys:
            return
        last = keys[-1]
        try:
            yield from connection.execute(select(table).where(own.in_(keys))).all()
        except CANNOT_BE_READ:
            for key in keys:
                yield _row(connection, table, key)


def _row(connection: Connection, table: Table, key: int) -> Row[Any] | None:
    try:
        return connection.execute(select(table).where(literal_column("rowid") == key)).one()
    except CANNOT_BE_READ:
        return None


def _of_its_types(table: Table, row: Row[Any]) -> bool:
    """Does each cell hold what its column is for? SQLite keeps a number where a text belongs without a word."""
    for column in table.columns:
        value = row._mapping[column.name]
        if value is None:
            if not column.nullable:
                return False
            continue
        wanted = column.type.python_type
        # JSON was read, and may be anything; a whole number is a number too
        if wanted not in (dict, list) and not isinstance(value, (int, float) if wanted is float else wanted):
            return False
        for kind in _KNOWN.get(column.name, ()):
            kind(value)
        if column.name == "role" and table.name in _SPEAKS:
            Role(value)
    return True


def _sound_transcript(row: RowMapping) -> bool:
    Kind(row["kind"])
    return bool(sha256(row["text"].encode("utf-8", "surrogatepass")).hexdigest() == row["text_hash"])


def _sound_span(row: RowMapping) -> bool:
    return bool(0 <= row["start"] <= row["end"])


def _anything(_row: RowMapping) -> bool:
    return True


_SOUND: Mapping[str, Callable[[RowMapping], bool]] = {
    "transcripts": _sound_transcript,
    "turns": _sound_span,
    "segments": _sound_span,
    "codings": _sound_span,
}


def _number(connection: Connection, pragma: str) -> int:
    return int(connection.execute(text(pragma)).scalar() or 0)
