"""A lead walks her pages in a browser: hands out, measures, agrees on passages, chooses what comes ticked, reads results.

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
from accessibility import RULES, RULES_OF_COLOUR, violations
from accounts import KEY, PASSWORD, add_person, quick_passwords
from browser import SWITCHES
from builders import skip_or_fail
from made_up_study import MadeUp, fill
from real_server import free_port

from annotations.store.events import CaseEvent, keep_events
from annotations.store.reviews import derived_reviews
from annotations.store.tables import model_versions
from service.access.viewer import ViewerRole
from service.composition import Parts
from service.jobs.worker import do_waiting_jobs
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["quick_passwords"]
PAGES = (
    "/hand-out",
    "/hand-out/wave?wave=2&try=1&blind=15&double=20&coder=Ada&coder=Ben",
    "/hand-out/ticks",
    "/hand-out/ticks/money",
    "/agreement",
    "/agreement/figures",
    "/agreement/pairs?who=1",
    "/disagreements",
    "/disagreements/decisions",
    "/models/disagreements",
    "/models",
    "/models/v2",
    "/models/unseen",
    "/models/trace?suggestion=JKG-02:2:Money",
    "/results",
    "/results/ratings",
    "/results/timeline",
)


def _measured(parts: Parts) -> None:
    """Figures of held-out passages for v2, as a training keeps them."""
    with parts.store.writing() as connection:
        these = model_versions.c.version == "v2"
        figures = dict(connection.execute(model_versions.select().where(these)).one().figures)
        figures |= {
            "measured_on": "cross-validation",
            "spotting": {"kappa": 0.61},
            "labelling": {"micro_f1": 0.72},
        }
        for at, one in enumerate(figures["codes"]):
            n = 60 - 8 * at
            ticked = [max(4, int(n * (1 - max(0, step - 10) / 10))) for step in range(1, 20)]
            right = [
                int(few * min(0.97, 0.75 - 0.2 * at + max(0, step - 9) * 0.03))
                for step, few in enumerate(ticked)
            ]
            one |= {"ticked": n, "ticked_right": right[9], "carried": 55, "recall_at_5": 0.8 - 0.1 * at}
            one["curve"] = [[round(0.05 * (step + 1), 2), ticked[step], right[step]] for step in range(19)]
        figures |= {
            "overall": {"micro_f1": 0.61, "kappa": 0.55, "kappa_interval": [0.48, 0.62], "groups": 24}
        }
        reason = "it is better by 0.05 of kappa (0.01 to 0.09) on 24 participants"
        changed = {"figures": figures, "verdict": "better", "reason": reason}
        connection.execute(model_versions.update().where(these).values(**changed))
        keep_events(
            connection, [CaseEvent("ESTHER", "March 2017", "The grant was asked for", source="minutes")]
        )


@pytest.fixture
def served(tmp_path: Path, quick_passwords: None) -> Iterator[tuple[str, Parts, Any]]:
    """The server's address, its study, and a browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        skip_or_fail("Chromium is not installed")
    import uvicorn
    from playwright.sync_api import sync_playwright

    config = {"name": "Esk and Tay", "coders": [{"name": "Ada"}, {"name": "Ben"}]}
    study, _ = make_study(tmp_path / "s", codebook="common-framework", config=config)
    parts = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    fill(parts, MadeUp(transcripts=24, turns=20))
    _measured(parts)
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
    page = browser.new_context(viewport={"width": 1280, "height": 720}, **more).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/sign-in")
    page.fill("[name=name]", "Lena")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def test_a_lead_walks_her_pages(served: tuple[str, Parts, Any]) -> None:
    """By hand and by keyboard, with a worker beside her; every page holds the rules of WCAG in both themes."""
    url, parts, browser = served
    page = _signed_in(browser, url)
    # agreement is measured while she looks: the page follows the job without being loaded again
    page.goto(f"{url}/agreement")
    page.click("text=Measure now")
    page.wait_for_selector("text=/waits (for|until) a worker/")
    assert do_waiting_jobs(parts) == 1
    # the page shows by itself what came of it
    page.wait_for_selector("text=People agree well on")
    # a passage is talked about, by keyboard
    page.goto(f"{url}/disagreements")
    page.click("#list tbody tr:first-child a")
    page.wait_for_selector("text=We agree on")
    first = page.url
    page.keyboard.press("1")
    page.fill("[name=memo]", "It is about costs.")
    page.click("h1")
    page.keyboard.press("r")
    page.wait_for_url(lambda now: now != first)
    with parts.store.reading() as connection:
        (kept,) = derived_reviews(connection)
    assert (kept.coder, kept.codings[0].memo) == ("Lena", "It is about costs.")
    second = page.url
    page.keyboard.press("n")
    page.wait_for_url(lambda now: now != second)
    # the handle says what it costs before anything is kept
    page.goto(f"{url}/hand-out/ticks/money")
    page.locator("#slide").fill("0.7")
    assert "From 0.70 on" in page.text_content("[data-said]")
    assert page.is_checked("#from")
    page.click("text=Keep this")
    page.wait_for_selector("text=as Lena chose")
    if folder := os.environ.get("TANDEM_PICTURES"):
        page.goto(f"{url}/hand-out/ticks/money")
        page.screenshot(path=str(Path(folder) / "comes-ticked.png"))
    # who gets what is shown, then asked for
    page.goto(f"{url}/hand-out/wave?wave=2")
    page.fill("[name=double]", "20")
    page.check("text=Ada")
    page.check("text=Ben")
    page.click("text=Show who would get what")
    page.wait_for_selector("text=Hand out just so")
    page.click("text=Hand out just so")
    page.wait_for_selector("text=/waits (for|until) a worker/")
    page.goto(f"{url}/models")
    page.click("button:has-text('Train')")
    page.wait_for_selector("text=/waits (for|until) a worker/")
    assert page.complaints == []
    _look_at_all(_signed_in(browser, url, color_scheme="light"), url)
    page = _signed_in(browser, url, java_script_enabled=False)
    for path in PAGES:
        assert page.goto(f"{url}{path}").status == 200, path


def _look_at_all(page: Any, url: str) -> None:
    pictures = os.environ.get("TANDEM_PICTURES")
    for at, path in enumerate(PAGES):
        page.goto(f"{url}{path}")
        # a page that follows a job never comes to rest
        for theme, rules in (("dark", RULES_OF_COLOUR), ("light", RULES)):
            page.emulate_media(color_scheme=theme)
            assert violations(page, rules) == [], (path, theme)
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
            if pictures:
                page.screenshot(path=str(Path(pictures) / f"{at:02}-{theme}.png"))
    assert [one for one in page.complaints if "favicon" not in one] == []
