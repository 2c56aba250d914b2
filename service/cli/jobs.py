"""tandem jobs: what a worker does, did and will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.options import JsonOption, StudyOption, chosen
from service.cli.output import as_json, say, table

if TYPE_CHECKING:
    from annotations.store.jobs import Job

app = typer.Typer(
    help="The work of a worker: list it, cancel a job, try one again.",
    no_args_is_help=True,
)
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The job's id; its beginning is enough.")]


@app.command("list")
def list_jobs(study: StudyOption = None, json: JsonOption = False) -> None:
    """List the latest jobs, newest first."""
    from annotations.store.jobs import all_jobs
    from service.composition import open_parts
    from service.looking.wave_progress import JOBS_IN_WORDS

    with open_parts(chosen(study)) as parts, parts.store.reading() as connection:
        jobs_there = all_jobs(connection)
    if json:
        as_json({"jobs": [_plain(job) for job in jobs_there]})
        return
    if not jobs_there:
        say("No job has been asked for.")
        return
    table(
        "",
        ("id", "what", "state", "asked for", "attempts", "how far"),
        [
            (
                str(job.id)[:8],
                JOBS_IN_WORDS.get(job.kind, job.kind),
                "cancelling" if job.cancel_asked and job.state == "running" else job.state,
                f"{job.created:%Y-%m-%d %H:%M}",
                job.attempts,
                None if not job.total else f"{job.done} of {job.total}",
            )
            for job in jobs_there
        ],
        numbers=2,
    )
    for job in jobs_there:
        if job.error:
            say(f"{str(job.id)[:8]}: {job.error}")
        for note in (job.result or {}).get("embeddings", ()):
            say(f"{str(job.id)[:8]}: {note}")
    if any(job.state == "waiting" for job in jobs_there):
        say("", "What waits is done by tandem worker.")


@app.command("cancel")
def cancel_job(job: IdArgument, study: StudyOption = None, json: JsonOption = False) -> None:
    """Cancel a job: one that waits at once, one at work within seconds."""
    from annotations.store.jobs import cancel, job_of
    from service.audit import Did, note, this_machines_user
    from service.composition import open_parts
    from service.looking.wave_progress import JOBS_IN_WORDS

    with open_parts(chosen(study)) as parts, parts.store.writing() as connection:
        cancelled = cancel(connection, job_of(connection, job))
        what = JOBS_IN_WORDS.get(cancelled.kind, cancelled.kind)
        note(connection, this_machines_user(), Did.CANCELLED, what, job=str(cancelled.id))
    if json:
        as_json(_plain(cancelled))
        return
    said = "is cancelled" if cancelled.state == "cancelled" else "will stop as soon as its worker notices"
    say(f"Job {str(cancelled.id)[:8]} ({JOBS_IN_WORDS.get(cancelled.kind, cancelled.kind)}) {said}.")


@app.command("retry")
def retry_job(job: IdArgument, study: StudyOption = None, json: JsonOption = False) -> None:
    """Let a job that failed or was cancelled wait again."""
    from annotations.store.jobs import job_of, retry
    from service.audit import Did, note, this_machines_user
    from service.composition import open_parts
    from service.looking.wave_progress import JOBS_IN_WORDS

    with open_parts(chosen(study)) as parts, parts.store.writing() as connection:
        retried = retry(connection, job_of(connection, job))
        what = JOBS_IN_WORDS.get(retried.kind, retried.kind)
        note(connection, this_machines_user(), Did.TRIED_AGAIN, what, job=str(retried.id))
    if json:
        as_json(_plain(retried))
        return
    say(
        f"Job {str(retried.id)[:8]} ({JOBS_IN_WORDS.get(retried.kind, retried.kind)}) waits for a worker: tandem worker"
    )


def _plain(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.id),
        "kind": job.kind,
        "arguments": dict(job.arguments),
        "state": job.state,
        "attempts": job.attempts,
        "done": job.done,
        "total": job.total,
        "cancel_asked": job.cancel_asked,
        "created": job.created.isoformat(),
        "started": job.started.isoformat() if job.started else None,
        "finished": job.finished.isoformat() if job.finished else None,
        "result": None if job.result is None else dict(job.result),
        "error": job.error,
    }
