"""What is looked at often is kept, and whoever comes back after a while sees how things stand and not how they stood."""

from __future__ import annotations

import time

import pytest

from service.web import remembered
from service.web.remembered import Remembered


def test_what_is_old_and_soon_worked_out_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine is no reason to show a lead the study of ten minutes ago."""
    monkeypatch.setattr(remembered, "FRESH_S", 0.0)
    truth = ["before"]

    def look() -> str:
        time.sleep(0.002)
        return truth[0]

    kept = Remembered(look, quick_s=0.0)
    kept.get(), kept.get()
    truth[0] = "now"
    assert kept.get()[0] == "now"


def test_what_takes_long_is_shown_as_it_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large study nobody waits: the page says as of when it is, and the next look finds the new one."""
    monkeypatch.setattr(remembered, "FRESH_S", 0.0)
    monkeypatch.setattr(remembered, "WAIT_S", 0.001)
    truth = ["before"]

    def look() -> str:
        time.sleep(0.05)
        return truth[0]

    kept = Remembered(look, quick_s=0.0)
    kept.get(), kept.get()
    truth[0] = "now"
    found, as_of = kept.get()
    assert found == "before"
    assert as_of is not None
    time.sleep(0.2)
    monkeypatch.setattr(remembered, "FRESH_S", 60.0)
    assert kept.get()[0] == "now"
