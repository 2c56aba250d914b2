"""Whatever somebody sends, the server neither fails, nor tells what it held, nor stands still."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from fastapi.testclient import TestClient
from sqlalchemy import text

from annotations.codebook.codes import Codebook
from annotations.errors import TandemError, Unreachable
from annotations.store.jobs import all_jobs, ask_for
from annotations.store.label_studio_users import keep_users
from annotations.store.reviews import current_reviews
from annotations.store.webhooks import count_waiting
from service.access.keys import door_key
from service.composition import Parts
from service.jobs import worker
from service.web.app import create_app

KEY = "k" * 43
HOOK = {"X-Tandem-Key": door_key(KEY, "webhook")}
BASIC = ("tandem", door_key(KEY, "backend"))
HOLDING = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
WORDS = "what a participant said"
# as they stand in JSON: of every kind, too large, too deep, no numbers, no text, no time
VALUES = (
    "null", "true", "-1", "3.7", "1e999", "-1e999", "NaN", "1" + "0" * 40, "9" * 5000, '""', f'"{WORDS}"',
    r'"\u0000"', r'"\ud800"', "[]", "[null]", "{}", '{"id": NaN}', '{"id": 1e999}', "[" * 20_000 + "]" * 20_000,
    '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"2026-02-30"', '{"taxonomy": 5}',
    r'{"choices": ["\ud800", 7]}', '[5]', '[{"value": 5}]',
)  # fmt: skip
# larger than Python takes a number for, deeper than it takes a list for
UNREADABLE = frozenset(("9" * 5000, "[" * 20_000 + "]" * 20_000))
NOTHING: frozenset[str] = frozenset()
WHOLE = frozenset(("true", "3.7"))  # a whole number is made of them
NO_MOMENT = frozenset(("null", '""', "[]", "{}"))
# which values are taken in place of a part of a webhook; of the parts that are not named here, nothing is asked
TAKEN: dict[tuple[Any, ...], frozenset[str]] = {
    (): NOTHING,
    ("action",): NOTHING,
    ("annotation",): frozenset(("[]",)),
    ("annotation", "id"): WHOLE,
    ("annotation", "task"): WHOLE | {"null", "{}"},
    ("annotation", "result"): frozenset(VALUES)
    - {"true", "-1", "3.7", "1e999", "-1e999", "NaN", "1" + "0" * 40},
    ("annotation", "completed_by"): WHOLE | {"null", "{}", '{"taxonomy": 5}', r'{"choices": ["\ud800", 7]}'},
    ("annotation", "updated_by"): WHOLE | {"null", "{}", '{"taxonomy": 5}', r'{"choices": ["\ud800", 7]}'},
    ("annotation", "created_at"): NOTHING,
    ("annotation", "updated_at"): NO_MOMENT,
    ("annotation", "draft_created_at"): NO_MOMENT,
    ("annotation", "lead_time"): frozenset(VALUES[:8]),
    ("project",): NOTHING,
    ("project", "id"): WHOLE,
    ("task",): NO_MOMENT | {'{"taxonomy": 5}', '[{"value": 5}]', r'{"choices": ["\ud800", 7]}'},
    ("task", "id"): WHOLE | {"null"},
    ("task", "data"): NO_MOMENT
    | {'{"id": NaN}', '{"id": 1e999}', '{"taxonomy": 5}', r'{"choices": ["\ud800", 7]}'},
    ("annotations",): frozenset(("[]", '""', "{}")),
    ("annotations", 0): NOTHING,
    ("annotations", 0, "id"): WHOLE,
}


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """A pushed study."""
    made = pushed_study(tmp_path / "study", codebook)
    with made.store.writing() as connection:
        keep_users(connection, "http://127.0.0.1:8431", {1: "ada@example.org"})
    yield made
    made.close()


@pytest.fixture
def client(parts: Parts) -> TestClient:
    """A server that works nothing off by itself; a fault inside it is a fault of the test."""
    return TestClient(create_app(parts, key=KEY), base_url="http://127.0.0.1:8430")


def _places(plain: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    below = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for name, part in below:
        yield from _places(part, (*here, name))


def _bodies(plain: Any) -> Iterator[tuple[tuple[Any, ...], str, bytes]]:
    """The body with each of its parts replaced by each of the values: which part, by what, and the body."""
    for place in _places(plain):
        changed = copy.deepcopy([plain])
        at: Any = changed
        for name in (0, *place)[:-1]:
            at = at[name]
        at[(0, *place)[-1]] = "@@"
        for value in VALUES:
            yield place, value, json.dumps(changed[0]).replace('"@@"', value).encode()


@pytest.mark.slow
def test_no_webhook_stops_the_others(parts: Parts, client: TestClient) -> None:
    """Each of some hundred broken webhooks is taken or refused, and what a coder saves after them is a review."""
    server = FakeLabelStudio(keys_of(parts))
    server.save(1, 1, chosen("money"))
    deleted = {"action": "ANNOTATIONS_DELETED", "project": {"id": 7}, "annotations": [{"id": 99}]}
    for place, value, body in (*_bodies(server.told[0]), *_bodies(deleted)):
        answer = client.post("/hooks/label-studio", content=body, headers=HOOK)
        taken = value in TAKEN.get(place, VALUES) and value not in UNREADABLE
        assert answer.status_code == (200 if taken else 422), (place, value[:40])
        assert WORDS not in answer.text or f'"action": "{WORDS}"'.encode() in body
    server.save(2, 1, chosen("people"))
    assert client.post("/hooks/label-studio", json=server.told[-1], headers=HOOK).status_code == 200
    client.app.state.inbox.work_off()  # type: ignore[attr-defined]
    with parts.store.reading() as connection:
        assert count_waiting(connection) == 0
        said = [{coding.code for coding in one.codings} for one in current_reviews(connection)]
    assert {"people"} in said


@pytest.mark.slow
def test_nothing_that_is_sent_breaks_another_door(parts: Parts, client: TestClient) -> None:
    """The backend answers nothing, the API says what is wrong without repeating it."""
    ask = {"tasks": [{"id": 1, "data": {"segment_id": str(keys_of(parts)[0])}}], "project": "7.1"}
    for _, _, body in _bodies(ask):
        assert client.post("/ml/predict", content=body, auth=BASIC).status_code == 200
    for _, _, body in _bodies({"action": "START_TRAINING", "project": {"id": 7}}):
        assert client.post("/ml/webhook", content=body).status_code == 200
    no_json = (((), "", b"\xff"), ((), "", b""), ((), "", b"["))
    for place, value, body in (*_bodies({"kind": "train", "wave": "2"}), *no_json):
        answer = client.post("/api/v1/jobs", content=body, headers=HOLDING)
        # no wave is all of them; a text is the name of none, and is called so
        every, named = place == ("wave",) and value in ("null", '""'), place == ("wave",) and value[:1] == '"'
        unreadable = value in UNREADABLE or body == b"\xff"
        assert answer.status_code == (400 if unreadable else 202 if every else 422), (place, value[:40])
        assert WORDS not in answer.text or named
        plain = client.post("/api/v1/jobs", content=body, headers=HOLDING | {"Content-Type": "text/plain"})
        assert plain.status_code == 422
        assert WORDS not in plain.text


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "-1", "1e3", " "])
def test_a_length_that_is_none_is_refused(client: TestClient, length: str) -> None:
    """What int() makes of it is nobody's business."""
    answer = client.post("/ml/webhook", headers={"Content-Length": length.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 413


def test_no_web_page_starts_a_training(parts: Parts, client: TestClient) -> None:
    """The Start Training button is Label Studio's server; a browser says whence it calls, and is ignored."""
    body = {"action": "START_TRAINING", "project": {"id": 7}}
    for said in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/ml/webhook", json=body, headers=said).json() == {"status": "ignored"}
    with parts.store.reading() as connection:
        assert not all_jobs(connection)
    for _ in range(5):
        assert client.post("/ml/webhook", json=body).json() == {"status": "waiting"}
    with parts.store.reading() as connection:
        assert len(all_jobs(connection)) == 1


def test_a_job_that_fails_repeats_no_words(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen fault is named by its kind and place; its message may quote a transcript."""

    def fails(*_: Any) -> dict[str, Any]:
        raise ValueError(WORDS)

    monkeypatch.setitem(worker._KINDS, "train", fails)
    with parts.store.writing() as connection:
        ask_for(connection, "train", {})
    worker.do_waiting_jobs(parts)
    with parts.store.reading() as connection:
        (job,) = all_jobs(connection)
    assert job.error is not None
    assert "ValueError in test_hostile_requests.py, line " in job.error
    assert WORDS not in job.error


def test_nobody_learns_where_the_database_is(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks after the server's health shows no key, so he hears no address."""

    def fails(_: Any) -> Any:
        raise Unreachable("the database postgresql://ines@db.internal does not answer")

    monkeypatch.setattr("annotations.store.database.Store.reading", fails)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["parts"]["database"]) == (503, "does not answer")


def test_a_name_holds_no_nul(client: TestClient) -> None:
    """PostgreSQL would refuse it, as if the database did not answer."""
    for path in ("transcripts?wave=%00", "segments?transcript=a%00b", "reviews?transcript=%2500"):
        answer = client.get(f"/api/v1/{path}", headers=HOLDING)
        assert answer.status_code == (404 if "%25" in path else 400)


def test_a_browser_gets_a_page_of_what_comes_no_further(client: TestClient) -> None:
    """A NUL in an address, or too much at once; a program gets JSON. Both come with what holds for every answer."""
    page, plain = {"Accept": "text/html,*/*;q=0.8"}, {"Accept": "application/json"}
    for path in ("/doubts?q=%00", "/interviews/search?q=a%00b", "/models/%00", "/codebook/a%00b", "/%00"):
        answer = client.get(path, headers=page)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
        assert "<h1>This address cannot be read</h1>" in answer.text
        assert "The address holds a NUL (%00)" in answer.text
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        told = client.get(path, headers=plain)
        assert (told.status_code, told.json()["detail"][:22]) == (400, "The address holds a NU")
    large = client.post("/doubts", content=b"x" * 1_000_001, headers=page)
    assert (large.status_code, "may hold 1,000,000 bytes at most" in large.text) == (413, True)
    assert "<h1>" in large.text


def test_no_transcript_is_read_from_what_the_server_logs(
    parts: Parts, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that refuses a memo does not quote it, to nobody."""
    caplog.set_level("DEBUG")
    with pytest.raises(TandemError) as caught, parts.store.writing() as connection:
        connection.execute(
            text("INSERT INTO transcripts (id, name) VALUES (:id, :name)"), {"id": 1, "name": WORDS}
        )
    assert WORDS not in f"{caught.value} {caught.value.__cause__} {caplog.text}"
