"""Work for a worker process: asked for, begun, done or failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, or_, select

from annotations.store.tables import jobs, now

LOST_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``state``: waiting, running, done or failed."""

    id: UUID
    kind: str
    arguments: Mapping[str, Any]
    state: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    result: Mapping[str, Any] | None
    error: str | None


def ask_for(connection: Connection, kind: str, arguments: Mapping[str, Any]) -> UUID:
    """Ask for a job, unless the same one already waits: then that one's id is given back."""
    waiting = select(jobs.c.id, jobs.c.arguments).where(jobs.c.kind == kind, jobs.c.state == "waiting")
    for found in connection.execute(waiting):
        if found.arguments == dict(arguments):
            return UUID(str(found.id))
    new = uuid4()
    connection.execute(jobs.insert().values(id=new, kind=kind, arguments=dict(arguments), state="waiting"))
    return new


def take(connection: Connection, worker: str) -> Job | None:
    """Take the oldest waiting job, or one whose worker has not been heard of for five minutes."""
    lost = now() - LOST_AFTER
    wanted = (
        select(jobs)
        .where(or_(jobs.c.state == "waiting", (jobs.c.state == "running") & (jobs.c.heartbeat < lost)))
        .order_by(jobs.c.sequence)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(wanted).first()
    if row is None:
        return None
    moment = now()
    connection.execute(
        jobs.update()
        .where(jobs.c.id == row.id)
        .values(state="running", worker=worker, started=moment, heartbeat=moment)
    )
    return _job(row)


def beat(connection: Connection, job: UUID) -> None:
    """The worker is still at it."""
    connection.execute(jobs.update().where(jobs.c.id == job).values(heartbeat=now()))


def finish(connection: Connection, job: UUID, result: Mapping[str, Any]) -> None:
    """The job is done."""
    values = {"state": "done", "finished": now(), "result": dict(result)}
    connection.execute(jobs.update().where(jobs.c.id == job).values(**values))


def fail(connection: Connection, job: UUID, error: str) -> None:
    """The job failed, for the reason given."""
    values = {"state": "failed", "finished": now(), "error": error}
    connection.execute(jobs.update().where(jobs.c.id == job).values(**values))


def all_jobs(connection: Connection, *, latest: int = 50) -> tuple[Job, ...]:
    """The latest jobs, newest first."""
    rows = connection.execute(select(jobs).order_by(jobs.c.sequence.desc()).limit(latest))
    return tuple(_job(row) for row in rows)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        arguments=row.arguments,
        state=row.state,
        created=row.created,
        started=row.started,
        finished=row.finished,
        result=row.result,
        error=row.error,
    )
