"""One backend and one webhook a project, also where a push and a service that starts attach at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from annotations.label_studio.attached_service import attach_backend, attach_webhook


class Raced:
    """A Label Studio in which another process makes the same thing right after we saw that there is none."""

    def __init__(self, *, other_first: bool) -> None:
        self.rows: list[dict[str, Any]] = []
        self.other_first = other_first

    def ask(self, method: str, path: str, _body: Any = None) -> Any:
        """Answers lists and deletions; a project's shown version is never changed."""
        if method == "DELETE":
            number = int(path.rstrip("/").rsplit("/", 1)[1])
            self.rows = [row for row in self.rows if row["id"] != number]
            return None
        if path.startswith("api/projects/"):
            return {"model_version": "tandem v1"}
        return list(self.rows)

    def make(self, _path: str, body: Mapping[str, Any], _is_there: Callable[[], bool]) -> None:
        """Makes ours and the other's, in either order."""
        ours, other = dict(body), {**body, "by": "another process"}
        for row in (other, ours) if self.other_first else (ours, other):
            self.rows.append({**row, "id": len(self.rows) + 1})


@pytest.mark.parametrize("other_first", [True, False])
@pytest.mark.parametrize("attach", [attach_backend, attach_webhook])
def test_two_that_attach_at_once_keep_the_first(attach: Any, other_first: bool) -> None:
    """Whoever comes to look after making keeps the one with the lowest number, so that both keep the same."""
    server = Raced(other_first=other_first)
    attach(server, 7, service="http://127.0.0.1:8430", key="k" * 32)
    assert [row["id"] for row in server.rows] == [1]
    assert ("by" in server.rows[0]) == other_first
