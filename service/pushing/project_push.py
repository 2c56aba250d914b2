"""One project of a push: its tasks, predictions and words brought to where they ought to be, lot by lot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.data_manager_tab import ensure_tab
from annotations.label_studio.projects import Project, project_exists
from annotations.label_studio.screen import label_config
from annotations.label_studio.task_data import hash_of
from annotations.label_studio.tasks import Task, add_tasks, delete_tasks, tasks_by_key, touched
from annotations.numbers_shown import counted
from annotations.progress import Progress
from annotations.store.database import Store
from annotations.store.label_studio_projects import ProjectRow, project_for
from annotations.store.pushed_tasks import PushedTask, keep_tasks, task_key, tasks_of
from annotations.store.small_transactions import in_small_transactions
from annotations.store.tables import now
from annotations.store.transcript_versions import replaced_segments
from annotations.store.wave_views import TaskView
from service.label_studio.attach import AttachedService, attach
from service.pushing.carry_out import Showing
from service.pushing.carry_words import WordCarrier
from service.pushing.open_project import OpenProject, open_project
from service.pushing.plan import Faces, ProjectState, make_plan


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push to one project.

    ``draws``: how many of its tasks are blind, doubled and repeated; ``seed``: of the plan in force, None without one.
    """

    project: Project
    coder: str | None
    created: int
    updated: int
    unchanged: int
    waiting: int
    reviewed: int
    draws: Mapping[str, int]
    seed: int | None = None
    notes: tuple[str, ...] = ()
    view: TaskView = TaskView.PASSAGE

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "coder": self.coder,
            "view": self.view.value,
            "id": self.project.id,
            "url": self.project.url,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "waiting": self.waiting,
            "reviewed_left_alone": self.reviewed,
            "draws": dict(self.draws),
            "seed": self.seed,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class ProjectPush:
    """What all projects of a push share: ``model`` is the one that serves, ``label`` its name in Label Studio."""

    store: Store
    server: LabelStudio
    service: AttachedService
    study: str
    codebook: Codebook
    model: UUID
    label: str
    faces: Faces
    transcript_of: Mapping[UUID, UUID]

    def push(
        self,
        wave: str,
        coder: str | None,
        placed: Sequence[DealtSegment],
        progress: Progress,
        create: Sequence[DealtSegment] | None = None,
    ) -> Pushed:
        """Bring one project up to date. ``create``: the order in which tasks that are not there are made."""
        opened = self._project(wave, coder)
        project, row, notes = opened.project, opened.row, opened.notes
        state = self._tasks(project, row, create or placed, progress)
        notes = (*notes, *self._take_outdated_away(project, state))
        carried = WordCarrier(self.store, self.server, self.codebook, row).to_passages(placed, state.there)
        there = {
            key: replace(task, touched=task.touched or key in carried) for key, task in state.there.items()
        }
        state = replace(state, there=there)
        plan = make_plan(
            placed, self.transcript_of, state, model=self.model, label=self.label, faces=self.faces
        )
        showing = Showing(self.store, self.server, project, row.id, self.label, self.faces, state)
        showing.bring(plan, progress)
        ensure_tab(self.server, project.id)
        undone = attach(self.server, project.id, self.service)
        drawn = Counter(dealt_segment.draw for dealt_segment in placed)
        return Pushed(
            project,
            coder,
            created=len(state.new),
            updated=plan.updated,
            unchanged=plan.same,
            waiting=plan.waiting,
            reviewed=plan.reviewed,
            draws={kind.value: drawn[kind] for kind in Draw if kind is not Draw.ORDINARY},
            notes=(*notes, undone) if undone else notes,
        )

    def standing(self, wave: str) -> Mapping[str, Task]:
        """What stands in the project that all share, by key; empty where there is none."""
        with self.store.reading() as connection:
            known = project_for(connection, url=self.server.url, coder=None, wave=wave)
        if known is None or not project_exists(self.server, known.project_id):
            return {}
        return tasks_by_key(self.server, known.project_id)

    def _project(self, wave: str, coder: str | None) -> OpenProject:
        return open_project(
            self.store,
            self.server,
            self.codebook,
            self.study,
            wave=wave,
            coder=coder,
            view=TaskView.PASSAGE,
            config=lambda used: label_config(self.codebook, used),
        )

    def _tasks(
        self, project: Project, row: ProjectRow, create: Sequence[DealtSegment], progress: Progress
    ) -> ProjectState:
        """Make the tasks that are not there, and have every one on record before anything is shown on it.

        What stands there without a record was made by a push that broke off; a coder may have begun on it since.
        """
        there = tasks_by_key(self.server, project.id)
        missing = [dealt_segment for dealt_segment in create if str(_key(dealt_segment)) not in there]
        faces = {_key(dealt_segment): self._first_face(dealt_segment) for dealt_segment in missing}
        if missing:
            there = add_tasks(self.server, project.id, list(faces.values()), progress)
        with self.store.reading() as connection:
            before = tasks_of(connection, row.id)
        new = frozenset(str(_key(dealt_segment)) for dealt_segment in missing)
        state = ProjectState(there, new, before, project.model_version)
        unknown = [dealt_segment for dealt_segment in create if state.known(_key(dealt_segment)) is None]
        moment = now()
        tasks_now = [
            PushedTask(
                dealt_segment.segment,
                there[str(_key(dealt_segment))].id,
                hash_of(faces[_key(dealt_segment)]) if _key(dealt_segment) in faces else "",
                None,
                moment,
                dealt_segment.draw,
            )
            for dealt_segment in unknown
        ]
        in_small_transactions(
            self.store, tasks_now, lambda connection, few: keep_tasks(connection, row.id, few)
        )
        return replace(state, before={**before, **{task.key: task for task in tasks_now}})

    def _take_outdated_away(self, project: Project, state: ProjectState) -> tuple[str, ...]:
        """Delete the tasks whose words were corrected after the last push. A task that a coder has begun on stays."""
        with self.store.reading() as connection:
            gone = replaced_segments(connection, [task.segment for task in state.before.values()])
        there = [state.there.get(str(key)) for key, task in state.before.items() if task.segment in gone]
        doomed = [task.id for task in there if task is not None and not task.touched]
        begun = touched(self.server, project.id, doomed)
        doomed = [task for task in doomed if task not in begun]
        delete_tasks(self.server, project.id, doomed)
        if not doomed:
            return ()
        return (f"{counted(len(doomed), 'task was', 'tasks were')} deleted, since the words were corrected.",)

    def _first_face(self, dealt_segment: DealtSegment) -> Mapping[str, Any]:
        return self.faces.data(dealt_segment, self.model if dealt_segment.draw is Draw.ORDINARY else None)


def _key(dealt_segment: DealtSegment) -> UUID:
    return task_key(dealt_segment.segment, dealt_segment.draw)
