"""The pages that a coder needs, as each role gets them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from accounts import KEY, add_person, browser, form_token, signed_in
from fake_label_studio import pushed_study, skipped_tasks
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from study_with_pages import INES, MONEY, TOM, WithPages, study_with_pages

from annotations.codebook.codes import Codebook
from annotations.store.jobs import ask_for, beat, take
from service.access.page_links import page_key
from service.access.viewer import ViewerRole
from service.design.static_files import address_of_static, static_files
from service.web.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithPages]:
    """The study of all these tests."""
    found = study_with_pages(tmp_path_factory.mktemp("pages"))
    yield found
    found.parts.close()


@pytest.fixture(scope="module")
def app(made: WithPages) -> FastAPI:
    """Its server."""
    return create_app(made.parts, key=KEY)


@pytest.fixture(scope="module")
def browsers(app: FastAPI) -> dict[str, TestClient]:
    """A browser of each person."""
    return {name: signed_in(app, name) for name in ("Lea", INES, TOM, "Rita")}


def _pages(made: WithPages) -> dict[str, str]:
    return {
        "study": "/",
        "work": "/work",
        "interviews": "/interviews",
        "interview": f"/interviews/{made.both}",
        "search": "/interviews/search?words=room",
        "codebook": "/codebook",
        "code": f"/codebook/{MONEY}",
        "doubts": "/doubts",
        "doubt": f"/doubts/{made.question}",
        "new doubt": f"/doubts/new?transcript={made.both}&turn=2",
        "jobs": "/jobs",
    }


def test_each_role_opens_its_pages_and_no_other(made: WithPages, browsers: dict[str, TestClient]) -> None:
    """A coder has no jobs; a reader without text has the study's figures and the codebook."""
    pages = _pages(made)
    opened = {
        name: {page for page, path in pages.items() if client.get(path).status_code == 200}
        for name, client in browsers.items()
    }
    assert opened["Lea"] == set(pages)
    assert opened[INES] == set(pages) - {"jobs"}
    assert opened["Rita"] == {"study", "codebook", "code"}
    refused = browsers["Rita"].get(pages["interview"])
    assert (refused.status_code, "who may not read what participants said" in refused.text) == (403, True)
    assert "lamp" not in refused.text


def test_whoever_is_not_signed_in_opens_none(made: WithPages, app: FastAPI) -> None:
    """Each leads to the page of signing in, or says that it needs its link."""
    for path in _pages(made).values():
        answer = browser(app).get(path, follow_redirects=False)
        assert answer.status_code in (303, 401), path
        assert "lamp" not in answer.text


def test_lists_are_taken_along_by_those_alone_who_may_export(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """Filtered as the address says."""
    answer = browsers["Lea"].get("/interviews?wave=2&take=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[0] for row in rows] == ["Interview", "NRB-03", "CRK-04", "WLK-02"]
    for path in ("/interviews", "/work", "/doubts"):
        assert "Take along" not in browsers[INES].get(path).text
        assert browsers[INES].get(f"{path}?take=xlsx").status_code == 403


def test_a_coder_sees_how_far_she_is_and_goes_on(browsers: dict[str, TestClient]) -> None:
    """The button opens Label Studio at the next passage; a lead looks at anybody's work, a coder at her own."""
    page = browsers[INES].get("/work").text
    assert "11 of 22" in page
    assert 'href="http://127.0.0.1:8431/projects/7/data?task=' in page
    first, then, last = (
        page.index(said) for said in ("26 passages are left for you.", "Continue with", "done, in 6")
    )
    assert first < then < last
    assert 'href="http://127.0.0.1:8431/projects/7/data?labeling=1">Continue with' in page
    assert "You need a user in Label Studio first" in page
    # what she cannot use yet is not what the page wants her to press
    assert re.search(r'class="button second"[^>]*>(Begin|Continue) with', page)
    assert page.count(">continue</a>") == 2
    assert 'href="/work"' in browsers[INES].get("/").text
    assert "You need a user in Label Studio" not in browsers["Lea"].get(f"/work?coder={TOM}").text
    assert "3 of 22" in browsers["Lea"].get(f"/work?coder={TOM}").text
    refused = browsers[INES].get(f"/work?coder={TOM}")
    assert refused.status_code == 403
    assert "who may not see the work of another coder" in refused.text


def test_a_coder_is_told_what_is_shared_and_how_to_come_back_to_what_she_skipped(
    tmp_path: Path, codebook: Codebook
) -> None:
    """Where nothing was handed to her alone no 0 says so; where she skipped the rest, that is what is left."""
    parts = pushed_study(tmp_path / "study", codebook)
    add_person(parts, "Ada", ViewerRole.CODER)
    ada = signed_in(create_app(parts, key=KEY), "Ada")
    page = ada.get("/work").text
    assert "6 passages are left for you." in page
    assert "Everybody shares what is left" in page
    assert "go back" not in page
    assert (">begin</a>" in page, ">continue</a>" in page) == (True, False)
    with parts.store.writing() as connection:
        skipped_tasks(connection, "Ada", 6)
    page = ada.get("/work").text
    assert "Left for you: 6 passages that you skipped." in page
    assert "Press “Cancel skip” before you decide" in page
    assert re.search(r'<a href="[^"]*/data\?task=\d+">6, go back</a>', page)
    assert "you are through" not in page
    parts.close()


def test_an_interview_says_whose_codes_stand_in_its_margin(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """A coder learns that she codes first, and of none that was not handed to her how much she has done of it."""
    path = f"/interviews/{made.alone}"
    hers, his, leads = (browsers[name].get(path).text for name in (INES, TOM, "Lea"))
    once = "once you have coded the passage yourself"
    assert [once in page for page in (hers, his, leads)] == [True, True, False]
    assert ["passages done by you" in page for page in (hers, his, leads)] == [True, False, False]


def test_the_link_of_label_studio_opens_words_alone_and_the_margin_for_who_is_signed_in(
    made: WithPages, app: FastAPI, browsers: dict[str, TestClient]
) -> None:
    """The same address: whoever has an account sees her codes there, whoever has the link alone sees nobody's."""
    path = f"/interviews/{made.both}"
    link = f"{path}?key={page_key(KEY, path)}"
    plain = browser(app).get(link)
    assert (plain.status_code, "lamp" in plain.text, INES in plain.text) == (200, True, False)
    assert "External financing" not in plain.text
    seen = browsers[INES].get(link)
    assert ("External financing" in seen.text, "key=" in str(seen.url)) == (True, False)
    assert re.search(r'href="http://127.0.0.1:8431/projects/7/data\?task=\d+"', seen.text)
    codes = browser(app).get(f"/codebook?key={page_key(KEY, '/codebook')}")
    assert (codes.status_code, "Use when" in codes.text, "/codebook/" in codes.text) == (200, True, False)


def test_codes_are_found_by_any_of_their_words(browsers: dict[str, TestClient]) -> None:
    """By name, definition and example, all of the words."""
    page = browsers[INES].get("/codebook?q=funder+payment").text
    assert "1 code holds these words" in page
    assert f'id="{MONEY}"' in page
    assert "No code holds these words" in browsers[INES].get("/codebook?q=xyzzy").text


def test_words_are_found_in_interviews_and_marked(made: WithPages, browsers: dict[str, TestClient]) -> None:
    """Markup in what is looked for stays text."""
    page = browsers[INES].get("/interviews/search?words=LAMP+autumn").text
    assert "1 turn holds all of these words" in page
    assert "<mark>lamp</mark>" in page
    assert f'href="/interviews/{made.both}#turn-2"' in page
    assert (
        "<script>alert" not in browsers[INES].get("/interviews/search?words=<script>alert(1)</script>").text
    )


def test_a_question_is_asked_answered_settled_and_taken_back(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """A lead alone settles; the author or a lead takes back; each form needs the token of its page."""
    ines, lea, tom = browsers[INES], browsers["Lea"], browsers[TOM]
    form = f"/doubts/new?transcript={made.both}&turn=4"
    said = {"transcript": str(made.both), "turn": "4", "kind": "question", "text": "Is this <b>it</b>?"}
    refused = ines.post("/doubts", data=said)
    assert (refused.status_code, "<h1>This could not be taken</h1>" in refused.text) == (403, True)
    answer = ines.post("/doubts", data={**said, "csrf": form_token(ines, form)})
    assert (answer.status_code, "Is this &lt;b&gt;it&lt;/b&gt;?" in answer.text) == (200, True)
    assert f'data-taken="doubt-{made.both}-4--"' in answer.text
    path = answer.url.path
    settles = {"text": "Yes.", "settles": "yes"}
    assert tom.post(f"{path}/answer", data={**settles, "csrf": form_token(tom, path)}).status_code == 403
    assert (
        tom.post(f"{path}/answer", data={"text": "I think so.", "csrf": form_token(tom, path)}).status_code
        == 200
    )
    page = lea.post(f"{path}/answer", data={**settles, "csrf": form_token(lea, path)}).text
    assert "The team goes by this:" in page
    assert "settled" in ines.get("/doubts?state=settled").text
    assert tom.post(f"{path}/take-back", data={"csrf": form_token(tom, path)}).status_code == 403
    assert ines.post(f"{path}/take-back", data={"csrf": form_token(ines, path)}).status_code == 200
    assert ines.get(path).status_code == 404


def test_the_short_link_beside_a_turn_opens_the_form_about_it(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """A link of every turn says no more than its number; what is no turn is said by the form."""
    ines, page = browsers[INES], f"/interviews/{made.both}"
    assert '<a href="?note=3" aria-label="note on turn 3">note</a>' in ines.get(page).text
    form = ines.get(page, params={"note": "3"})
    assert (form.status_code, form.url.path) == (200, "/doubts/new")
    assert dict(form.url.params) == {"transcript": str(made.both), "turn": "3"}
    assert f'data-taken="doubt-{made.both}-3--"' in form.text or "turn 3" in form.text
    assert ines.get(page, params={"note": "3&code=x"}).url.params["turn"] == "3&code=x"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"text": "  "}, "Write what you want to note or to ask."),
        ({"turn": "99"}, "is no turn of NRB-03"),
        ({"turn": "x" * 50}, "is no turn of NRB-03"),
        ({"text": "a\ud800".encode("utf-8", "surrogatepass").decode("latin-1") + "\x00"}, "cannot be kept"),
        ({"text": "a" * 20_000}, "20,000 characters; 10,000 are kept"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_what_was_typed(
    made: WithPages, browsers: dict[str, TestClient], more: dict[str, str], sentence: str
) -> None:
    """The words stay in the form, and nothing is kept."""
    ines = browsers[INES]
    before = ines.get("/doubts").text.count("<tr>")
    said = {"transcript": str(made.both), "turn": "2", "text": "typed words", "kind": "memo"} | more
    said["csrf"] = form_token(ines, f"/doubts/new?transcript={made.both}&turn=2")
    answer = ines.post("/doubts", data=said)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    if "text" not in more:
        assert "typed words" in answer.text
    assert ines.get("/doubts").text.count("<tr>") == before


def test_an_address_that_takes_a_form_says_so_and_leads_to_its_page(
    made: WithPages, browsers: dict[str, TestClient]
) -> None:
    """Opened again from the browser's line of addresses: it was not moved, and nothing is done."""
    above = {
        "/account/label-studio": "/account",
        "/account/password": "/account",
        f"/doubts/{made.question}/answer": f"/doubts/{made.question}",
        "/sign-out": "",
    }
    for path, near in above.items():
        answer = browsers[INES].get(path)
        assert answer.status_code == 405
        assert "This address takes what a form sends, and shows nothing by itself." in answer.text
        assert (f'<a href="{near}">To the page of this form</a>' in answer.text) == bool(near)
        assert "may have moved" not in answer.text
    assert browsers[INES].get("/work").status_code == 200
    answer = browsers[INES].put("/work")
    assert (answer.status_code, "takes what a form" in answer.text) == (405, False)


def test_ids_of_nothing_are_pages_that_say_so(browsers: dict[str, TestClient]) -> None:
    """Whatever stands in the address."""
    nothing = uuid4()
    for path in (
        f"/interviews/{nothing}",
        f"/doubts/{nothing}",
        f"/jobs/{nothing}",
        f"/doubts/new?transcript={nothing}",
        "/interviews/x",
        "/codebook/no-such-code",
        "/codebook/%2e%2e%2fx",
        "/nowhere",
        "/static/0/tandem.css",
        "/static/x/../../pages.py",
    ):
        answer = browsers["Lea"].get(path)
        assert answer.status_code == 404, path
        assert "Traceback" not in answer.text


def test_a_job_is_watched_live_from_any_browser(made: WithPages, browsers: dict[str, TestClient]) -> None:
    """It stands in the database: its address shows how far it is, and the stream ends with the job."""
    with made.parts.store.writing() as connection:
        job = ask_for(connection, "precode", {"wave": "2"})
        taken = take(connection, "a worker")
        assert taken is not None
        beat(connection, taken, "a worker", done=30, total=120)
    page = browsers["Lea"].get(f"/jobs/{job}").text
    assert "30 of 120" in page
    assert f'sse-connect="/jobs/{job}/events"' in page
    token = form_token(browsers["Lea"], f"/jobs/{job}")
    assert browsers["Lea"].post(f"/jobs/{job}/cancel", data={"csrf": token}).status_code == 200
    assert "stop as soon as its worker notices" in browsers["Lea"].get(f"/jobs/{job}").text
    with made.parts.store.writing() as connection:
        from annotations.store.jobs import stopped

        stopped(connection, taken, "a worker")
    told = browsers["Lea"].get(f"/jobs/{job}/events")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert "event: progress" in told.text
    assert told.text.rstrip().endswith("event: ended\ndata:")
    assert browsers[INES].get(f"/jobs/{job}/events").status_code == 403


def test_no_page_runs_or_loads_what_is_not_ours(made: WithPages, browsers: dict[str, TestClient]) -> None:
    """No style and no script stands in a page, none comes from elsewhere, and the policy says so."""
    for name, path in _pages(made).items():
        answer = browsers["Lea"].get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/static/)", answer.text), name
        assert not re.search(r"(?:src|<link[^>]*href)=\"(?!/static/)", answer.text), name
        assert answer.headers["cache-control"] == "no-store"


def test_files_of_the_design_are_kept_for_ever_under_their_hash(browsers: dict[str, TestClient]) -> None:
    """Each with its type, and without anybody's word in it."""
    for name, file in static_files().items():
        answer = browsers["Lea"].get(address_of_static(name))
        assert (answer.status_code, answer.content) == (200, file.content)
        assert "immutable" in answer.headers["cache-control"]


def test_the_theme_is_what_the_reader_chose(browsers: dict[str, TestClient]) -> None:
    """A cookie that somebody else wrote does nothing."""
    for chosen, said in (("dark", 'data-theme="dark"'), ('"><script>', '<html lang="en">')):
        page = browsers[INES].get("/codebook", headers={"Cookie": f"tandem_theme={chosen}"})
        assert said in page.text
