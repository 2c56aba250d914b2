"""Whoever stores a webhook goes before who works them off."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from builders import PATIENCE_S
from fake_label_studio import FakeLabelStudio, chosen
from sqlalchemy import Connection

from annotations.errors import TandemError
from annotations.label_studio.webhook import Webhook, webhook_of
from annotations.store.database import Store
from annotations.store.webhooks import count_waiting, store_event
from service.composition import Parts
from service.corrections import inbox
from service.corrections.inbox import Inbox, _Held, _Turns


def _until(condition: object, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(0.002)


def test_who_stores_goes_first_though_the_other_has_waited_longer() -> None:
    """A coder's save waits for what is being worked off now, and not for what comes after it."""
    turns, order = _Turns(), []

    def work_off() -> None:
        with turns.working_off():
            order.append("worked off")

    def store() -> None:
        with turns.storing():
            order.append("stored")

    with turns.working_off():
        threads = [threading.Thread(target=work_off, daemon=True)]
        threads[0].start()
        time.sleep(0.05)
        threads += [threading.Thread(target=store, daemon=True) for _ in range(3)]
        for thread in threads[1:]:
            thread.start()
        _until(lambda: turns._storing == 3, "three wait to store")
        assert order == []
    for thread in threads:
        thread.join(PATIENCE_S)
    assert order == ["stored", "stored", "stored", "worked off"]


def test_a_flood_keeps_reviews_back_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where storing never ends, working off gets its turn all the same."""
    monkeypatch.setattr(inbox, "LONGEST_BACK_S", 0.05)
    turns, stop, worked = _Turns(), threading.Event(), threading.Event()

    def flood() -> None:
        while not stop.is_set():
            with turns.storing():
                # at no moment does nobody want to store: whoever does gives way only once another waits
                while not turns._storing and not stop.is_set():
                    time.sleep(0.001)

    def work_off() -> None:
        with turns.working_off():
            worked.set()

    threads = [threading.Thread(target=flood, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    _until(lambda: turns._storing, "the flood has begun")
    late = threading.Thread(target=work_off, daemon=True)
    late.start()
    came = worked.wait(PATIENCE_S)
    stop.set()
    for thread in (*threads, late):
        thread.join(PATIENCE_S)
    assert came


def test_a_turn_that_fails_is_given_back() -> None:
    """A fault in one does not lock out the others."""
    turns = _Turns()
    for turn in (turns.storing, turns.working_off):
        with pytest.raises(RuntimeError), turn():
            raise RuntimeError
    with turns.working_off():
        pass


def test_webhooks_that_come_at_once_share_one_transaction(
    parts: Parts, server: FakeLabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten that wait for the store are kept together, each with a place of its own; none is answered before that."""
    box, began, go = Inbox(parts), threading.Event(), threading.Event()
    for task in range(1, 6):
        server.save(task, 1, chosen("money"))
        server.save(task, 2, chosen("people"))
    told = [webhook_of(body) for body in server.told]
    transactions = 0
    writing = Store.writing

    @contextmanager
    def counted(store: Store) -> Iterator[Connection]:
        nonlocal transactions
        transactions += 1
        with writing(store) as connection:
            yield connection
            if transactions == 1:
                began.set()
                assert go.wait(PATIENCE_S)

    monkeypatch.setattr(Store, "writing", counted)
    with ThreadPoolExecutor(10) as threads:
        first = threads.submit(box.store, told[0])
        assert began.wait(PATIENCE_S)
        others = [threads.submit(box.store, one) for one in told[1:]]
        _until(lambda: len(box._held) == len(others), "nine wait to be stored")
        assert not any(one.done() for one in (first, *others))
        go.set()
        places = [one.result() for one in (first, *others)]
    assert transactions == 2
    assert sorted(places) == list(range(1, 11))


def test_one_webhook_that_cannot_be_stored_keeps_no_other_out(
    parts: Parts, server: FakeLabelStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a transaction of several fails, each is stored by itself, and the one at fault alone is refused."""
    box = Inbox(parts)
    for task in (1, 2):
        server.save(task, 1, chosen("money"))
    good, bad = (webhook_of(body) for body in server.told)

    def stores(connection: Connection, told: Webhook) -> int:
        if told == bad:
            raise TandemError("It cannot be kept.")
        return store_event(connection, told)

    monkeypatch.setattr("service.corrections.inbox.store_event", stores)
    box._held.append(_Held(bad))
    assert box.store(good) > 0
    with pytest.raises(TandemError, match="cannot be kept"):
        box.store(bad)
    with parts.store.reading() as connection:
        assert count_waiting(connection) == 1
