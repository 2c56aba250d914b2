"""The annotations that are set aside, as a person can find them: transcript, turn, user, and what to do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.label_studio.arrivals import State
from annotations.store.label_studio_users import project_by_id, users
from annotations.store.seen_annotations import pushed_tasks, waiting_rows
from annotations.store.tables import segments, transcripts
from service.composition import Parts


def set_aside(parts: Parts, *, transcript: UUID | None = None) -> list[dict[str, Any]]:
    """Every annotation that is set aside, with the reason; ``transcript``: only those of one. ``turn`` counts from 0."""
    with parts.store.reading() as connection:
        found = []
        for row in waiting_rows(connection):
            if row.state is State.NOT_OURS or row.key is None:
                continue
            project = project_by_id(connection, row.project)
            task = pushed_tasks(connection, row.project, [row.key]).get(row.key)
            place = _place(connection, task.segment) if task else None
            if project is None or (transcript is not None and (place is None or place[0] != transcript)):
                continue
            found.append(
                {
                    "transcript": place[1] if place else None,
                    "turn": place[2] if place else None,
                    "coder": row.coder,
                    "user": users(connection, project.url).get(row.user or 0, ""),
                    "project": project.project_id,
                    "task": row.task,
                    "annotation": row.annotation,
                    "why": row.why,
                }
            )
        return found


def _place(connection: Connection, segment: UUID) -> tuple[UUID, str, int] | None:
    wanted = (
        select(transcripts.c.id, transcripts.c.name, segments.c.turn)
        .join(segments, segments.c.transcript_id == transcripts.c.id)
        .where(segments.c.id == segment)
    )
    row = connection.execute(wanted).first()
    return None if row is None else (row[0], row[1], row[2])
