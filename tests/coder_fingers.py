"""What a coder's hands do on the labelling screen in Chromium: keys for boxes, the search in the list, submitting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from playwright.sync_api import TimeoutError as NotInTime

PAUSE_MS = 400  # of somebody who looks at what is found
BETWEEN_KEYS_MS = 60
READS_MS = 300  # nobody decides sooner after a passage has come
_FINDING = "document.activeElement.matches('.tandem-any input.ant-input')"
_CHOSEN = "[...document.querySelectorAll('.tandem-any .lsf-choices input:checked')].map(e => e.name)"
_BOXES = "[...document.querySelectorAll('.tandem-likely input')].map(e => [e.name, e.checked])"


def boxes(page: Any) -> list[tuple[str, bool]]:
    """The boxes of the most likely codes: what is shown, and whether it is ticked."""
    return [(str(name), bool(ticked)) for name, ticked in page.evaluate(_BOXES)]


def chosen(page: Any) -> list[str]:
    """What is ticked behind the search."""
    return [str(name) for name in page.evaluate(_CHOSEN)]


def open_search(page: Any) -> None:
    """The key of the search, and wait until it has the cursor."""
    for patience_ms in (5_000, 10_000, 60_000):  # a key while the passage is still being drawn does nothing
        page.keyboard.press("m")
        try:
            page.wait_for_function(_FINDING, timeout=patience_ms)
            return
        except NotInTime:
            continue
    raise AssertionError("the search does not take the cursor")


def name_by_search(page: Any, names: Iterable[str], *, pause_ms: int = 0) -> None:
    """In the search: type each name, Enter. Nothing has to be waited for."""
    for name in names:
        page.keyboard.type(name)
        page.wait_for_timeout(pause_ms)
        page.keyboard.press("Enter")


def close_search(page: Any) -> None:
    """Click beside it, so that keys mean the screen again."""
    page.locator(".tandem-head").click(position={"x": 2, "y": 2})
    page.wait_for_function(f"!({_FINDING})")


def press(page: Any, keys: Sequence[str]) -> None:
    """Press the keys of boxes, as fast as fingers do."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(BETWEEN_KEYS_MS)


def submit(page: Any) -> None:
    """Ctrl+Enter, and wait until Label Studio has taken it."""
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Control+Enter")


def open_stream(page: Any, url: str) -> None:
    """A project's stream of passages, at the next one."""
    page.goto(f"{url}/data?labeling=1")
    page.locator(".tandem-form").wait_for()


def at_turn(page: Any, turn: str) -> None:
    """Wait for a passage by what the line on top says of its turn."""
    page.locator(".tandem-head").get_by_text(turn).wait_for()
    page.wait_for_timeout(READS_MS)
