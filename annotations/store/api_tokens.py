"""What programs sign in with: made and withdrawn by people, for an account. Only a hash of each is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, select

from annotations.store.tables import api_tokens, now


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's token. ``role``, ``sites``, ``sees_text``: what it may at most; never more than its account."""

    id: UUID
    account: UUID
    name: str
    role: str
    sites: frozenset[str] | None
    sees_text: bool
    created: datetime
    expires: datetime | None
    used: datetime | None
    withdrawn: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Does it let a program in?"""
        return self.withdrawn is None and (self.expires is None or self.expires > at)


def add_token(
    connection: Connection,
    account: UUID,
    token_hash: str,
    *,
    name: str,
    role: str,
    sites: Collection[str] | None,
    sees_text: bool,
    expires: datetime | None,
) -> UUID:
    """Keep a token by what it hashes to."""
    new = uuid4()
    connection.execute(
        api_tokens.insert().values(
            id=new,
            account_id=account,
            token_hash=token_hash,
            name=name,
            role=role,
            sites=None if sites is None else sorted(sites),
            sees_text=sees_text,
            expires=expires,
        )
    )
    return new


def token_of(connection: Connection, token_hash: str) -> ApiToken | None:
    """The token that this hash belongs to, a withdrawn one too."""
    row = connection.execute(select(api_tokens).where(api_tokens.c.token_hash == token_hash)).first()
    return None if row is None else _token(row)


def all_tokens(connection: Connection, account: UUID | None = None) -> tuple[ApiToken, ...]:
    """Every token, or those of one account, newest first."""
    wanted = select(api_tokens).order_by(api_tokens.c.sequence.desc())
    if account is not None:
        wanted = wanted.where(api_tokens.c.account_id == account)
    return tuple(_token(row) for row in connection.execute(wanted))


def used_now(connection: Connection, token: UUID) -> None:
    """A program has used it."""
    connection.execute(api_tokens.update().where(api_tokens.c.id == token).values(used=now()))


def withdraw_token(connection: Connection, token: UUID) -> None:
    """It lets nobody in any more."""
    which = (api_tokens.c.id == token) & api_tokens.c.withdrawn.is_(None)
    connection.execute(api_tokens.update().where(which).values(withdrawn=now()))


def withdraw_all(connection: Connection, account: UUID) -> int:
    """None of an account's tokens lets anybody in any more; returns how many did."""
    which = (api_tokens.c.account_id == account) & api_tokens.c.withdrawn.is_(None)
    return connection.execute(api_tokens.update().where(which).values(withdrawn=now())).rowcount


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        account=row.account_id,
        name=row.name,
        role=row.role,
        sites=None if row.sites is None else frozenset(row.sites),
        sees_text=row.sees_text,
        created=row.created,
        expires=row.expires,
        used=row.used,
        withdrawn=row.withdrawn,
    )
