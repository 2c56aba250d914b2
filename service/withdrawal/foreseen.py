"""What a withdrawal would erase, as a page shows it: tried at once in a small study, by a worker in a large one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from annotations.names import folded
from annotations.store.jobs import latest_of
from annotations.store.tables import codings, now, segments
from service.composition import Parts
from service.looking.job_progress import JobProgress, job_progress
from service.withdrawal.erasure_dry_run import plan, what_would_go

# trying it takes the study's database for so many rows about 0.2 s; for 100,000 passages and 75,000 codings 11 s
MOST_ROWS = 3_000
# what was tried is shown so long; then the study may have become another
KEPT = timedelta(minutes=30)


def foreseen(parts: Parts, participant: str) -> tuple[dict[str, Any] | None, JobProgress | None]:
    """The plan as plain data, or the job that tries it, if one was asked for. Raises BadInput for nobody's code."""
    what_would_go(parts, participant)
    with parts.store.reading() as connection:
        sizes = [select(func.count()).select_from(table) for table in (codings, segments)]
        large = sum(connection.execute(size).scalar_one() for size in sizes) > MOST_ROWS
        wanted = folded(participant)
        job = latest_of(
            connection, "foresee", lambda asked: folded(str(asked.get("participant", ""))) == wanted
        )
        if large:
            if job is None:
                return None, None
            if job.state == "done" and job.finished is not None and job.finished + KEPT > now():
                return dict(job.result or {}), None
            progress = job_progress(connection, job.id)
            return None, None if progress is None or progress.state == "done" else progress
    return plan(parts.read_again(), participant).to_json(), None
