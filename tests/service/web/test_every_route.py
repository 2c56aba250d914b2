"""Every route has a rule: the table of roles walked through all of them. A new route without a line here fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from accounts import KEY, add_person, browser, form_token, quick_passwords, signed_in
from builders import a_transcript
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from rules_of_routes import DOOR, IN, OPEN, RULES

from annotations.attributes import Attribute, Owner
from annotations.store.attributes import keep_attributes
from annotations.store.transcripts import add_transcript
from annotations.transcript import Consents
from service.access.policy import Action, may
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.new_study import make_study
from service.settings import read_settings
from service.web.app import create_app

__all__ = ["quick_passwords"]
pytestmark = [pytest.mark.usefixtures("quick_passwords"), pytest.mark.slow]

PEOPLE = {
    "Lea": Viewer(None, "Lea", ViewerRole.LEAD),
    "Lotta": Viewer(None, "Lotta", ViewerRole.LEAD, frozenset({"Lund"})),
    "Cleo": Viewer(None, "Cleo", ViewerRole.CODER),
    "Clara": Viewer(None, "Clara", ViewerRole.CODER, frozenset({"Lund"})),
    "Rita": Viewer(None, "Rita", ViewerRole.READER),
    "Rosa": Viewer(None, "Rosa", ViewerRole.READER, frozenset({"Lund"}), sees_text=True),
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A study of two sites, a transcript of each and one of Malmö that Lund may see too."""
    folder = tmp_path_factory.mktemp("routes")
    config = {"name": "S", "cases": {"C": ["Lund", "Malmö"]}}
    study, _ = make_study(folder / "s", codebook="common-framework", config=config)
    made = Parts(study, read_settings({"TANDEM_STATE": str(folder / "state")}))
    with pytest.MonkeyPatch.context() as patch:
        from argon2 import PasswordHasher

        from service.accounts import passwords

        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", lambda: quick)
        for name, viewer in PEOPLE.items():
            add_person(made, name, viewer.role, sites=viewer.sites, sees_text=viewer.sees_text)
    yield made
    made.close()


@pytest.fixture(scope="module")
def transcripts(parts: Parts) -> dict[str, UUID]:
    """By name."""
    shared = Consents(visible_to=("Malmö", "Lund"))
    closed = Consents(visible_to=("Malmö",))
    found = {
        "L-01": a_transcript("L-01", "How?", "Words of Lund.", site="Lund"),
        "M-01": a_transcript("M-01", "How?", "Words of Malmö.", site="Malmö"),
        "M-02": a_transcript("M-02", "How?", "Words for both.", site="Malmö", consents=shared),
        "L-02": a_transcript("L-02", "How?", "Words for Malmö alone.", site="Lund", consents=closed),
    }
    with parts.store.writing() as connection:
        return {name: add_transcript(connection, one) for name, one in found.items()}


@pytest.fixture(scope="module")
def app(parts: Parts) -> FastAPI:
    """Its server."""
    return create_app(parts, key=KEY)


def _routes(found: Any) -> Iterator[APIRoute]:
    for one in found:
        if isinstance(one, APIRoute):
            yield one
        else:
            yield from _routes(one.original_router.routes)


def _names(app: FastAPI) -> list[str]:
    return [f"{method} {one.path}" for one in _routes(app.routes) for method in sorted(one.methods)]


def _asked(client: TestClient, name: str, transcript: UUID, token: str = "") -> int:
    method = name.partition(" ")[0]
    path = _path(name, transcript)
    query = "?transcript=L-01" if path.rsplit("/", 1)[-1] in ("segments", "suggestions", "reviews") else ""
    if name == "GET /proof":
        query = f"?nonce={'0' * 64}"
    if path.startswith("/api/") and method == "POST":
        headers = {"X-CSRF-Token": token}
        return client.post(path, json={"kind": "precode"}, headers=headers).status_code
    data = {"csrf": token} if method == "POST" else None
    files = {"events": ("events.csv", b"")} if name == "POST /results/timeline" else None
    return client.request(method, path + query, data=data, files=files, follow_redirects=False).status_code


def _path(name: str, transcript: UUID) -> str:
    path = name.partition(" ")[2]
    path = path.replace("{number}", "1")
    for place in ("{given}", "{mark}", "{name}", "{code:path}", "{key}"):
        path = path.replace(place, "x")
    path = path.replace("{transcript}", str(transcript))
    for place in (
        "{account}",
        "{token}",
        "{job}",
        "{doubt}",
        "{upload_id}",
        "{made_id}",
        "{record}",
        "{segment}",
        "{review}",
    ):
        path = path.replace(place, str(uuid4()))
    return (
        path.replace("{version}", "v1")
        .replace("{code_id}", "x")
        .replace("{number}", "0")
        .replace("{key}", "codings")
    )


def test_every_route_has_a_rule(app: FastAPI) -> None:
    """A new route stands in the table, and the table holds none that is gone."""
    assert sorted(_names(app)) == sorted(RULES)


def test_nobody_gets_in_without_signing_in(app: FastAPI, transcripts: dict[str, UUID]) -> None:
    """A browser is led to the page of signing in; every other answer is a refusal."""
    for name, rule in RULES.items():
        if rule is OPEN:
            continue
        code = _asked(browser(app), name, transcripts["L-01"])
        assert code == 401 or (code == 303 and name.startswith("GET")), (name, code)


@pytest.mark.parametrize("who", PEOPLE)
def test_the_table_of_roles_holds_on_every_route(
    app: FastAPI, transcripts: dict[str, UUID], who: str
) -> None:
    """What the policy refuses is refused, and what it allows is not, whoever asks for whatever."""
    viewer = PEOPLE[who]
    client = signed_in(app, who)
    token = form_token(client, "/account")
    for name, rule in RULES.items():
        if rule in (OPEN, DOOR) or name.startswith("POST /sign-out"):
            continue
        action = rule[1] if isinstance(rule, tuple) else rule
        code = _asked(client, name, transcripts["L-01"], token)
        allowed = action is IN or may(viewer, Action(action))
        assert (code == 403) != allowed, (name, code)
        # 503: what it needs does not run, such as Label Studio
        assert code < 500 or code == 503, (name, code)


@pytest.mark.parametrize("as_header", [False, True])
@pytest.mark.parametrize(("field", "value"), [("text", "a\0b"), ("a\0b", "text"), ("code", "\0")])
def test_no_form_takes_what_is_no_character(
    app: FastAPI, transcripts: dict[str, UUID], field: str, value: str, as_header: bool
) -> None:
    """A NUL in any field of any form is named before anything is made of it: PostgreSQL could not keep it."""
    client = signed_in(app, "Lea")
    token = form_token(client, "/account")
    # with the token in a header, only the forms of which a route reads something are read
    fields = {field: value} if as_header else {"csrf": token, field: value}
    headers = {"X-CSRF-Token": token} if as_header else {}
    unread = []
    for name, rule in RULES.items():
        path = _path(name, transcripts["L-01"])
        if not name.startswith("POST") or path.startswith(("/api/", "/hooks/", "/ml/")):
            continue
        if as_header and path.startswith("/sign-out"):
            continue
        answer = client.post(path, data=fields, headers=headers, follow_redirects=False)
        if answer.status_code == 422 and "a character that cannot be kept (a NUL" in answer.text:
            continue
        unread.append(name)
        assert as_header or rule is OPEN, name
        assert answer.status_code < 500, (name, answer.status_code)
    assert "POST /doubts" not in unread
    assert "POST /sign-in" not in unread
    assert as_header or not unread


def test_half_a_character_is_none_in_any_form(app: FastAPI) -> None:
    """A program that calls its words by another encoding may send half of a character; a file's name may hold a NUL."""
    client = signed_in(app, "Lea")
    token = form_token(client, "/account")
    head = {"Content-Type": "multipart/form-data; boundary=b; charset=unicode_escape"}
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--b'
    body = f"--b\r\n{part.format('csrf', token)}\r\n{part.format('text', chr(92) + 'ud800')}--\r\n"
    half = client.post("/doubts", content=body.encode(), headers=head)
    assert (half.status_code, "“text” of the form holds a character" in half.text) == (422, True)
    named = body.replace("charset=unicode_escape", "").replace('"text"', '"files"; filename="a\0.txt"')
    file = client.post(
        "/bring-in", content=named.encode(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (file.status_code, "“files” of the form" in file.text) == (422, True)


def test_as_many_files_as_are_taken_at_once_are_taken(app: FastAPI) -> None:
    """A thousand, beside the field for a folder that was left empty; of more, the page says how many it takes."""
    client = signed_in(app, "Lea")
    token = form_token(client, "/account")

    def sent(count: int) -> Any:
        files: list[Any] = [("files", (f"{number}.txt", b"A: Why?")) for number in range(count)]
        return client.post("/bring-in", data={"csrf": token}, files=[*files, ("folder", ("", b""))])

    assert sent(1_001).text.count("more than 1,000 files") == 1
    assert sent(5_001).text.count("more than 5,000 files") == 1
    assert re.fullmatch("/bring-in/[0-9a-f-]{36}", sent(1_000).url.path)


@pytest.mark.parametrize("body", [b"", b"--b", b"--b\r\nnothing\r\n--b--", b"--c\r\n\r\n"])
@pytest.mark.parametrize("path", ["/doubts", "/bring-in", "/sign-in", "/settings"])
def test_a_form_that_cannot_be_read_is_answered_with_a_page(app: FastAPI, path: str, body: bytes) -> None:
    """A form that broke on the way is refused in words, once."""
    client = signed_in(app, "Lea")
    answer = client.post(path, content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text


@pytest.mark.parametrize("who", PEOPLE)
def test_a_door_is_no_way_in_for_people(app: FastAPI, transcripts: dict[str, UUID], who: str) -> None:
    """Whoever is signed in does not come through Label Studio's doors."""
    client = signed_in(app, who)
    for name, rule in RULES.items():
        if rule is DOOR:
            assert _asked(client, name, transcripts["L-01"]) == 401, name


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ["L-01", "M-01", "M-02", "L-02"])
def test_a_transcript_of_another_site_is_not_there(
    app: FastAPI, transcripts: dict[str, UUID], who: str, name: str
) -> None:
    """On pages, in the API and in lists: nobody learns of it by its id, its name, or a misspelt one."""
    viewer = PEOPLE[who]
    seen = viewer.sites is None or name in ("L-01", "M-02")
    reads = seen and (viewer.role is not ViewerRole.READER or viewer.sees_text)
    client = signed_in(app, who)
    assert (client.get(f"/interviews/{transcripts[name]}").status_code == 200) == reads
    assert (client.get(f"/interviews/{transcripts[name]}/done.svg").status_code == 200) == reads
    if viewer.role is not ViewerRole.READER or viewer.sees_text:
        assert (f">{name}<" in client.get("/interviews").text) == reads
        assert (f"{name}, turn" in client.get("/interviews/search?words=words").text) == reads
    if viewer.role is not ViewerRole.READER:
        about = client.get(f"/doubts/new?transcript={transcripts[name]}&turn=2")
        assert (about.status_code == 200) == reads
    listed = [one["transcript"] for one in client.get("/api/v1/transcripts").json()]
    assert (name in listed) == seen
    for kind in ("segments", "suggestions", "reviews"):
        answer = client.get(f"/api/v1/{kind}?transcript={name}")
        if kind == "segments":
            assert (answer.status_code == 200) == reads
        else:
            assert (answer.status_code == 200) == seen
        if not seen and answer.status_code != 403:
            assert answer.status_code == 404
            others = {"M-01", "L-02"} - {name}
            assert not any(other in answer.text for other in others)


@pytest.mark.parametrize("who", ["Clara", "Lotta", "Rosa"])
def test_how_far_a_study_is_tells_nothing_of_other_sites(
    app: FastAPI, parts: Parts, transcripts: dict[str, UUID], who: str
) -> None:
    """Two of four transcripts are Lund's to see: the API and the page count those, and name nobody and no folder."""
    client = signed_in(app, who)
    answer = client.get("/api/v1/status")
    said = answer.json()
    assert said["waves"][""]["transcripts"] == 2
    assert not {"coders", "folder", "attributes", "begun", "not_forgotten", "jobs"} & said.keys()
    assert str(parts.study.folder) not in answer.text
    app.state.study_now.warm_up()
    shown = re.sub(r"\s+", " ", client.get("/").text)
    assert '<th scope="row">(none)</th><td class="number">2</td>' in shown
    assert '"/models"' not in shown
    # an attribute that somebody elsewhere has is not known here, nor are its values
    with parts.store.writing() as connection:
        keep_attributes(connection, [Attribute(Owner.CASE, "Elsewhere", "role", "harbour master")])
    refused = client.get("/api/v1/status?where=role%3Dleader")
    assert refused.status_code == 422
    assert "harbour" not in refused.text


def test_where_a_study_lies_is_for_those_who_run_it(app: FastAPI, parts: Parts) -> None:
    """A program of a coder or reader learns how far each wave is, not the names of folders of the machine."""
    for who in ("Cleo", "Rita"):
        answer = signed_in(app, who).get("/api/v1/status")
        assert answer.json()["waves"][""]["transcripts"] == 4
        assert str(parts.study.folder) not in answer.text
    assert signed_in(app, "Lea").get("/api/v1/status").json()["folder"] == str(parts.study.folder)
