"""A coder in a real browser: what they accept, change, empty, skip and judge blind arrives as exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from browser import logged_in
from coders_at_work import invite
from pushed_work import Work
from real_server import free_port, until

from annotations.coding import Condition, Draw
from annotations.store.reviews import current_reviews
from service.label_studio.local import Access
from service.looking.history import history

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.browser,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
PASSWORD = "a-secret-for-tests"


@pytest.fixture
def work(tmp_path: Path, label_studio: Access) -> Iterator[Work]:
    """Five tasks for one coder: four with a suggestion, the last blind."""
    people = invite(label_studio, [f"reader-{uuid4().hex[:6]}@example.org"])
    made = Work(tmp_path / "study", label_studio, people, 5, None)
    made.suggest(made.tasks[:4])
    yield made
    made.close()


@pytest.fixture
def page(work: Work) -> Iterator[Any]:
    """A Chromium page, logged in as that coder."""
    with logged_in(work.access.url, work.people[0].email, PASSWORD) as opened:
        yield opened


def test_five_decisions_arrive_as_they_were_made(work: Work, page: Any) -> None:
    """Accepted, changed, emptied with the tick, skipped, blind: each with its condition, its origin and its time."""
    port = free_port()
    work.attach(port)
    with work.serving(port):
        page.goto(f"{work.access.url}/projects/{work.project}/data?labeling=1")
        _next(page, 1)
        assert page.locator('input[name="Early"]').is_checked()
        page.keyboard.press("Control+Enter")
        _next(page, 3)
        page.locator('input[name="Late"]').check()
        page.keyboard.press("Control+Enter")
        _next(page, 5)
        page.locator('input[name="Reviewed: no code applies"]').check()
        page.keyboard.press("Control+Enter")
        _next(page, 7)
        page.get_by_role("button", name="Skip").first.click()
        _next(page, 9)
        assert not page.locator('input[name="Early"]').is_checked()
        page.locator('input[name="Early"]').check()
        page.keyboard.press("Control+Enter")
        until(lambda: _count(work) == 4)
    with work.parts.store.reading() as connection:
        accepted, changed, emptied, blind = current_reviews(connection)
    assert [one.condition for one in (accepted, changed, emptied, blind)] == [
        Condition.ASSISTED,
        Condition.ASSISTED,
        Condition.ASSISTED,
        Condition.INDEPENDENT,
    ]
    assert (accepted.draw, blind.draw) == (Draw.ORDINARY, Draw.BLIND)
    assert [sorted(c.code for c in one.codings) for one in (accepted, changed, emptied, blind)] == [
        ["early"],
        ["late"],
        [],
        ["early"],
    ]
    assert accepted.origin["regions"] == {"prediction": 1}
    assert changed.origin["regions"] == {"prediction-changed": 1}
    assert all(one.lead_time and one.lead_time > 0 for one in (accepted, changed, emptied, blind))
    assert blind.shown_version is None
    (first,) = history(work.parts, "JKG-01:2").to_json()["reviews"]
    (second,) = history(work.parts, "JKG-01:4").to_json()["reviews"]
    assert (first["accepted"], first["rejected"], first["added"]) == (["Early"], [], [])
    assert (second["accepted"], second["rejected"], second["added"]) == ([], ["Early"], ["Late"])
    assert work.pull().counted.total() == 0


def _next(page: Any, number: int) -> None:
    page.get_by_text(f"Words number {number}, said by nobody.").wait_for()


def _count(work: Work) -> int:
    with work.parts.store.reading() as connection:
        return len(current_reviews(connection))
