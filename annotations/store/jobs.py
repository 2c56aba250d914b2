"""Work for a worker process: asked for, begun, done, failed or cancelled; one at a time in a study.

A queue of our own: of the well-kept ones that serve both SQLite and PostgreSQL, huey takes a task out of its store
when a worker takes it, so that a killed worker's task is lost (coleifer/huey, issues 253 and 733), and here it
must go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, select, text

from annotations.errors import BadInput
from annotations.store.tables import jobs, now

# what a worker can do: train; suggest; put a wave before coders; bring the suggestions of what serves to what stands in
# Label Studio; compute how far people agree; evaluate suggestions on the unseen; work out a result; make a file to take
# along; back up; say what a withdrawal would erase; erase a participant; look at files that were sent; bring them in
JobKind = Literal[
    "train",
    "precode",
    "push",
    "renew",
    "measure",
    "evaluate",
    "count",
    "export",
    "backup",
    "foresee",
    "withdraw",
    "look",
    "bring in",
]
LOST_AFTER = timedelta(minutes=5)
MOST_ATTEMPTS = 3
_LOOKED_AT = 200
PAUSE_AFTER_FAULT = timedelta(minutes=1)
# whose account asked stands among a job's arguments and is none of them: the same work is the same job, whoever asks
_ASKED_BY = "asked_by"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``state``: waiting, running, done, failed or cancelled.

    ``attempts``: how often a worker has begun it. ``done`` of ``total``: how far it is, None where nobody has
    said. ``cancel_asked``: it stops as soon as its worker notices. ``not_before``: when it may be tried again.
    ``asked_by``: the account of whoever asked; None where a command or Tandem itself did.
    """

    id: UUID
    kind: JobKind
    arguments: Mapping[str, Any]
    state: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    result: Mapping[str, Any] | None
    error: str | None
    attempts: int = 0
    done: int | None = None
    total: int | None = None
    cancel_asked: bool = False
    not_before: datetime | None = None
    asked_by: UUID | None = None


def ask_for(
    connection: Connection, kind: JobKind, arguments: Mapping[str, Any], *, asked_by: UUID | None = None
) -> UUID:
    """Ask for a job, unless the same one already waits: then that one's id is given back.

    ``asked_by``: the account whose rights are looked at again before the work begins.
    """
    _one_at_a_time(connection)  # two workers that look around at once ask once
    waiting = select(jobs.c.id, jobs.c.arguments).where(jobs.c.kind == kind, jobs.c.state == "waiting")
    for row in connection.execute(waiting):
        if _plain(row.arguments) == dict(arguments):
            return UUID(str(row.id))
    new = uuid4()
    kept = _with_asker(arguments, asked_by)
    connection.execute(jobs.insert().values(id=new, kind=kind, arguments=kept, state="waiting"))
    return new


def take(connection: Connection, worker: str) -> Job | None:
    """Take the oldest waiting job, unless one is at work; a job whose worker is silent for five minutes waits again."""
    _one_at_a_time(connection)
    _put_back(connection, (jobs.c.state == "running") & (jobs.c.heartbeat < now() - LOST_AFTER))
    if connection.execute(select(jobs.c.id).where(jobs.c.state == "running")).first() is not None:
        return None
    due = jobs.c.not_before.is_(None) | (jobs.c.not_before <= now())
    wanted = select(jobs).where(jobs.c.state == "waiting", due).order_by(jobs.c.sequence).limit(1)
    row = connection.execute(wanted).first()
    if row is None:
        return None
    moment = now()
    connection.execute(
        jobs.update()
        .where(jobs.c.id == row.id)
        .values(
            state="running",
            worker=worker,
            started=moment,
            heartbeat=moment,
            attempts=row.attempts + 1,
            done=None,
            total=None,
            error=None,
            not_before=None,
        )
    )
    return _job(connection.execute(select(jobs).where(jobs.c.id == row.id)).one())


def workers(connection: Connection) -> tuple[str, ...]:
    """The workers whose jobs count as running."""
    wanted = select(jobs.c.worker).where(jobs.c.state == "running")
    return tuple(name for name in connection.execute(wanted).scalars() if name)


def put_back_of(connection: Connection, gone: Iterable[str]) -> None:
    """The jobs of workers that are known to have ended wait again, or have failed after the third attempt."""
    # first of all: two workers that each changed a row and then asked for the table would wait for each other for ever
    _one_at_a_time(connection)
    _put_back(connection, (jobs.c.state == "running") & jobs.c.worker.in_(list(gone)))


def settle_restored(connection: Connection) -> None:
    """In a study that came out of a backup just now nobody is at work: what ran when it was made waits again.

    The backup itself ran then, and is what the study came out of: nobody needs it again.
    """
    running = jobs.c.state == "running"
    its_own = running & (jobs.c.kind == "backup")
    connection.execute(jobs.update().where(its_own).values(state="cancelled", worker=None, finished=now()))
    _put_back(connection, running)


def beat(
    connection: Connection, job: Job, worker: str, *, done: int | None = None, total: int | None = None
) -> bool:
    """The worker is still at it, and so far. False: the job is no longer this worker's, or shall stop."""
    ours = _held(job, worker)
    values: dict[str, Any] = {"heartbeat": now()} | ({} if total is None else {"done": done, "total": total})
    connection.execute(jobs.update().where(ours).values(**values))
    row = connection.execute(select(jobs.c.cancel_asked).where(ours)).first()
    return row is not None and not row.cancel_asked


def finish(connection: Connection, job: Job, worker: str, result: Mapping[str, Any]) -> None:
    """The job is done, and all of it: what its last beat said of how far it was is past."""
    values = {"state": "done", "finished": now(), "result": dict(result), "done": jobs.c.total}
    connection.execute(jobs.update().where(_held(job, worker)).values(**values))


def fail(connection: Connection, job: Job, worker: str, error: str) -> None:
    """The job failed, for the reason given."""
    values = {"state": "failed", "finished": now(), "error": error}
    connection.execute(jobs.update().where(_held(job, worker)).values(**values))


def fail_for_now(connection: Connection, job: Job, worker: str, error: str) -> None:
    """An outside system did not answer: the job waits a minute, then two, and has failed after the third attempt."""
    if job.attempts >= MOST_ATTEMPTS:
        fail(connection, job, worker, error)
        return
    values = {
        "state": "waiting",
        "worker": None,
        "error": error,
        "not_before": now() + job.attempts * PAUSE_AFTER_FAULT,
    }
    connection.execute(jobs.update().where(_held(job, worker)).values(**values))


def stopped(connection: Connection, job: Job, worker: str) -> None:
    """The job's worker has noticed that it was cancelled."""
    values = {"state": "cancelled", "finished": now()}
    connection.execute(jobs.update().where(_held(job, worker)).values(**values))


def hand_back(connection: Connection, job: Job, worker: str) -> None:
    """The worker was told to stop: the job waits for another, and this attempt does not count."""
    values = {"state": "waiting", "worker": None, "attempts": job.attempts - 1}
    connection.execute(jobs.update().where(_held(job, worker)).values(**values))


def latest_of(
    connection: Connection, kind: JobKind, fits: Callable[[Mapping[str, Any]], bool] | None = None
) -> Job | None:
    """The job of this kind that was asked for last; with ``fits``: of those whose arguments do."""
    wanted = select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.sequence.desc())
    if fits is None:
        row = connection.execute(wanted.limit(1)).first()
        return None if row is None else _job(row)
    rows = (row for row in connection.execute(wanted.limit(_LOOKED_AT)) if fits(_plain(row.arguments)))
    row = next(rows, None)
    return None if row is None else _job(row)


def cancel(connection: Connection, job: Job) -> Job:
    """Cancel a job: one that waits at once, one at work as soon as its worker notices. Raises BadInput for others."""
    if job.state == "waiting":
        values: dict[str, Any] = {"state": "cancelled", "finished": now()}
    elif job.state == "running":
        values = {"cancel_asked": True}
    else:
        raise BadInput(f"job {str(job.id)[:8]} is {job.state}; only one that waits or runs can be cancelled.")
    this = (jobs.c.id == job.id) & (jobs.c.state == job.state)
    connection.execute(jobs.update().where(this).values(**values))
    return job_of(connection, str(job.id))


def retry(connection: Connection, job: Job, *, asked_by: UUID | None = None) -> Job:
    """Let a job that failed or was cancelled wait again, now for this account. Raises BadInput for others."""
    if job.state not in ("failed", "cancelled"):
        raise BadInput(
            f"job {str(job.id)[:8]} is {job.state}; only one that failed or was cancelled can be tried again."
        )
    values = {
        "state": "waiting",
        "arguments": _with_asker(job.arguments, asked_by),
        "worker": None,
        "attempts": 0,
        "finished": None,
        "error": None,
        "cancel_asked": False,
        "not_before": None,
    }
    connection.execute(jobs.update().where(jobs.c.id == job.id).values(**values))
    return job_of(connection, str(job.id))


def job_of(connection: Connection, name: str) -> Job:
    """The job whose id begins so; raises BadInput."""
    rows = connection.execute(select(jobs).order_by(jobs.c.sequence))
    rows_named = [row for row in rows if str(row.id).startswith(name.casefold())] if name else []
    if len(rows_named) == 1:
        return _job(rows_named[0])
    many = "several jobs" if rows_named else "no job"
    raise BadInput(f'the id of {many} begins with "{name}". See the ids with "tandem jobs list".')


def job_by_id(connection: Connection, job: UUID) -> Job | None:
    """The job with this id, or None."""
    row = connection.execute(select(jobs).where(jobs.c.id == job)).first()
    return None if row is None else _job(row)


def open_jobs(connection: Connection) -> tuple[Job, ...]:
    """Those that run or wait, in the order in which they are done."""
    wanted = select(jobs).where(jobs.c.state.in_(("running", "waiting")))
    rows = connection.execute(wanted.order_by(jobs.c.state, jobs.c.sequence))
    return tuple(_job(row) for row in rows)


def all_jobs(connection: Connection, *, latest: int = 50) -> tuple[Job, ...]:
    """The latest jobs, newest first."""
    rows = connection.execute(select(jobs).order_by(jobs.c.sequence.desc()).limit(latest))
    return tuple(_job(row) for row in rows)


def _one_at_a_time(connection: Connection) -> None:
    # SQLite's writing transactions exclude each other already
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE jobs IN SHARE ROW EXCLUSIVE MODE"))


def _put_back(connection: Connection, which: ColumnElement[bool]) -> None:
    """Jobs without a worker wait again; one that was cancelled is, and one that ended three workers has failed."""
    for row in connection.execute(select(jobs).where(which)).all():
        values: dict[str, Any] = {"state": "waiting", "worker": None}
        if row.cancel_asked:
            values = {"state": "cancelled", "finished": now()}
        elif row.attempts >= MOST_ATTEMPTS:
            error = f"its worker ended {row.attempts} times before it was done"
            values = {"state": "failed", "finished": now(), "error": error}
        connection.execute(jobs.update().where(jobs.c.id == row.id).values(**values))


def _held(job: Job, worker: str) -> ColumnElement[bool]:
    """The job as this worker took it: one that was given to another meanwhile is left alone."""
    return (
        (jobs.c.id == job.id)
        & (jobs.c.state == "running")
        & (jobs.c.worker == worker)
        & (jobs.c.attempts == job.attempts)
    )


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        arguments=_plain(row.arguments),
        state=row.state,
        created=row.created,
        started=row.started,
        finished=row.finished,
        result=row.result,
        error=row.error,
        attempts=row.attempts,
        done=row.done,
        total=row.total,
        cancel_asked=row.cancel_asked,
        not_before=row.not_before,
        asked_by=UUID(asker) if (asker := row.arguments.get(_ASKED_BY)) else None,
    )


def _with_asker(arguments: Mapping[str, Any], asked_by: UUID | None) -> dict[str, Any]:
    return dict(arguments) | ({} if asked_by is None else {_ASKED_BY: str(asked_by)})


def _plain(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != _ASKED_BY}
