"""Browsers of a team's people at Tandem's pages: each her own, and waiting for what a worker does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from accounts import PASSWORD
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

# what a worker does in seconds takes minutes on a busy machine
WORKER_LIMIT_S = 600.0
LOOKS_AGAIN_MS = 1_000
BUSY = "Tandem cannot do this just now"


class Person:
    """Somebody's browser. ``complaints``: what it said of Tandem's scripts and of the policy of its pages."""

    def __init__(self, chromium: Any, url: str) -> None:
        self.url = url
        self.complaints: list[str] = []
        context = chromium.new_context(
            viewport={"width": 1280, "height": 720}, base_url=url, accept_downloads=True
        )
        context.set_default_timeout(120_000)
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on(
            "console", lambda line: self._complain(line.text) if "Content Security" in line.text else None
        )

    def _complain(self, said: str) -> None:
        if self.page.url.startswith(self.url):  # Label Studio's own scripts are not ours
            self.complaints.append(f"{self.page.url}: {said}")

    def open(self, path: str) -> Any:
        """A page of Tandem, which has to be there."""
        try:
            answer = self.page.goto(path)
        except PlaywrightError as error:
            # a page that shows a job was about to look again by itself, or began to meanwhile
            if not any(words in str(error) for words in ("ERR_ABORTED", "interrupted by another navigation")):
                raise
            answer = self.page.goto(path)
        if answer is None:  # it had just looked again, so nothing was sent for
            answer = self.page.reload()
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def status(self, path: str) -> int:
        """The status with which an address answers."""
        return int(self.page.goto(path).status)

    def main(self) -> str:
        """What the page says, without what stands around it."""
        return str(self.page.locator("main").inner_text())

    def looks_until(self, path: str, text: str, limit_s: float = WORKER_LIMIT_S) -> None:
        """Open the page again and again until it says so; AssertionError with what it says if a job fails or time is up."""
        end = time.monotonic() + limit_s
        while text not in self.main_of(path):
            said = self.main()
            assert ": failed" not in said, said
            assert time.monotonic() < end, f'{path} never said "{text}" but:\n{said}'
            self.page.wait_for_timeout(LOOKS_AGAIN_MS)

    def looks_until_gone(self, path: str, selector: str, limit_s: float = WORKER_LIMIT_S) -> None:
        """Open the page again and again until nothing on it fits; AssertionError with what it says if time is up."""
        end = time.monotonic() + limit_s
        while self.open(path).locator(selector).count():
            assert time.monotonic() < end, f"{path} still shows {selector}:\n{self.main()}"
            self.page.wait_for_timeout(LOOKS_AGAIN_MS)

    def sends_until_free(
        self, path: str, send: Callable[[], None], done: str, limit_s: float = WORKER_LIMIT_S
    ) -> None:
        """Open a page and send its form, until the page shows ``done``; again, as Tandem asks, while a worker is at it."""
        end = time.monotonic() + limit_s
        while True:
            self.open(path)
            send()
            self.shows(f"{done}, h1:has-text('{BUSY}')")
            if BUSY not in self.main():
                return
            assert time.monotonic() < end, self.main()
            self.page.wait_for_timeout(LOOKS_AGAIN_MS)

    def shows(self, selector: str) -> None:
        """Wait until the page shows this; AssertionError with what it says instead."""
        try:
            self.page.wait_for_selector(selector)
        except PlaywrightTimeout:
            raise AssertionError(f"{self.page.url} does not show {selector} but:\n{self.main()}") from None

    def main_of(self, path: str) -> str:
        """What a page says."""
        self.open(path)
        return self.main()

    def joins(self, link: str) -> None:
        """Follow an invitation, choose a password."""
        self.page.goto(link)
        self.page.fill("#password", PASSWORD)
        self.page.fill("#again", PASSWORD)
        self.page.click("text=Choose it and sign in")
        self.page.wait_for_selector(".who a")
