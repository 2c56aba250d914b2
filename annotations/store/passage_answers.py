"""What an annotation of a whole interview says of each of its passages, as last seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select

from annotations.label_studio.arrivals import ArrivalState, CoderDecision, decision_of
from annotations.store.many_values import in_lots
from annotations.store.tables import passage_answers


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """What an annotation says of a passage. ``segment``: None for marks that lie in no passage.

    ``changed``: since when it says so, by Label Studio's clock.
    """

    project: UUID
    annotation: int
    transcript: UUID
    key: UUID
    segment: UUID | None
    coder: str | None
    state: ArrivalState
    why: str
    changed: datetime
    decision: CoderDecision

    @property
    def content(self) -> str:
        """A hash of what the coder said."""
        return self.decision.content


def answers_in(connection: Connection, project: UUID, annotation: int) -> dict[UUID, PassageAnswer]:
    """What an annotation says, by the keys of the passages."""
    a = passage_answers
    wanted = select(a).where(a.c.project_id == project, a.c.annotation_id == annotation)
    return {row.key: _answer(row) for row in connection.execute(wanted)}


def reviews_among(connection: Connection, keys: Collection[UUID]) -> list[PassageAnswer]:
    """What whole interviews say of these passages, where it is a review."""
    a = passage_answers
    answers: list[PassageAnswer] = []
    for some in in_lots(keys):
        wanted = select(a).where(
            a.c.key.in_(some), a.c.coder.is_not(None), a.c.state == ArrivalState.REVIEW.value
        )
        answers += map(_answer, connection.execute(wanted))
    return answers


def set_aside_answers(connection: Connection) -> list[PassageAnswer]:
    """What is set aside of whole interviews, passage by passage."""
    a = passage_answers
    wanted = select(a).where(a.c.state == ArrivalState.SET_ASIDE.value).order_by(a.c.sequence)
    return [_answer(row) for row in connection.execute(wanted)]


def count_set_aside_answers(connection: Connection) -> int:
    """How many passages of whole interviews are set aside."""
    a = passage_answers
    wanted = select(func.count()).select_from(a).where(a.c.state == ArrivalState.SET_ASIDE.value)
    return int(connection.execute(wanted).scalar_one())


def keep_answers(
    connection: Connection, project: UUID, annotation: int, answers: Iterable[PassageAnswer]
) -> None:
    """What an annotation says now, in the place of what it said before."""
    a = passage_answers
    connection.execute(delete(a).where(a.c.project_id == project, a.c.annotation_id == annotation))
    rows = [
        {
            "project_id": answer.project,
            "annotation_id": answer.annotation,
            "transcript_id": answer.transcript,
            "key": answer.key,
            "segment_id": answer.segment,
            "coder": answer.coder,
            "state": answer.state.value,
            "why": answer.why,
            "content": answer.content,
            "changed": answer.changed,
            "body": answer.decision.to_json(),
        }
        for answer in answers
    ]
    if rows:
        connection.execute(a.insert(), rows)


def _answer(row: Row[Any]) -> PassageAnswer:
    return PassageAnswer(
        row.project_id,
        row.annotation_id,
        row.transcript_id,
        row.key,
        row.segment_id,
        row.coder,
        ArrivalState(row.state),
        row.why,
        row.changed,
        decision_of(row.body),
    )
