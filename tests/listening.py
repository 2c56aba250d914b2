"""A server that notes what it is asked, to see that it is asked nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Listening:
    """Its port, and what it heard: requests as "GET /path", and what their heads held."""

    port: int
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address on this machine's loopback."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url_as_elsewhere(self) -> str:
        """An address that leads to it and that does not count as this machine for certain."""
        return f"http://0.0.0.0:{self.port}"


@contextmanager
def listening(redirect: str = "") -> Iterator[Listening]:
    """Answers everything with 200 and "{}", or sends on to another address."""

    class Notes(BaseHTTPRequestHandler):
        def _note(self) -> None:
            heard.asked.append(f"{self.command} {self.path}")
            heard.heads.append(str(self.headers))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(307 if redirect else 200)
            if redirect:
                self.send_header("Location", f"{redirect}{self.path}")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _note  # noqa: N815 (the base class's names)

        def log_message(self, *_: object) -> None:
            """Nothing on the error stream."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Notes) as server:
        heard = Listening(server.server_port)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def taking_calls() -> Iterator[Listening]:
    """Notes every connection, whatever is spoken, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = Listening(server.getsockname()[1])

        def take() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    heard.asked.append("connected")
                    connection.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
