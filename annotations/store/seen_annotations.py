"""Each annotation of our tasks as last seen in Label Studio, and which of them became which review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, text

from annotations.coding import Condition, Draw
from annotations.label_studio.arrivals import HOLDING, WAITING, State
from annotations.lots import lots
from annotations.store.pushed_tasks import PushedTask
from annotations.store.tables import (
    annotation_reviews,
    drawn_segments,
    label_studio_annotations,
    label_studio_projects,
    label_studio_tasks,
    retractions,
    reviews,
    segments,
)
from annotations.transcript import Span

_AT_A_TIME = 400


class Slot(NamedTuple):
    """Where one word of one coder stands: a task's key (in whatever project), and who."""

    key: UUID
    coder: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An annotation as last seen, and what became of it. ``body``: what it says, none of the task's words."""

    project: UUID
    annotation: int
    state: State
    key: UUID | None = None
    task: int | None = None
    user: int | None = None
    coder: str | None = None
    why: str = ""
    made: datetime | None = None
    changed: datetime | None = None
    content: str = ""
    body: Mapping[str, Any] | None = None
    last_event: int = 0

    @property
    def slot(self) -> Slot | None:
        """Whose word on which task it is, or None if it is nobody's."""
        return None if self.key is None or self.coder is None else Slot(self.key, self.coder)


@dataclass(frozen=True, slots=True)
class Word:
    """A review that an annotation became. ``taken_back``: it has been retracted."""

    review: UUID
    project: UUID
    annotation: int
    key: UUID
    segment: UUID
    coder: str
    content: str
    changed: datetime
    condition: Condition = Condition.INDEPENDENT
    shown_version: UUID | None = None
    taken_back: bool = False


def alone_with_inbox(connection: Connection) -> None:
    """Let nobody else change what was seen until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {label_studio_annotations.name} IN SHARE ROW EXCLUSIVE MODE"))


def seen(connection: Connection, project: UUID, annotations: Collection[int]) -> dict[int, Seen]:
    """These annotations of a project, as last seen."""
    a = label_studio_annotations
    found: dict[int, Seen] = {}
    for some in _lots(annotations):
        rows = connection.execute(select(a).where(a.c.project_id == project, a.c.annotation_id.in_(some)))
        found |= {row.annotation_id: _seen(row) for row in rows}
    return found


def alive_in(connection: Connection, project: UUID) -> dict[int, Seen]:
    """Every annotation of a project that has not been deleted, as last seen."""
    a = label_studio_annotations
    rows = connection.execute(select(a).where(a.c.project_id == project, a.c.state != State.DELETED.value))
    return {row.annotation_id: _seen(row) for row in rows}


def keep_seen(connection: Connection, found: Iterable[Seen], known: Collection[tuple[UUID, int]]) -> None:
    """Keep annotations as now seen; ``known``: the projects and numbers of those that are there already."""
    a = label_studio_annotations
    new = []
    for one in found:
        columns = {
            "key": one.key,
            "task_id": one.task,
            "user_id": one.user,
            "coder": one.coder,
            "state": one.state.value,
            "why": one.why,
            "made": one.made,
            "changed": one.changed,
            "content": one.content,
            "body": None if one.body is None else dict(one.body),
            "last_event": one.last_event,
        }
        if (one.project, one.annotation) in known:
            this = (a.c.project_id == one.project) & (a.c.annotation_id == one.annotation)
            connection.execute(a.update().where(this).values(**columns))
        else:
            new.append({"project_id": one.project, "annotation_id": one.annotation, **columns})
    if new:
        connection.execute(a.insert(), new)


def holding(connection: Connection, keys: Collection[UUID]) -> dict[Slot, list[Seen]]:
    """The annotations that say something on these tasks, by slot."""
    a = label_studio_annotations
    found: dict[Slot, list[Seen]] = {}
    for some in _lots(keys):
        states = a.c.state.in_([state.value for state in HOLDING])
        for row in connection.execute(select(a).where(a.c.key.in_(some), a.c.coder.is_not(None), states)):
            found.setdefault(Slot(row.key, row.coder), []).append(_seen(row))
    return found


def words(connection: Connection, keys: Collection[UUID]) -> dict[Slot, list[Word]]:
    """The reviews that annotations on these tasks became, by slot, oldest first."""
    found: dict[Slot, list[Word]] = {}
    for some in _lots(keys):
        for word in _words(connection, annotation_reviews.c.key.in_(some)):
            found.setdefault(Slot(word.key, word.coder), []).append(word)
    return found


def words_of_reviews(connection: Connection, found: Collection[UUID]) -> dict[UUID, Word]:
    """For those of these reviews that came from Label Studio, whence."""
    return {
        word.review: word
        for some in _lots(found)
        for word in _words(connection, annotation_reviews.c.review_id.in_(some))
    }


def add_words(connection: Connection, found: Sequence[Word]) -> None:
    """Keep which annotation became which review."""
    rows = [
        {
            "review_id": word.review,
            "project_id": word.project,
            "annotation_id": word.annotation,
            "key": word.key,
            "segment_id": word.segment,
            "coder": word.coder,
            "content": word.content,
            "changed": word.changed,
        }
        for word in found
    ]
    if rows:
        connection.execute(annotation_reviews.insert(), rows)


def waiting_rows(connection: Connection) -> tuple[Seen, ...]:
    """The annotations that are set aside, or whose task is not known, in the order of their numbers."""
    a = label_studio_annotations
    states = [State.OVERWRITTEN.value, *(state.value for state in WAITING)]
    wanted = select(a).where(a.c.state.in_(states)).order_by(a.c.project_id, a.c.annotation_id)
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
    """How many annotations are set aside."""
    a = label_studio_annotations
    states = [State.SET_ASIDE.value, State.OVERWRITTEN.value]
    return int(
        connection.execute(select(func.count()).select_from(a).where(a.c.state.in_(states))).scalar_one()
    )


def pushed_tasks(connection: Connection, project: UUID, keys: Collection[UUID]) -> dict[UUID, PushedTask]:
    """Those of these keys that are tasks which we put into the project."""
    t = label_studio_tasks
    found: dict[UUID, PushedTask] = {}
    for some in _lots(keys):
        for row in connection.execute(select(t).where(t.c.project_id == project, t.c.key.in_(some))):
            found[row.key] = PushedTask(
                row.segment_id, row.task_id, row.data_hash, row.model_id, row.shown_since, Draw(row.draw)
            )
    return found


def places_of(connection: Connection, found: Collection[UUID]) -> dict[UUID, tuple[UUID, Span]]:
    """The transcript and span of each segment."""
    s = segments
    places: dict[UUID, tuple[UUID, Span]] = {}
    for some in _lots(found):
        wanted = select(s.c.id, s.c.transcript_id, s.c.start, s.c.end).where(s.c.id.in_(some))
        for row in connection.execute(wanted):
            places[row.id] = (row.transcript_id, Span(row.start, row.end))
    return places


def hidden_segments(connection: Connection) -> set[UUID]:
    """Segments whose suggestion nobody may see yet: a task without it still waits for its review.

    What is drawn and not pushed yet, since a push was stopped or its project was deleted, waits too.
    """
    t, w = label_studio_tasks, annotation_reviews
    there = (
        select(w.c.sequence)
        .where(w.c.project_id == t.c.project_id, w.c.key == t.c.key)
        .where(w.c.review_id.not_in(select(retractions.c.review_id)))
        .exists()
    )
    draws = [Draw.BLIND.value, Draw.DOUBLE.value, Draw.REPEAT.value]
    in_use = select(label_studio_projects.c.id).where(label_studio_projects.c.retired.is_(False))
    wanted = select(t.c.segment_id).where(t.c.draw.in_(draws), t.c.project_id.in_(in_use), ~there)
    d = drawn_segments
    stands = (
        select(t.c.segment_id).where(t.c.segment_id == d.c.segment_id, t.c.project_id.in_(in_use)).exists()
    )
    judged = (
        select(w.c.sequence)
        .where(w.c.segment_id == d.c.segment_id)
        .where(w.c.review_id.not_in(select(retractions.c.review_id)))
        .exists()
    )
    to_come = select(d.c.segment_id).where(d.c.draw.in_(draws), ~stands, ~judged)
    return set(connection.execute(wanted.union(to_come)).scalars())


def _words(connection: Connection, which: Any) -> Iterable[Word]:
    w = annotation_reviews
    wanted = (
        select(w, reviews.c.condition, reviews.c.shown_version, retractions.c.sequence.label("taken_back"))
        .join(reviews, reviews.c.id == w.c.review_id)
        .outerjoin(retractions, retractions.c.review_id == w.c.review_id)
        .where(which)
        .order_by(w.c.sequence)
    )
    for row in connection.execute(wanted):
        yield Word(
            row.review_id,
            row.project_id,
            row.annotation_id,
            row.key,
            row.segment_id,
            row.coder,
            row.content,
            row.changed,
            Condition(row.condition),
            row.shown_version,
            row.taken_back is not None,
        )


def _seen(row: Row[Any]) -> Seen:
    return Seen(
        project=row.project_id,
        annotation=row.annotation_id,
        state=State(row.state),
        key=row.key,
        task=row.task_id,
        user=row.user_id,
        coder=row.coder,
        why=row.why,
        made=row.made,
        changed=row.changed,
        content=row.content,
        body=row.body,
        last_event=row.last_event,
    )


def _lots(found: Collection[Any]) -> Iterable[list[Any]]:
    """A database takes so many values in one question."""
    return lots(list(dict.fromkeys(found)), _AT_A_TIME)
