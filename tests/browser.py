"""A Chromium page of a small laptop's size."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from builders import skip_or_fail

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium_running() -> Iterator[Any]:
    """A browser without pages; skips the test where there is no Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def logged_in(url: str, email: str, password: str) -> Iterator[Any]:
    """A page of somebody who has logged in at Label Studio."""
    with chromium_running() as browser:
        opened = browser.new_page(viewport={"width": 1280, "height": 720})
        opened.set_default_timeout(60_000)
        opened.goto(f"{url}/user/login/")
        opened.fill("input[name=email]", email)
        opened.fill("input[name=password]", password)
        opened.click("button[type=submit]")
        opened.wait_for_load_state("networkidle")
        yield opened
