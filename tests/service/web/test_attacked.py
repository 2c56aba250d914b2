"""What somebody who did not write the server tried against it, and what came of that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from accounts import KEY, PASSWORD, add_person, browser, form_token, quick_passwords, signed_in
from builders import a_transcript
from fastapi import FastAPI

from annotations.store.accounts import account_named, change_account, set_email
from annotations.store.jobs import ask_for, finish, take
from annotations.store.transcripts import add_transcript
from service.access.viewer import ViewerRole
from service.accounts.people import person
from service.accounts.program_tokens import make_token
from service.audit import Actor
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web import job_pages, server
from service.web.app import create_app

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def parts(tmp_path: Path, quick_passwords: None) -> Iterator[Parts]:
    """A study of two sites with people, one of whom sees a single site."""
    study, _ = make_study(
        tmp_path / "s", codebook="common-framework", config={"name": "S", "cases": {"C": ["Lund", "Malmö"]}}
    )
    made = Parts(study, read_settings({"TANDEM_STATE": str(tmp_path / "state")}))
    add_person(made, "Lea", ViewerRole.LEAD)
    add_person(made, "Cleo", ViewerRole.CODER)
    add_person(made, "Clara", ViewerRole.CODER, sites=frozenset({"Lund"}))
    yield made
    made.close()


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    """Its server."""
    return create_app(parts, key=KEY)


def test_no_header_of_a_request_changes_where_it_came_from(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uvicorn by itself believes X-Forwarded-For of whoever is on this machine: guesses would wait for nobody."""
    found: list[Any] = []

    class Kept:
        def __init__(self, config: Any) -> None:
            found.append(config)

        def run(self) -> None:
            """Serve nothing."""

    monkeypatch.setattr(server, "QuietServer", Kept)
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    server.serve(parts, host="127.0.0.1", port=8430, with_worker=False)
    assert found[0].proxy_headers is False


def test_guesses_by_name_and_by_address_are_guesses_at_one_account(app: FastAPI, parts: Parts) -> None:
    """Whoever knows both does not guess twice as often."""
    with parts.store.writing() as connection:
        found = account_named(connection, "Cleo")
        assert found is not None
        set_email(connection, found.id, "cleo@example.org")
    client = browser(app)
    for _ in range(3):
        assert client.post("/sign-in", data={"name": "Cleo", "password": "no"}).status_code == 401
    assert client.post("/sign-in", data={"name": "cleo@example.org", "password": "no"}).status_code == 429
    assert client.post("/sign-in", data={"name": "Lea", "password": PASSWORD}).status_code == 200


def test_a_program_signs_nobody_out(app: FastAPI, parts: Parts) -> None:
    """A token that leaked ends no session of its owner."""
    cleo = signed_in(app, "Cleo")
    account = person(parts.store, "Cleo")
    by = Actor("Cleo", "session", "127.0.0.1", account.id)
    token = make_token(parts.store, KEY, account, "a program", ViewerRole.CODER, days=3, by=by).given
    sent = browser(app).post("/sign-out-everywhere", headers={"Authorization": f"Bearer {token}"})
    assert sent.status_code == 403
    assert cleo.get("/account").status_code == 200


def test_files_of_whoever_may_send_none_are_not_read(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """A coder does not fill the disk of the server with what she may not bring in."""
    cleo = signed_in(app, "Cleo")
    token = form_token(cleo, "/account")

    def read(*_: object, **__: object) -> None:
        raise AssertionError("the files were read")

    monkeypatch.setattr("starlette.requests.Request.form", read)
    sent = cleo.post("/bring-in", data={"csrf": token}, files={"files": ("a.txt", b"A: b")})
    assert sent.status_code == 403


def test_a_job_is_followed_no_longer_than_one_may(
    app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights that are taken away end an answer that is still being given."""
    lea = signed_in(app, "Lea")
    with parts.store.writing() as connection:
        job = ask_for(connection, "train", {})
        found = account_named(connection, "Lea")
    assert found is not None
    looks = []

    def look(*_: object) -> Any:
        looks.append(1)
        with parts.store.writing() as connection:
            change_account(connection, found.id, role=ViewerRole.CODER, sites=None, sees_text=False)
        with parts.store.reading() as connection:
            return job_pages.job_progress(connection, job)

    monkeypatch.setattr(job_pages, "_look", look)
    monkeypatch.setattr(job_pages, "LOOK_S", 0.01)
    monkeypatch.setattr(job_pages, "LONGEST_S", 1.0)
    assert "event: progress" in lea.get(f"/jobs/{job}/events").text
    assert len(looks) == 1


def test_an_interview_of_another_site_is_no_interview(app: FastAPI, parts: Parts) -> None:
    """Whoever guesses its id learns nothing from the kind of refusal."""
    with parts.store.writing() as connection:
        there = add_transcript(connection, a_transcript("M-01", "How?", "Words.", site="Malmö"))
    clara = signed_in(app, "Clara")
    for path in (f"/disagreements/{{}}/{uuid4()}", "/interviews/{}", "/doubts/new?transcript={}&turn=1"):
        other, none = clara.get(path.format(there)), clara.get(path.format(uuid4()))
        assert other.status_code == none.status_code, path
        assert "M-01" not in other.text


def test_a_case_of_another_site_is_no_case(app: FastAPI, parts: Parts) -> None:
    """Whoever guesses its name is told neither that it is there nor which others are, and nothing is kept."""
    with parts.store.writing() as connection:
        add_transcript(connection, a_transcript("L-01", "How?", "Words.", case="Near", site="Lund"))
        add_transcript(connection, a_transcript("M-01", "How?", "Words.", case="Far", site="Malmö"))
    clara = signed_in(app, "Clara")
    token = form_token(clara, "/doubts/new?case=Near")
    for case in ("Far", "Nowhere"):
        answer = clara.post("/doubts", data={"csrf": token, "case": case, "text": "Why?"})
        assert (answer.status_code, "It has: Near." in answer.text) == (422, True), case
    kept = clara.post("/doubts", data={"csrf": token, "case": "near", "text": "Why?"})
    assert (kept.status_code, "Why?" in kept.text) == (200, True)


def test_what_a_form_cannot_take_is_said_of_its_field(app: FastAPI) -> None:
    """No page is said to be missing, and what was sent is not repeated."""
    cleo = signed_in(app, "Cleo")
    token = form_token(cleo, "/doubts/new")
    long = cleo.post("/doubts", data={"csrf": token, "text": "w" * 100_001})
    assert (long.status_code, "holds more than 100,000 characters" in long.text) == (422, True)
    assert "www" not in long.text
    for days in ("soon", "9" * 5000, "1.5"):
        answer = cleo.post(
            "/account/tokens", data={"csrf": token, "name": "p", "role": "coder", "days": days}
        )
        assert (answer.status_code, "asks for a whole number" in answer.text) == (422, True), days
    odd = cleo.post("/doubts", data={"csrf": token, "text": "Why?", "transcript": "none"})
    assert (odd.status_code, "cannot be taken" in odd.text) == (422, True)
    assert cleo.get("/doubts/new?transcript=none").status_code == 404


def test_whoever_changes_her_password_is_told_what_came_of_it(app: FastAPI) -> None:
    """A wrong one is not said to be a name that does not fit; a right one is confirmed."""
    cleo = signed_in(app, "Cleo")
    assert "sign out there too" in cleo.get("/account").text
    sent = {
        "csrf": form_token(cleo, "/account"),
        "password": "green copper kettle",
        "again": "green copper kettle",
    }
    wrong = cleo.post("/account/password", data={**sent, "old": "another one"})
    assert (wrong.status_code, "that you have now is another one" in wrong.text) == (422, True)
    assert "Saved." in cleo.post("/account/password", data={**sent, "old": PASSWORD}).text


def test_what_came_of_a_job_is_for_whoever_sees_the_jobs(app: FastAPI, parts: Parts) -> None:
    """A withdrawal's result names the participant, which its page shows to a lead alone; the API does no more."""
    with parts.store.writing() as connection:
        ask_for(connection, "withdraw", {"participant": "P-77", "by": "Lea"})
        taken = take(connection, "w")
        assert taken is not None
        finish(connection, taken, "w", {"participant": "P-77"})
    assert "P-77" in signed_in(app, "Lea").get("/api/v1/jobs").text
    assert "P-77" not in signed_in(app, "Cleo").get("/api/v1/jobs").text
