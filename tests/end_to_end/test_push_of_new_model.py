"""A new model's suggestions and reasons reach what nobody has touched, and a rollback brings the old ones back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pushes import broken, codes_shown, kept_tasks, versions_of
from study_to_push import FOURTH, StudyToPush, answer, exported

from annotations.coding import Draw
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predictions_on_tasks import version_shown
from annotations.label_studio.task_data import REASONS_COME
from annotations.label_studio.tasks import tasks_by_key
from annotations.store.label_studio_projects import projects
from annotations.store.pushed_tasks import shown_at
from annotations.store.tables import now
from service.pushing import carry_out, push_again

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]

EACH = 4
# of each four one is blind, whichever: another is always left that loses its suggestion
LOSE = {0, 1}


@pytest.fixture
def passages_each() -> int:
    """Few, for every push of a new model asks Label Studio twice about each of them."""
    return EACH


def test_a_new_model_follows_the_rules(study: StudyToPush, server: LabelStudio) -> None:
    """What was touched and what is in progress keep what the coder saw; all else gets the new model; rollback too."""
    (first,) = study.push()
    before = exported(server, first.project.id)
    keys = list(before)
    answer(server, before[keys[0]]["id"])  # in progress
    for key in keys[EACH : 2 * EACH]:
        answer(server, before[key]["id"])  # finished
    study.serve("v2")
    (done,) = push_again(study.parts, progress=lambda *_: None)
    assert (done.reviewed, done.waiting, done.updated, done.created) == (EACH + 1, EACH - 1, EACH, 0)
    after = exported(server, first.project.id)
    for key in keys:
        old, new = before[key]["predictions"], after[key]["predictions"]
        if key in keys[: 2 * EACH]:
            assert [one["result"] for one in new] == [one["result"] for one in old]
        elif old[0]["result"]:
            assert new[0]["result"] != old[0]["result"]
        assert len(new) == 1
    assert {after[key]["predictions"][0]["model_version"] for key in keys[1:EACH]} == {"tandem v2"}
    assert {after[key]["data"]["why"] for key in keys[: 2 * EACH]} == {
        before[key]["data"]["why"] for key in keys[: 2 * EACH]
    }
    with study.parts.store.reading() as connection:
        (row,) = projects(connection)
        shown = {key: shown_at(connection, row.id, UUID(key), now()) for key in keys}
    models = {key: one and one.model for key, one in shown.items()}
    assert len({models[key] for key in keys[: 2 * EACH]}) == 1
    assert {models[key] for key in keys[2 * EACH :]} != {models[keys[0]]}
    (same,) = study.push()
    assert (same.updated, same.waiting, same.unchanged) == (0, EACH - 1, EACH)
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
        patch.setattr(carry_out, "show_version", broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    assert any(task.data["why"] == REASONS_COME for task in tasks_by_key(server, first.project.id).values())
    study.serve("v1")
    study.push()
    after = exported(server, first.project.id)
    assert [task["data"] for task in after.values()] == [task["data"] for task in before.values()]
    assert versions_of(after) == {("tandem v1",): 3 * EACH}


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
    study.silent = {"v2": LOSE}
    (first,) = study.push(**({"blind": blind, "seed": 5} if blind else {}))
    before = exported(server, first.project.id)
    study.serve("v2")
    whole = carry_out.show_data

    def broken_once_all_have_turned(*given: Any) -> None:
        if version_shown(server, first.project.id) == "tandem v2":
            raise KeyboardInterrupt
        whole(*given)

    with monkeypatch.context() as patch:
        patch.setattr(carry_out, "show_data", broken_once_all_have_turned)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    tasks, kept = exported(server, first.project.id), kept_tasks(study, first)
    assert version_shown(server, first.project.id) == "tandem v2"
    shown = {key: codes_shown(task, "tandem v2") for key, task in tasks.items()}
    lost = [key for key, codes in shown.items() if not codes and codes_shown(before[key], "tandem v1")]
    hidden = [key for key, task in kept.items() if task.draw is Draw.BLIND]
    assert lost
    assert bool(hidden) == bool(blind)
    seen = [key for key in tasks if key not in set(map(str, hidden))]
    gets = [key for n, key in enumerate(tasks) if key in seen and n % FOURTH not in LOSE]
    silent = {tasks[key]["data"]["why"] for key in tasks.keys() - set(gets)}
    assert len(silent) == 1
    assert not any("Another version" in said for said in silent)
    assert {tasks[key]["data"]["why"] for key in gets} == {REASONS_COME}
    # what had no box before is not ticked yet: nobody would see it
    boxed = {key: {box["alias"] for box in task["data"]["candidates"]} for key, task in tasks.items()}
    ticked = {key: {code for one in its for code in one["value"]["choices"]} for key, its in shown.items()}
    assert all(codes <= boxed[key] for key, codes in ticked.items())
    if blind:
        assert not any(tasks[key]["predictions"] or boxed[key] for key in lost)


@pytest.mark.parametrize("stage", ["replace_predictions", "show_version"])
def test_a_rollback_after_a_break_brings_back_what_had_lost_its_suggestion(
    study: StudyToPush, server: LabelStudio, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """What was said in the place of its reasons makes room for them again."""
    study.silent = {"v2": LOSE}
    (first,) = study.push(blind=0.25, seed=5)
    before = exported(server, first.project.id)
    study.serve("v2")
    with monkeypatch.context() as patch:
        patch.setattr(carry_out, stage, broken)
        with pytest.raises(KeyboardInterrupt):
            study.push()
    assert exported(server, first.project.id) != before
    study.serve("v1")
    study.push()
    after = exported(server, first.project.id)
    assert [task["data"] for task in after.values()] == [task["data"] for task in before.values()]
    assert {key: codes_shown(task, "tandem v1") for key, task in after.items()} == {
        key: codes_shown(task, "tandem v1") for key, task in before.items()
    }
