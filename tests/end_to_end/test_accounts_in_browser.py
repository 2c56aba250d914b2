"""A study's first days in a browser: first visit, two people invited, each sees what they may, and the audit shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from accessibility import violations
from accounts import KEY, PASSWORD
from builders import a_transcript
from real_server import free_port

from annotations.store.transcripts import add_transcript
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def study(tmp_path: Path) -> Iterator[tuple[Parts, dict[str, UUID]]]:
    """Two interviews of two sites, and nobody who has an account."""
    config = {"name": "Care after discharge", "cases": {"C": ["Lund", "Malmö"]}}
    made, _ = make_study(tmp_path / "s", codebook="common-framework", config=config)
    parts = Parts(made, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    with parts.store.writing() as connection:
        ids = {
            name: add_transcript(connection, a_transcript(name, "How?", f"Words of {site}.", site=site))
            for name, site in (("L-01", "Lund"), ("M-01", "Malmö"))
        }
    yield parts, ids
    parts.close()


@pytest.fixture
def url(study: tuple[Parts, dict[str, UUID]]) -> Iterator[str]:
    """Its server."""
    import uvicorn

    port = free_port()
    app = create_app(study[0], key=KEY)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    app.state.stopping.set()
    server.should_exit = True
    thread.join(20)


def _page(chromium: Any) -> Any:
    page = chromium.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(30_000)
    return page


def _join(chromium: Any, link: str) -> Any:
    page = _page(chromium)
    page.goto(link)
    assert violations(page) == []
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".who")
    return page


def _code(page: Any, address: str) -> int:
    return int(page.goto(address).status)


def test_the_first_days_of_a_team(study: tuple[Parts, dict[str, UUID]], url: str, chromium: Any) -> None:
    """One click, a name, two links; a coder of one site and a reader see what they may; no page breaks a rule of WCAG."""
    _, ids = study
    stranger = _page(chromium)
    stranger.goto(f"{url}/people")
    assert stranger.url == f"{url}/sign-in?next=/people"
    assert violations(stranger) == []

    ada = _page(chromium)
    ada.goto(f"{url}/?key={KEY}")
    assert ada.url == f"{url}/"
    ada.goto(f"{url}/account")
    assert violations(ada) == []
    ada.click("text=Make the first account")
    assert violations(ada) == []
    ada.fill("#name", "Ada Lind")
    ada.keyboard.press("Enter")
    ada.wait_for_selector(".who >> text=Ada Lind")
    links = {}
    for name, role, site in (("Bo Ek", "coder", "#site-1"), ("Rita Berg", "reader", None)):
        ada.goto(f"{url}/people")
        ada.fill("#name", name)
        ada.check(f"#role-{role}")
        if site:
            ada.check(site)
        ada.click("text=Make the link")
        links[name] = ada.text_content("[data-taken=invite] code").strip()
        assert violations(ada) == []
        # what was taken is not offered again
        assert ada.input_value("#name") == ""
    assert "Label Studio shows every project to each of its users" in ada.text_content("main")

    bo = _join(chromium, links["Bo Ek"])
    rita = _join(chromium, links["Rita Berg"])
    seen = {
        who: [
            _code(page, f"{url}{path}")
            for path in (f"/interviews/{ids['L-01']}", f"/interviews/{ids['M-01']}")
        ]
        for who, page in (("Bo", bo), ("Rita", rita), ("Ada", ada))
    }
    assert seen["Ada"] == [200, 200]
    assert seen["Bo"][0] == 200
    assert seen["Bo"][1] in (403, 404)
    assert all(code in (403, 404) for code in seen["Rita"])
    for page in (bo, rita):
        assert [_code(page, f"{url}{path}") for path in ("/people", "/audit")] == [403, 403]
        assert violations(page) == []
        assert _code(page, f"{url}/") == 200
        assert "People" not in page.text_content("nav")
        assert _code(page, f"{url}/account") == 200
        assert violations(page) == []

    # the last click is somebody else's: signed out by a lead, and back at the page of signing in
    ada.goto(f"{url}/people")
    ada.click("th a:text-is('Bo Ek')")
    assert violations(ada) == []
    ada.click("main form[action$='/sign-out'] button")
    ada.wait_for_url(f"{url}/people?taken=sign-out")
    bo.goto(f"{url}/work")
    assert bo.url == f"{url}/sign-in?next=/work"
    bo.fill("[name=name]", "bo ek")
    bo.fill("[name=password]", PASSWORD)
    bo.keyboard.press("Enter")
    bo.wait_for_url(f"{url}/work")

    ada.goto(f"{url}/audit")
    assert violations(ada) == []
    told = ada.text_content("table")
    for said in (
        "Bo Ek",
        "Rita Berg",
        "saw a transcript",
        "L-01",
        "signed somebody out",
        "invited",
        "127.0.0.1",
    ):
        assert said in told, said
    assert "Words of" not in told
