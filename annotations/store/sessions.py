"""Who is signed in at the moment, and the links by which people choose a password. Of each only a hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, select

from annotations.store.tables import invitations, now, sessions


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. ``account``: None for whoever holds the study's key; ``seen``: the last request."""

    id: UUID
    account: UUID | None
    token_hash: str
    address: str
    created: datetime
    seen: datetime
    expires: datetime

    def __repr__(self) -> str:
        return f"Session(id={self.id}, …)"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which somebody chooses the password of an account, once."""

    account: UUID
    by: str
    expires: datetime


def begin(
    connection: Connection, account: UUID | None, token_hash: str, *, address: str, expires: datetime
) -> UUID:
    """Somebody has signed in. Sessions that have expired are deleted meanwhile."""
    connection.execute(sessions.delete().where(sessions.c.expires < now()))
    new = uuid4()
    connection.execute(
        sessions.insert().values(
            id=new, account_id=account, token_hash=token_hash, address=address, seen=now(), expires=expires
        )
    )
    return new


def session_of(connection: Connection, token_hash: str) -> Session | None:
    """The session that this hash belongs to, however old."""
    row = connection.execute(select(sessions).where(sessions.c.token_hash == token_hash)).first()
    return None if row is None else _session(row)


def seen_now(connection: Connection, session: UUID) -> None:
    """It was used just now."""
    connection.execute(sessions.update().where(sessions.c.id == session).values(seen=now()))


def sessions_of(connection: Connection, account: UUID | None) -> tuple[Session, ...]:
    """Where somebody is signed in, newest first."""
    wanted = (
        select(sessions)
        .where(sessions.c.account_id.is_not_distinct_from(account))
        .order_by(sessions.c.sequence.desc())
    )
    return tuple(_session(row) for row in connection.execute(wanted))


def end(connection: Connection, session: UUID) -> None:
    """Signed out here."""
    connection.execute(sessions.delete().where(sessions.c.id == session))


def end_all(connection: Connection, account: UUID | None, *, but: UUID | None = None) -> int:
    """Signed out everywhere, ``but`` here; returns from how many places."""
    which = sessions.c.account_id.is_not_distinct_from(account)
    if but is not None:
        which &= sessions.c.id != but
    return connection.execute(sessions.delete().where(which)).rowcount


def invite(connection: Connection, account: UUID, token_hash: str, *, by: str, expires: datetime) -> None:
    """A link for this account; those made before open nothing any more."""
    forget_invitations(connection, account)
    connection.execute(
        invitations.insert().values(
            id=uuid4(), account_id=account, token_hash=token_hash, by=by, expires=expires
        )
    )


def invitation_of(connection: Connection, token_hash: str) -> Invitation | None:
    """The invitation that this hash belongs to, unless it has expired."""
    wanted = select(invitations).where(invitations.c.token_hash == token_hash, invitations.c.expires > now())
    row = connection.execute(wanted).first()
    return None if row is None else Invitation(row.account_id, row.by, row.expires)


def open_invitations(connection: Connection) -> dict[UUID, Invitation]:
    """By account, the link that still opens."""
    rows = connection.execute(select(invitations).where(invitations.c.expires > now()))
    return {row.account_id: Invitation(row.account_id, row.by, row.expires) for row in rows}


def forget_invitations(connection: Connection, account: UUID) -> None:
    """No link opens this account any more."""
    connection.execute(invitations.delete().where(invitations.c.account_id == account))


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        account=row.account_id,
        token_hash=row.token_hash,
        address=row.address,
        created=row.created,
        seen=row.seen,
        expires=row.expires,
    )
