"""What a push has to do on which task. The rules in words are in the docstring of ``service.pushing``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.candidates import Candidates
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.task_data import BOXES, REASONS, hash_of
from annotations.label_studio.tasks import Task
from annotations.store.pushed_tasks import PushedTask, task_key


class Faces(Protocol):
    """What a passage shows under a model version; None: without suggestions."""

    def data(self, placed: DealtSegment, model: UUID | None) -> Mapping[str, Any]:
        """The data of its task."""
        ...

    def candidates(self, placed: DealtSegment, model: UUID | None) -> Candidates | None:
        """What is put before its coder, or None where that is hidden or, in a study that hides some, nothing."""
        ...

    def prediction(
        self, placed: DealtSegment, model: UUID | None, among: Collection[str] | None = None
    ) -> Prediction | None:
        """The prediction that stands on its task, or None; ``among``: the codes for which the task has boxes now."""
        ...


@dataclass(frozen=True, slots=True)
class TaskStep:
    """A task to work on. ``model``: whose suggestions it shall show; ``clear``: what is predicted there goes first.

    ``shown``: the hash of what it shows by now, "" if unknown.
    """

    placed: DealtSegment
    task: int
    model: UUID | None
    shown: str
    clear: bool = False
    is_new: bool = False
    waits: bool = False

    @property
    def key(self) -> UUID:
        """What the task is called."""
        return task_key(self.placed.segment, self.placed.draw)


@dataclass
class PushPlan:
    """Tasks whose predictions change, whose words change, that keep outdated predictions; how many need nothing."""

    predict: list[TaskStep] = field(default_factory=list)
    redraw: list[tuple[TaskStep, Mapping[str, Any]]] = field(default_factory=list)
    tidy: list[TaskStep] = field(default_factory=list)
    same: int = 0
    reviewed: int = 0
    waiting: int = 0

    @property
    def updated(self) -> int:
        """How many tasks that were there show something else than before."""
        changed = [*self.predict, *(step for step, _ in self.redraw), *self.tidy]
        return len({step.key for step in changed if not step.is_new and not step.waits})


@dataclass(frozen=True)
class ProjectState:
    """How a project stands: our tasks in Label Studio by key, those made just now, and our own record.

    ``shown``: the version whose predictions coders see there, "" for none.
    """

    there: Mapping[str, Task]
    new: frozenset[str]
    before: Mapping[UUID, PushedTask]
    shown: str = ""

    def known(self, key: UUID) -> PushedTask | None:
        """Our record of a task, if it is of the task that is there."""
        task_before = self.before.get(key)
        return (
            task_before
            if task_before is not None and task_before.task_id == self.there[str(key)].id
            else None
        )


def make_plan(
    placed: Sequence[DealtSegment],
    transcript_of: Mapping[UUID, Any],
    state: ProjectState,
    *,
    model: UUID,
    label: str,
    faces: Faces,
) -> PushPlan:
    """The rules of this package (see its docstring), task by task.

    ``transcript_of``: each segment's transcript; ``model``: the one that serves, whose version is named ``label``.
    """
    going = in_progress(placed, transcript_of, state)
    plan = PushPlan()
    for dealt_segment in placed:
        _place(plan, dealt_segment, state, transcript_of[dealt_segment.segment] in going, model, label, faces)
    return plan


def in_progress(
    placed: Sequence[DealtSegment], transcript_of: Mapping[UUID, Any], state: ProjectState
) -> set[Any]:
    """The transcripts of which somebody has touched some tasks, not all."""
    begun: set[Any] = set()
    left: set[Any] = set()
    for dealt_segment in placed:
        if dealt_segment.draw is Draw.REPEAT:
            continue
        key = str(task_key(dealt_segment.segment, dealt_segment.draw))
        (begun if state.there[key].touched else left).add(transcript_of[dealt_segment.segment])
    return begun & left


def _place(
    plan: PushPlan,
    dealt_segment: DealtSegment,
    state: ProjectState,
    going: bool,
    model: UUID,
    label: str,
    faces: Faces,
) -> None:
    key = task_key(dealt_segment.segment, dealt_segment.draw)
    task = state.there[str(key)]
    if task.touched:
        plan.reviewed += 1
        return
    known = state.known(key)
    shall = model if dealt_segment.draw is Draw.ORDINARY else None
    waits = bool(going and shall and known and known.model and known.model != shall)
    if waits and known is not None:
        shall = known.model
        plan.waiting += 1
    boxes_shown = faces.candidates(dealt_segment, shall)
    suggests = boxes_shown is not None
    data = faces.data(dealt_segment, shall)
    is_new = str(key) in state.new
    # the same model may tick otherwise: by another least precision, or since Tandem shows codes in another way
    boxes = (None, None) if boxes_shown is None else (boxes_shown.offered, boxes_shown.ticked)
    as_known = known is not None and (known.shows, known.draw) == ((shall, *boxes), dealt_segment.draw)
    # whose suggestions stand there under the name of the version that serves, nobody can tell but our record; nor can
    # it where a push broke off before the project turned, and somebody began on the transcript since
    sure = as_known and not (waits and state.shown not in ("", label))
    clear = bool(task.versions) if not suggests else label in task.versions and not sure
    step = TaskStep(dealt_segment, task.id, shall, known.data_hash if known else "", clear, is_new, waits)
    predict = not as_known or clear or (suggests and label not in task.versions)
    # a push that broke off may have put other reasons there, or the word that they come, and did not record it
    redraw = step.shown != hash_of(data) or task.data.get(REASONS, data[REASONS]) != data[REASONS]
    redraw |= task.data.get(BOXES) != data.get(BOXES)
    tidy = suggests and not clear and bool(task.versions - {label})
    if predict:
        plan.predict.append(step)
    if redraw:
        plan.redraw.append((step, data))
    if tidy:
        plan.tidy.append(step)
    if not (predict or redraw or tidy or waits or is_new):
        plan.same += 1
