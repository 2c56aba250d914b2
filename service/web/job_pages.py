"""Jobs on pages: what waits, what runs and how far it is, live. A job stands in the database, not in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import tzinfo
from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from annotations.store.jobs import cancel, job_of, retry
from service.access.policy import Action
from service.audit import Did, note
from service.composition import Parts
from service.design.templating import templates_in
from service.looking.job_progress import JobProgress, job_progress, latest_jobs
from service.looking.wave_progress import JOBS_IN_WORDS
from service.web.form_route import FormRoute
from service.web.lists import ListColumn, ShownList, asked_of
from service.web.moment_column import moment_column
from service.web.pages import TEMPLATES, Visited, saved
from service.web.signed_in import still_may

LOOK_S = 1.0
# the browser asks again by itself: a page that is left open for a weekend holds no connection for ever
LONGEST_S = 300.0
router = APIRouter(include_in_schema=False, route_class=FormRoute)


def _columns(zone: tzinfo) -> tuple[ListColumn[JobProgress], ...]:
    return (
        ListColumn[JobProgress](
            "what", "What", lambda job: job.what, address=lambda job: f"/jobs/{job.id}", choice=True
        ),
        ListColumn[JobProgress]("state", "State", lambda job: job.state, choice=True),
        moment_column("created", "Asked for", lambda job: job.created, zone),
        ListColumn[JobProgress]("done", "How far", lambda job: job.share, text=lambda job: job.far_in_words),
        ListColumn[JobProgress]("error", "Why it failed", lambda job: job.error or ""),
    )


@router.get("/jobs")
def jobs(visit: Visited) -> Response:
    """The latest jobs, newest first."""
    visit.must(Action.CHANGE_MODELS, asked="see what the workers do")
    with visit.parts.store.reading() as connection:
        jobs_there = latest_jobs(connection)
    asked = asked_of(visit.request.query_params)
    shown = ShownList(
        jobs_there,
        _columns(visit.zone),
        asked,
        path="/jobs",
        noun="job",
        empty="No job has been asked for yet.",
    )
    if asked.take:
        return visit.takes(shown, "jobs")
    return visit.page("jobs.html", list=shown)


@router.get("/jobs/{job}")
def one_job(visit: Visited, job: UUID) -> Response:
    """One job, live."""
    visit.must(Action.CHANGE_MODELS, asked="see what the workers do")
    with visit.parts.store.reading() as connection:
        progress = job_progress(connection, job)
    if progress is None:
        return visit.page(
            "fault.html",
            code=status.HTTP_404_NOT_FOUND,
            title="This job is not here",
            sentence="The study knows no job of this id.",
        )
    return visit.page("job.html", job=progress)


@router.post("/jobs/{job}/cancel")
def cancel_job(visit: Visited, job: UUID) -> Response:
    """As "tandem jobs cancel" does."""
    visit.must(Action.CHANGE_MODELS, asked="cancel jobs or try them again")
    with visit.parts.store.writing() as connection:
        its = cancel(connection, job_of(connection, str(job)))
        note(connection, visit.by, Did.CANCELLED, JOBS_IN_WORDS.get(its.kind, its.kind), job=str(job))
    return saved(f"/jobs/{job}")


@router.post("/jobs/{job}/retry")
def retry_job(visit: Visited, job: UUID) -> Response:
    """As "tandem jobs retry" does."""
    visit.must(Action.CHANGE_MODELS, asked="cancel jobs or try them again")
    with visit.parts.store.writing() as connection:
        its = retry(connection, job_of(connection, str(job)), asked_by=visit.viewer.account)
        note(connection, visit.by, Did.TRIED_AGAIN, JOBS_IN_WORDS.get(its.kind, its.kind), job=str(job))
    return saved(f"/jobs/{job}")


@router.get("/jobs/{job}/events")
async def events(visit: Visited, job: UUID) -> Response:
    """How far the job is, as server-sent events, until it has ended."""
    visit.must(Action.CHANGE_MODELS, asked="see what the workers do")
    told = _told(visit.request, visit.parts, job)
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _told(request: Request, parts: Parts, job: UUID) -> AsyncIterator[str]:
    last = ""
    state = templates_in(TEMPLATES).get_template("parts/jobs.html").module.state  # type: ignore[attr-defined]
    for _ in range(int(LONGEST_S / LOOK_S)):
        if request.app.state.stopping.is_set() or await request.is_disconnected():
            return
        if not await still_may(request, Action.CHANGE_MODELS):
            return
        progress = await run_in_threadpool(_look, parts, job)
        said = "" if progress is None else str(state(progress))
        if said != last:
            last = said
            yield _event("progress", said)
        else:
            yield ": still here\n\n"
        if progress is None or not progress.under_way:
            yield _event("ended", "")
            return
        await asyncio.sleep(LOOK_S)


def _look(parts: Parts, job: UUID) -> JobProgress | None:
    with parts.store.reading() as connection:
        return job_progress(connection, job)


def _event(name: str, said: str) -> str:
    lines = said.splitlines() or [""]
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
