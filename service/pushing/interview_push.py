"""One project of whole interviews: its tasks, marks and words brought to where they ought to be.

The rules are those of passages (see this package), with the interview in the place of the passage: one that somebody has
answered, skipped or begun on keeps what the coder saw; all others show what the model that serves suggests now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.change_task_data import show_data
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.data_manager_tab import ensure_tab
from annotations.label_studio.interview_screen import interview_config
from annotations.label_studio.predictions_on_tasks import (
    clear_predictions,
    drop_predictions,
    outdated,
    replace_predictions,
    show_version,
)
from annotations.label_studio.projects import Project, project_exists
from annotations.label_studio.task_data import hash_of
from annotations.label_studio.tasks import Task, add_tasks, delete_tasks, tasks_by_key, touched
from annotations.lots import lots
from annotations.numbers_shown import counted
from annotations.progress import Progress
from annotations.store.database import Store
from annotations.store.interviews import InterviewTask, interviews_of, keep_interviews
from annotations.store.label_studio_projects import ProjectRow, project_for
from annotations.store.pushed_tasks import PushedTask, keep_tasks, tasks_of
from annotations.store.small_transactions import in_small_transactions
from annotations.store.tables import now
from annotations.store.wave_views import TaskView
from service.label_studio.attach import AttachedService, attach
from service.pushing.carry_words import WordCarrier
from service.pushing.interview_shown import WholeInterview, WholeShown, hash_of_marks
from service.pushing.open_project import OpenProject, open_project
from service.pushing.project_push import Pushed

TAB = "Interviews"
# an interview's marks are some 60 kB
AT_A_TIME = 20
# whose passages go into one transaction
INTERVIEWS = 2


@dataclass(frozen=True)
class InterviewPush:
    """What all projects of a push share: ``model`` is the one that serves, ``label`` its name in Label Studio."""

    store: Store
    server: LabelStudio
    service: AttachedService
    study: str
    codebook: Codebook
    model: UUID
    label: str
    shown: WholeShown

    def push(
        self,
        wave: str,
        coder: str | None,
        placed: Sequence[DealtSegment],
        progress: Progress,
        create: Sequence[DealtSegment] | None = None,
    ) -> Pushed:
        """Bring one project up to date. ``create``: the order in which interviews that are not there are made."""
        opened = self._open(wave, coder)
        interviews = self.shown.interviews(create or placed)
        there, new = self._tasks(opened, interviews, progress)
        notes = (*opened.notes, *self._take_outdated_away(opened, interviews, there))
        carried = WordCarrier(self.store, self.server, self.codebook, opened.row).to_interviews(
            interviews, there, self.shown, self.model
        )
        begun = {interview.key for interview in interviews if there[str(interview.key)].touched} | carried
        left = [interview for interview in interviews if interview.key not in begun]
        changed = self._bring(opened, left, there, progress)
        ensure_tab(self.server, opened.project.id, TAB)
        undone = attach(self.server, opened.project.id, self.service)
        drawn = Counter(dealt_segment.draw for dealt_segment in placed)
        fresh = {interview.key for interview in interviews if str(interview.key) in new}
        return Pushed(
            opened.project,
            coder,
            created=len(fresh),
            updated=len(changed - fresh),
            unchanged=len({interview.key for interview in left} - changed - fresh),
            waiting=0,
            reviewed=len(begun - fresh),
            draws={kind.value: drawn[kind] for kind in Draw if kind is not Draw.ORDINARY},
            notes=(*notes, undone) if undone else notes,
            view=TaskView.INTERVIEW,
        )

    def standing(self, wave: str) -> Mapping[str, Task]:
        """What stands in the project that all share, by passage; empty where there is none."""
        with self.store.reading() as connection:
            known = project_for(
                connection, url=self.server.url, coder=None, wave=wave, view=TaskView.INTERVIEW
            )
            passages = tasks_of(connection, known.id) if known else {}
        if known is None or not project_exists(self.server, known.project_id):
            return {}
        by_number = {task.id: task for task in tasks_by_key(self.server, known.project_id).values()}
        return {
            str(key): by_number[passage.task_id]
            for key, passage in passages.items()
            if passage.task_id in by_number
        }

    def _open(self, wave: str, coder: str | None) -> OpenProject:
        return open_project(
            self.store,
            self.server,
            self.codebook,
            self.study,
            wave=wave,
            coder=coder,
            view=TaskView.INTERVIEW,
            config=lambda used: interview_config(self.codebook, used),
        )

    def _tasks(
        self, opened: OpenProject, interviews: Sequence[WholeInterview], progress: Progress
    ) -> tuple[Mapping[str, Task], frozenset[str]]:
        """Make the tasks that are not there, and have each and its passages on record before anything is shown on it."""
        there = tasks_by_key(self.server, opened.project.id)
        missing = [interview for interview in interviews if str(interview.key) not in there]
        if missing:
            data = [self.shown.data(interview, None) for interview in missing]
            there = add_tasks(self.server, opened.project.id, data, progress)
        with self.store.reading() as connection:
            before = interviews_of(connection, opened.row.id)
        unknown = []
        for interview in interviews:
            known = before.get(interview.key)
            if known is None or known.task_id != there[str(interview.key)].id:
                unknown.append(interview)
        moment = now()

        def keep(connection: Connection, few: Sequence[WholeInterview]) -> None:
            keep_interviews(
                connection,
                [self._row(opened.row, interview, there[str(interview.key)].id) for interview in few],
            )
            rows = [
                PushedTask(its.segment, there[str(interview.key)].id, "", None, moment, its.draw)
                for interview in few
                for its in interview.placed
            ]
            keep_tasks(connection, opened.row.id, rows)

        in_small_transactions(self.store, unknown, keep, most=INTERVIEWS)
        self._keep_new_passages(opened.row, interviews, there)
        return there, frozenset(str(interview.key) for interview in missing)

    def _keep_new_passages(
        self, row: ProjectRow, interviews: Sequence[WholeInterview], there: Mapping[str, Task]
    ) -> None:
        """Passages that came to an interview later: another cut of the text, or one that the model speaks of only now."""
        moment = now()
        with self.store.reading() as connection:
            kept = tasks_of(connection, row.id)
        new = [
            new_task
            for interview in interviews
            for its in interview.placed
            if (
                new_task := PushedTask(its.segment, there[str(interview.key)].id, "", None, moment, its.draw)
            ).key
            not in kept
        ]
        in_small_transactions(self.store, new, lambda connection, few: keep_tasks(connection, row.id, few))

    def _bring(
        self,
        opened: OpenProject,
        left: Sequence[WholeInterview],
        there: Mapping[str, Task],
        progress: Progress,
    ) -> set[UUID]:
        """Let these interviews show what they ought to; returns the keys of those that showed something else."""
        project = opened.project
        with self.store.reading() as connection:
            before = interviews_of(connection, opened.row.id)
        wanted = {
            interview.key: self._wanted(opened.row, interview, there[str(interview.key)])
            for interview in left
        }
        stale = [
            interview
            for interview in left
            if not self._stands(interview, wanted[interview.key], before, there)
        ]
        turning = project.model_version not in ("", self.label)
        done: list[WholeInterview] = []
        for lot in lots(stale, AT_A_TIME):
            numbers = {there[str(interview.key)].id: interview for interview in lot}
            begun = touched(self.server, project.id, list(numbers))
            some = [interview for number, interview in numbers.items() if number not in begun]
            moment = now()
            self._show(project, some, there)
            if not turning:
                self._turn(project)
                self._keep(opened.row, some, wanted, moment)
            done += some
            progress(len(done), len(stale))
        if turning and done:
            moment = now()
            self._turn(project)
            self._keep(opened.row, done, wanted, moment)
        self._tidy(project, [there[str(interview.key)] for interview in left])
        return {interview.key for interview in done}

    def _show(self, project: Project, some: Sequence[WholeInterview], there: Mapping[str, Task]) -> None:
        tasks = {interview.key: there[str(interview.key)] for interview in some}
        data = {tasks[interview.key].id: self.shown.data(interview, self.model) for interview in some}
        show_data(self.server, project.id, data, {task.id: task.data for task in tasks.values()})
        made = {
            tasks[interview.key].id: its
            for interview in some
            if (its := self.shown.prediction(interview, self.model)) is not None
        }
        clearing = [
            task.id
            for task in tasks.values()
            if self.label in task.versions or (task.versions and task.id not in made)
        ]
        if made:
            replace_predictions(self.server, project.id, made, clearing=clearing)
        else:
            clear_predictions(self.server, project.id, clearing)

    def _turn(self, project: Project) -> None:
        any_there = any(
            self.label in task.versions for task in tasks_by_key(self.server, project.id).values()
        )
        if any_there:
            show_version(self.server, project.id, self.label)

    def _tidy(self, project: Project, left: Sequence[Task]) -> None:
        """Take away what older versions predicted: coders would find it in tabs beside what is suggested now."""
        tasks = [task.id for task in left if task.versions - {self.label}]
        if not tasks:
            return
        old = outdated(self.server, project.id, tasks, version=self.label)
        begun = touched(self.server, project.id, tasks)
        drop_predictions(
            self.server,
            (prediction for task in tasks if task not in begun for prediction in old.get(task, ())),
        )

    def _wanted(self, row: ProjectRow, interview: WholeInterview, task: Task) -> InterviewTask:
        return replace(
            self._row(row, interview, task.id),
            data_hash=hash_of(self.shown.data(interview, self.model)),
            marks_hash=hash_of_marks(self.shown.prediction(interview, self.model)),
        )

    def _stands(
        self,
        interview: WholeInterview,
        wanted: InterviewTask,
        before: Mapping[UUID, InterviewTask],
        there: Mapping[str, Task],
    ) -> bool:
        """Does the interview show by now what it shall?"""
        task = there[str(interview.key)]
        marked = self.shown.prediction(interview, self.model) is not None
        return before.get(interview.key) == wanted and (self.label in task.versions) is marked

    def _keep(
        self,
        row: ProjectRow,
        some: Sequence[WholeInterview],
        wanted: Mapping[UUID, InterviewTask],
        moment: datetime,
    ) -> None:
        """On record: what the interviews and their passages show since then. Each interview is kept with its passages."""

        def keep(connection: Connection, few: Sequence[WholeInterview]) -> None:
            keep_interviews(connection, [wanted[interview.key] for interview in few])
            rows = [
                its
                for interview in few
                for its in self.passages(interview, wanted[interview.key].task_id, moment)
            ]
            keep_tasks(connection, row.id, rows)

        in_small_transactions(self.store, some, keep, most=INTERVIEWS)

    def passages(self, interview: WholeInterview, task: int, moment: datetime) -> list[PushedTask]:
        """What each passage of an interview shows."""
        passages = []
        for its in interview.placed:
            model = self.shown.model_on(its, self.model)
            marks = self.shown.marks(its, model)
            passages.append(
                PushedTask(its.segment, task, "", model, moment, its.draw, marks.offered, marks.ticked)
            )
        return passages

    def _row(self, row: ProjectRow, interview: WholeInterview, task: int) -> InterviewTask:
        return InterviewTask(
            row.id, interview.key, interview.transcript, task, interview.text_hash, interview.again
        )

    def _take_outdated_away(
        self, opened: OpenProject, interviews: Sequence[WholeInterview], there: Mapping[str, Task]
    ) -> tuple[str, ...]:
        """Tasks of texts that were corrected since go, unless somebody has begun on them: that is their word."""
        with self.store.reading() as connection:
            known = interviews_of(connection, opened.row.id)
        wanted = {interview.key for interview in interviews}
        now_shown = {(interview.transcript, interview.again): interview.text_hash for interview in interviews}
        old = [
            interview
            for key, interview in known.items()
            if key not in wanted
            and now_shown.get((interview.transcript, interview.again), interview.text_hash)
            != interview.text_hash
        ]
        stay = [
            interview_task
            for interview_task in old
            if (task := there.get(str(interview_task.key))) is not None and not task.touched
        ]
        begun = touched(self.server, opened.project.id, [interview.task_id for interview in stay])
        doomed = [interview.task_id for interview in stay if interview.task_id not in begun]
        delete_tasks(self.server, opened.project.id, doomed)
        if not doomed:
            return ()
        return (
            f"{counted(len(doomed), 'interview was', 'interviews were')} deleted, since the words were corrected.",
        )
