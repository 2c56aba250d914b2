"""Whatever answers at Label Studio's address, what comes of it is a result or a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from annotations.errors import TandemError
from annotations.label_studio.attached_service import attach_backend, attach_webhook
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.predictions_on_tasks import outdated, version_shown
from annotations.label_studio.projects import ensure_project
from annotations.label_studio.tasks import add_tasks, tasks_by_key, touched

ODD = ["{}", "[]", '"x"', "3", "null", "[{}]", "[3]", '{"tasks": 3}', '{"id": "x"}', "<p>Hello</p>", "{"]
ASKED: dict[str, Callable[[LabelStudio], object]] = {
    "who we are": lambda server: server.check(),
    "a new project": lambda server: ensure_project(server, "Study", "<View/>", known=None),
    "a known project": lambda server: ensure_project(server, "Study", "<View/>", known=3),
    "the tasks": lambda server: tasks_by_key(server, 3),
    "new tasks": lambda server: add_tasks(server, 3, [{"segment_id": "a"}], lambda *_: None),
    "which are begun": lambda server: touched(server, 3, [1]),
    "the version": lambda server: version_shown(server, 3),
    "old predictions": lambda server: outdated(server, 3, [1], version="v1"),
    "the backend": lambda server: attach_backend(server, 3, service="http://127.0.0.1:1", key="k"),
    "the webhook": lambda server: attach_webhook(server, 3, service="http://127.0.0.1:1", key="k"),
}


class _Odd(BaseHTTPRequestHandler):
    """Answers everything alike."""

    answer = "{}"

    def do_GET(self) -> None:
        """The odd answer."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = self.answer.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET  # noqa: N815 (as above)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """A server that is none of Label Studio's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Odd)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.slow
def test_an_odd_answer_is_a_result_or_a_sentence(
    odd: str, asked: Callable[[LabelStudio], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but TandemError leaves the connection, whatever is answered."""
    for answer in ODD:
        monkeypatch.setattr(_Odd, "answer", answer)
        with suppress(TandemError), LabelStudio(odd, "a" * 40, pauses=()) as server:
            asked(server)


def test_an_answer_without_what_is_needed_is_said_to_be_none_of_label_studios(
    odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the address and the remedy."""
    monkeypatch.setattr(_Odd, "answer", "{}")
    with (
        pytest.raises(TandemError, match="does not answer as Label Studio does") as caught,
        LabelStudio(odd, "a" * 40, pauses=()) as server,
    ):
        tasks_by_key(server, 3)
    assert odd in str(caught.value)


def test_a_fault_of_the_work_itself_keeps_its_name(odd: str) -> None:
    """What arises outside the connection is not laid on Label Studio."""
    with pytest.raises(KeyError, match="mine"), LabelStudio(odd, "a" * 40, pauses=()):
        raise KeyError("mine")
