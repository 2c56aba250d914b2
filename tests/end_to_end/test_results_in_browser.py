"""A lead reads patterns, saturation, triangulation and change in a browser, takes a report along, and makes a backup.

Pictures of the pages for the documentation are made with TANDEM_PICTURES=FOLDER.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from accessibility import RULES_OF_COLOUR, violations
from accounts import KEY, PASSWORD, add_person, quick_passwords
from browser import SWITCHES
from builders import skip_or_fail
from real_server import free_port
from results_study import make_results_study

from annotations.study.config import read_study
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.settings import read_settings
from service.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["quick_passwords"]
PAGES = (
    "/results/patterns",
    "/results/patterns?framework=Topics&with=Phase&columns=case&and=wave",
    "/results/patterns?table=0",
    "/results/saturation?base=1&run=1",
    "/results/saturation?base=none",
    "/results/triangulation",
    "/results/change",
    "/results/report",
    "/backups",
)


@pytest.fixture
def served(
    tmp_path: Path, quick_passwords: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Parts, Any]]:
    """The server's address, its study, and a browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("Chromium is not installed")
    import uvicorn
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("TANDEM_STATE", str(tmp_path / "state"))
    make_results_study(tmp_path)
    parts = Parts(read_study(tmp_path / "study"), read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    add_person(parts, "Lena", ViewerRole.LEAD)
    port = free_port()
    app = create_app(parts, key=KEY)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield f"http://127.0.0.1:{port}", parts, browser
        browser.close()
    app.state.stopping.set()
    server.should_exit = True
    thread.join(20)


def _signed_in(browser: Any, url: str, **more: Any) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, base_url=url, **more)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/sign-in")
    page.fill("input[name=name]", "Lena")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    return page


def test_no_rule_of_accessibility_is_broken(served: tuple[str, Parts, Any]) -> None:
    """Each page in both themes; nothing is wider than the window, and every picture is there."""
    url, _, browser = served
    page = _signed_in(browser, url, color_scheme="light")
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], path
        page.emulate_media(color_scheme="dark")
        assert violations(page, RULES_OF_COLOUR) == [], (path, "dark")
        page.emulate_media(color_scheme="light")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)"), path
    page.context.close()


def test_a_lead_asks_reads_and_takes_along(served: tuple[str, Parts, Any]) -> None:
    """What she chooses stands in the address; the report comes from a worker; the backup too."""
    url, parts, browser = served
    page = _signed_in(browser, url)
    page.goto("/results/patterns")
    page.select_option("#framework", label="Topics")
    page.select_option("#with", label="Phase")
    page.click("form[aria-label='What is counted'] button")
    page.wait_for_url("**/results/patterns?*framework=Topics*")
    assert page.locator("#with").input_value() == "Phase"
    page.get_by_role("link", name="Triangulation").click()
    page.wait_for_url("**/results/triangulation")
    _pictured(page, "triangulation")
    page.get_by_role("link", name="Report").click()
    _pictured(page, "report")
    page.get_by_role("button", name="Make the report").click()
    page.wait_for_url("**/exports/made/*")
    page.get_by_text("The file is being made").wait_for()
    assert do_waiting_jobs(parts) == 1
    # the page looks again by itself
    page.get_by_role("heading", name="Ready: methods and results").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="report.docx").click()
    assert Path(taken.value.path()).read_bytes()[:2] == b"PK"
    page.goto("/results/report")
    page.get_by_text("Record an answer").click()
    page.select_option("#for", label="E-01")
    page.get_by_label("they agreed").check()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_role("row", name="E-01").wait_for()
    page.goto("/backups")
    page.get_by_role("button", name="Make a backup now").click()
    assert do_waiting_jobs(parts) == 1
    page.goto("/backups")
    page.get_by_text("The last good one was made on").wait_for()
    _pictured(page, "backups")
    page.goto("/results/saturation?base=1&run=1")
    _pictured(page, "saturation")


def _pictured(page: Any, name: str) -> None:
    folder = os.environ.get("TANDEM_PICTURES")
    if folder:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=f"{folder}/{name}.png")
