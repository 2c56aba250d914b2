"""What Label Studio holds, read and made good: the work behind "tandem pull" and the server's reconciling.

A pull sees how things stand, so it mends whatever webhooks lost, doubled or brought in disorder. It can be stopped
anywhere and run again. An annotation counts as deleted only after its whole project has been looked at. All tasks are
listed; read are those that look otherwise than when they were read before (``unchanged_tasks``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from annotations.label_studio.read_answers import AnsweredTask, Answers, ListedTask
from annotations.lots import lots
from annotations.numbers_shown import counted
from annotations.progress import Progress, quiet
from annotations.store.interviews import interviews_with_keys
from annotations.store.label_studio_projects import ProjectRow, projects
from annotations.store.label_studio_reads import (
    forget_task_marks,
    keep_read,
    keep_task_marks,
    last_read,
    task_marks,
)
from annotations.store.label_studio_users import keep_users
from annotations.store.pushed_tasks import tasks_with_keys
from annotations.store.seen_annotations import (
    AnnotationPlace,
    alive_in,
    alone_with_inbox,
    count_set_aside,
    tasks_told_of,
)
from annotations.store.wave_views import TaskView
from annotations.store.webhooks import newest_event
from service.composition import Parts
from service.corrections.drafts_of_interviews import keep_how_far
from service.corrections.inbox import Inbox
from service.corrections.unchanged_tasks import changed_tasks, known_marks

# a save that was under way while we read may carry an earlier time than one that we saw
OVERLAP = timedelta(minutes=2)
AT_A_TIME = 250


@dataclass
class Pulled:
    """What came of a pull. ``set_aside``: how many annotations are set aside now.

    ``annotations``: how many were read; ``unchanged``: how many tasks were not, since they stand as they were read before.
    """

    counted: Counter[str] = field(default_factory=Counter)
    annotations: int = 0
    unchanged: int = 0
    set_aside: int = 0
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "reviews_new": self.counted["new"],
            "reviews_superseded": self.counted["superseded"],
            "deleted": self.counted["deleted"],
            "set_aside": self.set_aside,
            "taken_back": self.counted["taken_back"],
            "annotations_read": self.annotations,
            "tasks_unchanged": self.unchanged,
            "webhooks_worked_off": self.counted["events"],
            "notes": self.notes,
        }


def pull_all(parts: Parts, inbox: Inbox, answers: Answers, progress: Progress) -> Pulled:
    """Look at every task of every project of ours, and read those that have changed."""
    return _Pulling(parts, inbox, answers, progress).pull(everything=True)


def pull_changed(parts: Parts, inbox: Inbox, answers: Answers) -> Pulled:
    """Read what has changed since the last time. Deleted tasks, and changes that a clock hides, take ``pull_all``."""
    return _Pulling(parts, inbox, answers, quiet).pull(everything=False)


class _Pulling:
    def __init__(self, parts: Parts, inbox: Inbox, answers: Answers, progress: Progress) -> None:
        self.store = parts.store
        self.inbox = inbox
        self.reviewing = inbox.reviewing
        self.answers = answers
        self.progress = progress
        self.pulled = Pulled()

    def pull(self, *, everything: bool) -> Pulled:
        self.reviewing.work_as(self.answers.own_account())
        people = self.answers.users()
        with self.store.writing() as connection:
            alone_with_inbox(connection)
            keep_users(connection, self.answers.url, people)
        self.pulled.counted += self.inbox.work_off()
        with self.store.reading() as connection:
            projects_there = projects(connection)
        here = [project for project in projects_there if project.url == self.answers.url]
        elsewhere = len(projects_there) - len(here)
        if elsewhere:
            self.pulled.notes.append(
                f"{counted(elsewhere, 'project stands', 'projects stand')} in another Label Studio than "
                f"{self.answers.url}, and nothing was read of that."
            )
        for at, project in enumerate(here):
            self._read(project, everything=everything)
            self.progress(at + 1, len(here))
        with self.store.writing() as connection:
            alone_with_inbox(connection)
            self.pulled.counted += self.reviewing.look_again(connection)
            self.pulled.set_aside = count_set_aside(connection)
        return self.pulled

    def _read(self, project: ProjectRow, *, everything: bool) -> None:
        with self.store.reading() as connection:
            read_after = newest_event(connection)
            before = last_read(connection, project.id)
            alive = alive_in(connection, project.id)
            meaning = self.reviewing.meaning_now(connection, project)
            known = known_marks(connection, project.id, meaning) if everything else {}
        since = None if everything or before is None or before.upto is None else before.upto - OVERLAP
        if not self.answers.has(project.project_id):
            self.pulled.notes.append(
                f'the project "{project.title}" is no longer in Label Studio. Its reviews stay; "tandem push" makes it anew.'
            )
            return
        listed = self.answers.listed(project.project_id) if known else {}
        tasks: list[AnsweredTask] = []
        for page in self._pages(project, since, listed, known):
            self._take_in(project, page, read_after)
            tasks += page
        unchanged = listed.keys() - changed_tasks(listed.values(), known)
        self.pulled.unchanged += len(unchanged)
        if since is None and alive and not unchanged and not self._ours(project, tasks):
            self.pulled.notes.append(
                f'the project "{project.title}" holds none of its tasks any more in Label Studio. Its reviews stay.'
            )
            return
        gone = self._gone(project, tasks, alive, unchanged, everything=since is None)
        for some in lots(gone, AT_A_TIME):
            with self.store.writing() as connection:
                alone_with_inbox(connection)
                self.pulled.counted += self.reviewing.take_away(
                    connection, project, some, read_after=read_after
                )
        if project.view is TaskView.INTERVIEW:
            keep_how_far(self.store, project, self.answers)
        newest = [task.changed for task in tasks if task.changed]
        newest += [task.changed for task in listed.values() if task.changed]
        if since is not None and before is not None and before.upto is not None:
            newest.append(before.upto)
        with self.store.writing() as connection:
            alone_with_inbox(connection)
            now = last_read(connection, project.id)
            if now is None or now.under != meaning:
                forget_task_marks(connection, project.id, task_marks(connection, project.id))
            elif since is None:
                # another pull may have read meanwhile, so only what was there at the beginning
                forget_task_marks(connection, project.id, known.keys() - listed.keys())
            keep_task_marks(connection, project.id, {task.id: task.mark for task in tasks})
            # of these a webhook said more while they were read
            forget_task_marks(connection, project.id, tasks_told_of(connection, project.id, read_after))
            keep_read(connection, project.id, max(newest, default=None), meaning)

    def _pages(
        self,
        project: ProjectRow,
        since: datetime | None,
        listed: Mapping[int, ListedTask],
        known: Mapping[int, str],
    ) -> Iterator[list[AnsweredTask]]:
        """The tasks that have to be read, with their annotations: all, those changed since, or those that look otherwise."""
        changed = changed_tasks(listed.values(), known)
        if not known or len(changed) > len(listed) // 2:
            return self.answers.pages(project.project_id, since=since)
        return self.answers.with_numbers(project.project_id, changed)

    def _take_in(self, project: ProjectRow, page: Sequence[AnsweredTask], read_after: int) -> None:
        arrivals = [arrival for task in page for arrival in task.arrivals]
        self.pulled.annotations += len(arrivals)
        for some in lots(arrivals, AT_A_TIME):
            with self.store.writing() as connection:
                alone_with_inbox(connection)
                self.pulled.counted += self.reviewing.take_in(
                    connection, project, some, read_after=read_after
                )

    def _ours(self, project: ProjectRow, tasks: Sequence[AnsweredTask]) -> bool:
        with self.store.reading() as connection:
            keys = [task.key for task in tasks if task.key]
            find = (tasks_with_keys, interviews_with_keys)
            return any(there(connection, project.id, keys) for there in find)

    def _gone(
        self,
        project: ProjectRow,
        tasks: Sequence[AnsweredTask],
        alive: Mapping[int, AnnotationPlace],
        unchanged: Set[int],
        *,
        everything: bool,
    ) -> list[int]:
        """The annotations known before the reading began that are not there now; on unchanged tasks nothing is gone."""
        there = {arrival.annotation for task in tasks for arrival in task.arrivals}
        read = {task.id for task in tasks} | {task.key for task in tasks if task.key}
        asked: dict[AnnotationPlace, bool] = {}
        gone = []
        for number, place in alive.items():
            if number in there or place.task in unchanged:
                continue
            if place.key in read or place.task in read:
                gone.append(number)
            elif everything:
                # pages shift while others delete, so a task that was not on them is asked for once more
                if place not in asked:
                    asked[place] = self._is_there(project, place)
                if not asked[place]:
                    gone.append(number)
        return gone

    def _is_there(self, project: ProjectRow, place: AnnotationPlace) -> bool:
        if place.task is None or place.key is None:
            return True
        return self.answers.holds(project.project_id, place.task, place.key)


def pull(parts: Parts, progress: Progress) -> Pulled:
    """Pull from the configured Label Studio. Raises Unreachable if it does not answer; what was read stays."""
    from service.label_studio.connect import label_studio_of

    with label_studio_of(parts) as server:
        return pull_all(parts, Inbox(parts), Answers(server), progress)
