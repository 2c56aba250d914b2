"""What a database driver refuses, as sentences for a person: they name kinds, tables and columns, and quote no row."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DataError, DBAPIError

from annotations.disk_faults import DiskFault, sqlite_fault
from annotations.errors import BadInput, Busy, TandemError, Unreachable

# SQLSTATE's classes of what the server says of itself: connection, login, resources, shutdown, a schema or database
_NO_ROW_IS_AT_FAULT = ("08", "28", "3D", "53", "57", "58")
_NAMED = ("table", "column", "constraint")


def database_error(error: DBAPIError, place: str, *, waited_s: int) -> TandemError:
    """A sentence for what the driver raised; it quotes nothing, since a driver's message may hold a row's text.

    ``waited_s``: how many seconds SQLite waits for another writer before it gives up.
    """
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _sqlite_error(cause, place, waited_s)
    state = getattr(cause, "sqlstate", None)
    for beginning, said in _OF_SERVERS.items():
        if (state or "").startswith(beginning):
            return DiskFault(f"{said.format(place=place)} Nothing was changed.")
    if isinstance(error, DataError) and "NUL (0x00)" in str(cause):
        return BadInput(
            "A text holds a NUL, which is no character, and PostgreSQL keeps none. Take it out, and try again. Nothing was "
            "changed."
        )
    if error.connection_invalidated or state is None or state[:2] in _NO_ROW_IS_AT_FAULT:
        message = " ".join(
            str(getattr(getattr(cause, "diag", None), "message_primary", None) or cause).split()
        )
        return Unreachable(
            f"the database {place} does not answer ({message[:160]}). Check that it runs and that the "
            f"address and password are right."
        )
    at = getattr(cause, "diag", None)
    named = [f"{what} {name}" for what in _NAMED if (name := getattr(at, f"{what}_name", None))]
    where = f", {', '.join(named)}" if named else ""
    return TandemError(f"the database {place} refused: {type(cause).__name__}{where}.")


# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest beginning first
_OF_SERVERS = {
    "53100": "no room left on the disk of the database server {place}. Ask whoever runs it to make room, then try again.",
    "53": "the database server {place} is short of memory or connections. Wait a moment, then try again.",
    "25006": "the database {place} is read-only. Ask whoever runs it which address takes changes.",
    "42501": "the database {place} does not permit this to your user. Ask whoever runs it for the right to make and "
    "change tables in the study's schema.",
    "58": "the database server {place} reports a fault of its disk or system. Ask whoever runs it to look at its log.",
}


def _sqlite_error(error: sqlite3.Error, place: str, waited_s: int) -> TandemError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(
            f"{place} is locked: another program has been writing to it for more than {waited_s} s. Wait "
            f"for it, or close it, then try again. Nothing was changed."
        )
    fault = sqlite_fault(error, Path(place.removeprefix("sqlite:///")))
    if fault is not None:
        return fault
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return TandemError(
            f"{place} is damaged ({error.sqlite_errorname}). Keep a copy of the folder as it is, look at it with "
            f"tandem doctor, and make a study of your last good backup: tandem restore FILE --to DIR."
        )
    if "decode to UTF-8" in str(error):  # the driver's message quotes the cell
        return damaged_rows_found(place)
    # of these it is known that they name tables and columns alone
    message = " ".join(str(error).split())
    plain = re.fullmatch(r"(no such (table|column)|[A-Z ]+ constraint failed)(: [\w., ]+)?", message)
    said = plain[0] if plain else getattr(error, "sqlite_errorname", None) or type(error).__name__
    return TandemError(f"{place} refused ({said}). Nothing was changed. Look at it with tandem doctor.")


def damaged_rows_found(place: str, count: int = 1) -> TandemError:
    """The error for rows whose content is not what Tandem writes; nothing of it is quoted."""
    rows = "a row" if count == 1 else f"{count:,} rows"
    return TandemError(
        f"{place} holds {rows} that cannot be read. Keep a copy of the folder as it is, run tandem doctor to see which "
        f"tables are concerned, and make a study of your last good backup: tandem restore FILE --to DIR."
    )
