"""How far a job is, in words: what its page shows while a worker is at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import Connection

from annotations.numbers_shown import counted
from annotations.store.jobs import Job, all_jobs, job_by_id, open_jobs
from annotations.store.kept_figures import TakenAway, taken_away_by
from annotations.store.tables import now
from service.looking.wave_progress import JOBS_IN_WORDS

# these count anew in each of their steps (a wave, a project), and how far a step is does not say how far the whole is
_IN_STEPS = frozenset({"train", "evaluate", "renew", "push", "bring in"})
# before this much is done, what is left is a guess not worth telling
_LEAST_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class JobProgress:
    """A job. ``share``: 0 to 1, None where nobody has said; ``seconds_left``: from the pace so far, None if unknown, and
    where it comes in steps.

    ``taken_by``: which erasure has taken away since what the job had worked out; ``behind``: for what a job that
    waits does so, in words.
    """

    id: UUID
    kind: str
    state: str
    created: datetime
    done: int | None
    total: int | None
    seconds_left: float | None
    cancel_asked: bool
    error: str | None
    notes: tuple[str, ...]
    receipt: str = ""
    taken_by: TakenAway | None = None
    behind: str = ""

    @property
    def what(self) -> str:
        """What is done, in words."""
        return JOBS_IN_WORDS.get(self.kind, self.kind)

    @property
    def under_way(self) -> bool:
        """Does it wait for a worker, or is one at it?"""
        return self.state in ("waiting", "running")

    @property
    def can_be_tried_again(self) -> bool:
        """Has it ended without being done?"""
        return self.state in ("failed", "cancelled")

    @property
    def state_in_words(self) -> str:
        """What became of it so far."""
        if self.state == "running":
            return "it will stop as soon as its worker notices" if self.cancel_asked else "a worker is at it"
        if self.state == "waiting":
            return self.behind or "waits for a worker"
        return self.state

    @property
    def share(self) -> float | None:
        """How much of it is done."""
        return None if not self.total or self.done is None else min(1.0, self.done / self.total)

    @property
    def far_in_words(self) -> str:
        """How much of it, or of the step that it is at, is done, in numbers."""
        if self.share is None:
            return ""
        step = " in this step" if self.kind in _IN_STEPS and self.state == "running" else ""
        return f"{self.done:,} of {self.total:,}{step}"

    @property
    def left_in_words(self) -> str:
        """How long it will still take at the pace so far."""
        if self.seconds_left is None:
            return ""
        if self.seconds_left < 60:
            return "less than a minute left"
        return f"about {counted(round(self.seconds_left / 60), 'minute')} left"


def job_progress(connection: Connection, job: UUID) -> JobProgress | None:
    """How far the job with this id is; None if there is none."""
    job_there = job_by_id(connection, job)
    if job_there is None:
        return None
    taken = taken_away_by(connection, job_there.finished) if job_there.state == "done" else None
    queue = open_jobs(connection) if job_there.state == "waiting" else ()
    return replace(_progress(job_there, queue), taken_by=taken)


def latest_jobs(connection: Connection, *, latest: int = 500) -> tuple[JobProgress, ...]:
    """The latest jobs, newest first."""
    queue = open_jobs(connection)
    return tuple(_progress(job, queue) for job in all_jobs(connection, latest=latest))


def _progress(job: Job, queue: Sequence[Job] = ()) -> JobProgress:
    return JobProgress(
        id=job.id,
        kind=job.kind,
        state=job.state,
        created=job.created,
        # jobs that were done earlier kept what their last beat said
        done=job.total if job.state == "done" else job.done,
        total=job.total,
        seconds_left=_left(job),
        cancel_asked=job.cancel_asked,
        error=job.error,
        notes=tuple(str(note) for note in (job.result or {}).get("embeddings", ())),
        receipt=_receipt(job),
        behind=_behind(job, queue),
    )


def _behind(job: Job, queue: Sequence[Job]) -> str:
    """For what a job waits: the work before it, how far the first of it is, or the moment when it is tried again."""
    if job.state != "waiting":
        return ""
    place = next((at for at, other in enumerate(queue) if other.id == job.id), 0)
    # one that is tried again later keeps nobody waiting
    before = [
        _progress(other) for other in queue[:place] if other.not_before is None or other.not_before <= now()
    ]
    if not before:
        again = job.not_before
        if again is not None and again > now():
            return (
                f"is tried again in {counted(max(1, ceil((again - now()).total_seconds() / 60)), 'minute')}"
            )
        return ""
    first = before[0]
    far = ", ".join(filter(None, (first.far_in_words, first.left_in_words)))
    others = (
        f", then {before[1].what}" if len(before) == 2 else f", then {counted(len(before) - 1, 'other job')}"
    )
    return f"waits until a worker has done {first.what}{f' ({far})' if far else ''}{others if len(before) > 1 else ''}"


def _receipt(job: Job) -> str:
    """The file's name of the receipt that an erasure wrote, "" for all other jobs."""
    written = (job.result or {}).get("receipt") or ()
    return PurePath(str(written[0])).name if job.kind == "withdraw" and written else ""


def _left(job: Job) -> float | None:
    if job.state != "running" or not job.total or not job.done or job.started is None:
        return None
    if job.kind in _IN_STEPS:
        return None
    share = job.done / job.total
    if share < _LEAST_SHARE:
        return None
    return (now() - job.started).total_seconds() * (1 - share) / share
