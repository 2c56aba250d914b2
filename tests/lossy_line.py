"""A line between Label Studio and Tandem that loses, doubles and reorders what it carries."""

from __future__ import annotations

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from real_server import KEY

from service.access import proof

_CARRIED = ("Authorization", "Content-Type")


class Line:
    """Between Label Studio and Tandem: loses, doubles and holds back webhooks; carries all else as it is."""

    def __init__(
        self, port: int, to: int, *, lost: float = 0.2, doubled: float = 0.1, late: float = 0.2
    ) -> None:
        self.port, self.to = port, to
        self.lost, self.doubled, self.late = lost, doubled, late
        self.carried: dict[str, int] = dict.fromkeys(("told", "lost", "doubled", "late", "refused"), 0)
        self._chance = random.Random(4)  # noqa: S311 (no secret)
        self._threads = ThreadPoolExecutor(16)
        self._http = httpx.Client(timeout=5, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Let what is late arrive, then stop."""
        self._server.shutdown()
        self._server.server_close()
        self._threads.shutdown(wait=True)
        self._http.close()

    def _carry(self, path: str, headers: dict[str, str], body: bytes, wait: float) -> int:
        time.sleep(wait)
        try:
            return self._http.post(
                f"http://127.0.0.1:{self.to}{path}", content=body, headers=headers
            ).status_code
        except httpx.HTTPError:
            self.carried["refused"] += 1
            return 502

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                if asked.path == proof.PATH:
                    # a line of the study's own holds its key, and so may stand at an address of its own
                    nonce = parse_qs(asked.query)["nonce"][0]
                    signed = {"port": line.port, "proof": proof.proof_of(KEY, nonce, line.port)}
                    self._answer(200, json.dumps(signed).encode())
                    return
                self._as_it_is()

            def _answer(self, status: int, content: bytes) -> None:
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def do_POST(self) -> None:
                if not self.path.startswith("/hooks/"):
                    self._as_it_is()
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                kept = {name: self.headers[name] for name in ("X-Tandem-Key", "Content-Type")}
                line.carried["told"] += 1
                what = line._chance.random()
                status = 200
                if what < line.lost:
                    line.carried["lost"] += 1
                elif what < line.lost + line.late:
                    line.carried["late"] += 1
                    line._threads.submit(line._carry, self.path, kept, body, line._chance.uniform(0.5, 4))
                else:
                    status = line._carry(self.path, kept, body, 0)
                    if what > 1 - line.doubled:
                        line.carried["doubled"] += 1
                        line._threads.submit(line._carry, self.path, kept, body, line._chance.uniform(0, 2))
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def _as_it_is(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                kept = {name: self.headers[name] for name in _CARRIED if name in self.headers}
                url = f"http://127.0.0.1:{line.to}{self.path}"
                try:
                    answer = line._http.request(self.command, url, content=body, headers=kept)
                    status, content = answer.status_code, answer.content
                except httpx.HTTPError:
                    status, content = 502, b""
                self._answer(status, content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
