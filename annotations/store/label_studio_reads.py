"""How far each Label Studio project has been read, and how its tasks looked then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select

from annotations.store.many_values import in_lots
from annotations.store.tables import label_studio_read_tasks, label_studio_reads, now


@dataclass(frozen=True, slots=True)
class LastRead:
    """``upto``: the newest change seen, by Label Studio's clock; ``at``: when, by ours.

    ``under``: a hash of all besides the annotations that decided what they mean.
    """

    upto: datetime | None
    at: datetime
    under: str | None = None


def last_read(connection: Connection, project: UUID) -> LastRead | None:
    """How far a project has been read, or None."""
    r = label_studio_reads
    row = connection.execute(select(r).where(r.c.project_id == project)).first()
    return None if row is None else LastRead(row.upto, row.read_at, row.under)


def keep_read(connection: Connection, project: UUID, upto: datetime | None, under: str | None = None) -> None:
    """A project has just been read."""
    r = label_studio_reads
    values = {"upto": upto, "read_at": now(), "under": under}
    if not connection.execute(r.update().where(r.c.project_id == project).values(**values)).rowcount:
        connection.execute(r.insert().values(project_id=project, **values))


def task_marks(connection: Connection, project: UUID) -> dict[int, str]:
    """How each task of a project looked when its annotations were last read, by its number in Label Studio."""
    t = label_studio_read_tasks
    rows = connection.execute(select(t.c.task_id, t.c.mark).where(t.c.project_id == project))
    return {row.task_id: row.mark for row in rows}


def keep_task_marks(connection: Connection, project: UUID, marks: Mapping[int, str]) -> None:
    """Keep how these tasks looked when they were read."""
    forget_task_marks(connection, project, marks)
    rows = [{"project_id": project, "task_id": task, "mark": mark} for task, mark in marks.items()]
    if rows:
        connection.execute(label_studio_read_tasks.insert(), rows)


def forget_task_marks(connection: Connection, project: UUID, tasks: Collection[int]) -> None:
    """The next pull reads these tasks again, however they look."""
    t = label_studio_read_tasks
    for some in in_lots(tasks):
        connection.execute(delete(t).where(t.c.project_id == project, t.c.task_id.in_(some)))
