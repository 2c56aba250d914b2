"""The people of the study: their names, roles and sites, and what their passwords hash to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, func, select

from annotations.names import folded
from annotations.store.tables import accounts, now


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. ``sites``: those she may see, None for all; ``removed``: since when it is closed.

    ``password``: what it hashes to, None where none was chosen; it does not show in the repr.
    """

    id: UUID
    name: str
    email: str
    role: str
    sites: frozenset[str] | None
    sees_text: bool
    password: str | None
    removed: datetime | None
    created: datetime

    def __repr__(self) -> str:
        return f"Account(name={self.name!r}, role={self.role!r}, …)"


def add_account(
    connection: Connection,
    name: str,
    role: str,
    *,
    email: str = "",
    sites: Collection[str] | None = None,
    sees_text: bool = False,
) -> Account:
    """A new account without a password; its name must not be taken (see ``account_named``)."""
    new = uuid4()
    connection.execute(
        accounts.insert().values(
            id=new,
            name=name,
            name_key=folded(name),
            email=email,
            role=role,
            sites=_list(sites),
            sees_text=sees_text,
        )
    )
    account_there = account_of(connection, new)
    if account_there is None:
        raise LookupError("an account that was made just now is gone")
    return account_there


def account_of(connection: Connection, account: UUID) -> Account | None:
    """The account with this id, a removed one too."""
    row = connection.execute(select(accounts).where(accounts.c.id == account)).first()
    return None if row is None else _account(row)


def account_named(connection: Connection, name: str) -> Account | None:
    """The account of this name in any spelling, a removed one too."""
    row = connection.execute(select(accounts).where(accounts.c.name_key == folded(name))).first()
    return None if row is None else _account(row)


def account_signing_in(connection: Connection, said: str) -> Account | None:
    """Whose name or e-mail address this is, of those that are open; None where several go by it."""
    account_named_so = account_named(connection, said)
    if account_named_so is not None:
        return account_named_so if account_named_so.removed is None else None
    key = folded(said)
    by_mail = [
        account for account in all_accounts(connection) if account.email and folded(account.email) == key
    ]
    return by_mail[0] if len(by_mail) == 1 else None


def all_accounts(connection: Connection, *, removed_too: bool = False) -> tuple[Account, ...]:
    """The accounts in the order in which they were made."""
    wanted = select(accounts).order_by(accounts.c.sequence)
    if not removed_too:
        wanted = wanted.where(accounts.c.removed.is_(None))
    return tuple(_account(row) for row in connection.execute(wanted))


def open_accounts(connection: Connection, role: str | None = None) -> int:
    """How many accounts are open, or those of one role."""
    wanted = select(func.count()).select_from(accounts).where(accounts.c.removed.is_(None))
    if role is not None:
        wanted = wanted.where(accounts.c.role == role)
    return int(connection.execute(wanted).scalar_one())


def change_account(
    connection: Connection, account: UUID, *, role: str, sites: Collection[str] | None, sees_text: bool
) -> None:
    """Give an account these rights."""
    values = {"role": role, "sites": _list(sites), "sees_text": sees_text}
    connection.execute(accounts.update().where(accounts.c.id == account).values(**values))


def set_email(connection: Connection, account: UUID, email: str) -> None:
    """The address by which Label Studio knows this person."""
    connection.execute(accounts.update().where(accounts.c.id == account).values(email=email))


def set_password(connection: Connection, account: UUID, hashed: str | None) -> None:
    """What the account's password hashes to; None: it has none."""
    connection.execute(accounts.update().where(accounts.c.id == account).values(password=hashed))


def close_account(connection: Connection, account: UUID) -> None:
    """Nobody signs in with it any more; its name stays taken."""
    values = {"removed": now(), "password": None}
    connection.execute(accounts.update().where(accounts.c.id == account).values(**values))


def reopen_account(connection: Connection, account: UUID) -> None:
    """The same person is back."""
    connection.execute(accounts.update().where(accounts.c.id == account).values(removed=None))


def _list(sites: Collection[str] | None) -> list[str] | None:
    return None if sites is None else sorted(sites)


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        sites=None if row.sites is None else frozenset(row.sites),
        sees_text=row.sees_text,
        password=row.password,
        removed=row.removed,
        created=row.created,
    )
