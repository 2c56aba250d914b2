"""Backend and webhook in the real Label Studio: attached once, put right, and never a version nobody chose."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from study_to_push import StudyToPush, answer, exported

from annotations.errors import BadInput
from annotations.label_studio.attached_service import attach_backend
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.invited_user import make_user, users_by_mail
from annotations.label_studio.predictions_on_tasks import version_shown
from annotations.label_studio.webhook import ACTIONS
from service.access.keys import door_key, session_key
from service.access.proof import PATH, proof_of
from service.label_studio.attach import find_service
from service.label_studio.local import Access

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]


class Answering(ThreadingHTTPServer):
    """A server that speaks as our service does where attaching needs it, and keeps what it was sent."""

    key = ""
    plain: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.heard: list[tuple[str, Any]] = []
        self.plain = {
            "/health": {"status": "UP", "parts": {}},
            "/api/v1/jobs": [],
            "/ml/health": {"status": "UP"},
            "/ml/setup": {"model_version": "v1"},
        }

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def allows(self, path: str, headers: Any) -> bool:
        """Is the key there, as each path asks for it?"""
        if path in ("/health", PATH) or path.startswith("/ml/webhook"):
            return True
        if path.startswith("/ml/"):
            basic = base64.b64encode(f"tandem:{door_key(self.key, 'backend')}".encode()).decode()
            return bool(headers.get("Authorization") == f"Basic {basic}")
        if path.startswith("/hooks/"):
            return bool(headers.get("X-Tandem-Key") == door_key(self.key, "webhook"))
        return bool(headers.get("Authorization") == f"Bearer {self.key}")


class _Answer(BaseHTTPRequestHandler):
    server: Answering

    def _answer(self) -> None:
        path = self.path.split("?")[0]
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not self.server.allows(path, self.headers):
            self.send_response(401)
            self.end_headers()
            return
        self.server.heard.append((path, json.loads(body) if body else None))
        said = self.server.plain.get(path, {})
        if path == PATH:
            nonce, port = self.path.partition("nonce=")[2], self.server.server_address[1]
            said = {"port": port, "proof": proof_of(self.server.key, nonce, port)}
        plain = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(plain)))
        self.end_headers()
        self.wfile.write(plain)

    do_GET = do_POST = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Answering]:
    """A service that answers."""
    opened = Answering()
    thread = threading.Thread(target=opened.serve_forever, daemon=True)
    thread.start()
    yield opened
    opened.shutdown()
    opened.server_close()


@pytest.fixture
def study(tmp_path: Path, label_studio: Access, service: Answering) -> Iterator[StudyToPush]:
    """One transcript, model v1, and where the service is."""
    made = StudyToPush(tmp_path / "study", label_studio, service={"url": service.url})
    service.key = session_key(made.parts.settings.state, made.parts.study.folder)
    made.add("A-01", units=4)
    made.serve("v1")
    yield made
    made.parts.close()


@pytest.fixture
def server(label_studio: Access) -> Iterator[LabelStudio]:
    """A connection to the Label Studio."""
    with LabelStudio(label_studio.url, label_studio.token) as opened:
        yield opened


def _attached(server: LabelStudio, project: int, url: str) -> tuple[list[Any], list[Any]]:
    backends = server.ask("GET", f"api/ml?project={project}")
    hooks = server.ask("GET", f"api/webhooks/?project={project}")
    return backends, [one for one in hooks if one["url"].startswith(f"{url}/hooks")]


def test_a_push_attaches_both_once(study: StudyToPush, service: Answering, server: LabelStudio) -> None:
    """With the key in Basic and in the header; pushing again makes no second ones, and an annotation is reported."""
    for _ in range(2):
        (done,) = study.push()
        assert done.notes == ()
    backends, hooks = _attached(server, done.project.id, service.url)
    assert [(one["url"], one["auth_method"], one["basic_auth_user"]) for one in backends] == [
        (f"{service.url}/ml", "BASIC_AUTH", "tandem")
    ]
    assert [(one["headers"], set(one["actions"])) for one in hooks] == [
        ({"X-Tandem-Key": door_key(service.key, "webhook")}, set(ACTIONS))
    ]
    assert version_shown(server, done.project.id) == "tandem v1"
    task = next(iter(exported(server, done.project.id).values()))
    answer(server, task["id"])
    events = [body["action"] for path, body in service.heard if path == "/hooks/label-studio"]
    assert events == ["ANNOTATION_CREATED"]


def test_a_new_key_and_a_new_address_are_put_right(
    study: StudyToPush, service: Answering, server: LabelStudio
) -> None:
    """After both changed there is still one backend and one webhook, with what holds now."""
    (done,) = study.push()
    moved = Answering()
    threading.Thread(target=moved.serve_forever, daemon=True).start()
    moved.key = "another-key-of-some-length"
    study.parts.settings = type(study.parts.settings)(
        study.parts.settings.state,
        label_studio_url=study.access.url,
        label_studio_token=study.access.token,
        session_key=moved.key,
    )
    entry = study.parts.study.config.service.model_copy(update={"url": moved.url})
    study.parts.study.config = study.parts.study.config.model_copy(update={"service": entry})
    (again,) = study.push()
    assert again.notes == ()
    backends, hooks = _attached(server, done.project.id, moved.url)
    assert [one["url"] for one in backends] == [f"{moved.url}/ml"]
    assert [one["headers"] for one in hooks] == [{"X-Tandem-Key": door_key(moved.key, "webhook")}]
    assert _attached(server, done.project.id, service.url)[1] == []
    moved.shutdown()
    moved.server_close()


def test_attaching_chooses_no_version(study: StudyToPush, service: Answering, server: LabelStudio) -> None:
    """A project that shows none would get the backend's own, and ask it for every passage, the blind ones too."""
    (done,) = study.push(blind=1.0, seed=1)
    assert version_shown(server, done.project.id) == ""
    attach_backend(server, done.project.id, service=service.url, key=door_key(service.key, "backend"))
    assert version_shown(server, done.project.id) == ""


def test_a_service_of_another_study_is_not_attached(
    study: StudyToPush, service: Answering, server: LabelStudio
) -> None:
    """It does not take our key; the push is done all the same and says what to do."""
    service.key = "of another study"
    (done,) = study.push()
    assert done.created == 4
    assert "may serve another study" in done.notes[0]
    assert _attached(server, done.project.id, service.url) == ([], [])


def test_what_is_no_tandem_is_not_given_the_key_again(study: StudyToPush, service: Answering) -> None:
    """Another program at the address is named as such."""
    service.plain["/health"] = {"ok": True}
    assert "is not Tandem's service" in find_service(study.parts).why_not


def test_a_service_that_does_not_answer_is_said(tmp_path: Path, label_studio: Access) -> None:
    """The sentence says what to run, and what to do until then."""
    made = StudyToPush(tmp_path / "study", label_studio)
    made.add("A-01", units=2)
    made.serve("v1")
    (done,) = made.push()
    assert 'run "tandem serve", then push again; until then use "tandem pull"' in done.notes[0]
    made.parts.close()


def test_a_coder_gets_a_user_by_invitation_and_can_log_in(label_studio: Access) -> None:
    """Made through the form behind an invitation link, in small letters or not; a second one is refused."""
    with LabelStudio(label_studio.url, label_studio.token) as server:
        user = make_user(server, "Nina.Holm@example.org", "violet-harbour-copper")
        assert users_by_mail(server)["nina.holm@example.org"] == user
        with pytest.raises(BadInput, match="has a user in Label Studio"):
            make_user(server, "nina.holm@example.org", "violet-harbour-copper")
    with httpx.Client(
        base_url=label_studio.url, timeout=60, trust_env=False, follow_redirects=True
    ) as browser:
        form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/user/login/").text)
        assert form is not None
        said = {
            "email": "nina.holm@example.org",
            "password": "violet-harbour-copper",
            "csrfmiddlewaretoken": form[1],
        }
        browser.post("/user/login/", data=said, headers={"Referer": label_studio.url})
        assert browser.get("/api/current-user/whoami").json()["id"] == user
        # in the organisation: a user made by POST /api/users/ is not, and gets no list of projects
        assert browser.get("/api/projects/").status_code == 200
