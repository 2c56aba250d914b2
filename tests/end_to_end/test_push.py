"""Pushes against the real Label Studio: projects, draws, and what a coder has begun on."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from pushes import kept_tasks, versions_of
from study_to_push import StudyToPush, answer, exported

from annotations.coding import Draw
from annotations.errors import BadInput
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predictions_on_tasks import version_shown
from annotations.store.label_studio_projects import projects
from service.label_studio.local import Access
from service.settings import Settings

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]


def test_without_options_all_share_one_project(study: StudyToPush, server: LabelStudio) -> None:
    """Every passage once, in reading order, its suggestion filled in; a second push finds all of it."""
    (done,) = study.push()
    assert (done.created, done.coder, done.draws) == (24, None, {"blind": 0, "double": 0, "repeat": 0})
    tasks = exported(server, done.project.id)
    words = [task["data"]["interview"] for task in tasks.values()]
    assert words == ["A-01"] * 8 + ["A-02"] * 8 + ["A-03"] * 8
    assert versions_of(tasks) == {("tandem v1",): 24}
    assert version_shown(server, done.project.id) == "tandem v1"
    (again,) = study.push()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 24)


def test_the_first_tab_leaves_out_what_nobody_can_read(study: StudyToPush, server: LabelStudio) -> None:
    """The reasons are markup; the words are shown. Tabs that are there stay as people made them."""
    (done,) = study.push()
    (tab,) = server.ask("GET", f"api/dm/views?project={done.project.id}")
    for hidden in tab["data"]["hiddenColumns"].values():
        assert {"tasks:data.why", "tasks:data.words", "tasks:data.candidates", "tasks:id"} <= set(hidden)
        assert not {
            "tasks:data.interview",
            "tasks:data.turn",
            "tasks:data.passage",
            "tasks:completed_at",
        } & set(hidden)
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
        tasks, kept = exported(server, one.project.id), kept_tasks(study, one)
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
    plans = [{key: task.draw for key, task in kept_tasks(study, one).items()} for one in done]
    again = study.push()
    assert [(one.created, one.updated, one.unchanged) for one in again] == [
        (0, 0, one.created) for one in done
    ]
    assert plans == [{key: task.draw for key, task in kept_tasks(study, one).items()} for one in again]


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
    assert "dealt earlier" in other.notes[0]


def test_a_shared_project_that_nobody_has_begun_can_still_be_drawn(
    study: StudyToPush, server: LabelStudio
) -> None:
    """Its predictions go where they are blind now; a transcript that somebody has begun stays as it is."""
    (first,) = study.push()
    begun = next(iter(exported(server, first.project.id).values()))
    answer(server, begun["id"])
    (done,) = study.push(blind=0.5, seed=3)
    assert done.draws["blind"] == 8
    assert "nothing was drawn of 1 transcript: coding has begun there" in done.notes[0]
    tasks, kept = exported(server, first.project.id), kept_tasks(study, done)
    blind = [key for key, task in kept.items() if task.draw is Draw.BLIND]
    assert all(tasks[str(key)]["predictions"] == [] for key in blind)
    assert {tasks[str(key)]["data"]["interview"] for key in blind} == {"A-02", "A-03"}


def test_a_draft_counts_as_begun(study: StudyToPush, server: LabelStudio) -> None:
    """A coder who has typed something and not submitted keeps what they see."""
    (first,) = study.push()
    task = next(iter(exported(server, first.project.id).values()))
    server.ask("POST", f"api/tasks/{task['id']}/drafts", {"result": [], "lead_time": 1.0})
    study.serve("v2")
    (done,) = study.push()
    assert (done.reviewed, done.waiting) == (1, 7)


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
