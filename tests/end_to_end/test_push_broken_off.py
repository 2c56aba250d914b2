"""A push that breaks off, or finds things deleted, is finished by the next one."""

from __future__ import annotations

import itertools
import sqlite3
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from pushes import LATER_STAGES, NOBODY, broken, kept_tasks, versions_of
from study_to_push import StudyToPush, answer, exported

from annotations.errors import BadInput, Busy, TandemError, Unreachable
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.predictions_on_tasks import clear_predictions, version_shown
from annotations.label_studio.task_data import REASONS_COME, hash_of
from annotations.label_studio.tasks import tasks_by_key
from annotations.store import database
from annotations.store.label_studio_projects import projects
from service.label_studio.local import Access, LocalLabelStudio
from service.pushing import carry_out, passage_shown, project_push

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]

EACH = 4
ALL = 3 * EACH


@pytest.fixture
def passages_each() -> int:
    """Few, for every push of a new model asks Label Studio twice about each of them."""
    return EACH


@pytest.mark.parametrize("stage", ["add_tasks", "keep", "replace_predictions", *LATER_STAGES])
def test_a_push_that_breaks_off_is_finished_by_the_next(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """Killed after each stage: the same command finishes, nothing is doubled and nothing is lost."""
    if stage in LATER_STAGES:
        study.push()
        study.serve("v2")
    with monkeypatch.context() as patch:
        if stage == "keep":
            from service.pushing import project_push as project

            patch.setattr(project, "keep_tasks", broken)
        else:
            where: Any = carry_out if hasattr(carry_out, stage) else project_push
            whole = getattr(where, stage)

            def killed(*given: Any, **named: Any) -> None:
                whole(*given, **named)
                raise KeyboardInterrupt

            patch.setattr(where, stage, killed)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    (done,) = study.push()
    tasks = exported(server, done.project.id)
    label = "tandem v2" if stage in LATER_STAGES else "tandem v1"
    assert versions_of(tasks) == {(label,): ALL}
    assert version_shown(server, done.project.id) == label
    kept = kept_tasks(study, done)
    assert all(hash_of(task["data"]) == kept[UUID(key)].data_hash for key, task in tasks.items())
    assert not any(REASONS_COME in task["data"]["why"] for task in tasks.values())
    (again,) = study.push()
    assert (again.created, again.updated, again.unchanged) == (0, 0, ALL)


def test_a_coder_who_begins_between_a_break_and_the_next_push_is_on_record(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tasks that a broken push made are ours, also those that somebody has answered since; they showed nothing."""
    from service.pushing import project_push as project

    with monkeypatch.context() as patch:
        patch.setattr(project, "keep_tasks", broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    with study.parts.store.reading() as connection:
        (row,) = projects(connection)
    task = next(iter(tasks_by_key(server, row.project_id).values()))
    answer(server, task.id)
    (done,) = study.push()
    assert done.reviewed == 1
    kept = kept_tasks(study, done)
    assert len(kept) == ALL
    assert kept[UUID(task.key)].model is None


def test_a_deleted_project_is_made_anew(study: StudyToPush, server: LabelStudio) -> None:
    """Somebody deleted it: the next push says so and puts everything into a new one."""
    (first,) = study.push()
    server.ask("DELETE", f"api/projects/{first.project.id}/")
    (done,) = study.push()
    assert done.project.id != first.project.id
    assert done.created == ALL
    assert "had been deleted" in done.notes[0]


def test_deleted_tasks_come_back(study: StudyToPush, server: LabelStudio) -> None:
    """Somebody deleted some: they are made again with their suggestions, the others stay."""
    (first,) = study.push(blind=0.25, seed=1)
    tasks = exported(server, first.project.id)
    for key in list(tasks)[-3:]:
        server.ask("DELETE", f"api/tasks/{tasks[key]['id']}/")
    (done,) = study.push()
    assert (done.created, done.unchanged) == (3, ALL - 3)
    after = exported(server, first.project.id)
    assert set(after) == set(tasks)
    assert {k: len(t["predictions"]) for k, t in after.items()} == {
        k: len(t["predictions"]) for k, t in tasks.items()
    }


def test_predictions_that_vanished_come_back(study: StudyToPush, server: LabelStudio) -> None:
    """Label Studio may lose predictions in silence, or somebody deletes them: the next push puts them again."""
    (first,) = study.push()
    tasks = list(tasks_by_key(server, first.project.id).values())
    clear_predictions(server, first.project.id, [task.id for task in tasks[:5]])
    (done,) = study.push()
    assert done.updated == 5
    assert versions_of(exported(server, first.project.id)) == {("tandem v1",): ALL}


def test_predictions_that_are_dropped_in_silence_are_noticed(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invalid one is answered 201 with a smaller count: the push says so, and the next one mends it."""
    real = passage_shown.prediction
    with monkeypatch.context() as patch:

        def invalid(*given: Any, **named: Any) -> Prediction:
            made = real(*given, **named)
            return replace(made, regions=({"from_name": "nowhere"},)) if made.regions else made

        patch.setattr(passage_shown, "prediction", invalid)
        with pytest.raises(TandemError, match=rf"took \d+ of {ALL} predictions"):
            study.push()
    (done,) = study.push()
    assert versions_of(exported(server, done.project.id)) == {("tandem v1",): ALL}


def test_a_locked_database_stops_the_push_and_the_next_finishes_it(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program writes for longer than we wait: a sentence; then the same command finishes."""
    study.parts.close()
    monkeypatch.setattr(database, "WAIT_MS", 300)
    del study.parts.__dict__["store"]
    _ = study.parts.store
    other = sqlite3.connect(study.parts.study.database_file, isolation_level=None, check_same_thread=False)
    whole = project_push.add_tasks

    def lock_then_add(*given: Any) -> Any:
        other.execute("BEGIN IMMEDIATE")
        return whole(*given)

    with monkeypatch.context() as patch:
        patch.setattr(project_push, "add_tasks", lock_then_add)
        with pytest.raises(Busy, match="is locked"):
            study.push()
    other.execute("ROLLBACK")
    other.close()
    (done,) = study.push()
    assert versions_of(exported(server, done.project.id)) == {("tandem v1",): ALL}


@pytest.mark.parametrize("passages_each", [8])
def test_a_push_gets_through_where_label_studio_fails_now_and_then(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third request fails, carried out or not: the push and the next model's finish, and nothing is doubled."""
    whole, count = httpx.HTTPTransport.handle_request, itertools.count()

    def shaky(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        makes_project = request.method == "POST" and request.url.path == "/api/projects/"
        at = next(count)
        if at % 3 or makes_project or request.url.port == NOBODY:
            return whole(transport, request)
        if at % 2:
            whole(transport, request).read()
            raise httpx.ReadError("cut off")
        return httpx.Response(502, text="under load")

    monkeypatch.setattr("annotations.label_studio.try_again.time.sleep", lambda _pause: None)
    for version in ("v1", "v2"):
        study.serve(version)
        with monkeypatch.context() as patch:
            patch.setattr(httpx.HTTPTransport, "handle_request", shaky)
            (done,) = study.push()
        tasks = exported(server, done.project.id)
        assert versions_of(tasks) == {(f"tandem {version}",): 24}
        kept = kept_tasks(study, done)
        assert all(hash_of(task["data"]) == kept[UUID(key)].data_hash for key, task in tasks.items())
    assert next(count) > 100
    (again,) = study.push()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 24)


def _start_again(local: LocalLabelStudio, port: int) -> None:
    """Its last threads may hold the port for a moment after it has gone."""
    for attempt in range(50):
        try:
            local.start(port=port)
        except BadInput:
            assert attempt < 49
            time.sleep(0.2)
        else:
            return


def test_label_studio_stopped_in_the_middle(
    study: StudyToPush, local: LocalLabelStudio, label_studio: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server goes down between tasks and predictions: a sentence; once it is up, the same command finishes."""
    monkeypatch.setattr("annotations.label_studio.try_again.time.sleep", lambda _pause: None)
    whole = carry_out.replace_predictions
    port = int(label_studio.url.rsplit(":", 1)[1])

    def stopped(*given: Any, **named: Any) -> None:
        local.stop()
        whole(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(carry_out, "replace_predictions", stopped)
        with pytest.raises(Unreachable, match="does not answer"):
            study.push()
    _start_again(local, port)
    (done,) = study.push()
    with LabelStudio(label_studio.url, label_studio.token) as server:
        assert versions_of(exported(server, done.project.id)) == {("tandem v1",): ALL}
    (again,) = study.push()
    assert again.unchanged == ALL
