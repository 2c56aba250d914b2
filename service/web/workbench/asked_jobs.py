"""Work that a page asks a worker for: it stands in the database, and the page that asked shows it live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from annotations.store.jobs import JobKind, ask_for, latest_of
from service.audit import Did
from service.looking.job_progress import JobProgress, job_progress
from service.web.pages import Visit, saved
from service.web.workbench.audit import audit

_DID: Mapping[str, Did] = {"train": Did.TRAINED, "push": Did.HANDED_OUT}


def ask_job(visit: Visit, kind: JobKind, arguments: Mapping[str, Any], back: str = "") -> Response:
    """Ask for a job and go to its page, or back to the one that asked."""
    with visit.parts.store.writing() as connection:
        job = ask_for(connection, kind, arguments, asked_by=visit.viewer.account)
    if kind in _DID:
        audit(visit, _DID[kind], str(arguments.get("wave", "")), job=str(job))
    return saved(back or f"/jobs/{job}")


def latest_job(
    connection: Connection, kind: JobKind, fits: Callable[[Mapping[str, Any]], bool] | None = None
) -> JobProgress | None:
    """How far the job of this kind is that was asked for last; with ``fits``: of those whose arguments do."""
    latest = latest_of(connection, kind, fits)
    return None if latest is None else job_progress(connection, latest.id)
