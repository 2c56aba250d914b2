"""A worker: takes jobs from the database, one at a time, and says what became of them."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from annotations.errors import Busy, TandemError
from annotations.store.jobs import Job, beat, fail, finish, take
from service.parts import Parts

PAUSE_S = 2.0
BEAT_S = 30.0


def work_until_stopped(parts: Parts) -> None:
    """Do jobs as they come."""
    while True:
        if not do_waiting_jobs(parts):
            time.sleep(PAUSE_S)


def do_waiting_jobs(parts: Parts) -> int:
    """Do the jobs that wait; returns how many were done or failed."""
    name = f"{socket.gethostname()}/{os.getpid()}"
    count = 0
    while True:
        with parts.store.writing() as connection:
            job = take(connection, name)
        if job is None:
            return count
        _do(parts, job)
        count += 1


def _do(parts: Parts, job: Job) -> None:
    try:
        with _beating(parts, job), _alone(parts, job.kind):
            result = _KINDS[job.kind](parts, job.arguments)
    except TandemError as error:
        with parts.store.writing() as connection:
            fail(connection, job.id, str(error))
    except Exception as error:  # noqa: BLE001
        # the job must not stay "running" for ever, and the worker must not end with it
        with parts.store.writing() as connection:
            fail(connection, job.id, f"an unforeseen fault: {type(error).__name__}: {error}"[:500])
    else:
        with parts.store.writing() as connection:
            finish(connection, job.id, result)


def _train(parts: Parts, _arguments: Mapping[str, Any]) -> dict[str, Any]:
    from service.learning import train

    return train(parts).to_json()


def _precode(parts: Parts, arguments: Mapping[str, Any]) -> dict[str, Any]:
    from service.suggesting import precode

    return precode(parts, wave=arguments.get("wave")).to_json()


_KINDS: Mapping[str, Callable[[Parts, Mapping[str, Any]], dict[str, Any]]] = {
    "train": _train,
    "precode": _precode,
}


@contextmanager
def _alone(parts: Parts, kind: str) -> Iterator[None]:
    """Hold the study, waiting for a command that holds it now."""
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(parts.alone(kind))
                break
            except Busy:
                time.sleep(PAUSE_S)
        yield


@contextmanager
def _beating(parts: Parts, job: Job) -> Iterator[None]:
    """Say now and then that the job is still worked on, from a thread of its own."""
    stopped = threading.Event()

    def beats() -> None:
        while not stopped.wait(BEAT_S):
            # a beat missed while the database is busy does no harm: the next one comes in time
            with suppress(TandemError), parts.store.writing() as connection:
                beat(connection, job.id)

    thread = threading.Thread(target=beats, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
