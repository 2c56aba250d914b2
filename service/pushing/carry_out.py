"""A plan carried out in one project: predictions, the reasons beside them, and what older versions left.

Label Studio takes new predictions by the hundred, but new reasons and outdated predictions one task a request. So all
tasks turn to the new suggestions at once; the reasons follow in reading order, and what is outdated goes last. What is
said where nothing is suggested is the same for all, so it waits for nothing. A push that is interrupted is finished by
the next one, stage by stage.

A code that is ticked without a box nobody sees, and Label Studio gives it back as accepted. So a prediction ticks only
what has a box on its task by then; what gets its box with the new reasons is ticked right afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from annotations.label_studio.candidates import codes_in_boxes
from annotations.label_studio.change_task_data import new_in, show_data, show_field
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predictions_on_tasks import (
    clear_predictions,
    drop_predictions,
    outdated,
    replace_predictions,
    show_version,
)
from annotations.label_studio.projects import Project
from annotations.label_studio.task_data import BOXES, REASONS, REASONS_COME, hash_of
from annotations.label_studio.tasks import touched
from annotations.lots import lots
from annotations.progress import Progress
from annotations.store.database import Store
from annotations.store.pushed_tasks import PushedTask, keep_tasks
from annotations.store.small_transactions import in_small_transactions
from annotations.store.tables import now
from service.pushing.plan import Faces, ProjectState, PushPlan, TaskStep

# each import makes Label Studio count anew what stands on every task of the project
AT_A_TIME = 2000
# between two looks at what coders have begun on meanwhile
ONE_BY_ONE = 50


class Stage(Enum):
    """How far a task is: predictions are there, its boxes and reasons too, or all that belongs in them is ticked."""

    PREDICTED = 1
    REDRAWN = 2
    COMPLETE = 3


@dataclass(frozen=True)
class Showing:
    """A project as it stood when its plan was made. ``row``: our record of it; ``label``: the version that serves."""

    store: Store
    server: LabelStudio
    project: Project
    row: UUID
    label: str
    faces: Faces
    state: ProjectState

    def bring(self, plan: PushPlan, progress: Progress) -> None:
        """Bring the tasks to what they ought to show."""
        total = (
            len(plan.predict) + len(plan.redraw) + sum(map(self._lacks_boxes, plan.predict)) + len(plan.tidy)
        )
        done = 0
        self._hide(plan)
        for stage in (self._predict, self._redraw, self._complete, self._tidy):
            for count in stage(plan):
                done += count
                progress(done, total)

    def _hide(self, plan: PushPlan) -> None:
        """Where no suggestion is shown any more, ticks, boxes and reasons go before anything else does.

        The passage must not be told from one that is blind, not even for the minutes that other reasons take to come;
        and only then is it on record that it shows none. Ticks go before their boxes.
        """
        going = [(step, data) for step, data in plan.redraw if not step.is_new and self._hides(step)]
        for some in lots(going, ONE_BY_ONE):
            begun = touched(self.server, self.project.id, [step.task for step, _ in some])
            left = {step.task: (step, data) for step, data in some if step.task not in begun}
            predicted = [task for task, (step, _) in left.items() if self.state.there[str(step.key)].versions]
            clear_predictions(self.server, self.project.id, predicted)
            before = {task: self.state.there[str(step.key)].data for task, (step, _) in left.items()}
            new = {task: data for task, (_, data) in left.items()}
            show_data(self.server, self.project.id, new, before)

    def _predict(self, plan: PushPlan) -> Iterator[int]:
        """Put predictions on tasks. Where the project shows another version, all turn to the new one at once.

        Else they are kept lot by lot, so that an interrupted push goes on.
        """
        shown = self.project.model_version
        waiting: list[TaskStep] = []
        for lot in lots(plan.predict, AT_A_TIME):
            # what a coder has begun on since the plan was made keeps what they saw
            begun = touched(self.server, self.project.id, [step.task for step in lot if not step.is_new])
            some = [step for step in lot if step.task not in begun]
            made = {
                step.task: its
                for step in some
                if (its := self.faces.prediction(step.placed, step.model, self._boxes(step))) is not None
            }
            clearing = [step.task for step in some if step.clear]
            replace_predictions(self.server, self.project.id, made, clearing=clearing)
            if made and not shown:
                show_version(self.server, self.project.id, self.label)
                shown = self.label
            if shown in ("", self.label):
                self._keep(some)
            else:
                waiting += some
            yield len(lot)
        if waiting:
            self._turn(plan, waiting)

    def _turn(self, plan: PushPlan, waiting: Sequence[TaskStep]) -> None:
        """From the suggestions of another version to those of the one that serves."""
        self._take_reasons_back(plan)
        moment = now()
        if any(not self._hides(segment) for segment in waiting):
            show_version(self.server, self.project.id, self.label)
        self._keep(waiting, moment=moment)

    def _take_reasons_back(self, plan: PushPlan) -> None:
        """No old reasons beside new suggestions: a word stands there until the new ones come.

        Where nothing is suggested no reasons will come, and what is said of that stands there at once.
        """
        old = [(step, said) for step, said in self._old_reasons(plan) if not self._hides(step)]
        self._replace_reasons((step, REASONS_COME) for step, _ in old if self._suggests(step))
        self._replace_reasons((step, said) for step, said in old if not self._suggests(step))

    def _old_reasons(self, plan: PushPlan) -> Iterator[tuple[TaskStep, str]]:
        """The tasks whose reasons shall be others, and which."""
        for step, data in plan.redraw:
            if not step.is_new and REASONS in new_in(data, self.state.there[str(step.key)].data):
                yield step, data[REASONS]

    def _replace_reasons(self, wanted: Iterable[tuple[TaskStep, str]]) -> None:
        alike: dict[str, list[int]] = {}
        for step, said in wanted:
            alike.setdefault(said, []).append(step.task)
        for said, tasks in alike.items():
            for some in lots(tasks, AT_A_TIME):
                begun = touched(self.server, self.project.id, some)
                left = [task for task in some if task not in begun]
                show_field(self.server, self.project.id, left, REASONS, said)

    def _hides(self, step: TaskStep) -> bool:
        return self.faces.candidates(step.placed, step.model) is None

    def _suggests(self, step: TaskStep) -> bool:
        boxes = self.faces.candidates(step.placed, step.model)
        return boxes is not None and not boxes.nothing

    def _redraw(self, plan: PushPlan) -> Iterator[int]:
        """Show new reasons and context; what a coder has begun on meanwhile stays as they saw it."""
        for some in lots(plan.redraw, ONE_BY_ONE):
            begun = touched(self.server, self.project.id, [step.task for step, _ in some])
            left = [(step, data) for step, data in some if step.task not in begun]
            before = {step.task: self.state.there[str(step.key)].data for step, _ in left}
            show_data(self.server, self.project.id, {step.task: data for step, data in left}, before)
            self._keep([replace(step, shown=hash_of(data)) for step, data in left], Stage.REDRAWN)
            yield len(some)

    def _complete(self, plan: PushPlan) -> Iterator[int]:
        """Tick what has its box only now."""
        redrawn = {step.key: hash_of(data) for step, data in plan.redraw}
        lacking = [step for step in plan.predict if self._lacks_boxes(step) and step.key in redrawn]
        for lot in lots(lacking, AT_A_TIME):
            begun = touched(self.server, self.project.id, [step.task for step in lot])
            some = [replace(step, shown=redrawn[step.key]) for step in lot if step.task not in begun]
            made = {
                step.task: its
                for step in some
                if (its := self.faces.prediction(step.placed, step.model)) is not None
            }
            replace_predictions(self.server, self.project.id, made, clearing=[step.task for step in some])
            self._keep(some, Stage.COMPLETE)
            yield len(lot)

    def _boxes(self, step: TaskStep) -> frozenset[str]:
        """The codes for which the task had boxes when the plan was made."""
        return codes_in_boxes(self.state.there[str(step.key)].data.get(BOXES))

    def _lacks_boxes(self, step: TaskStep) -> bool:
        """Is something to be ticked that has no box on the task yet?"""
        whole = self.faces.prediction(step.placed, step.model)
        return whole is not None and whole != self.faces.prediction(
            step.placed, step.model, self._boxes(step)
        )

    def _tidy(self, plan: PushPlan) -> Iterator[int]:
        """Take away what older versions predicted: coders would find it in tabs beside what is suggested now."""
        if not plan.tidy:
            return
        tasks = [step.task for step in plan.tidy]
        old = outdated(self.server, self.project.id, tasks, version=self.label)
        for some in lots(tasks, ONE_BY_ONE):
            begun = touched(self.server, self.project.id, some)
            drop_predictions(
                self.server,
                (prediction for task in some if task not in begun for prediction in old.get(task, ())),
            )
            yield len(some)

    def _keep(
        self, some: Sequence[TaskStep], stage: Stage = Stage.PREDICTED, *, moment: datetime | None = None
    ) -> None:
        """On record: what the tasks show since now."""
        since = moment or now()
        kept = [
            PushedTask(
                step.placed.segment, step.task, step.shown, step.model, since, step.placed.draw, *boxes
            )
            for step in some
            for boxes in [self._offered(step, stage)]
        ]
        in_small_transactions(self.store, kept, lambda connection, few: keep_tasks(connection, self.row, few))

    def _offered(self, step: TaskStep, stage: Stage) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        """The codes that are put before the coder by now, and those of them that are ticked."""
        boxes = self.faces.candidates(step.placed, step.model)
        if boxes is None:
            return None, None
        there, ticked = self._boxes(step), boxes.ticked
        if stage is not Stage.COMPLETE:
            ticked = tuple(code for code in ticked if code in there or code in boxes.in_rows)
        if stage is not Stage.PREDICTED or there == {box.code for box in boxes.boxes}:
            return boxes.offered, ticked
        # the boxes of before are still there
        known = self.state.known(step.key)
        before = () if known is None else known.offered or ()
        return tuple(dict.fromkeys((*before, *ticked))), ticked
