"""A webhook is stored first and worked off then, whatever else it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from fake_label_studio import FakeLabelStudio, chosen, keys_of
from reviews_arriving import deliver, pull_now, reviews_of, said_in
from sqlalchemy import select

from annotations.label_studio.webhook import webhook_of
from annotations.store.tables import webhook_events
from annotations.store.webhooks import WaitingWebhook, count_waiting
from service.composition import Parts
from service.corrections import inbox as inbox_module
from service.corrections.inbox import Inbox
from service.corrections.list_set_aside import set_aside


def test_a_bulk_creation_is_set_aside(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """Annotations made from predictions come as a list, and nobody has read what they are on."""
    for task in (1, 2):
        server.save(task, 1, chosen("money"), lead_time=None, updated_by=None, parent_prediction=task)
    told = server.told[-2:]
    bulk = {
        "action": "ANNOTATIONS_CREATED",
        "annotation": [body["annotation"] for body in told],
        "task": [body["task"] for body in told],
        "project": {"id": 7},
    }
    deliver(inbox, bulk)
    assert len(set_aside(parts)) == 2
    server.now += timedelta(minutes=3)
    server.update(1, chosen("money"), lead_time=3.0, updated_by=1)
    deliver(inbox, server.told[-1])
    assert len(said_in(parts)) == len(set_aside(parts)) == 1


def test_others_tasks_and_projects_are_left_alone(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """A task that somebody added by hand, and a project that is not ours, are no reviews and no fault."""
    server.tasks[1]["data"]["segment_id"] = "00000000-0000-0000-0000-000000000001"
    server.save(1, 1, chosen("money"))
    assert deliver(inbox, server.told[-1])["events"] == 1
    elsewhere = server.told[-1] | {"project": {"id": 99}}
    assert deliver(inbox, elsewhere)["events"] == 1
    pulled = pull_now(parts, server)
    assert (reviews_of(parts), pulled.set_aside) == ((), 0)
    with parts.store.reading() as connection:
        assert count_waiting(connection) == 0


def test_what_a_crash_left_is_worked_off(parts: Parts, server: FakeLabelStudio, inbox: Inbox) -> None:
    """A webhook that was stored and not worked off waits for the next process."""
    server.save(1, 1, chosen("money"))
    inbox.store(webhook_of(server.told[-1]))
    assert reviews_of(parts) == ()
    assert Inbox(parts, lambda: (server.url, server.people)).work_off()["new"] == 1


def test_what_comes_meanwhile_is_gathered_first(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook that comes while others are worked off waits for the next time, or each would be worked off alone."""
    server.save(1, 1, chosen("money"))
    inbox.store(webhook_of(server.told[-1]))
    server.save(2, 1, chosen("money"))
    later = [webhook_of(server.told[-1])]
    real_runs = inbox_module._runs

    def runs(waiting: Sequence[WaitingWebhook]) -> Iterator[list[WaitingWebhook]]:
        yield from real_runs(waiting)
        inbox.store(later.pop())

    monkeypatch.setattr(inbox_module, "_runs", runs)
    assert inbox.work_off() == Counter({"events": 1, "new": 1})
    with parts.store.reading() as connection:
        assert count_waiting(connection) == 1
    monkeypatch.undo()
    assert inbox.work_off() == Counter({"events": 1, "new": 1})


def test_more_than_are_read_at_once_are_all_worked_off(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server finds at its start may be many; none is left until another webhook comes."""
    monkeypatch.setattr(inbox_module, "AT_A_TIME", 2)
    for task in (1, 2, 4, 5):
        server.save(task, 1, chosen("money"))
        inbox.store(webhook_of(server.told[-1]))
    assert inbox.work_off() == Counter({"events": 4, "new": 4})


def test_one_webhook_that_cannot_be_used_stops_no_other(
    parts: Parts, server: FakeLabelStudio, inbox: Inbox
) -> None:
    """Webhooks are worked off several at a time; a damaged one among them is passed over, the others are reviews."""
    for task in (1, 2, 4):
        server.save(task, 1, chosen("money"))
    for at, body in enumerate(server.told):
        place = inbox.store(webhook_of(body))
        if at == 1:
            _damage(parts, place)
    assert inbox.work_off() == Counter({"events": 3, "new": 2})
    assert pull_now(parts, server).counted["new"] == 1


def _damage(parts: Parts, place: int) -> None:
    """Take something out of a stored webhook that every annotation has."""
    this = webhook_events.c.sequence == place
    with parts.store.writing() as connection:
        body = connection.execute(select(webhook_events.c.body).where(this)).scalar_one()
        del body["annotations"][0]["created_at"]
        connection.execute(webhook_events.update().where(this).values(body=body))


def test_no_words_of_a_task_are_stored(parts: Parts, server: FakeLabelStudio) -> None:
    """Of a webhook only what the coder said is kept, not what was said in the interview."""
    marked = {"from_name": "f-topics", "value": {"text": "what somebody said", "taxonomy": [["money"]]}}
    server.save(1, 1, [marked])
    kept = webhook_of(server.told[-1])
    assert kept.action == "ANNOTATION_CREATED"
    assert "somebody" not in repr(kept) + repr(kept.to_json())
    assert kept.arrivals[0].key == keys_of(parts)[0]
