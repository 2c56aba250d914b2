"""Which interview stands as one task in which Label Studio project, and how far coders are in what they have begun."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select

from annotations.store.many_values import in_lots
from annotations.store.tables import (
    interview_drafts,
    label_studio_annotations,
    label_studio_interviews,
    label_studio_projects,
    label_studio_users,
    passage_answers,
    transcripts,
    turns,
)


@dataclass(frozen=True, slots=True)
class InterviewTask:
    """An interview as one task: the text that it shows (its hash), and hashes of its data and of its marks.

    ``again``: it asks for the passages that come again, and for no others.
    """

    project: UUID
    key: UUID
    transcript: UUID
    task_id: int
    text_hash: str
    again: bool = False
    data_hash: str = ""
    marks_hash: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An interview that somebody has begun: the last turn (from 0) they worked on, and how many marks stand there."""

    project: UUID
    key: UUID
    user: int
    transcript: UUID
    turn: int
    marks: int
    changed: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft as people call it: the wave, the interview, and whose it is (an address, "" if nobody knows).

    ``turn``: the last one they worked on, from 0, of ``turns``.
    """

    wave: str
    interview: str
    who: str
    turn: int
    turns: int
    marks: int
    changed: datetime


def interviews_of(connection: Connection, project: UUID) -> dict[UUID, InterviewTask]:
    """The project's interviews by key."""
    i = label_studio_interviews
    rows = connection.execute(select(i).where(i.c.project_id == project))
    return {row.key: _task(row) for row in rows}


def interviews_with_keys(
    connection: Connection, project: UUID, keys: Collection[UUID]
) -> dict[UUID, InterviewTask]:
    """Those of these keys that are interviews which we put into the project."""
    i = label_studio_interviews
    tasks_by_key: dict[UUID, InterviewTask] = {}
    for some in in_lots(keys):
        for row in connection.execute(select(i).where(i.c.project_id == project, i.c.key.in_(some))):
            tasks_by_key[row.key] = _task(row)
    return tasks_by_key


def interviews_about(connection: Connection, among: Collection[UUID]) -> tuple[InterviewTask, ...]:
    """Every task of these transcripts as whole interviews, in whatever project."""
    i = label_studio_interviews
    tasks: list[InterviewTask] = []
    for some in in_lots(among):
        tasks += map(_task, connection.execute(select(i).where(i.c.transcript_id.in_(some))))
    return tuple(tasks)


def keep_interviews(connection: Connection, interviews: Iterable[InterviewTask]) -> None:
    """Keep new tasks, or what has changed of known ones."""
    i = label_studio_interviews
    for interview in interviews:
        columns = {
            "transcript_id": interview.transcript,
            "task_id": interview.task_id,
            "text_hash": interview.text_hash,
            "again": interview.again,
            "data_hash": interview.data_hash,
            "marks_hash": interview.marks_hash,
        }
        this = (i.c.project_id == interview.project) & (i.c.key == interview.key)
        if not connection.execute(i.update().where(this).values(**columns)).rowcount:
            connection.execute(i.insert().values(project_id=interview.project, key=interview.key, **columns))


def forget_interviews(connection: Connection, interviews: Sequence[InterviewTask]) -> None:
    """Take these tasks, what annotations of them said and their drafts out of the database; reviews stay."""
    i, a, s = label_studio_interviews, label_studio_annotations, passage_answers
    for interview in interviews:
        here = (a.c.project_id == interview.project) & (a.c.key == interview.key)
        its = list(connection.execute(select(a.c.annotation_id).where(here)).scalars())
        for some in in_lots(its):
            connection.execute(
                delete(s).where(s.c.project_id == interview.project, s.c.annotation_id.in_(some))
            )
        connection.execute(delete(a).where(here))
        d = interview_drafts
        connection.execute(delete(d).where(d.c.project_id == interview.project, d.c.key == interview.key))
        connection.execute(delete(i).where(i.c.project_id == interview.project, i.c.key == interview.key))


def keep_drafts(
    connection: Connection, project: UUID, asked: Collection[UUID], drafts: Sequence[Draft]
) -> None:
    """How far the drafts of these interviews are now, by key; those that are no more there are forgotten."""
    d = interview_drafts
    for some in in_lots(asked):
        connection.execute(delete(d).where(d.c.project_id == project, d.c.key.in_(some)))
    rows = [
        {
            "project_id": draft.project,
            "key": draft.key,
            "user_id": draft.user,
            "transcript_id": draft.transcript,
            "turn": draft.turn,
            "marks": draft.marks,
            "changed": draft.changed,
        }
        for draft in drafts
    ]
    if rows:
        connection.execute(d.insert(), rows)


def all_drafts(connection: Connection) -> tuple[Begun, ...]:
    """The interviews that somebody has begun and not submitted, by wave and name."""
    d, p, t, u = interview_drafts, label_studio_projects, transcripts, label_studio_users
    # of these interviews alone: a large study has a million turns
    in_all = select(func.count()).where(turns.c.transcript_id == d.c.transcript_id).scalar_subquery()
    wanted = (
        select(p.c.wave, t.c.name, u.c.email, d.c.turn, in_all.label("turns"), d.c.marks, d.c.changed)
        .join(p, p.c.id == d.c.project_id)
        .join(t, t.c.id == d.c.transcript_id)
        .outerjoin(u, (u.c.url == p.c.url) & (u.c.user_id == d.c.user_id))
        .where(p.c.retired.is_(False))
    )
    drafts_kept = [
        Begun(row.wave, row.name, row.email or "", row.turn, row.turns, row.marks, row.changed)
        for row in connection.execute(wanted)
    ]
    return tuple(sorted(drafts_kept, key=lambda draft: (draft.wave, draft.interview, draft.who)))


def _task(row: Row[Any]) -> InterviewTask:
    return InterviewTask(
        row.project_id,
        row.key,
        row.transcript_id,
        row.task_id,
        row.text_hash,
        row.again,
        row.data_hash,
        row.marks_hash,
    )
