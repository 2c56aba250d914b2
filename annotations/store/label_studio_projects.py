"""The Label Studio projects of this study, those in use and those that are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, select

from annotations.store.tables import label_studio_projects
from annotations.store.wave_views import TaskView, view_of


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A Label Studio project of this study. ``coder`` is None for the project that all share.

    ``codebook_version``: the codebook that its coders choose from; None where that is not on record.
    """

    id: UUID
    url: str
    project_id: int
    title: str
    coder: str | None
    wave: str
    codebook_version: str | None = None
    view: TaskView = TaskView.PASSAGE


def project_for(
    connection: Connection, *, url: str, coder: str | None, wave: str, view: TaskView = TaskView.PASSAGE
) -> ProjectRow | None:
    """The project that holds this wave for this coder in this view on this Label Studio, or None."""
    p = label_studio_projects
    wanted = select(p).where(p.c.url == url, p.c.wave == wave, p.c.retired.is_(False), p.c.view == view.value)
    wanted = wanted.where(p.c.coder.is_(None) if coder is None else p.c.coder == coder)
    row = connection.execute(wanted.order_by(p.c.sequence.desc())).first()
    return None if row is None else _project(row)


def projects(connection: Connection) -> tuple[ProjectRow, ...]:
    """The projects in use, oldest first."""
    p = label_studio_projects
    rows = connection.execute(select(p).where(p.c.retired.is_(False)).order_by(p.c.sequence))
    return tuple(map(_project, rows))


def projects_in_view(connection: Connection) -> tuple[ProjectRow, ...]:
    """Those of the projects in use that stand in the view of their wave, which coders work in now."""
    views: dict[str, TaskView] = {}
    projects_shown = []
    for project in projects(connection):
        if project.wave not in views:
            views[project.wave] = view_of(connection, project.wave)
        if project.view is views[project.wave]:
            projects_shown.append(project)
    return tuple(projects_shown)


def in_the_other_view(connection: Connection) -> dict[UUID, UUID]:
    """For each project in use of a view that its wave has left, the one that the same coders work in now."""
    now = {(project.url, project.wave, project.coder): project for project in projects_in_view(connection)}
    return {
        project.id: there.id
        for project in projects(connection)
        if (there := now.get((project.url, project.wave, project.coder))) is not None
        and there.view is not project.view
    }


def project_numbered(connection: Connection, number: int) -> ProjectRow | None:
    """The project that Label Studio knows by this number: the newest, one in use before a retired one."""
    p = label_studio_projects
    wanted = select(p).where(p.c.project_id == number).order_by(p.c.retired, p.c.sequence.desc())
    row = connection.execute(wanted.limit(1)).first()
    return None if row is None else _project(row)


def project_by_id(connection: Connection, project: UUID) -> ProjectRow | None:
    """The project with this id of ours, in use or not."""
    p = label_studio_projects
    row = connection.execute(select(p).where(p.c.id == project)).first()
    return None if row is None else _project(row)


def add_project(connection: Connection, **columns: Any) -> ProjectRow:
    """Keep a new project: url, project_id, title, coder, wave, and the view if it is not that of passages."""
    row = ProjectRow(id=uuid4(), **columns)
    kept = {**columns, "view": row.view.value}
    connection.execute(label_studio_projects.insert().values(id=row.id, **kept))
    return row


def keep_shown_codebook(connection: Connection, project: UUID, version: str) -> None:
    """The project's coders choose from this version of the codebook from now on."""
    p = label_studio_projects
    connection.execute(p.update().where(p.c.id == project).values(codebook_version=version))


def retire_project(connection: Connection, project: UUID) -> None:
    """The project is gone from Label Studio; what was pushed to it stays on record."""
    p = label_studio_projects
    connection.execute(p.update().where(p.c.id == project).values(retired=True))


def _project(row: Row[Any]) -> ProjectRow:
    return ProjectRow(
        row.id,
        row.url,
        row.project_id,
        row.title,
        row.coder,
        row.wave,
        row.codebook_version,
        TaskView(row.view),
    )
