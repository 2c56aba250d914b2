"""Attempts to sign in that failed: how many, for whom, from where, and when the last one was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select, text

from annotations.store.tables import now, sign_in_attempts

REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Failed:
    """How often signing in failed in the last day, and when last (None: never)."""

    times: int
    last: datetime | None


def one_at_a_time(connection: Connection) -> None:
    """Attempts are counted one after the other: many at once would all be the first."""
    # SQLite's writing transactions exclude each other already
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE sign_in_attempts IN SHARE ROW EXCLUSIVE MODE"))


def failed(connection: Connection, *, account: str | None = None, address: str | None = None) -> Failed:
    """Attempts for this account (its hash), from this address, or both."""
    which: ColumnElement[bool] = sign_in_attempts.c.created > now() - REMEMBERED
    if account is not None:
        which &= sign_in_attempts.c.account_hash == account
    if address is not None:
        which &= sign_in_attempts.c.address == address
    wanted = select(func.count(), func.max(sign_in_attempts.c.created)).where(which)
    times, last = connection.execute(wanted).one()
    return Failed(int(times), last)


def remember(connection: Connection, account: str, address: str) -> None:
    """Somebody tries; it counts as failed until it has worked. What was a day ago is forgotten."""
    connection.execute(sign_in_attempts.delete().where(sign_in_attempts.c.created < now() - REMEMBERED))
    connection.execute(sign_in_attempts.insert().values(account_hash=account, address=address))


def forget(connection: Connection, account: str, address: str) -> None:
    """It has worked: what failed before, for this account and from this address, was a slip."""
    which = (sign_in_attempts.c.account_hash == account) & (sign_in_attempts.c.address == address)
    connection.execute(sign_in_attempts.delete().where(which))
