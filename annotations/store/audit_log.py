"""The audit log's rows: added, read, counted; never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, func, select

from annotations.store.tables import audit_log


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Something that was done. ``how``: "session", "token", "key" or "command"; ``detail``: plain words and numbers."""

    number: int
    account: UUID | None
    who: str
    how: str
    did: str
    about: str
    detail: Mapping[str, Any]
    address: str
    created: datetime


def add_row(
    connection: Connection,
    *,
    account: UUID | None,
    who: str,
    how: str,
    did: str,
    about: str,
    detail: Mapping[str, Any],
    address: str,
) -> None:
    """Something was done."""
    values = {"account": account, "who": who, "how": how, "did": did, "about": about, "address": address}
    connection.execute(audit_log.insert().values(id=uuid4(), detail=dict(detail), **values))


def latest(connection: Connection, who: str, did: str, about: str) -> datetime | None:
    """When somebody did this last, None for never."""
    a = audit_log
    wanted = select(func.max(a.c.created)).where(a.c.who == who, a.c.did == did, a.c.about == about)
    newest: datetime | None = connection.execute(wanted).scalar()
    return newest


def rows_of(
    connection: Connection, *, did: str | None = None, who: str | None = None, most: int | None = None
) -> tuple[AuditRow, ...]:
    """The rows, newest first; those of one kind, of one person, the latest ``most``."""
    wanted = select(audit_log).order_by(audit_log.c.sequence.desc())
    if did is not None:
        wanted = wanted.where(audit_log.c.did == did)
    if who is not None:
        wanted = wanted.where(audit_log.c.who == who)
    return tuple(_row(row) for row in connection.execute(wanted.limit(most)))


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(
        number=row.sequence,
        account=row.account,
        who=row.who,
        how=row.how,
        did=row.did,
        about=row.about,
        detail=row.detail,
        address=row.address,
        created=row.created,
    )
