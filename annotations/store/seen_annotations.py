"""Each annotation of our tasks as last seen in Label Studio, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Subquery, and_, func, or_, select, text

from annotations.label_studio.arrivals import (
    HOLDING,
    WAITING,
    ArrivalState,
    JudgedAnnotation,
    judged_annotation,
)
from annotations.store.many_values import in_lots
from annotations.store.passage_answers import PassageAnswer, count_set_aside_answers, reviews_among
from annotations.store.tables import (
    annotation_reviews,
    label_studio_annotations,
    label_studio_interviews,
    label_studio_tasks,
    retractions,
    segments,
    transcripts,
)
from annotations.store.transcript_versions import REPLACED


class AnnotationPlace(NamedTuple):
    """Where an annotation stands: its task's number and key."""

    task: int | None
    key: UUID | None


class Slot(NamedTuple):
    """Where one word of one coder stands: a task's key (in whatever project), and who."""

    key: UUID
    coder: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An annotation as last seen, and what became of it. ``told``: None once it has been deleted."""

    project: UUID
    annotation: int
    state: ArrivalState
    key: UUID | None = None
    task: int | None = None
    user: int | None = None
    coder: str | None = None
    why: str = ""
    made: datetime | None = None
    changed: datetime | None = None
    content: str = ""
    told: JudgedAnnotation | None = None
    last_event: int = 0

    @property
    def slot(self) -> Slot | None:
        """Whose word on which task it is, or None if it is nobody's."""
        return None if self.key is None or self.coder is None else Slot(self.key, self.coder)


def alone_with_inbox(connection: Connection) -> None:
    """Let nobody else change what was seen until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {label_studio_annotations.name} IN SHARE ROW EXCLUSIVE MODE"))


def seen(connection: Connection, project: UUID, annotations: Collection[int]) -> dict[int, Seen]:
    """These annotations of a project, as last seen."""
    a = label_studio_annotations
    annotations_seen: dict[int, Seen] = {}
    for some in in_lots(annotations):
        rows = connection.execute(select(a).where(a.c.project_id == project, a.c.annotation_id.in_(some)))
        annotations_seen |= {row.annotation_id: _seen(row) for row in rows}
    return annotations_seen


def alive_in(connection: Connection, project: UUID) -> dict[int, AnnotationPlace]:
    """Where every annotation of a project stands that has not been deleted, as last seen."""
    a = label_studio_annotations
    wanted = select(a.c.annotation_id, a.c.task_id, a.c.key)
    rows = connection.execute(
        wanted.where(a.c.project_id == project, a.c.state != ArrivalState.DELETED.value)
    )
    return {row.annotation_id: AnnotationPlace(row.task_id, row.key) for row in rows}


def answered_tasks(among: Collection[UUID], skipped_by: Collection[str]) -> Subquery:
    """The tasks of these projects on which an answer stands, counting or not; Label Studio brings them no more by itself.

    A skipped one it brings to others still: only what coders of the names ``skipped_by`` skip is among them.
    """
    a = label_studio_annotations.c
    hers = (a.state != ArrivalState.SKIPPED.value) | a.coder.in_(skipped_by)
    wanted = select(a.project_id, a.task_id).distinct().where(a.project_id.in_(among), hers)
    return wanted.where(a.task_id.is_not(None), a.state != ArrivalState.DELETED.value).subquery()


def tasks_told_of(connection: Connection, project: UUID, after: int) -> set[int]:
    """The numbers of a project's tasks of which a webhook spoke that came after this one."""
    a = label_studio_annotations
    wanted = select(a.c.task_id).where(
        a.c.project_id == project, a.c.last_event > after, a.c.task_id.is_not(None)
    )
    return set(connection.execute(wanted).scalars())


def keep_seen(
    connection: Connection, annotations_given: Iterable[Seen], known: Collection[tuple[UUID, int]]
) -> None:
    """Keep annotations as now seen; ``known``: the projects and numbers of those that are there already."""
    a = label_studio_annotations
    new = []
    for annotation_seen in annotations_given:
        columns = {
            "key": annotation_seen.key,
            "task_id": annotation_seen.task,
            "user_id": annotation_seen.user,
            "coder": annotation_seen.coder,
            "state": annotation_seen.state.value,
            "why": annotation_seen.why,
            "made": annotation_seen.made,
            "changed": annotation_seen.changed,
            "content": annotation_seen.content,
            "body": None if annotation_seen.told is None else annotation_seen.told.to_json(),
            "last_event": annotation_seen.last_event,
        }
        if (annotation_seen.project, annotation_seen.annotation) in known:
            this = (a.c.project_id == annotation_seen.project) & (
                a.c.annotation_id == annotation_seen.annotation
            )
            connection.execute(a.update().where(this).values(**columns))
        else:
            new.append(
                {
                    "project_id": annotation_seen.project,
                    "annotation_id": annotation_seen.annotation,
                    **columns,
                }
            )
    if new:
        connection.execute(a.insert(), new)


def holding(connection: Connection, keys: Collection[UUID]) -> dict[Slot, list[Seen]]:
    """The annotations that say something on these tasks, by slot."""
    a = label_studio_annotations
    words_held: dict[Slot, list[Seen]] = {}
    for some in in_lots(keys):
        states = a.c.state.in_([state.value for state in HOLDING])
        for row in connection.execute(select(a).where(a.c.key.in_(some), a.c.coder.is_not(None), states)):
            words_held.setdefault(Slot(row.key, row.coder), []).append(_seen(row))
    whole: dict[tuple[UUID, int], Seen | None] = {}
    for answer in reviews_among(connection, keys):
        where = (answer.project, answer.annotation)
        if where not in whole:
            whole[where] = seen(connection, answer.project, [answer.annotation]).get(answer.annotation)
        whole_one = whole[where]
        if (
            whole_one is not None
            and whole_one.state in HOLDING
            and whole_one.told is not None
            and answer.coder is not None
        ):
            words_held.setdefault(Slot(answer.key, answer.coder), []).append(_of_passage(whole_one, answer))
    return words_held


def _of_passage(whole: Seen, answer: PassageAnswer) -> Seen:
    """What an annotation of a whole interview says of one passage, as if it were an annotation of that."""
    return replace(
        whole,
        key=answer.key,
        coder=answer.coder,
        state=ArrivalState.REVIEW,
        changed=answer.changed,
        content=answer.content,
        told=None if whole.told is None else JudgedAnnotation(whole.told.arrival, answer.decision),
    )


def waiting_rows(connection: Connection) -> tuple[Seen, ...]:
    """The annotations that are set aside, or whose task is not known, in the order of their numbers."""
    a = label_studio_annotations
    states = [ArrivalState.OVERWRITTEN.value, *(state.value for state in WAITING)]
    wanted = select(a).where(a.c.state.in_(states), ~_judged_anew())
    wanted = wanted.order_by(a.c.project_id, a.c.annotation_id)
    return tuple(_seen(row) for row in connection.execute(wanted))


def users_with_coders(connection: Connection) -> set[tuple[UUID, int, str | None]]:
    """Every project, user and the coder who they were taken for."""
    a = label_studio_annotations
    wanted = select(a.c.project_id, a.c.user_id, a.c.coder).where(a.c.user_id.is_not(None)).distinct()
    return {(row.project_id, row.user_id, row.coder) for row in connection.execute(wanted)}


def rows_of_user(connection: Connection, project: UUID, user: int) -> tuple[Seen, ...]:
    """The annotations of one user in one project."""
    a = label_studio_annotations
    wanted = select(a).where(a.c.project_id == project, a.c.user_id == user)
    return tuple(_seen(row) for row in connection.execute(wanted.order_by(a.c.annotation_id)))


def count_set_aside(connection: Connection) -> int:
    """How many annotations are set aside, and passages of whole interviews."""
    a = label_studio_annotations
    states = [ArrivalState.SET_ASIDE.value, ArrivalState.OVERWRITTEN.value]
    wanted = select(func.count()).select_from(a).where(a.c.state.in_(states), ~_judged_anew())
    return int(connection.execute(wanted).scalar_one()) + count_set_aside_answers(connection)


def _judged_anew() -> ColumnElement[bool]:
    """Is an annotation about words that were corrected, and has its coder judged since what took their place?"""
    a, w, i, t = (
        label_studio_annotations.c,
        annotation_reviews.c,
        label_studio_interviews.c,
        label_studio_tasks.c,
    )
    old, new = segments.alias("old"), segments.alias("new")
    later = and_(w.coder == a.coder, w.changed > a.changed, w.annotation_id != a.annotation_id)
    later = and_(later, w.review_id.not_in(select(retractions.c.review_id)))
    passage = (
        select(w.sequence)
        .join(new, new.c.id == w.segment_id)
        .join(old, and_(old.c.transcript_id == new.c.transcript_id, old.c.turn == new.c.turn))
        .join(label_studio_tasks, t.segment_id == old.c.id)
        .where(later, t.project_id == a.project_id, t.key == a.key)
        .where(old.c.segmentation.startswith(REPLACED), new.c.segmentation.not_like(f"{REPLACED}%"))
    )
    interview = (
        select(w.sequence)
        .join(new, new.c.id == w.segment_id)
        .join(transcripts, transcripts.c.id == new.c.transcript_id)
        .join(label_studio_interviews, i.transcript_id == transcripts.c.id)
        .where(later, i.project_id == a.project_id, i.key == a.key, i.text_hash != transcripts.c.text_hash)
    )
    return or_(*(its.correlate(label_studio_annotations).exists() for its in (passage, interview)))


def _seen(row: Row[Any]) -> Seen:
    return Seen(
        project=row.project_id,
        annotation=row.annotation_id,
        state=ArrivalState(row.state),
        key=row.key,
        task=row.task_id,
        user=row.user_id,
        coder=row.coder,
        why=row.why,
        made=row.made,
        changed=row.changed,
        content=row.content,
        told=None if row.body is None else judged_annotation(row.body),
        last_event=row.last_event,
    )
