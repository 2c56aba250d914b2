"""The store keeps what was pushed and what it showed, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from stored_model import with_model

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.store.database import Store
from annotations.store.label_studio_projects import add_project, project_for
from annotations.store.pushed_tasks import PushedTask, count_pushed, keep_tasks, shown_at, task_key, tasks_of


def test_pushed_tasks_are_kept_by_project_and_segment(store: Store, codebook: Codebook) -> None:
    """Pushing a segment again changes its row instead of adding one."""
    with with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        keep_tasks(connection, project.id, [PushedTask(segment, 7, "h1", model.id)])
        keep_tasks(connection, project.id, [PushedTask(segment, 7, "h2", model.id)])
        assert tasks_of(connection, project.id)[segment].data_hash == "h2"
        assert project_for(connection, url="http://x", coder=None, wave="2") == project
        assert list(count_pushed(connection, model.segmentation).values()) == [1]


def test_known_and_new_tasks_are_kept_together(store: Store, codebook: Codebook) -> None:
    """A lot may hold tasks that are known, changed or as they were, and new ones; each gets its own values."""
    with with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        first, again = PushedTask(segment, 7, "h1", model.id), PushedTask(segment, 8, "h2", draw=Draw.REPEAT)
        keep_tasks(connection, project.id, [first])
        before = tasks_of(connection, project.id)[segment]
        keep_tasks(connection, project.id, [replace(first, data_hash="h3"), again])
        keep_tasks(connection, project.id, [replace(again, data_hash="h4", model=model.id), first])
        now_kept = tasks_of(connection, project.id)
    assert now_kept[segment] == before
    assert (now_kept[again.key].data_hash, now_kept[again.key].model) == ("h4", model.id)


def test_what_a_task_showed_at_a_moment_is_known(store: Store, codebook: Codebook) -> None:
    """Each change of the model on a task is kept; pushing the same one again is no change."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        for hours, shown in ((0, None), (1, model.id), (2, model.id), (3, None)):
            since = noon + timedelta(hours=hours)
            keep_tasks(connection, project.id, [PushedTask(segment, 7, "h", shown, since)])
        asked = [noon + timedelta(hours=hours, minutes=30) for hours in (-1, 0, 1, 2, 3)]
        found = [shown_at(connection, project.id, segment, moment) for moment in asked]
    assert [one and one.model for one in found] == [None, None, model.id, model.id, None]


def test_what_came_ticked_and_what_was_only_offered_is_known(store: Store, codebook: Codebook) -> None:
    """Also after it changed under the same model; of what was pushed before nobody knows."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder=None, wave="2")
        boxes: tuple[tuple[str, ...] | None, ...] = (None, ("money", "people"), ("people",))
        for hours, offered in enumerate(boxes):
            since = noon + timedelta(hours=hours)
            task = PushedTask(segment, 7, "h", model.id, since, Draw.ORDINARY, offered, offered)
            keep_tasks(connection, project.id, [task])
        asked = [noon + timedelta(hours=hours, minutes=30) for hours in range(3)]
        found = [shown_at(connection, project.id, segment, moment) for moment in asked]
        kept = tasks_of(connection, project.id)[segment]
    assert [one and one.offered for one in found] == list(boxes)
    assert (kept.offered, kept.ticked) == (("people",), ("people",))


def test_a_repeat_is_a_task_of_its_own(store: Store, codebook: Codebook) -> None:
    """The same segment stands twice in a project if it comes back to the coder; it counts once."""
    with with_model(store, codebook) as (connection, model, segment):
        project = add_project(connection, url="http://x", project_id=3, title="t", coder="Ann", wave="2")
        both = [PushedTask(segment, 7, "h", model.id), PushedTask(segment, 8, "h", draw=Draw.REPEAT)]
        keep_tasks(connection, project.id, both)
        found = tasks_of(connection, project.id)
        assert {key: task.task_id for key, task in found.items()} == {
            segment: 7,
            task_key(segment, Draw.REPEAT): 8,
        }
        assert list(count_pushed(connection, model.segmentation).values()) == [1]
