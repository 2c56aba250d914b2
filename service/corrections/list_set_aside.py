"""The annotations that are set aside, as a person can find them: transcript, turn, user, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.label_studio.arrivals import ArrivalState
from annotations.names import folded
from annotations.store.interviews import interviews_with_keys
from annotations.store.label_studio_projects import ProjectRow, project_by_id
from annotations.store.label_studio_users import users
from annotations.store.passage_answers import PassageAnswer, set_aside_answers
from annotations.store.pushed_tasks import tasks_with_keys
from annotations.store.seen_annotations import Seen, count_set_aside, seen, waiting_rows
from annotations.store.tables import segments, transcripts
from annotations.store.transcripts import transcript_by_id
from service.composition import Parts
from service.corrections.interviews_arriving import WORDS_CHANGED
from service.label_studio.addresses import task_address
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class SetAside:
    """An annotation that is set aside: where it stands, whose it is, why, and what to do.

    ``transcript``, ``turn`` (from 0): None where its task is not known. ``project``, ``task`` and ``annotation``: Label
    Studio's numbers; ``address``: where people open the task there, "" where it is not known.
    """

    transcript: str | None
    turn: int | None
    coder: str | None
    user: str
    project: int
    task: int | None
    annotation: int
    why: str
    address: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def set_aside(parts: Parts, *, transcript: UUID | None = None) -> list[SetAside]:
    """Every annotation that is set aside, with the reason; ``transcript``: only those of one."""
    with parts.store.reading() as connection:
        rows = [row for row in waiting_rows(connection) if row.state is not ArrivalState.NOT_OURS]
        answers = set_aside_answers(connection)
        if transcript is not None:
            answers = [answer for answer in answers if answer.transcript == transcript]
        return _listed(connection, parts.settings, rows, answers, transcript)


def set_aside_of(parts: Parts, coder: str) -> list[SetAside]:
    """The answers of a coder that count for nothing as long as they are set aside."""
    with parts.store.reading() as connection:
        if not count_set_aside(connection):
            return []
        rows = [
            row
            for row in waiting_rows(connection)
            if folded(row.coder or "") == folded(coder)
            # where a colleague saved over hers, hers counts
            and (row.state is ArrivalState.SET_ASIDE or row.why == WORDS_CHANGED)
        ]
        answers = [a for a in set_aside_answers(connection) if folded(a.coder or "") == folded(coder)]
        return _listed(connection, parts.settings, rows, answers)


def _listed(
    connection: Connection,
    settings: Settings,
    rows: Sequence[Seen],
    answers: Sequence[PassageAnswer],
    transcript: UUID | None = None,
) -> list[SetAside]:
    listed = []
    for row in rows:
        if row.key is None:
            continue
        project = project_by_id(connection, row.project)
        place = _place_of(connection, row.project, row.key)
        if project is None or (transcript is not None and (place is None or place[0] != transcript)):
            continue
        name, turn = (place[1], place[2]) if place else (None, None)
        listed.append(_shown(connection, settings, project, row, name, turn, row.coder, row.why))
    # passages of whole interviews
    for answer in answers:
        project = project_by_id(connection, answer.project)
        annotation = seen(connection, answer.project, [answer.annotation]).get(answer.annotation)
        if project is None or annotation is None:
            continue
        at = _place(connection, answer.segment) if answer.segment is not None else None
        kept = transcript_by_id(connection, answer.transcript)
        name, turn = kept.transcript.name if kept else None, at[2] if at else None
        whose = answer.coder
        listed.append(_shown(connection, settings, project, annotation, name, turn, whose, answer.why))
    return listed


def _shown(
    connection: Connection,
    settings: Settings,
    project: ProjectRow,
    row: Seen,
    transcript: str | None,
    turn: int | None,
    coder: str | None,
    why: str,
) -> SetAside:
    return SetAside(
        transcript=transcript,
        turn=turn,
        coder=coder,
        user=users(connection, project.url).get(row.user or 0, ""),
        project=project.project_id,
        task=row.task,
        annotation=row.annotation,
        why=why,
        address="" if row.task is None else task_address(settings, project.url, project.project_id, row.task),
    )


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
