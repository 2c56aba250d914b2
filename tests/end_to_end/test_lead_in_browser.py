"""A lead's browser: two files with two mistakes are mended, brought in and undone, and every page of hers opens."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from browser import SWITCHES
from builders import skip_or_fail
from lead_in_browser import INTERVIEW, KEY, SECOND, a_study
from real_server import free_port, until

from annotations.store.described_transcripts import described_transcripts
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.web.app import create_app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PAGES = ("/", "/study/work", "/bring-in", "/participants", "/exports", "/settings", "/jobs")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """An empty study."""
    made = a_study(tmp_path, cases={"North": ["Ward"], "South": []})
    yield made
    made.close()


@pytest.fixture
def page(parts: Parts) -> Iterator[Any]:
    """A browser that is signed in at a real server; a page that fails in its script fails the test."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("Chromium is not installed")
    app = create_app(parts, key=KEY)
    app.state.study_now.quick_s = 600.0
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        opened = browser.new_page(
            viewport={"width": 1280, "height": 720}, base_url=f"http://127.0.0.1:{port}"
        )
        opened.set_default_timeout(60_000)
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("console", lambda line: said.append(line.text) if "Content Security" in line.text else None)
        opened.goto(f"/?key={KEY}")
        yield opened
        browser.close()
    server.should_exit = True
    thread.join(30)
    assert said == []


def _there(parts: Parts) -> dict[str, str]:
    with parts.store.reading() as connection:
        return {one.name: one.wave for one in described_transcripts(connection)}


def test_files_with_mistakes_are_mended_and_come_in(page: Any, parts: Parts, tmp_path: Path) -> None:
    """From the first button to the undo, with nothing at the command line."""
    (tmp_path / "JKG-01.txt").write_text(INTERVIEW)
    (tmp_path / "DND-03.txt").write_text(SECOND.replace("Interviewer", "Berit").replace("DND-03", "Cilla"))
    (tmp_path / "where.csv").write_text("file,wave,participant\nJKG-01.txt,1,JKG-01\nDND-03.txt,3,DND-03\n")
    page.click("text=Bring interviews in")
    page.set_input_files("#files", [tmp_path / one for one in ("JKG-01.txt", "DND-03.txt", "where.csv")])
    page.click("text=Look at them")
    page.click("a:has-text('Correct it')")
    page.select_option("#wave", "2")
    page.click("text=Save, and look again")
    page.select_option("select[aria-label='Berit']", "interviewer")
    page.select_option("select[aria-label='Cilla']", "participant")
    page.click("text=Save, and look again")
    page.click("a:has-text('All files') >> nth=0")
    assert page.locator("text=2 transcripts would come in").count() == 1
    assert _there(parts) == {}
    page.click("button:has-text('Bring in')")
    page.wait_for_selector("h1:has-text('What came in')")
    assert _there(parts) == {"JKG-01": "1", "DND-03": "2"}
    page.click("text=Undo it")
    page.wait_for_selector("text=Undone: the study is as it was before.")
    assert page.locator("text=2 transcripts would come in").count() == 1
    assert _there(parts) == {}
    _bring(page, tmp_path / "JKG-01.txt")
    for path in PAGES:
        page.goto(path)
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page.goto("/participants")
    page.click("a:has-text('JKG-01')")
    page.click("text=See what would be erased")
    page.fill("#again", "JKG-01")
    page.click("text=Erase JKG-01 for good")
    page.wait_for_selector("text=/waits (for|until) a worker/")
    do_waiting_jobs(parts)
    assert _there(parts) == {}
    page.goto("/participants")
    page.click("a:has-text('withdrawal-')")
    assert page.locator("text=Receipt of a withdrawal").count() >= 1


def _bring(page: Any, file: Path) -> None:
    page.goto("/bring-in")
    page.set_input_files("#files", [file])
    page.click("text=Look at them")
    page.click("button:has-text('Bring in')")
    page.wait_for_selector("h1:has-text('What came in')")
