"""The agreement page as a reviewer opens it: in a browser, offline."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from accessibility import violations
from builders import skip_or_fail
from made_up_study import MadeUp, fill

from service.agreement.report import ReportScope, agree
from service.agreement.report_files import write_html
from service.composition import open_parts
from service.new_study import make_study

pytestmark = pytest.mark.browser


def test_the_page_opens_offline_with_every_plot_beside_its_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked for from elsewhere, nothing is complained of, nothing is wider than the window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    monkeypatch.delenv("TANDEM_DATABASE", raising=False)
    book = tmp_path / "book.csv"
    book.write_text("code\nAny\n", "utf-8")
    make_study(tmp_path / "study", codebook=str(book), config={"name": "Made up"})
    with open_parts(tmp_path / "study") as parts:
        fill(parts, MadeUp(transcripts=8, turns=20))
        write_html(parts, agree(parts, ReportScope()), tmp_path / "a.html", with_quotes=True)
    asked_for: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        switches = "--no-sandbox --disable-gpu --disable-dev-shm-usage"
        browser = playwright.chromium.launch(executable_path=program, args=switches.split())
        page = browser.new_context(offline=True, viewport={"width": 1100, "height": 900}).new_page()
        page.on("request", lambda request: asked_for.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto((tmp_path / "a.html").as_uri())
        assert page.locator("svg").count() >= 5
        for plot in page.locator("svg").all():
            assert plot.evaluate("one => one.nextElementSibling.tagName") == "TABLE"
        assert page.evaluate("document.documentElement.scrollWidth") <= 1100
        assert violations(page) == []
        browser.close()
    assert asked_for == [(tmp_path / "a.html").as_uri()]
    assert complaints == []
