"""What Label Studio's failures are called."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from annotations.errors import BadInput, Unreachable
from annotations.label_studio.client import LabelStudio


class _Failing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/api/moved"):
            self.send_response(301)
            self.send_header("Location", "https://elsewhere.example/api/moved")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        page = b"\n<!doctype html>\n<title>500 | Label Studio</title><p>Uh oh</p>"
        self.send_response(500)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def failing() -> Iterator[str]:
    """The address of a server that answers every question with its page for faults."""
    with HTTPServer(("127.0.0.1", 0), _Failing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_page_for_browsers_is_not_repeated(failing: str) -> None:
    """Label Studio answers its own faults with a web page; the sentence names the fault and what to do."""
    with LabelStudio(failing, "token", pauses=()) as server, pytest.raises(Unreachable) as told:
        server.get("api/tasks/", {})
    assert str(told.value) == (
        f"Label Studio at {failing} failed (500: a web page). Look at its log, then try again."
    )


def test_a_redirect_is_no_answer(failing: str) -> None:
    """The token is for one address: whoever is sent on is told to give the other one."""
    with (
        LabelStudio(failing, "token", pauses=()) as server,
        pytest.raises(BadInput, match="LABEL_STUDIO_URL"),
    ):
        server.get("api/moved/", {})
