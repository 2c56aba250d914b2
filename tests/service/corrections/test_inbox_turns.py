"""Whoever stores a webhook goes before who works them off."""

from __future__ import annotations

import threading
import time

import pytest
from builders import PATIENCE_S

from service.corrections import inbox
from service.corrections.inbox import _Turns


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
