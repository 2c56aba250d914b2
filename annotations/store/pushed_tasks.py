"""Which segment stands as which task in which Label Studio project, and which model version it shows."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, bindparam, distinct, func, select

from annotations.coding import Draw
from annotations.store.bulk_insert import insert_rows
from annotations.store.many_values import in_lots
from annotations.store.tables import (
    label_studio_projects,
    label_studio_tasks,
    now,
    segments,
    shown_models,
    transcript_versions,
    transcripts,
)


@dataclass(frozen=True, slots=True)
class PushedTask:
    """A segment as a task: why it is put before the coder, the model version shown on it, a hash of what it shows.

    ``model``: None where the task shows no suggestion (blind, double and repeat draws). ``offered``: the codes that are
    put before the coder, ticked or not, in order; ``ticked``: those that come ticked; None where nobody kept that.
    """

    segment: UUID
    task_id: int
    data_hash: str
    model: UUID | None = None
    shown_since: datetime | None = None
    draw: Draw = Draw.ORDINARY
    offered: tuple[str, ...] | None = None
    ticked: tuple[str, ...] | None = None

    @property
    def shows(self) -> tuple[UUID | None, tuple[str, ...] | None, tuple[str, ...] | None]:
        """What a coder sees of suggestions: whose they are, which, and which of them ticked."""
        return self.model, self.offered, self.ticked

    @property
    def key(self) -> UUID:
        """What the task's data calls it."""
        return task_key(self.segment, self.draw)


def task_key(segment: UUID, draw: Draw) -> UUID:
    """What a task is called in Label Studio's data: one key for each time that a segment is put before a coder.

    A repeat has a key of its own; which draw a first time is does not show in it.
    """
    return uuid5(segment, "again") if draw is Draw.REPEAT else segment


def tasks_of(connection: Connection, project: UUID) -> Mapping[UUID, PushedTask]:
    """The project's tasks by key."""
    t = label_studio_tasks
    rows = connection.execute(select(t).where(t.c.project_id == project))
    return {row.key: _task(row) for row in rows}


def tasks_with_keys(connection: Connection, project: UUID, keys: Collection[UUID]) -> dict[UUID, PushedTask]:
    """Those of these keys that are tasks which we put into the project."""
    t = label_studio_tasks
    tasks_there: dict[UUID, PushedTask] = {}
    for some in in_lots(keys):
        for row in connection.execute(select(t).where(t.c.project_id == project, t.c.key.in_(some))):
            tasks_there[row.key] = _task(row)
    return tasks_there


def keep_tasks(connection: Connection, project: UUID, tasks: Iterable[PushedTask]) -> None:
    """Keep new tasks, or what has changed of known ones; which model each shows since when is kept for ever."""
    tasks = list(tasks)
    known = tasks_with_keys(connection, project, [task.key for task in tasks])
    new, changed, shown = [], [], []
    for task in tasks:
        since = task.shown_since or now()
        columns = {
            "task_id": task.task_id,
            "data_hash": task.data_hash,
            "model_id": task.model,
            "shown_since": since,
            "draw": task.draw.value,
            "offered": None if task.offered is None else list(task.offered),
            "ticked": None if task.ticked is None else list(task.ticked),
        }
        before = known.get(task.key)
        if before is None:
            new.append({"project_id": project, "key": task.key, "segment_id": task.segment, **columns})
        else:
            if before.shows == task.shows:
                columns["shown_since"] = before.shown_since
            changed.append({"of_project": project, "of_key": task.key} | columns)
        if before is None or before.shows != task.shows:
            boxes = {name: columns[name] for name in ("offered", "ticked")}
            row = {"project_id": project, "key": task.key, "model_id": task.model, "since": since}
            shown.append(row | boxes)
    insert_rows(connection, label_studio_tasks, new)
    if changed:
        connection.execute(_CHANGED, changed)
    insert_rows(connection, shown_models, shown)


# all at once: other writers wait as long as it takes
_CHANGED = label_studio_tasks.update().where(
    label_studio_tasks.c.project_id == bindparam("of_project"),
    label_studio_tasks.c.key == bindparam("of_key"),
)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """What stood on a task: the model version, the codes it put there, and those that came ticked (None: not kept)."""

    model: UUID
    offered: tuple[str, ...] | None = None
    ticked: tuple[str, ...] | None = None


def shown_at(connection: Connection, project: UUID, key: UUID, moment: datetime) -> OnScreen | None:
    """What stood on a task at a moment; None where it showed no suggestions."""
    asked = {"of_project": project, "of_key": key, "moment": moment}
    return _on_screen(connection.execute(_SHOWN_AT, asked).first())


# built once: it is asked for every review that arrives
_SHOWN_AT = (
    select(shown_models)
    .where(
        shown_models.c.project_id == bindparam("of_project"),
        shown_models.c.key == bindparam("of_key"),
        shown_models.c.since <= bindparam("moment"),
    )
    .order_by(shown_models.c.sequence.desc())
    .limit(1)
)


def shown_first(connection: Connection, project: UUID, key: UUID) -> OnScreen | None:
    """The first suggestions that ever stood on a task; None where none did."""
    s = shown_models
    wanted = select(s).where(s.c.project_id == project, s.c.key == key, s.c.model_id.is_not(None))
    return _on_screen(connection.execute(wanted.order_by(s.c.sequence).limit(1)).first())


def count_pushed(connection: Connection, segmentation: str) -> Mapping[UUID, int]:
    """How many segments of each transcript stand in a project that is in use."""
    t = label_studio_tasks
    wanted = (
        select(segments.c.transcript_id, func.count(distinct(segments.c.id)))
        .join(t, t.c.segment_id == segments.c.id)
        .join(label_studio_projects, label_studio_projects.c.id == t.c.project_id)
        .where(label_studio_projects.c.retired.is_(False), segments.c.segmentation == segmentation)
        .group_by(segments.c.transcript_id)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


class CountedPushed:
    """Keeps ``count_pushed`` with a mark of what it was counted from, for a server. Safe among threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: tuple[object, Mapping[UUID, int]] | None = None

    def now(self, connection: Connection, segmentation: str) -> Mapping[UUID, int]:
        """How many segments of each transcript stand in a project that is in use."""
        p = label_studio_projects.c
        tasks = connection.execute(select(func.count()).select_from(label_studio_tasks)).scalar()
        # every new task has a row here, and the newest is told without looking at all of them
        shown = connection.execute(select(func.max(shown_models.c.sequence))).scalar()
        used = connection.execute(select(p.id).where(p.retired.is_(False))).scalars()
        newest = connection.execute(select(func.max(transcript_versions.c.sequence))).scalar()
        mark = (segmentation, tasks, shown, frozenset(used), newest)
        with self._turn:
            if self._kept is None or self._kept[0] != mark:
                self._kept = (mark, count_pushed(connection, segmentation))
            return self._kept[1]


def pushed_segments(connection: Connection, among: Collection[UUID]) -> frozenset[UUID]:
    """Those of these segments that stand in a project that is in use."""
    t, p = label_studio_tasks, label_studio_projects
    segment_ids: set[UUID] = set()
    for some in in_lots(among):
        joined = select(t.c.segment_id).join(p, p.c.id == t.c.project_id)
        wanted = joined.where(t.c.segment_id.in_(some), p.c.retired.is_(False))
        segment_ids |= set(connection.execute(wanted).scalars())
    return frozenset(segment_ids)


def count_tasks(connection: Connection, among: Collection[UUID]) -> int:
    """How many tasks of these segments stand in projects that are in use."""
    t, p = label_studio_tasks, label_studio_projects
    count = 0
    for some in in_lots(among):
        joined = select(func.count()).select_from(t.join(p, p.c.id == t.c.project_id))
        count += int(
            connection.execute(joined.where(t.c.segment_id.in_(some), p.c.retired.is_(False))).scalar_one()
        )
    return count


def words_on_tasks(connection: Connection, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """For each of these tasks, by key: who speaks in its passage and the words, as the transcript reads now."""
    t, s, text = label_studio_tasks, segments, transcripts
    words_there: dict[str, tuple[str, str]] = {}
    for some in in_lots([UUID(key) for key in keys]):
        wanted = select(t.c.key, s.c.speaker, s.c.start, s.c.end, text.c.text).where(t.c.key.in_(some))
        joined = wanted.join(s, s.c.id == t.c.segment_id).join(text, text.c.id == s.c.transcript_id)
        for row in connection.execute(joined):
            words_there[str(row.key)] = (row.speaker, row.text[row.start : row.end])
    return words_there


def _task(row: Row[Any]) -> PushedTask:
    return PushedTask(
        row.segment_id,
        row.task_id,
        row.data_hash,
        row.model_id,
        row.shown_since,
        Draw(row.draw),
        _codes(row.offered),
        _codes(row.ticked),
    )


def _on_screen(row: Row[Any] | None) -> OnScreen | None:
    if row is None or row.model_id is None:
        return None
    return OnScreen(row.model_id, _codes(row.offered), _codes(row.ticked))


def _codes(kept: Any) -> tuple[str, ...] | None:
    return None if kept is None else tuple(kept)


def pushed_transcripts(connection: Connection, url: str) -> set[UUID]:
    """The transcripts of which something stands in this Label Studio, in a project that is in use."""
    t, p, s = label_studio_tasks, label_studio_projects, segments
    wanted = (
        select(s.c.transcript_id)
        .distinct()
        .where(t.c.segment_id == s.c.id, t.c.project_id == p.c.id, p.c.url == url, p.c.retired.is_(False))
    )
    return set(connection.execute(wanted).scalars())
