"""The annotations that are set aside, as a person can find them: transcript, turn, user, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.label_studio.arrivals import ArrivalState
from annotations.store.interviews import interviews_with_keys
from annotations.store.label_studio_projects import project_by_id
from annotations.store.label_studio_users import users
from annotations.store.passage_answers import set_aside_answers
from annotations.store.pushed_tasks import tasks_with_keys
from annotations.store.seen_annotations import seen, waiting_rows
from annotations.store.tables import segments, transcripts
from annotations.store.transcripts import transcript_by_id
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class SetAside:
    """An annotation that is set aside: where it stands, whose it is, why, and what to do.

    ``transcript``, ``turn`` (from 0): None where its task is not known. ``project``, ``task`` and ``annotation``: Label
    Studio's numbers.
    """

    transcript: str | None
    turn: int | None
    coder: str | None
    user: str
    project: int
    task: int | None
    annotation: int
    why: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def set_aside(parts: Parts, *, transcript: UUID | None = None) -> list[SetAside]:
    """Every annotation that is set aside, with the reason; ``transcript``: only those of one."""
    with parts.store.reading() as connection:
        listed = []
        for row in waiting_rows(connection):
            if row.state is ArrivalState.NOT_OURS or row.key is None:
                continue
            project = project_by_id(connection, row.project)
            place = _place_of(connection, row.project, row.key)
            if project is None or (transcript is not None and (place is None or place[0] != transcript)):
                continue
            listed.append(
                SetAside(
                    transcript=place[1] if place else None,
                    turn=place[2] if place else None,
                    coder=row.coder,
                    user=users(connection, project.url).get(row.user or 0, ""),
                    project=project.project_id,
                    task=row.task,
                    annotation=row.annotation,
                    why=row.why,
                )
            )
        return [*listed, *_in_interviews(connection, transcript)]


def _in_interviews(connection: Connection, transcript: UUID | None) -> list[SetAside]:
    """The passages of whole interviews that are set aside."""
    listed = []
    for answer in set_aside_answers(connection):
        project = project_by_id(connection, answer.project)
        row = seen(connection, answer.project, [answer.annotation]).get(answer.annotation)
        if project is None or row is None or (transcript is not None and answer.transcript != transcript):
            continue
        place = _place(connection, answer.segment) if answer.segment is not None else None
        kept = transcript_by_id(connection, answer.transcript)
        listed.append(
            SetAside(
                transcript=kept.transcript.name if kept else None,
                turn=place[2] if place else None,
                coder=answer.coder,
                user=users(connection, project.url).get(row.user or 0, ""),
                project=project.project_id,
                task=row.task,
                annotation=answer.annotation,
                why=answer.why,
            )
        )
    return listed


def _place_of(connection: Connection, project: UUID, key: UUID) -> tuple[UUID, str, int | None] | None:
    """The transcript and the turn that a task is about; of a whole interview no turn."""
    task = tasks_with_keys(connection, project, [key]).get(key)
    if task is not None:
        return _place(connection, task.segment)
    whole = interviews_with_keys(connection, project, [key]).get(key)
    kept = transcript_by_id(connection, whole.transcript) if whole else None
    return None if kept is None else (kept.id, kept.transcript.name, None)


def _place(connection: Connection, segment: UUID) -> tuple[UUID, str, int] | None:
    wanted = (
        select(transcripts.c.id, transcripts.c.name, segments.c.turn)
        .join(segments, segments.c.transcript_id == transcripts.c.id)
        .where(segments.c.id == segment)
    )
    row = connection.execute(wanted).first()
    return None if row is None else (row[0], row[1], row[2])
