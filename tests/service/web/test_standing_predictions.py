"""What is answered is kept, and never shown where the store does not say that it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fake_label_studio import keys_of, pushed_study

from annotations.codebook.codes import Codebook
from annotations.coding import Draw
from annotations.store.label_studio_projects import add_project, projects, retire_project
from annotations.store.model_versions import add_model, get_model
from annotations.store.pushed_tasks import keep_tasks, tasks_of
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.store.suggestions_on_tasks import standing_on
from annotations.store.withdrawals import erase
from service.composition import Parts
from service.web.standing_predictions import StandingPredictions

PROJECT = 7
BOXED = ("money", "people")


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook, store_url: str) -> Iterator[Parts]:
    """A pushed study whose model v1 suggests Money on every task, in a store of each kind. The third is blind."""
    made = pushed_study(tmp_path / "study", codebook, database=store_url)
    with made.store.writing() as connection:
        model = get_model(connection, "v1")
        add_suggestions(
            connection, model.id, [Suggested(key, (0.9, 0.1), ("money",)) for key in keys_of(made)]
        )
    yield made
    made.close()


@pytest.fixture
def kept() -> StandingPredictions:
    """What a server keeps."""
    return StandingPredictions()


def _ask(
    parts: Parts, kept: StandingPredictions, codebook: Codebook, keys: list[UUID], project: int = PROJECT
) -> list[Any]:
    with parts.store.reading() as connection:
        found = kept.on(connection, codebook, project, dict.fromkeys(keys, BOXED))
    return [json.loads(found[key]) if key in found else None for key in keys]


def _put(parts: Parts, key: UUID, **changed: Any) -> None:
    """Change what stands on a task, as a push does."""
    with parts.store.writing() as connection:
        (row,) = projects(connection)
        keep_tasks(connection, row.id, [replace(tasks_of(connection, row.id)[key], **changed)])


def test_what_was_answered_once_is_hidden_once_its_task_is_blind(
    parts: Parts, kept: StandingPredictions, codebook: Codebook
) -> None:
    """An answer that is kept is no reason to show it: the draw is the store's word at that moment."""
    first, second, blind, *_ = keys_of(parts)
    (one, two, hidden) = _ask(parts, kept, codebook, [first, second, blind])
    assert one["result"][0]["value"] == two["result"][0]["value"] == {"choices": ["money"]}
    assert hidden is None
    for draw in (Draw.BLIND, Draw.DOUBLE, Draw.REPEAT):
        _put(parts, first, draw=draw)
        assert _ask(parts, kept, codebook, [first, second]) == [None, two]
    _put(parts, first, draw=Draw.ORDINARY, model=None)
    assert _ask(parts, kept, codebook, [first, second]) == [None, two]


def test_the_version_answered_is_the_one_that_stands(
    parts: Parts, kept: StandingPredictions, codebook: Codebook
) -> None:
    """A push that puts another version on one task changes that task's answer, at once, and no other's."""
    first, second, *_ = keys_of(parts)
    (before, other) = _ask(parts, kept, codebook, [first, second])
    with parts.store.writing() as connection:
        older = get_model(connection, "v1")
        newer = replace(older, id=uuid4(), version="v2")
        add_model(connection, newer, ())
        add_suggestions(connection, newer.id, [Suggested(first, (0.2, 0.8), ("people",))])
    assert _ask(parts, kept, codebook, [first, second]) == [before, other]
    _put(parts, first, model=newer.id)
    (after, same) = _ask(parts, kept, codebook, [first, second])
    assert (after["model_version"], after["result"][0]["value"]) == ("tandem v2", {"choices": ["people"]})
    assert same == other
    _put(parts, first, model=older.id)
    assert _ask(parts, kept, codebook, [first]) == [before]


def test_a_withdrawn_participants_answers_cannot_be_reached(
    parts: Parts, kept: StandingPredictions, codebook: Codebook
) -> None:
    """What a server answered before a participant withdrew, it answers no longer."""
    keys = keys_of(parts)
    assert [bool(one) for one in _ask(parts, kept, codebook, keys)] == [True, True, False, True, True, True]
    with parts.store.writing() as connection:
        erase(connection, "JKG-01", by="the lead")
    assert _ask(parts, kept, codebook, keys) == [None] * len(keys)


def test_a_code_that_leaves_the_codebook_is_suggested_no_longer(
    parts: Parts, kept: StandingPredictions, codebook: Codebook
) -> None:
    """What is kept was made with one codebook and holds for no other."""
    first, *_ = keys_of(parts)
    (before,) = _ask(parts, kept, codebook, [first])
    without = replace(codebook, codes=tuple(code for code in codebook.codes if code.id != "money"))
    assert _ask(parts, kept, without, [first]) == [[]]
    assert _ask(parts, kept, codebook, [first]) == [before]


def test_a_task_without_the_box_gets_no_tick(
    parts: Parts, kept: StandingPredictions, codebook: Codebook
) -> None:
    """Nobody would see it, and Label Studio would give it back as accepted."""
    first, second, *_ = keys_of(parts)
    with parts.store.reading() as connection:
        found = kept.on(connection, codebook, PROJECT, {first: ("people",), second: ("money",)})
    assert list(found) == [second]


def test_only_so_many_answers_are_kept(parts: Parts, codebook: Codebook) -> None:
    """Those asked for last; the others are made again and are the same."""
    kept = StandingPredictions(most=2)
    keys = [key for at, key in enumerate(keys_of(parts)) if at != 2]
    every = _ask(parts, kept, codebook, keys)
    assert kept.count == 2
    assert [_ask(parts, kept, codebook, [key])[0] for key in keys] == every
    assert kept.count == 2
    assert len({one["model_version"] for one in every}) == 1


def test_a_number_means_the_project_in_use(parts: Parts, codebook: Codebook) -> None:
    """Label Studio gives numbers again; a retired project's tasks are not those of the one that bears its number."""
    first, *_ = keys_of(parts)
    with parts.store.writing() as connection:
        (old,) = projects(connection)
        new = add_project(connection, url=old.url, project_id=PROJECT, title="New", coder=None, wave="1")
        assert standing_on(connection, PROJECT, [first]) == ()
        retire_project(connection, new.id)
        assert [one.key for one in standing_on(connection, PROJECT, [first, first])] == [first]
        assert standing_on(connection, PROJECT + 1, [first]) == ()
