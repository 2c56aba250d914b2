"""Nothing is attached to whoever merely listens where the service is looked for."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fake_label_studio import pushed_study

from annotations.codebook.codes import Codebook
from annotations.label_studio.client import LabelStudio
from service.access.proof import PATH, fresh_nonce, proof_of, proves
from service.composition import Parts
from service.label_studio.attach import attach, find_service
from service.web.app import create_app
from service.web.server import key_of

Say = Callable[[str], dict[str, Any]]


@pytest.fixture
def parts(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """A pushed study."""
    made = pushed_study(tmp_path / "study", codebook)
    yield made
    made.close()


@contextmanager
def _real(parts: Parts, **given: Any) -> Iterator[str]:
    """The real service, listening; yields its address."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(parts, **{"key": key_of(parts), **given}), log_level="critical")
    )
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


class _Squatter(ThreadingHTTPServer):
    """Another program at the address: it looks like Tandem, accepts everything and keeps what it was sent."""

    def __init__(self, say: Say) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.say = say
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.raw: tuple[bytes, bytes] | None = None
        self.written = 0


class _Answer(BaseHTTPRequestHandler):
    server: _Squatter

    def do_GET(self) -> None:
        """Whatever it is asked, 200."""
        self.server.heard.append((self.path, dict(self.headers)))
        if self.server.raw is not None:
            self._without_end(*self.server.raw)
            return
        plain = json.dumps({"status": "UP", "parts": {}} | self.server.say(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(plain)))
        self.end_headers()
        self.wfile.write(plain)

    def _without_end(self, begin: bytes, again: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(begin)
            for _ in range(200_000 if again else 0):
                self.wfile.write(again)
                self.server.written += len(again)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _squatting(parts: Parts, say: Say) -> Iterator[_Squatter]:
    squatter = _Squatter(say)
    threading.Thread(target=squatter.serve_forever, daemon=True).start()
    _look_at(parts, f"http://127.0.0.1:{squatter.server_address[1]}")
    try:
        yield squatter
    finally:
        squatter.shutdown()
        squatter.server_close()


def _look_at(parts: Parts, url: str) -> None:
    entry = parts.study.config.service.model_copy(update={"url": url})
    parts.study.config = parts.study.config.model_copy(update={"service": entry})


class _NeverAsked(LabelStudio):
    """A Label Studio to which nothing may be attached."""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Fail."""
        raise AssertionError(f"{method} {path} {body}: attached to whoever listens there")


def test_the_real_service_proves_itself(parts: Parts) -> None:
    """It is told apart from a squatter by what it can sign, and its port is its own."""
    with _real(parts) as url:
        _look_at(parts, url)
        assert find_service(parts).why_not == ""


def test_a_service_of_another_key_does_not(parts: Parts) -> None:
    """Tandem it is, but for another study."""
    with _real(parts, key="the key of another study") as url:
        _look_at(parts, url)
        assert "may serve another study" in find_service(parts).why_not


@pytest.mark.slow
@pytest.mark.parametrize(
    "say",
    [
        lambda _path: {},
        lambda _path: {"port": 8430, "proof": "0" * 64},
        lambda _path: {"port": "8430", "proof": None},
        lambda _path: {"port": 8430, "proof": "\ud800"},
        lambda path: {"port": 8430, "proof": proof_of("a key that it guessed", path.partition("=")[2], 8430)},
    ],
)
def test_a_squatter_gets_neither_projects_nor_a_key(parts: Parts, say: Say) -> None:
    """It answers every question as if it were Tandem, and proves nothing."""
    with _squatting(parts, say) as squatter, _NeverAsked("http://127.0.0.1:9", "0" * 40) as server:
        service = find_service(parts)
        assert "does not prove" in service.why_not
        assert "does not prove" in attach(server, 1, service)
        assert [path.partition("?")[0] for path, _ in squatter.heard] == ["/health", PATH]
        assert not any(
            name.lower() in ("authorization", "x-tandem-key") for _, its in squatter.heard for name in its
        )


@pytest.mark.slow
def test_a_squatter_that_asks_the_real_service_is_found_out(parts: Parts) -> None:
    """It hands the question on and the true answer back; but that says on which port the service listens."""
    with _real(parts) as url:

        def ask_the_real_one(path: str) -> dict[str, Any]:
            answer: dict[str, Any] = httpx.get(f"{url}{path}", trust_env=False).json()
            return answer

        with _squatting(parts, ask_the_real_one):
            assert f"listens on port {url.rpartition(':')[2]}" in find_service(parts).why_not


@pytest.mark.slow
@pytest.mark.parametrize("raw", [(b"[" * 90_000, b""), (b'{"parts": "', b"x" * 1000), (b"\xff", b"")])
def test_what_no_service_would_say_is_no_service(parts: Parts, raw: tuple[bytes, bytes]) -> None:
    """Brackets without end, words without end, and no text at all: a sentence, and no more is read than that takes."""
    with _squatting(parts, lambda _path: {}) as squatter:
        squatter.raw = raw
        assert "is not Tandem's service" in find_service(parts).why_not
        assert squatter.written < 50_000_000


def test_an_old_proof_proves_nothing(parts: Parts) -> None:
    """Every question is new, and only numbers of the right form are signed."""
    with _real(parts) as url:
        nonce = fresh_nonce()
        answer = httpx.get(f"{url}{PATH}", params={"nonce": nonce}, trust_env=False).json()
        assert proves(answer, key=key_of(parts), nonce=nonce)
        assert not proves(answer, key=key_of(parts), nonce=fresh_nonce())
        for unfit in ("", "x" * 64, nonce.upper() + "A", nonce + "0"):
            assert httpx.get(f"{url}{PATH}", params={"nonce": unfit}, trust_env=False).status_code == 422
