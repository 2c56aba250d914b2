"""How far each Label Studio project has been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.store.tables import label_studio_reads, now


@dataclass(frozen=True, slots=True)
class LastRead:
    """``upto``: the newest change seen, by Label Studio's clock; ``at``: when, by ours."""

    upto: datetime | None
    at: datetime


def last_read(connection: Connection, project: UUID) -> LastRead | None:
    """How far a project has been read, or None."""
    r = label_studio_reads
    row = connection.execute(select(r).where(r.c.project_id == project)).first()
    return None if row is None else LastRead(row.upto, row.read_at)


def keep_read(connection: Connection, project: UUID, upto: datetime | None) -> None:
    """A project has just been read."""
    r = label_studio_reads
    values = {"upto": upto, "read_at": now()}
    if not connection.execute(r.update().where(r.c.project_id == project).values(**values)).rowcount:
        connection.execute(r.insert().values(project_id=project, **values))
