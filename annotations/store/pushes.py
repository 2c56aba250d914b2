"""Which segment stands as which task in which Label Studio project, and which model version it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, distinct, func, select

from annotations.store.tables import label_studio_projects, now, pushed_tasks, segments


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A Label Studio project of this study. ``coder`` is None for the project that all share."""

    id: UUID
    url: str
    project_id: int
    title: str
    coder: str | None
    wave: str


@dataclass(frozen=True, slots=True)
class PushedTask:
    """A segment as a task, with the model version shown on it and a hash of what it shows."""

    segment: UUID
    task_id: int
    data_hash: str
    model: UUID | None = None
    shown_since: datetime | None = None


def project_for(connection: Connection, *, url: str, coder: str | None, wave: str) -> ProjectRow | None:
    """The project that holds this wave for this coder on this Label Studio, or None."""
    p = label_studio_projects
    wanted = select(p).where(p.c.url == url, p.c.wave == wave, p.c.retired.is_(False))
    wanted = wanted.where(p.c.coder.is_(None) if coder is None else p.c.coder == coder)
    row = connection.execute(wanted.order_by(p.c.sequence.desc())).first()
    if row is None:
        return None
    return ProjectRow(row.id, row.url, row.project_id, row.title, row.coder, row.wave)


def projects(connection: Connection) -> tuple[ProjectRow, ...]:
    """The projects in use, oldest first."""
    p = label_studio_projects
    rows = connection.execute(select(p).where(p.c.retired.is_(False)).order_by(p.c.sequence))
    return tuple(ProjectRow(r.id, r.url, r.project_id, r.title, r.coder, r.wave) for r in rows)


def add_project(connection: Connection, **columns: Any) -> ProjectRow:
    """Keep a new project: url, project_id, title, coder, wave."""
    row = ProjectRow(id=uuid4(), **columns)
    connection.execute(label_studio_projects.insert().values(id=row.id, **columns))
    return row


def retire_project(connection: Connection, project: UUID) -> None:
    """The project is gone from Label Studio; what was pushed to it stays on record."""
    p = label_studio_projects
    connection.execute(p.update().where(p.c.id == project).values(retired=True))


def tasks_of(connection: Connection, project: UUID) -> Mapping[UUID, PushedTask]:
    """The project's tasks by segment."""
    wanted = select(pushed_tasks).where(pushed_tasks.c.project_id == project)
    return {
        row.segment_id: PushedTask(row.segment_id, row.task_id, row.data_hash, row.model_id, row.shown_since)
        for row in connection.execute(wanted)
    }


def keep_tasks(connection: Connection, project: UUID, found: Iterable[PushedTask]) -> None:
    """Keep new tasks, or what has changed of known ones."""
    known = tasks_of(connection, project)
    new = []
    for task in found:
        columns = {
            "task_id": task.task_id,
            "data_hash": task.data_hash,
            "model_id": task.model,
            "shown_since": task.shown_since or now(),
        }
        if task.segment in known:
            this = (pushed_tasks.c.project_id == project) & (pushed_tasks.c.segment_id == task.segment)
            connection.execute(pushed_tasks.update().where(this).values(**columns))
        else:
            new.append({"project_id": project, "segment_id": task.segment, **columns})
    if new:
        connection.execute(pushed_tasks.insert(), new)


def count_pushed(connection: Connection, segmentation: str) -> Mapping[UUID, int]:
    """How many segments of each transcript stand in a project that is in use."""
    wanted = (
        select(segments.c.transcript_id, func.count(distinct(segments.c.id)))
        .join(pushed_tasks, pushed_tasks.c.segment_id == segments.c.id)
        .join(label_studio_projects, label_studio_projects.c.id == pushed_tasks.c.project_id)
        .where(label_studio_projects.c.retired.is_(False), segments.c.segmentation == segmentation)
        .group_by(segments.c.transcript_id)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}
