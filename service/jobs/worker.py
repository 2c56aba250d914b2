"""A worker: takes jobs from the database, one at a time, and says how far they are and what became of them."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import Connection

from annotations.errors import Busy, TandemError, Unreachable, said_of
from annotations.store.jobs import (
    Job,
    JobKind,
    beat,
    fail,
    fail_for_now,
    finish,
    hand_back,
    put_back_of,
    stopped,
    take,
    workers,
)
from annotations.store.label_studio_projects import projects
from service.audit import Did, note, this_machines_user
from service.backup.nightly import ask_if_backup_is_due
from service.composition import Parts
from service.jobs.asker_rights import refuse_lost_rights
from service.jobs.retrain_due import ask_if_due
from service.jobs.why_it_failed import why_it_failed
from service.looking.wave_notice_kept import without_quotes
from service.passing_files.folders import sweep

PAUSE_S = 2.0
BEAT_S = 5.0
LOOK_AROUND_S = 60.0


class Cancelled(Exception):
    """The job shall stop: somebody cancelled it, or another worker has it now."""


@dataclass
class _Watch:
    """How far a job is, and whether it shall stop."""

    done: int = 0
    total: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def step(self, done: int, total: int) -> None:
        """Note how far it is; raises Cancelled if it shall stop."""
        self.done, self.total = done, total
        self.look()

    def look(self) -> None:
        """Raises Cancelled if it shall stop."""
        if self.stop.is_set():
            raise Cancelled


def work_until_stopped(parts: Parts) -> None:
    """Do jobs as they come; meanwhile train and back up when that is due, and give MLflow what it lacks."""
    looked = 0.0
    while True:
        if do_waiting_jobs(parts):
            continue
        if time.monotonic() - looked > LOOK_AROUND_S:
            looked = time.monotonic()
            look_around(parts)
        time.sleep(PAUSE_S)


def look_around(parts: Parts) -> None:
    """What a worker does unasked. A database or MLflow that does not answer is tried again the next time."""
    with suppress(TandemError):
        sweep(parts)  # files that came and went by a browser, whether anybody opens a page or not
        now = parts.read_again()
        ask_if_due(now)
        ask_if_backup_is_due(now.store, now.study.config)
        _catch_up(parts)


def do_waiting_jobs(parts: Parts) -> int:
    """Do the jobs that wait; returns how many were done, failed or cancelled."""
    name = _name()
    count = 0
    while True:
        with parts.store.writing() as connection:
            put_back_of(connection, [worker for worker in workers(connection) if _has_ended(worker)])
            job = take(connection, name)
        if job is None:
            return count
        _do(parts, job, name)
        count += 1


def _do(parts: Parts, job: Job, name: str) -> None:
    ended: Callable[[Connection], None]
    try:
        with _beating(parts, job, name) as watch, _held(parts, job.kind, watch):
            now = parts.read_again()
            # once the study is held: a job may have waited for that too
            with parts.store.reading() as connection:
                refuse_lost_rights(connection, job)
            result = _KINDS[job.kind](now, job.arguments, watch)
            result |= {"embeddings": now.cache.notes} if now.cache.notes else {}
    except Cancelled:
        ended = partial(stopped, job=job, worker=name)
    except (Unreachable, Busy) as error:
        ended = partial(fail_for_now, job=job, worker=name, error=said_of(error))
    except Exception as error:  # noqa: BLE001
        # the job must not stay "running" for ever, and the worker must not end with it
        ended = partial(fail, job=job, worker=name, error=why_it_failed(error, parts.study.folder))
    except BaseException:
        with parts.store.writing() as connection:
            hand_back(connection, job, name)
        raise
    else:
        ended = partial(finish, job=job, worker=name, result=result)
    with parts.store.writing() as connection:
        ended(connection)
        if job.kind in _TOLD and isinstance(ended, partial) and ended.func is finish:
            did, told = _TOLD[job.kind]
            by = this_machines_user(str(job.arguments.get("by") or "a worker"))
            note(connection, by, did, str(result.get(told) or ""), job=str(job.id))


# what stands in the audit log of a job that is done, and which part of its result it names
_TOLD: Mapping[JobKind, tuple[Did, str]] = {
    "train": (Did.TRAINED, "model_version"),
    "renew": (Did.HANDED_OUT, ""),
    "backup": (Did.BACKED_UP, "file"),
    "export": (Did.EXPORTED, "files"),
    "withdraw": (Did.WITHDREW, "participant"),
    "bring in": (Did.IMPORTED, ""),
}


def _train(parts: Parts, _arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.serving.train_and_evaluate import train

    return train(parts, unwatched=True, embedding=watch.step, fitting=watch.step).to_json()


def _precode(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.serving.precode import precode

    return without_quotes(precode(parts, wave=arguments.get("wave"), progress=watch.step).to_json())


def _renew(parts: Parts, _arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    """Suggestions of the version that serves now for every wave that stands in Label Studio."""
    from service.pushing import push_again
    from service.serving.precode import precode

    with parts.store.reading() as connection:
        waves = tuple(dict.fromkeys(project.wave for project in projects(connection)))
    for wave in waves:
        precode(parts, wave=wave or None, progress=watch.step)
    pushed = push_again(parts, progress=watch.step)
    return {"waves": list(waves), "projects": [pushed_project.to_json() for pushed_project in pushed]}


def _push(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    """A wave into Label Studio, dealt and drawn as it was asked on the page."""
    from service.pushing.push_asked import push_asked

    pushed = push_asked(parts, arguments, progress=watch.step)
    return {"projects": [pushed_project.to_json() for pushed_project in pushed]}


def _measure(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.agreement.kept_report import measure

    measure(parts, arguments, progress=watch.step)
    return {"question": dict(arguments)}


def _evaluate(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.serving.kept_evaluation import group_by_of
    from service.serving.train_and_evaluate import evaluate_and_keep

    evaluate_and_keep(parts, group_by_of(arguments["group_by"]), progress=watch.step)
    return {"group_by": arguments["group_by"]}


def _count(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.results.kept_results import count, viewer_of_plain

    viewer = viewer_of_plain(arguments["viewer"])
    count(parts, arguments["result"], arguments["fields"], viewer, progress=watch.step)
    return {"result": arguments["result"]}


def _export(parts: Parts, arguments: Mapping[str, Any], _watch: _Watch) -> dict[str, Any]:
    from service.taking_out.asked_exports import AskedExport, make_asked

    made = make_asked(parts, UUID(arguments["export"]), AskedExport.of_plain(arguments))
    return {"export": arguments["export"], "files": ", ".join(made["files"])}


def _backup(parts: Parts, arguments: Mapping[str, Any], _watch: _Watch) -> dict[str, Any]:
    from service.backup.make import make_backup
    from service.backup.password import password_in

    given = parts.settings.backup_password_file
    return make_backup(
        parts.study,
        parts.database_url,
        parts.settings,
        keep=parts.study.config.backup.keep,
        password=None if given is None else password_in(given, parts.study.folder),
        why=f"asked for by {arguments['by']}" if arguments.get("by") else "each night",
    ).to_json()


def _foresee(parts: Parts, arguments: Mapping[str, Any], _watch: _Watch) -> dict[str, Any]:
    from service.withdrawal.erasure_dry_run import plan

    return plan(parts, arguments["participant"]).to_json()


def _withdraw(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.withdrawal.withdraw import withdraw

    withdrawn = withdraw(parts, arguments["participant"], by=arguments["by"], progress=watch.step)
    if not withdrawn.done:
        raise TandemError(withdrawn.left_in_words)
    return withdrawn.to_json()


def _look(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.bringing_in.look import look_at

    look_at(parts, UUID(arguments["upload"]), watch.step)
    return {"upload": arguments["upload"]}


def _bring_in(parts: Parts, arguments: Mapping[str, Any], watch: _Watch) -> dict[str, Any]:
    from service.bringing_in.bring import bring_in

    return bring_in(parts, UUID(arguments["upload"]), by=arguments["by"], progress=watch.step)


_KINDS: Mapping[JobKind, Callable[[Parts, Mapping[str, Any], _Watch], dict[str, Any]]] = {
    "train": _train,
    "precode": _precode,
    "push": _push,
    "renew": _renew,
    "measure": _measure,
    "evaluate": _evaluate,
    "count": _count,
    "export": _export,
    "backup": _backup,
    "foresee": _foresee,
    "withdraw": _withdraw,
    "look": _look,
    "bring in": _bring_in,
}


def _catch_up(parts: Parts) -> None:
    """Give MLflow what it lacks. The study is held only where it lacks something, and not while libraries load."""
    from training.mlflow_mirror import owed

    if not owed(parts.store):
        return
    from service.serving.train_and_evaluate import catch_up

    with parts.alone("worker"):
        catch_up(parts)


@contextmanager
def _held(parts: Parts, kind: JobKind, watch: _Watch) -> Iterator[None]:
    """Hold the study, waiting for a command that holds it now; a backup is made beside whatever else is done, and a look
    changes nothing.
    """
    if kind in ("backup", "look"):
        yield
        return
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(parts.alone("worker"))
                break
            except Busy:
                watch.look()
                time.sleep(PAUSE_S)
        yield


@contextmanager
def _beating(parts: Parts, job: Job, name: str) -> Iterator[_Watch]:
    """Say now and then, from a thread of its own, that the job is worked on, and hear whether it shall stop."""
    ended = threading.Event()
    watch = _Watch()

    def beats() -> None:
        while not ended.wait(BEAT_S):
            far = {"done": watch.done, "total": watch.total} if watch.total else {}
            # a beat missed while the database is busy does no harm: the next one comes in time
            with suppress(TandemError), parts.store.writing() as connection:
                if not beat(connection, job, name, **far):
                    watch.stop.set()

    thread = threading.Thread(target=beats, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def _name() -> str:
    """This process, so that nobody takes a later one with its number for it."""
    return f"{socket.gethostname()}/{os.getpid()}/{psutil.Process().create_time():.0f}"


def _has_ended(worker: str) -> bool:
    """Is this a process of this machine that is no more? Of other machines nothing is known but their silence."""
    host, _, rest = worker.rpartition("/")[0].rpartition("/")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    try:
        return f"{psutil.Process(int(rest)).create_time():.0f}" != worker.rpartition("/")[2]
    except psutil.Error:
        return True
