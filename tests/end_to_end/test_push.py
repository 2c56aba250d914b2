"""Pushes against the real Label Studio: draws, coders' projects, new models, rollbacks, and what goes wrong."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from study_to_push import CODERS, StudyToPush, answer, exported

from annotations.coding import Draw
from annotations.errors import BadInput, Busy, TandemError, Unreachable
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predicted_answer import Prediction
from annotations.label_studio.predictions import clear_predictions, version_shown
from annotations.label_studio.task_data import REASONS_COME, hash_of
from annotations.label_studio.tasks import tasks_by_key
from annotations.store import database
from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import shown_at, tasks_of
from annotations.store.tables import now
from service.label_studio.local import Access, LocalLabelStudio
from service.pushing import Pushed, carry_out, passage_shown, project_push, push_again
from service.settings import Settings

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]

# the port of the service in a study to push
NOBODY = 9
# of a push after a promotion
LATER_STAGES = ("show_field", "show_version", "show_data", "drop_predictions")


@pytest.fixture
def study(tmp_path: Path, label_studio: Access) -> Iterator[StudyToPush]:
    """Three transcripts of eight passages, two coders, model v1."""
    made = StudyToPush(tmp_path / "study", label_studio, coders=CODERS)
    made.add("A-01", "A-02", "A-03")
    made.serve("v1")
    yield made
    made.parts.close()


@pytest.fixture
def server(label_studio: Access) -> Iterator[LabelStudio]:
    """A connection to the Label Studio."""
    with LabelStudio(label_studio.url, label_studio.token) as opened:
        yield opened


def _versions(tasks: dict[str, dict[str, Any]]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(one["model_version"] for one in task["predictions"]) for task in tasks.values())


def _kept(study: StudyToPush, done: Pushed) -> dict[UUID, Any]:
    with study.parts.store.reading() as connection:
        row = next(one for one in projects(connection) if one.project_id == done.project.id)
        return dict(tasks_of(connection, row.id))


def test_without_options_all_share_one_project(study: StudyToPush, server: LabelStudio) -> None:
    """Every passage once, in reading order, its suggestion filled in; a second push finds all of it."""
    (done,) = study.push()
    assert (done.created, done.coder, done.draws) == (24, None, {"blind": 0, "double": 0, "repeat": 0})
    tasks = exported(server, done.project.id)
    words = [task["data"]["transcript"] for task in tasks.values()]
    assert words == ["A-01"] * 8 + ["A-02"] * 8 + ["A-03"] * 8
    assert _versions(tasks) == {("tandem v1",): 24}
    assert version_shown(server, done.project.id) == "tandem v1"
    (again,) = study.push()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 24)


def test_the_first_tab_leaves_out_what_nobody_can_read(study: StudyToPush, server: LabelStudio) -> None:
    """The reasons are markup; the words are shown. Tabs that are there stay as people made them."""
    (done,) = study.push()
    (tab,) = server.ask("GET", f"api/dm/views?project={done.project.id}")
    for hidden in tab["data"]["hiddenColumns"].values():
        assert "tasks:data.why" in hidden
        assert "tasks:data.words" not in hidden
    other = {"project": done.project.id, "data": {"title": "Mine"}}
    mine = server.ask("POST", "api/dm/views/", other)
    server.ask("DELETE", f"api/dm/views/{tab['id']}/")
    study.push()
    assert [one["id"] for one in server.ask("GET", f"api/dm/views?project={done.project.id}")] == [mine["id"]]


def test_draws_hide_suggestions_and_stay_drawn(study: StudyToPush, server: LabelStudio) -> None:
    """Two coders' projects; what is drawn shows nothing, like what has no suggestion; a later push changes nothing."""
    done = study.push(blind=0.25, double=0.25, repeat=0.125, seed=5)
    assert [one.coder for one in done] == ["Ines Falk", "Tom Okafor"]
    assert sum(one.draws["repeat"] for one in done) == 3
    assert sum(one.draws["blind"] for one in done) == 9  # six, and three that come again
    assert sum(one.draws["double"] for one in done) == 12
    assert sum(one.created for one in done) == 24 + 6 + 3
    notes = Counter()
    for one in done:
        tasks, kept = exported(server, one.project.id), _kept(study, one)
        assert {str(key) for key in kept} == set(tasks)
        for key, task in tasks.items():
            record = kept[UUID(key)]
            if not task["predictions"]:
                notes[task["data"]["why"]] += 1
            if record.draw is not Draw.ORDINARY:
                assert (record.model, task["predictions"]) == (None, [])
        repeats = [key for key in tasks if kept[UUID(key)].draw is Draw.REPEAT]
        assert list(tasks)[-len(repeats) :] == repeats or not repeats
    assert len(notes) == 1
    plans = [{key: task.draw for key, task in _kept(study, one).items()} for one in done]
    again = study.push()
    assert [(one.created, one.updated, one.unchanged) for one in again] == [
        (0, 0, one.created) for one in done
    ]
    assert plans == [{key: task.draw for key, task in _kept(study, one).items()} for one in again]


def test_new_transcripts_are_drawn_as_before(study: StudyToPush) -> None:
    """Later transcripts need no options; other parts hold only for them, and the push says so."""
    study.push(blind=0.25, seed=5)
    study.add("A-04")
    study.serve("v2")
    (later,) = study.push()
    assert (later.created, later.draws["blind"]) == (8, 8)
    study.add("A-05")
    study.serve("v3")
    (other,) = study.push(blind=0.5)
    assert other.draws["blind"] == 12
    assert "dealt earlier stay" in other.notes[0]


def test_a_shared_project_that_nobody_has_begun_can_still_be_drawn(
    study: StudyToPush, server: LabelStudio
) -> None:
    """Its predictions go where they are blind now; a transcript that somebody has begun stays as it is."""
    (first,) = study.push()
    begun = next(iter(exported(server, first.project.id).values()))
    answer(server, begun["id"])
    (done,) = study.push(blind=0.5, seed=3)
    assert done.draws["blind"] == 8
    assert "1 transcripts are being coded already" in done.notes[0]
    tasks, kept = exported(server, first.project.id), _kept(study, done)
    blind = [key for key, task in kept.items() if task.draw is Draw.BLIND]
    assert all(tasks[str(key)]["predictions"] == [] for key in blind)
    assert {tasks[str(key)]["data"]["transcript"] for key in blind} == {"A-02", "A-03"}


def test_a_new_model_follows_the_rules(study: StudyToPush, server: LabelStudio) -> None:
    """What was touched and what is in progress keep what the coder saw; all else gets the new model; rollback too."""
    (first,) = study.push()
    before = exported(server, first.project.id)
    keys = list(before)
    answer(server, before[keys[0]]["id"])  # in progress
    for key in keys[8:16]:
        answer(server, before[key]["id"])  # finished
    study.serve("v2")
    (done,) = push_again(study.parts, progress=lambda *_: None)
    assert (done.reviewed, done.waiting, done.updated, done.created) == (9, 7, 8, 0)
    after = exported(server, first.project.id)
    for key in keys:
        old, new = before[key]["predictions"], after[key]["predictions"]
        if key in keys[:16]:
            assert [one["result"] for one in new] == [one["result"] for one in old]
        elif old[0]["result"]:
            assert new[0]["result"] != old[0]["result"]
        assert len(new) == 1
    assert {after[key]["predictions"][0]["model_version"] for key in keys[1:8]} == {"tandem v2"}
    assert {after[key]["data"]["why"] for key in keys[:16]} == {
        before[key]["data"]["why"] for key in keys[:16]
    }
    with study.parts.store.reading() as connection:
        (row,) = projects(connection)
        shown = {key: shown_at(connection, row.id, UUID(key), now()) for key in keys}
    assert len({shown[key] for key in keys[:16]}) == 1
    assert {shown[key] for key in keys[16:]} != {shown[keys[0]]}
    (same,) = study.push()
    assert (same.updated, same.waiting, same.unchanged) == (0, 7, 8)
    study.serve("v1")
    study.push()
    back = exported(server, first.project.id)
    assert [[p["result"] for p in back[key]["predictions"]] for key in keys] == [
        [p["result"] for p in before[key]["predictions"]] for key in keys
    ]
    assert version_shown(server, first.project.id) == "tandem v1"


def test_a_rollback_after_a_push_that_broke_off_brings_the_reasons_back(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reasons had made room for those of a version that serves no longer: the next push puts them again."""
    (first,) = study.push()
    before = exported(server, first.project.id)
    study.serve("v2")
    with monkeypatch.context() as patch:
        patch.setattr(carry_out, "show_version", _broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    assert any(task.data["why"] == REASONS_COME for task in tasks_by_key(server, first.project.id).values())
    study.serve("v1")
    study.push()
    after = exported(server, first.project.id)
    assert [task["data"] for task in after.values()] == [task["data"] for task in before.values()]
    assert _versions(after) == {("tandem v1",): 24}


def test_what_a_coder_begins_on_while_reasons_come_stays_as_they_saw_it(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They answered with the new suggestion and without its reasons; all others get theirs, of the new model."""
    (first,) = study.push()
    before = tasks_by_key(server, first.project.id)
    begun = next(iter(before.values()))
    study.serve("v2")
    whole = carry_out.show_field

    def then_one_answers(*given: Any) -> None:
        whole(*given)
        answer(server, begun.id)

    monkeypatch.setattr(carry_out, "show_field", then_one_answers)
    study.push()
    after = tasks_by_key(server, first.project.id)
    assert after[begun.key].data["why"] == REASONS_COME
    assert after[begun.key].versions == {"tandem v1", "tandem v2"}
    others = [task for key, task in after.items() if key != begun.key]
    assert not any(task.data["why"] == REASONS_COME for task in others)
    assert all(task.versions == {"tandem v2"} for task in others)


@pytest.mark.parametrize("blind", [0.0, 0.25])
def test_who_loses_their_suggestion_looks_blind_at_once(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch, blind: float
) -> None:
    """While reasons of a new model come, passages without a suggestion, old and new, and blind ones show the same."""
    study.silent = {"v2": 0}
    (first,) = study.push(**({"blind": blind, "seed": 5} if blind else {}))
    before = exported(server, first.project.id)
    study.serve("v2")
    with monkeypatch.context() as patch:
        patch.setattr(carry_out, "show_data", _broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    tasks, kept = exported(server, first.project.id), _kept(study, first)
    assert version_shown(server, first.project.id) == "tandem v2"
    shown = {key: _codes_shown(task, "tandem v2") for key, task in tasks.items()}
    lost = [key for key, codes in shown.items() if not codes and _codes_shown(before[key], "tandem v1")]
    hidden = [key for key, task in kept.items() if task.draw is Draw.BLIND]
    assert lost
    assert bool(hidden) == bool(blind)
    silent = {tasks[key]["data"]["why"] for key, codes in shown.items() if not codes}
    assert len(silent) == 1
    assert not any("Another version" in said for said in silent)
    assert {tasks[key]["data"]["why"] for key, codes in shown.items() if codes} == {REASONS_COME}
    if blind:
        assert not any(tasks[key]["predictions"] for key in lost)


@pytest.mark.parametrize("stage", ["replace_predictions", "show_version"])
def test_a_rollback_after_a_break_brings_back_what_had_lost_its_suggestion(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """What was said in the place of its reasons makes room for them again."""
    study.silent = {"v2": 0}
    (first,) = study.push(blind=0.25, seed=5)
    before = exported(server, first.project.id)
    study.serve("v2")
    with monkeypatch.context() as patch:
        patch.setattr(carry_out, stage, _broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    assert exported(server, first.project.id) != before
    study.serve("v1")
    study.push()
    after = exported(server, first.project.id)
    assert [task["data"] for task in after.values()] == [task["data"] for task in before.values()]
    assert {key: _codes_shown(task, "tandem v1") for key, task in after.items()} == {
        key: _codes_shown(task, "tandem v1") for key, task in before.items()
    }


def _codes_shown(task: dict[str, Any], version: str) -> list[Any]:
    return [one for made in task["predictions"] if made["model_version"] == version for one in made["result"]]


def test_a_draft_counts_as_begun(study: StudyToPush, server: LabelStudio) -> None:
    """A coder who has typed something and not submitted keeps what they see."""
    (first,) = study.push()
    task = next(iter(exported(server, first.project.id).values()))
    server.ask("POST", f"api/tasks/{task['id']}/drafts", {"result": [], "lead_time": 1.0})
    study.serve("v2")
    (done,) = study.push()
    assert (done.reviewed, done.waiting) == (1, 7)


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
            patch.setattr(project_push, "keep_tasks", _broken)
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
    assert _versions(tasks) == {(label,): 24}
    assert version_shown(server, done.project.id) == label
    kept = _kept(study, done)
    assert all(hash_of(task["data"]) == kept[UUID(key)].data_hash for key, task in tasks.items())
    assert not any(REASONS_COME in task["data"]["why"] for task in tasks.values())
    (again,) = study.push()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 24)


def _broken(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_coder_who_begins_between_a_break_and_the_next_push_is_on_record(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tasks that a broken push made are ours, also those that somebody has answered since; they showed nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(project_push, "keep_tasks", _broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    with study.parts.store.reading() as connection:
        (row,) = projects(connection)
    task = next(iter(tasks_by_key(server, row.project_id).values()))
    answer(server, task.id)
    (done,) = study.push()
    assert done.reviewed == 1
    kept = _kept(study, done)
    assert len(kept) == 24
    assert kept[UUID(task.key)].model is None


def test_a_deleted_project_is_made_anew(study: StudyToPush, server: LabelStudio) -> None:
    """Somebody deleted it: the next push says so and puts everything into a new one."""
    (first,) = study.push()
    server.ask("DELETE", f"api/projects/{first.project.id}/")
    (done,) = study.push()
    assert done.project.id != first.project.id
    assert done.created == 24
    assert "had been deleted" in done.notes[0]


def test_deleted_tasks_come_back(study: StudyToPush, server: LabelStudio) -> None:
    """Somebody deleted some: they are made again with their suggestions, the others stay."""
    (first,) = study.push(blind=0.25, seed=1)
    tasks = exported(server, first.project.id)
    for key in list(tasks)[-3:]:
        server.ask("DELETE", f"api/tasks/{tasks[key]['id']}/")
    (done,) = study.push()
    assert (done.created, done.unchanged) == (3, 21)
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
    assert _versions(exported(server, first.project.id)) == {("tandem v1",): 24}


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
        with pytest.raises(TandemError, match=r"took \d+ of 24 predictions"):
            study.push()
    (done,) = study.push()
    assert _versions(exported(server, done.project.id)) == {("tandem v1",): 24}


def test_a_wrong_token_changes_nothing(study: StudyToPush, label_studio: Access) -> None:
    """One sentence, and no project is made or noted."""
    right = study.parts.settings
    study.parts.settings = Settings(
        right.state, label_studio_url=label_studio.url, label_studio_token="0" * 40
    )
    with pytest.raises(BadInput, match="does not accept the token"):
        study.push()
    study.parts.settings = right
    with study.parts.store.reading() as connection:
        assert projects(connection) == ()


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
    assert _versions(exported(server, done.project.id)) == {("tandem v1",): 24}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"double": 0.2, "coders": ["IF"]}, "there is only Ines Falk"),
        ({"blind": 1.5}, "--blind is 1.5"),
        ({"coders": ["Nobody"]}, 'coder "Nobody" is not known'),
    ],
)
def test_what_cannot_be_asked_changes_nothing(study: StudyToPush, asked: Any, words: str) -> None:
    """One sentence each, and neither a plan nor a project is made."""
    with pytest.raises(BadInput, match=words):
        study.push(**asked)
    with study.parts.store.reading() as connection:
        assert projects(connection) == ()


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

    monkeypatch.setattr("annotations.label_studio.tries.time.sleep", lambda _pause: None)
    for version in ("v1", "v2"):
        study.serve(version)
        with monkeypatch.context() as patch:
            patch.setattr(httpx.HTTPTransport, "handle_request", shaky)
            (done,) = study.push()
        tasks = exported(server, done.project.id)
        assert _versions(tasks) == {(f"tandem {version}",): 24}
        kept = _kept(study, done)
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
    monkeypatch.setattr("annotations.label_studio.tries.time.sleep", lambda _pause: None)
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
        assert _versions(exported(server, done.project.id)) == {("tandem v1",): 24}
    (again,) = study.push()
    assert again.unchanged == 24
