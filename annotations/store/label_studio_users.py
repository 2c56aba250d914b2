"""How far each Label Studio project has been read, and who its users are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.store.pushed_tasks import ProjectRow
from annotations.store.tables import label_studio_projects, label_studio_reads, label_studio_users, now


@dataclass(frozen=True, slots=True)
class Read:
    """``upto``: the newest change seen, by Label Studio's clock; ``at``: when, by ours."""

    upto: datetime | None
    at: datetime


def last_read(connection: Connection, project: UUID) -> Read | None:
    """How far a project has been read, or None."""
    r = label_studio_reads
    row = connection.execute(select(r).where(r.c.project_id == project)).first()
    return None if row is None else Read(row.upto, row.read_at)


def keep_read(connection: Connection, project: UUID, upto: datetime | None) -> None:
    """A project has just been read."""
    r = label_studio_reads
    values = {"upto": upto, "read_at": now()}
    if not connection.execute(r.update().where(r.c.project_id == project).values(**values)).rowcount:
        connection.execute(r.insert().values(project_id=project, **values))


def users(connection: Connection, url: str) -> Mapping[int, str]:
    """The e-mail addresses of a Label Studio's users, as last heard."""
    u = label_studio_users
    rows = connection.execute(select(u.c.user_id, u.c.email).where(u.c.url == url))
    return {row.user_id: row.email for row in rows}


def keep_users(connection: Connection, url: str, found: Mapping[int, str]) -> None:
    """Keep users' addresses; nobody is forgotten, since their annotations stay."""
    u = label_studio_users
    known = users(connection, url)
    for user, email in found.items():
        if user not in known:
            connection.execute(u.insert().values(url=url, user_id=user, email=email))
        elif known[user] != email:
            connection.execute(u.update().where(u.c.url == url, u.c.user_id == user).values(email=email))


def project_numbered(connection: Connection, number: int) -> ProjectRow | None:
    """The project that Label Studio knows by this number: the newest, one in use before a retired one."""
    p = label_studio_projects
    wanted = select(p).where(p.c.project_id == number).order_by(p.c.retired, p.c.sequence.desc())
    row = connection.execute(wanted.limit(1)).first()
    if row is None:
        return None
    return ProjectRow(row.id, row.url, row.project_id, row.title, row.coder, row.wave, row.codebook_version)


def project_by_id(connection: Connection, project: UUID) -> ProjectRow | None:
    """The project with this id of ours, in use or not."""
    p = label_studio_projects
    row = connection.execute(select(p).where(p.c.id == project)).first()
    if row is None:
        return None
    return ProjectRow(row.id, row.url, row.project_id, row.title, row.coder, row.wave, row.codebook_version)
