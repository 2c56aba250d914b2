"""A webhook is read once where it comes in; what is kept of it gives the same again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from fake_label_studio import FakeLabelStudio, chosen

from annotations.errors import BadInput
from annotations.label_studio.webhook import Webhook, kept_webhook, keys_told_of, webhook_of

KEYS = [uuid4(), uuid4()]


def _told() -> list[dict[str, Any]]:
    """A save, a change and a deletion, and one about two tasks at once."""
    server = FakeLabelStudio(KEYS)
    first, second = server.save(1, 1, chosen("money", memo="hm")), server.save(2, 2, chosen(nothing=True))
    server.update(first, chosen("people", "early"))
    made = server.told[:2]
    several = {
        "action": "ANNOTATIONS_CREATED",
        "annotation": [body["annotation"] for body in made],
        "task": [body["task"] for body in made],
        "project": {"id": 7},
    }
    server.delete(second)
    return [*server.told, several]


def test_a_webhook_survives_being_kept() -> None:
    """Whatever it tells, it is the same once it is read again."""
    for body in _told():
        first = webhook_of(body)
        assert kept_webhook(first.action, first.to_json()) == first
        assert "somebody" not in repr(first.to_json())


def test_of_each_task_its_own_key_is_kept() -> None:
    """A bulk action tells of many tasks, a save of one, a deletion of none."""
    found: list[list[UUID | None]] = [[one.key for one in webhook_of(body).arrivals] for body in _told()]
    assert found == [KEYS[:1], KEYS[1:], KEYS[:1], [], KEYS]
    assert keys_told_of(webhook_of(_told()[-1]).to_json()) == set(KEYS)
    assert webhook_of(_told()[-2]) == Webhook("ANNOTATIONS_DELETED", 7, deleted=(2,))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "TASKS_DELETED"},
        {"action": "ANNOTATION_CREATED", "annotation": {}, "project": {"id": 7}},
    ],
)
def test_a_webhook_that_is_none_is_refused(body: dict[str, Any]) -> None:
    """What cannot be read is said to be so."""
    with pytest.raises(BadInput):
        webhook_of(body)


def test_what_was_kept_and_is_damaged_is_refused() -> None:
    """Its tasks can be told all the same, so that a participant who withdraws is found in it."""
    kept = webhook_of(_told()[0]).to_json()
    del kept["annotations"][0]["created_at"]
    with pytest.raises(BadInput, match="cannot be read"):
        kept_webhook("ANNOTATION_CREATED", kept)
    assert keys_told_of(kept) == {KEYS[0]}
    assert keys_told_of({"annotations": [3]}) == keys_told_of({}) == set()
