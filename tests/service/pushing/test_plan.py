"""The rules of a push, task by task, without Label Studio."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from annotations.coding import Draw
from annotations.deal_and_draw import DealtSegment
from annotations.label_studio.candidates import Candidates
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.task_data import hash_of
from annotations.label_studio.tasks import Task
from annotations.store.pushed_tasks import PushedTask, task_key
from service.pushing.plan import ProjectState, PushPlan, in_progress, make_plan

OLD, NEW = UUID(int=1), UUID(int=2)
LABEL = "tandem v2"
SEGMENTS = tuple(UUID(int=100 + n) for n in range(6))
# two transcripts of three passages
TRANSCRIPT = {segment: at // 3 for at, segment in enumerate(SEGMENTS)}
Conditions = st.lists(
    st.tuples(
        st.sampled_from([Draw.ORDINARY, Draw.BLIND, Draw.DOUBLE]),
        st.booleans(),
        st.sampled_from([None, OLD, NEW]),
        st.sampled_from([(), ("tandem v1",), (LABEL,), ("tandem v1", LABEL)]),
    ),
    min_size=6,
    max_size=6,
)


def _words(segment: UUID, model: UUID | None) -> dict[str, str]:
    return {"segment_id": str(segment), "why": str(model)}


class _Faces:
    """Every passage but the last of each transcript has a suggestion; its words name the model."""

    def data(self, placed: DealtSegment, model: UUID | None) -> Mapping[str, str]:
        return _words(placed.segment, model)

    def candidates(self, placed: DealtSegment, model: UUID | None) -> Candidates | None:
        return Candidates() if _boxes(placed.segment, model) is not None else None

    def prediction(
        self, placed: DealtSegment, model: UUID | None, among: Collection[str] | None = None
    ) -> Prediction | None:
        there = among is None and self.candidates(placed, model) is not None
        return Prediction(LABEL, 0.0, ()) if there else None


def _boxes(segment: UUID, model: UUID | None) -> tuple[str, ...] | None:
    """What a record says of the codes that are shown: none here, or nothing."""
    return () if model is not None and SEGMENTS.index(segment) % 3 < 2 else None


def _state(conditions: Any) -> tuple[list[DealtSegment], ProjectState]:
    placed = [DealtSegment(segment, one[0]) for segment, one in zip(SEGMENTS, conditions, strict=True)]
    there, before = {}, {}
    for at, (one, (draw, touched, model, versions)) in enumerate(zip(placed, conditions, strict=True)):
        there[str(one.segment)] = Task(at, str(one.segment), touched, frozenset(versions))
        before[one.segment] = PushedTask(
            one.segment,
            at,
            hash_of(_words(one.segment, model)),
            model,
            None,
            draw,
            *[_boxes(one.segment, model)] * 2,
        )
    return placed, ProjectState(there, frozenset(), before)


def _plan(placed: list[DealtSegment], state: ProjectState) -> PushPlan:
    return make_plan(placed, TRANSCRIPT, state, model=NEW, label=LABEL, faces=_Faces())


@given(Conditions)
def test_the_rules_hold_whatever_stands_there(conditions: Any) -> None:
    """Touched tasks are left alone, drawn ones show nothing, those in progress keep their model, others get the new."""
    placed, state = _state(conditions)
    plan = _plan(placed, state)
    going = in_progress(placed, TRANSCRIPT, state)
    steps = {step.placed.segment: step for step in [*plan.predict, *(one for one, _ in plan.redraw)]}
    assert plan.reviewed == sum(touched for _, touched, _, _ in conditions)
    for one, (draw, touched, model, _) in zip(placed, conditions, strict=True):
        step = steps.get(one.segment)
        if touched:
            assert step is None
        elif step is not None and draw is not Draw.ORDINARY:
            assert step.model is None
        elif step is not None and TRANSCRIPT[one.segment] in going and model is not None:
            assert step.model == model
        elif step is not None:
            assert step.model == NEW


@given(Conditions)
def test_carrying_a_plan_out_leaves_nothing_to_do(conditions: Any) -> None:
    """A second push finds everything as it ought to be."""
    placed, state = _state(conditions)
    plan = _plan(placed, state)
    there, before = dict(state.there), dict(state.before)
    for step in plan.predict:
        task = there[str(step.key)]
        versions = set() if step.clear else set(task.versions)
        if _Faces().prediction(step.placed, step.model) is not None:
            assert LABEL not in versions, "it would stand there twice"
            versions.add(LABEL)
        there[task.key] = Task(task.id, task.key, task.touched, frozenset(versions))
        kept = before[step.key]
        before[step.key] = PushedTask(
            kept.segment,
            kept.task_id,
            step.shown,
            step.model,
            None,
            step.placed.draw,
            *[_boxes(kept.segment, step.model)] * 2,
        )
    for step in plan.tidy:
        task = there[str(step.key)]
        there[task.key] = Task(task.id, task.key, task.touched, frozenset({LABEL}))
    for step, data in plan.redraw:
        kept = before[step.key]
        before[step.key] = replace(kept, data_hash=hash_of(data))
    again = _plan(placed, ProjectState(there, frozenset(), before))
    assert (again.predict, again.redraw, again.tidy, again.updated) == ([], [], [], 0)
    assert (again.reviewed, again.waiting) == (plan.reviewed, plan.waiting)


def test_what_comes_again_does_not_hold_a_transcript_up() -> None:
    """Repeats stand at the end of the stream for weeks; the transcript is finished without them."""
    segment = SEGMENTS[0]
    placed = [DealtSegment(segment, Draw.BLIND), DealtSegment(segment, Draw.REPEAT)]
    again = str(task_key(segment, Draw.REPEAT))
    there = {str(segment): Task(1, str(segment), True), again: Task(2, again, False)}
    assert in_progress(placed, TRANSCRIPT, ProjectState(there, frozenset(), {})) == set()


def test_a_record_of_another_task_is_none() -> None:
    """A task that was deleted and made anew has another number; what the old one showed says nothing of it."""
    segment = SEGMENTS[0]
    before = {segment: PushedTask(segment, 7, "h", NEW)}
    state = ProjectState({str(segment): Task(8, str(segment), False)}, frozenset(), before)
    assert state.known(segment) is None


def test_a_transcript_in_progress_keeps_its_words_too() -> None:
    """The reasons belong to the suggestions: both stay the old model's, and both follow a withdrawn consent."""
    conditions = [(Draw.ORDINARY, at == 0, OLD, (LABEL,)) for at in range(6)]
    conditions[2] = (Draw.ORDINARY, False, OLD, ())
    placed, state = _state(conditions)
    plan = _plan(placed, state)
    assert {step.placed.segment for step in plan.predict} == set(SEGMENTS[3:])
    assert {step.placed.segment for step, _ in plan.redraw} == set(SEGMENTS[3:])
    assert plan.waiting == 2


def test_a_push_that_broke_off_puts_no_new_suggestions_before_who_began_since() -> None:
    """What it left under the new name is not of the model whose suggestions stand there by our record."""
    placed, state = _state(
        [(Draw.ORDINARY, at == 0, OLD, ("tandem v1", *((LABEL,) if at == 1 else ()))) for at in range(6)]
    )
    broken_off = _plan(placed, replace(state, shown="tandem v1"))
    step = next(one for one in broken_off.predict if one.placed == placed[1])
    assert (step.model, step.clear, step.waits) == (OLD, True, True)
    turned = _plan(placed, replace(state, shown=LABEL))
    assert not any(one.placed == placed[1] for one in turned.predict)


def test_what_was_shown_in_another_way_is_shown_anew() -> None:
    """The same model may tick otherwise: by another least precision, or in boxes instead of a tree."""
    stand = [(LABEL,) if _boxes(segment, NEW) is not None else () for segment in SEGMENTS]
    placed, state = _state([(Draw.ORDINARY, False, NEW, versions) for versions in stand])
    assert _plan(placed, state).predict == []
    before = {key: replace(one, offered=None, ticked=None) for key, one in state.before.items()}
    steps = _plan(placed, replace(state, before=before)).predict
    assert [(step.placed.segment, step.clear) for step in steps] == [
        (segment, True) for segment in SEGMENTS if _boxes(segment, NEW) is not None
    ]
