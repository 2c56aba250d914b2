"""What Label Studio asks its backend, and the webhooks that it sends, over HTTP."""

from __future__ import annotations

import csv
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from builders import PATIENCE_S
from fake_label_studio import FakeLabelStudio, chosen, keys_of, pushed_study
from fastapi.testclient import TestClient

from annotations.codebook.codes import Codebook
from annotations.errors import TandemError
from annotations.store.jobs import all_jobs
from annotations.store.label_studio_users import keep_users
from annotations.store.model_versions import get_model
from annotations.store.reviews import current_reviews
from annotations.store.suggestions import Suggested, add_suggestions
from annotations.transcript import Span
from service.access.keys import door_key
from service.composition import Parts
from service.looking.hidden_spans import Hidden
from service.looking.suggestions_list import SuggestionsListing, write_csv
from service.looking.trace import trace_suggestion
from service.web.app import create_app

KEY = "k" * 43
BASIC = ("tandem", door_key(KEY, "backend"))
HOOK = {"X-Tandem-Key": door_key(KEY, "webhook")}
HOLDING = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """A pushed study with a suggestion for every task."""
    made = pushed_study(tmp_path / "study", codebook)
    with made.store.writing() as connection:
        model = get_model(connection, "v1")
        add_suggestions(
            connection, model.id, [Suggested(key, (0.9, 0.1), ("money",)) for key in keys_of(made)]
        )
        keep_users(connection, "http://127.0.0.1:8431", {1: "ada@example.org"})
    yield made
    made.close()


@pytest.fixture
def client(parts: Parts) -> Iterator[TestClient]:
    """The running server."""
    with TestClient(create_app(parts, key=KEY), base_url="http://127.0.0.1:8430") as opened:
        yield opened


def _ask(client: TestClient, keys: list[Any], project: str = "7.123") -> list[Any]:
    boxes = [{"value": code.title(), "alias": code} for code in ("money", "people")]
    shown = [{"segment_id": str(key), "candidates": boxes} for key in keys]
    body = {"tasks": [{"id": 1, "data": data} for data in shown], "project": project}
    answer = client.post("/ml/predict", json=body, auth=BASIC)
    assert answer.status_code == 200
    found: list[Any] = answer.json()["results"]
    return found


def test_predict_answers_in_the_order_of_the_tasks(parts: Parts, client: TestClient) -> None:
    """Stored suggestions for tasks of ours; an empty list for blind, unknown and misnamed ones."""
    first, second, blind, *_ = keys_of(parts)
    unknown = "00000000-0000-0000-0000-000000000001"
    found = _ask(client, [second, blind, unknown, "no key", first])
    assert [bool(one) for one in found] == [True, False, False, False, True]
    assert found[0]["model_version"] == "tandem v1"
    (region,) = found[0]["result"]
    assert (region["from_name"], region["value"]) == ("likely", {"choices": ["money"]})
    assert _ask(client, [first], project="8.1") == [[]]


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"tasks": 3}', '{"tasks": [3]}', '{"tasks":[{}],"project":"x"}']
)
def test_predict_never_fails(client: TestClient, body: str) -> None:
    """Label Studio shows a backend's error to nobody, so there is none."""
    answer = client.post("/ml/predict", content=body, auth=BASIC)
    assert (answer.status_code, answer.json()) == (200, {"results": []})


def test_the_backend_asks_for_the_key(client: TestClient) -> None:
    """Without HTTP Basic there is no answer; a wrong user or password is none."""
    for method, path in (("GET", "health"), ("POST", "setup"), ("POST", "predict"), ("GET", "versions")):
        assert client.request(method, f"/ml/{path}").status_code == 401
        assert client.request(method, f"/ml/{path}", auth=("tandem", "x")).status_code == 401
        assert client.request(method, f"/ml/{path}", auth=("root", BASIC[1])).status_code == 401
    assert client.get("/ml/health", auth=BASIC).json() == {"status": "UP"}
    assert client.get("/ml/versions", auth=BASIC).json() == {"versions": ["tandem v1"]}


def test_the_token_that_setup_brings_is_kept_nowhere(
    parts: Parts, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Label Studio sends its creator's token in clear; it is neither logged nor stored."""
    caplog.set_level(logging.DEBUG)
    secret = "0123456789abcdef0123456789abcdef01234567"
    answer = client.post("/ml/setup", json={"project": "7.1", "access_token": secret}, auth=BASIC)
    assert answer.json()["model_version"] == "tandem"
    assert secret not in caplog.text
    for file in parts.study.folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_the_training_button_asks_once(parts: Parts, client: TestClient) -> None:
    """It carries no key, so it only puts a training in the queue, one at most, and only for a project of ours."""
    for project in (99, 7, 7):
        client.post("/ml/webhook", json={"action": "START_TRAINING", "project": {"id": project}})
    for body in ({"action": "ANNOTATION_CREATED", "project": {"id": 7}}, {}, []):
        assert client.post("/ml/webhook", json=body).json() == {"status": "ignored"}
    with parts.store.reading() as connection:
        assert [(job.kind, job.state) for job in all_jobs(connection)] == [("train", "waiting")]


def test_a_webhook_is_stored_and_worked_off(parts: Parts, client: TestClient) -> None:
    """What a coder saves is a review a moment later; without the secret header nothing is taken in."""
    server = FakeLabelStudio(keys_of(parts))
    server.save(1, 1, chosen("money"))
    assert client.post("/hooks/label-studio", json=server.told[0]).status_code == 401
    assert client.post("/hooks/label-studio", json=server.told[0], headers=HOOK).json() == {"stored": 1}
    for content in (b"{", b"[]", b'{"action": "TASKS_DELETED"}'):
        assert client.post("/hooks/label-studio", content=content, headers=HOOK).status_code == 422
    end = time.monotonic() + PATIENCE_S
    found: tuple[Any, ...] = ()
    while not found and time.monotonic() < end:
        time.sleep(0.05)
        with parts.store.reading() as connection:
            found = current_reviews(connection)
    assert [one.coder for one in found] == ["Ada"]
    shown = client.get("/api/v1/reviews", params={"transcript": "jkg-01"}, headers=HOLDING).json()
    assert [(one["coder"], one["condition"]) for one in shown] == [("Ada", "assisted")]


def test_the_api_shows_what_the_study_holds(parts: Parts, client: TestClient) -> None:
    """Transcripts, segments, suggestions without the hidden one, models, and a description of it all."""

    def get(path: str, **params: str) -> Any:
        answer = client.get(f"/api/v1/{path}", params=params, headers=HOLDING)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert [one["transcript"] for one in get("transcripts")] == ["JKG-01"]
    assert len(get("segments", transcript="JKG-01")) == 6
    assert get("models")[0]["version"] == "v1"
    assert get("suggestions", transcript="JKG-01") == []  # no version serves yet
    assert client.get("/api/v1/segments", params={"transcript": "x"}, headers=HOLDING).status_code == 404
    described = get("openapi.json")
    assert {
        f"/api/v1/{name}" for name in ("transcripts", "segments", "suggestions", "reviews", "models", "jobs")
    } <= set(described["paths"])
    assert not any(path.startswith(("/ml", "/hooks")) for path in described["paths"])
    for path in ("transcripts", "openapi.json", "docs"):
        assert client.get(f"/api/v1/{path}").status_code == 401


@pytest.mark.slow
def test_a_blind_suggestion_is_hidden_until_its_review_is_in(parts: Parts, client: TestClient) -> None:
    """The suggestion of a blind segment is stored, and the API lists it only afterwards."""
    from annotations.store.model_versions import promote

    with parts.store.writing() as connection:
        promote(connection, get_model(connection, "v1").id, verdict="better", reason="first")
    blind = str(keys_of(parts)[2])

    def shown() -> set[str]:
        found = client.get("/api/v1/suggestions", params={"transcript": "JKG-01"}, headers=HOLDING).json()
        return {one["segment"] for one in found}

    assert blind not in shown()
    assert len(shown()) == 5
    server = FakeLabelStudio(keys_of(parts))
    server.save(3, 1, chosen("people"))
    client.post("/hooks/label-studio", json=server.told[0], headers=HOOK)
    client.app.state.inbox.work_off()  # type: ignore[attr-defined]
    assert blind in shown()


def test_what_is_hidden_is_hidden_in_every_list(parts: Parts, tmp_path: Path) -> None:
    """Table, JSON, CSV and trace leave out a blind segment, and say how many there are."""
    from annotations.store.model_versions import promote

    with parts.store.writing() as connection:
        promote(connection, get_model(connection, "v1").id, verdict="better", reason="first")
    listing = SuggestionsListing(parts, None)
    assert listing.hidden == 1
    turns = {row.turn for row in listing.rows()}
    assert turns == {1, 3, 7, 9, 11}  # 5 is drawn blind
    assert write_csv(listing, tmp_path / "s.csv") == 10
    written = (tmp_path / "s.csv").read_text("utf-8").splitlines()
    cells = [
        [str(getattr(row, name)) for name in ("transcript", "turn", "start", "end", "framework", "code")]
        + [str(row.probability), str(row.suggested).lower(), row.model_version, str(row.turn_shown)]
        for row in listing.rows()
    ]
    assert [line.split(",") for line in written] == [list(listing.columns), *cells]
    with (tmp_path / "s.csv").open(newline="") as file:
        assert {int(row["turn"]) for row in csv.DictReader(file)} == turns
    with pytest.raises(TandemError, match="still to judge without a suggestion"):
        trace_suggestion(parts, "JKG-01:6:Money", version=None)
    assert trace_suggestion(parts, "JKG-01:2:Money", version=None).suggestion.suggested


def test_what_is_hidden_stays_so_under_another_segmentation() -> None:
    """A segment that touches a hidden passage is hidden with it; one beside it, or of another transcript, is not."""
    here, there = uuid4(), uuid4()
    hidden = Hidden({here: [Span(10, 20)]})
    assert [hidden.hides(here, Span(*one)) for one in ((0, 10), (0, 11), (19, 30), (20, 30))] == [
        False,
        True,
        True,
        False,
    ]
    assert not hidden.hides(there, Span(0, 100))


def test_health_names_what_does_not_answer(tmp_path: Path, codebook: Codebook) -> None:
    """A Label Studio or MLflow that was named is pinged; the server still serves without them."""
    from dataclasses import replace

    made = pushed_study(tmp_path / "study", codebook)
    made.settings = replace(
        made.settings, label_studio_url="http://127.0.0.1:9", tracking_uri="http://127.0.0.1:9"
    )
    client = TestClient(create_app(made, key=KEY), base_url="http://127.0.0.1:8430")
    answer = client.get("/health")
    made.close()
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "PARTLY",
        "parts": {"database": "ok", "label studio": "does not answer", "mlflow": "does not answer"},
    }
