"""Whoever asked is told of the answer, and a lead of the question, until they have opened it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from accounts import KEY, add_person, form_token, signed_in
from fastapi import FastAPI
from fastapi.testclient import TestClient
from study_with_pages import INES, MONEY, TOM, WithPages, study_with_pages

from annotations.store.doubts import Doubt, DoubtAnswer
from service.access.viewer import Viewer, ViewerRole
from service.doubts.news import News, news_in
from service.web.app import create_app

NEW = '<span class="tag">new to you</span>'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithPages]:
    """The study of these tests; in it Lea has answered a question of Ines."""
    there = study_with_pages(tmp_path_factory.mktemp("news"))
    yield there
    there.parts.close()


@pytest.fixture
def app(made: WithPages) -> FastAPI:
    """Its server."""
    return create_app(made.parts, key=KEY)


def _told(client: TestClient, path: str) -> list[str]:
    """What a page says is new, in order, with where it leads."""
    page = client.get(path).text
    return [
        f"{said} {leads}"
        for said, leads in re.findall(
            r'<p class="card"><strong>([^<]*)</strong> <a href="(/doubts[^"]*)">', page
        )
    ]


def _answers(client: TestClient, path: str, text: str) -> None:
    said = {"text": text, "csrf": form_token(client, path)}
    assert client.post(f"{path}/answer", data=said).status_code == 200


def _asks(client: TestClient, text: str) -> str:
    said = {"code": MONEY, "kind": "question", "text": text}
    answer = client.post("/doubts", data={**said, "csrf": form_token(client, f"/doubts/new?code={MONEY}")})
    assert answer.status_code == 200
    return answer.url.path


@pytest.mark.slow
def test_a_coder_is_told_of_an_answer_until_she_has_opened_it(made: WithPages, app: FastAPI) -> None:
    """On the page where she lands, on My work and on Doubts; what she has seen stays seen, a further answer is new."""
    ines, lea = signed_in(app, INES), signed_in(app, "Lea")
    path = f"/doubts/{made.question}"
    line = f"1 of your questions was answered. {path}"
    assert [_told(ines, page) for page in ("/", "/work", "/doubts")] == [[line]] * 3
    # whoever has answered a question has coded nothing by that
    assert f"by {INES}, {TOM}, with those" in ines.get("/").text
    # whoever looks at her work for her is not told what is new to her
    assert "of your questions" not in lea.get(f"/work?coder={INES}").text
    page = ines.get(path).text
    assert page.count(NEW) == 1
    assert [_told(ines, page) for page in ("/", "/work", "/doubts")] == [[]] * 3
    # where nothing is new no column says so
    assert "New to you" not in ines.get("/doubts").text
    assert NEW not in ines.get(path).text
    assert _told(signed_in(app, INES), "/work") == []

    other = _asks(ines, "Is rent money, too?")
    assert _told(ines, "/work") == []
    assert _told(lea, "/") == [f"1 question of the team waits for an answer, and is new to you. {other}"]
    _answers(lea, other, "It is.")
    _answers(lea, path, "Unless the county owns it.")
    assert _told(lea, "/") == []
    assert _told(ines, "/work") == ["2 of your questions were answered. /doubts?new=new%20answer"]
    listed = ines.get("/doubts", params={"new": "new answer"}).text
    assert (listed.count("<th scope=row>"), other in listed, path in listed) == (2, True, True)
    assert ines.get(path).text.count(NEW) == 1
    # she asks back: whoever answered is told
    _answers(ines, other, "And interest?")
    said = "1 memo or question in which you wrote has a new answer."
    assert _told(lea, "/work") == [f"{said} {other}"]
    assert _told(ines, "/work") == []


@pytest.mark.slow
def test_nobody_is_told_of_what_they_may_not_see(made: WithPages, app: FastAPI) -> None:
    """A lead of other sites is not told of a question about an interview there; a reader of nothing."""
    about = {"transcript": str(made.both), "turn": "4", "kind": "question", "text": "Which of the two?"}
    add_person(made.parts, "Otto", ViewerRole.LEAD, sites=frozenset({"nowhere"}))
    tom = signed_in(app, TOM)
    form = f"/doubts/new?transcript={made.both}&turn=4"
    path = tom.post("/doubts", data={**about, "csrf": form_token(tom, form)}).url.path
    listed = {
        name: signed_in(app, name).get("/doubts", params={"new": "new question"}).text
        for name in ("Lea", "Otto")
    }
    assert [path in page for page in listed.values()] == [True, False]
    assert path not in str(_told(signed_in(app, "Otto"), "/"))
    assert _told(signed_in(app, "Rita"), "/") == []


@pytest.mark.parametrize(
    ("who", "role", "doubt", "seen", "news"),
    [
        ("ada", ViewerRole.CODER, Doubt("Ada", "Why?", True), None, News.NOTHING),
        ("ada", ViewerRole.CODER, Doubt("Ada", "Why?", True, answers=(DoubtAnswer("ADA", "So."),)), 0, News.NOTHING),
        ("Ada", ViewerRole.CODER, Doubt("Ada", "Why?", True, answers=(DoubtAnswer("Ben", "So."),)), None, News.ANSWER),
        ("Ada", ViewerRole.CODER, Doubt("Ada", "Why?", True, answers=(DoubtAnswer("Ben", "So."),)), 1, News.NOTHING),
        ("Ada", ViewerRole.CODER, Doubt("Ada", "A memo.", answers=(DoubtAnswer("Ben", "So."),)), 0, News.ANSWER),
        ("Ada", ViewerRole.CODER, Doubt("Ben", "Why?", True), None, News.NOTHING),
        ("Lea", ViewerRole.LEAD, Doubt("Ben", "Why?", True), None, News.QUESTION),
        ("Lea", ViewerRole.LEAD, Doubt("Ben", "Why?", True), 0, News.NOTHING),
        ("Lea", ViewerRole.LEAD, Doubt("Ben", "Why?", True, answers=(DoubtAnswer("Ada", "So."),)), 0, News.QUESTION),
        ("Lea", ViewerRole.LEAD, Doubt("Ben", "A memo."), None, News.NOTHING),
        (
            "Lea",
            ViewerRole.LEAD,
            Doubt("Ben", "Why?", True, answers=(DoubtAnswer("Max", "So.", settles=True),)),
            None,
            News.NOTHING,
        ),
        (
            "Lea",
            ViewerRole.LEAD,
            Doubt("Ben", "Why?", True, answers=(DoubtAnswer("Lea", "So."), DoubtAnswer("Ben", "Why so?"))),
            1,
            News.ANSWER,
        ),
    ],
)  # fmt: skip
def test_what_is_new_to_whom(who: str, role: ViewerRole, doubt: Doubt, seen: int | None, news: News) -> None:
    """Own words are no news; an answer is to whoever wrote there, an open question to a lead."""
    assert news_in(doubt, Viewer(None, who, role), seen) is news
