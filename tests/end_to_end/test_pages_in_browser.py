"""Pages as people meet them: in a browser, by keyboard, in both themes, without a script, on a line that breaks.

Pictures of the pages for the documentation are made with TANDEM_PICTURES=FOLDER.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from accessibility import RULES, RULES_OF_COLOUR, violations
from accounts import KEY, PASSWORD
from browser import SWITCHES
from builders import skip_or_fail
from real_server import free_port
from study_with_pages import INES, MEMOS, MONEY, WithPages, study_with_pages

from annotations.codebook.files import write_codebook
from annotations.store.jobs import ask_for, beat, finish, take
from annotations.store.tables import transcripts
from service.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = ((1280, 720), (820, 1180))


@dataclass
class Here:
    """The server's address, the study behind it, and a browser."""

    url: str
    made: WithPages
    browser: Any

    @contextmanager
    def page(self, who: str, size: tuple[int, int] = SIZES[0], **more: Any) -> Iterator[Any]:
        """A page in which somebody has signed in; whatever the browser complains of fails the test."""
        width, height = size
        context = self.browser.new_context(viewport={"width": width, "height": height}, **more)
        opened = context.new_page()
        opened.set_default_timeout(30_000)
        opened.goto(f"{self.url}/sign-in")
        opened.fill("[name=name]", who)
        opened.fill("[name=password]", PASSWORD)
        opened.keyboard.press("Enter")
        opened.wait_for_url(f"{self.url}/")
        complaints: list[str] = []
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.complaints = complaints
        yield opened
        context.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    """One server and one browser for all tests."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("Chromium is not installed")
    import uvicorn
    from playwright.sync_api import sync_playwright

    made = study_with_pages(tmp_path_factory.mktemp("pages"))
    port = free_port()
    app = create_app(made.parts, key=KEY)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield Here(f"http://127.0.0.1:{port}", made, browser)
        browser.close()
    app.state.stopping.set()
    server.should_exit = True
    thread.join(20)


def _addresses(made: WithPages) -> list[str]:
    with made.parts.store.writing() as connection:
        job = ask_for(connection, "backup", {})
    return [
        "/",
        "/work",
        "/interviews",
        f"/interviews/{made.both}",
        "/interviews/search?words=room",
        "/codebook",
        f"/codebook/{MONEY}",
        "/doubts",
        f"/doubts/{made.question}",
        f"/doubts/new?transcript={made.both}&turn=2",
        "/jobs",
        f"/jobs/{job}",
        "/account",
        "/people",
        "/audit",
        "/study/work",
        "/set-aside",
        "/bring-in",
        "/participants",
        "/exports",
        "/exports/of/codings",
        "/settings",
        "/api/v1/docs",
    ]


def test_every_page_can_be_read_by_everybody(here: Here) -> None:
    """In both themes and sizes: axe-core finds nothing, nothing is wider than the window or asked for from elsewhere."""
    asked: list[str] = []
    with here.page("Lea") as page:
        page.on("request", lambda request: asked.append(request.url))
        for address in _addresses(here.made):
            page.goto(here.url + address)
            for theme, (width, height) in itertools.product(("light", "dark"), SIZES):
                page.emulate_media(color_scheme=theme)
                page.set_viewport_size({"width": width, "height": height})
                rules = RULES if theme == "light" else RULES_OF_COLOUR
                assert violations(page, rules) == [], (address, theme, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.complaints == []
    assert all(one.startswith(here.url) for one in asked)


def test_a_coders_pages_fit_a_screen_and_a_tablet(here: Here) -> None:
    """What she reads most stands beside its margin; on a tablet in dark colours nothing is cut off."""
    interview = f"/interviews/{here.made.both}"
    pages = (
        ("read", interview),
        ("codebook", "/codebook?q=money"),
        ("doubts", "/doubts"),
        ("doubt", f"/doubts/{here.made.question}"),
    )
    with here.page(INES) as page:
        for name, address in pages:
            page.goto(here.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[0][0], name
            _pictured(page, name)
    with here.page(INES, (820, 1000), color_scheme="dark") as page:
        page.goto(here.url + interview)
        assert page.evaluate("document.documentElement.scrollWidth") <= 820
        _pictured(page, "read-tablet-dark")


def test_what_a_codebook_changes_is_read_before_it_is_taken(here: Here, tmp_path: Path) -> None:
    """A code means something else: what was said and what would be said, and what rests on it, in both themes."""
    book = here.made.parts.codebook
    codes = [replace(code, definition="Money from outside.") if code.id == MONEY else code for code in book]
    write_codebook(replace(book, codes=tuple(codes)), tmp_path / "codebook.yaml")
    with here.page("Lea") as page:
        page.goto(f"{here.url}/bring-in")
        page.set_input_files("#files", [tmp_path / "codebook.yaml"])
        page.click("text=Look at them")
        row = page.locator("tr", has_text="Money from outside.")
        assert "means something else" in row.inner_text()
        for theme, (width, height) in itertools.product(("light", "dark"), SIZES):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            assert violations(page) == [], (theme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        _pictured(page, "codebook-changes")
        page.click("text=Leave all of it")


def _pictured(page: Any, name: str) -> None:
    folder = os.environ.get("TANDEM_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_header_is_one_line_however_long_the_names(here: Here) -> None:
    """On a small laptop a coder's nine pages, the study and her name stand beside each other."""
    with here.page(INES) as page:
        page.goto(f"{here.url}/codebook")
        assert len(page.query_selector_all("header nav li")) == 9
        long = "(text) => document.querySelectorAll('.top .study, .top .who a').forEach(e => e.textContent = text)"
        page.evaluate(long, "Introducing an electronic handover in three countries")
        tops = "[...document.querySelectorAll('.top .study, .top li, .top .who')].map(e => e.offsetTop)"
        assert max(page.evaluate(tops)) < 30


def test_a_fault_is_a_page_too(here: Here) -> None:
    """What is not there, what a form cannot take, and the page of signing in."""
    with here.page(INES) as page:
        for address in ("/nowhere", "/jobs", "/codebook/none"):
            page.goto(here.url + address)
            assert violations(page) == [], address
        page.goto(f"{here.url}/doubts/new")
        page.evaluate("document.querySelector('textarea').required = false")
        page.click("text=Keep it")
        page.wait_for_selector("text=Write what you want to note or to ask.")
        assert page.get_attribute("textarea", "aria-invalid") == "true"
        assert violations(page) == []


def test_no_typed_word_is_lost_with_the_connection(here: Here) -> None:
    """The page says so, the words come back in the same tab, and are forgotten once they are kept."""
    with here.page(INES) as page:
        address = f"{here.url}/doubts/new?code={MONEY}"
        page.goto(address)
        page.fill("textarea", "Long thought about, and typed on a train.")
        page.context.set_offline(True)
        page.click("text=Keep it")
        page.wait_for_selector("text=What you typed is kept in this tab")
        assert page.input_value("textarea") == "Long thought about, and typed on a train."
        page.context.set_offline(False)
        page.goto(address)
        page.wait_for_selector("text=What you typed before is back.")
        assert page.input_value("textarea") == "Long thought about, and typed on a train."
        page.click("text=Keep it")
        page.wait_for_selector("text=Saved.")
        assert page.locator("main").inner_text().count("typed on a train") == 1
        page.goto(address)
        assert page.input_value("textarea") == ""


def test_what_was_typed_comes_back_and_nothing_else(here: Here) -> None:
    """A field that nobody touched shows what stands there by now, not what stood there when the page was opened."""
    address = f"{here.url}/participants/transcript/{here.made.both}"

    def session(name: str) -> None:
        with here.made.parts.store.writing() as connection:
            row = transcripts.c.id == here.made.both
            connection.execute(transcripts.update().where(row).values(session=name))

    with here.page("Lea") as page:
        page.goto(address)
        page.fill("#date", "1 March 2026")
        session("3 May")
        page.goto(address)
        page.wait_for_selector("text=What you typed before is back.")
        assert (page.input_value("#date"), page.input_value("#session")) == ("1 March 2026", "3 May")
    session("")


def test_no_typed_word_is_lost_with_the_session(here: Here) -> None:
    """Whoever was signed out meanwhile is told so where she is, and finds her words after she has signed in again."""
    with here.page(INES) as page:
        address = f"{here.url}/doubts/new?transcript={here.made.both}&turn=4"
        page.goto(address)
        page.fill("textarea", "Typed before the session ended.")
        page.context.clear_cookies()
        page.click("text=Keep it")
        page.wait_for_selector("text=You are not signed in any more.")
        assert page.input_value("textarea") == "Typed before the session ended."
        page.goto(address)
        page.fill("[name=name]", INES)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=What you typed before is back.")
        assert page.input_value("textarea") == "Typed before the session ended."


def test_a_list_is_used_by_keyboard_and_its_address_can_be_sent(here: Here) -> None:
    """The first stop leads past the navigation; a filter changes the address and keeps the place."""
    with here.page(INES) as page:
        page.goto(f"{here.url}/interviews")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the content"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.focus("#list-q")
        page.keyboard.type("carrick")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=3 of 7 interviews")
        assert page.url == f"{here.url}/interviews?q=carrick"
        assert page.evaluate("document.activeElement.id") == "list-q"
        page.select_option("#list-wave", "2")
        page.wait_for_selector("text=1 of 7 interviews")
        page.click("text=CRK-04")
        page.wait_for_selector("text=15 of 30 passages done by you")
        page.go_back()
        page.wait_for_selector("text=1 of 7 interviews")


def test_a_job_moves_while_it_is_watched(here: Here) -> None:
    """And is as far as it is in a browser that is opened later."""
    with here.made.parts.store.writing() as connection:
        job = ask_for(connection, "train", {})
        taken = take(connection, "a worker")
        while taken is not None and taken.id != job:
            finish(connection, taken, "a worker", {})
            taken = take(connection, "a worker")
    assert taken is not None
    with here.page("Lea") as page:
        page.goto(f"{here.url}/jobs/{job}")
        page.wait_for_selector("text=a worker is at it")
        with here.made.parts.store.writing() as connection:
            beat(connection, taken, "a worker", done=5, total=20)
        page.wait_for_selector("text=5 of 20")
        page.goto(f"{here.url}/jobs/{job}")
        page.wait_for_selector("text=5 of 20")
        with here.made.parts.store.writing() as connection:
            finish(connection, taken, "a worker", {})
        page.wait_for_selector("text=Training: done")
        assert page.complaints == []


def test_without_a_script_everything_is_there(here: Here) -> None:
    """Read, find, filter and send."""
    with here.page(INES, java_script_enabled=False) as page:
        page.goto(f"{here.url}/interviews")
        page.fill("#list-q", "willow")
        page.click("text=Show")
        assert page.locator("tbody tr").count() == 2
        page.goto(f"{here.url}/interviews/{here.made.both}#turn-2")
        assert MEMOS[0] in page.locator("#turn-2").inner_text()
        page.goto(f"{here.url}/doubts/new")
        page.fill("textarea", "Sent without a script.")
        page.click("text=Keep it")
        assert "Sent without a script." in page.locator("main").inner_text()


def test_a_reader_chooses_light_or_dark(here: Here) -> None:
    """It holds on the next page, before any script has run."""
    with here.page(INES, color_scheme="light") as page:
        page.click("text=dark")
        page.goto(f"{here.url}/codebook")
        assert page.get_attribute("html", "data-theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 30)"
