"""How many passages stand in Label Studio is counted anew where something changed, and only there."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from stored_model import with_model

from annotations.codebook.codes import Codebook
from annotations.store import pushed_tasks
from annotations.store.database import Store
from annotations.store.label_studio_projects import add_project
from annotations.store.pushed_tasks import CountedPushed, PushedTask, count_pushed, keep_tasks
from annotations.store.tables import label_studio_projects, label_studio_tasks, now


def test_what_is_kept_follows_tasks_and_projects(
    store: Store, codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at twice it is counted once; again after a push, after a project was retired, and after tasks went."""
    counted, asked = CountedPushed(), []

    def count(*given: object) -> object:
        asked.append(given)
        return count_pushed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(pushed_tasks, "count_pushed", count)
    with with_model(store, codebook) as (connection, model, segment):
        assert counted.now(connection, model.segmentation) == {}
        project = add_project(
            connection, url="http://127.0.0.1:8431", project_id=1, title="p", wave="1", coder="Ada"
        )
        keep_tasks(connection, project.id, [PushedTask(segment, 1, "h", None, now())])
        first = counted.now(connection, model.segmentation)
        assert list(first.values()) == [1]
        before = len(asked)
        assert counted.now(connection, model.segmentation) is first
        assert len(asked) == before
        for retired, there in ((True, []), (False, [1])):
            connection.execute(update(label_studio_projects).values(retired=retired))
            assert list(counted.now(connection, model.segmentation).values()) == there
        connection.execute(delete(label_studio_tasks))
        assert counted.now(connection, model.segmentation) == {}


def test_a_task_that_takes_the_place_of_another_is_counted_anew(store: Store, codebook: Codebook) -> None:
    """There are as many tasks as before, and the mark is another one."""
    counted = CountedPushed()
    with with_model(store, codebook) as (connection, model, segment):
        project = add_project(
            connection, url="http://127.0.0.1:8431", project_id=1, title="p", wave="1", coder="Ada"
        )
        task = PushedTask(segment, 1, "h", None, now())
        keep_tasks(connection, project.id, [task])
        first = counted.now(connection, model.segmentation)
        connection.execute(delete(label_studio_tasks))
        keep_tasks(connection, project.id, [task])
        again = counted.now(connection, model.segmentation)
        assert (again == first, again is first) == (True, False)
