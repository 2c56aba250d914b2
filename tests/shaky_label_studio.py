"""A small real HTTP server that keeps tasks and predictions like Label Studio, and fails when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ShakyLabelStudio:
    """``fails``: for the next requests of a method, in order: None (answered), or how it fails.

    "500", "502", "503": answered so, nothing done. "done, 502" and "done, cut": it is carried out, and then answered
    so, or the connection is broken. "cut": broken, nothing done. ``asked``: the method and path of every request.
    """

    def __init__(self) -> None:
        self.url = ""
        self.tasks: list[dict[str, Any]] = []
        self.predictions: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self.fails: dict[str, list[str | None]] = {}
        self.asked: list[tuple[str, str]] = []
        self.lock = threading.Lock()

    def keys(self) -> list[str]:
        """The tasks by our key, in the order of their making."""
        return [one["data"]["segment_id"] for one in self.tasks]

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and answer, carried out."""
        where = path.partition("?")[0]
        if where.endswith("/import/predictions"):
            for one in body:
                self.predictions.append({"id": len(self.predictions) + 1, **one})
            return 201, {"created": len(body)}
        if where.endswith("/import"):
            for one in body:
                self.tasks.append({"id": len(self.tasks) + 1, **one})
            return 201, {"task_count": len(body)}
        if where == "/api/tasks/":
            return 200, {"tasks": [self._told(one) for one in self.tasks]}
        if where == "/api/dm/actions":
            chosen = body["selectedItems"]["included"]
            if "id=delete_tasks&" in path:
                self.tasks = [one for one in self.tasks if one["id"] not in chosen]
            else:
                self.predictions = [one for one in self.predictions if one["task"] not in chosen]
            return 200, {"processed_items": len(chosen)}
        if method == "DELETE":
            number = int(where.rstrip("/").rpartition("/")[2])
            there = [one for one in self.predictions if one["id"] == number]
            self.predictions = [one for one in self.predictions if one["id"] != number]
            return (204, None) if there else (404, {"detail": "Not found."})
        if where == "/api/dm/views":
            return 200, self.views
        if where == "/api/dm/columns":
            return 200, {"columns": []}
        if where == "/api/dm/views/":
            self.views.append(body)
            return 201, body
        return 200, {}

    def _told(self, task: dict[str, Any]) -> dict[str, Any]:
        versions = sorted({one["model_version"] for one in self.predictions if one["task"] == task["id"]})
        return {**task, "predictions_model_versions": ",".join(versions)}


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def _serve(self) -> None:
        fake: ShakyLabelStudio = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        with fake.lock:
            fake.asked.append((self.command, self.path.partition("?")[0]))
            waiting = fake.fails.get(self.command)
            how = waiting.pop(0) if waiting else None
            status, said = 200, None
            if how is None or how.startswith("done"):
                status, said = fake.answer(self.command, self.path, body)
        if how is not None and how.endswith("cut"):
            self.close_connection = True
            return
        if how is not None:
            status, said = int(how[-3:]), {"detail": "database is locked"}
        plain = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(plain)))
        self.end_headers()
        self.wfile.write(plain)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def shaky_label_studio() -> Iterator[ShakyLabelStudio]:
    """One that listens; closed at the end."""
    fake = ShakyLabelStudio()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Door) as server:
        server.fake = fake
        server.daemon_threads = True
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield fake
        server.shutdown()
        thread.join()
