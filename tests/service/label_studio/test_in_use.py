"""Several demonstrations share the Label Studio of a machine, and the last of them stops it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from service import demo
from service.label_studio.in_use import end_using, how_it_stops, start_or_share
from service.label_studio.local import Access, LocalLabelStudio, when_began


class OnPaper(LocalLabelStudio):
    """A Label Studio that "runs" once it was started, until it was stopped."""

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self.runs = 0
        self.stopped = 0

    def start(self, *, port: int = 8431, waiting: object = None) -> Access:
        """Only the first time."""
        del waiting
        self.runs = self.runs or port
        return Access(f"http://127.0.0.1:{self.runs}", "u", "p", "t")

    def stop(self) -> bool:
        """Counted."""
        self.runs, self.stopped = 0, self.stopped + 1
        return True

    def running_process(self) -> dict[str, object] | None:
        """Always of one process."""
        return {"pid": 1, "began": 2.0, "url": f"http://127.0.0.1:{self.runs}"} if self.runs else None


def _another(local: LocalLabelStudio, pid: int, began: float | None) -> None:
    (local.folder / "used-by" / f"{pid}.json").write_text(json.dumps({"began": began}), "utf-8")


def test_the_last_demonstration_stops_what_the_first_has_started(tmp_path: Path) -> None:
    """While another one runs, the first leaves it running; one that has died holds nothing."""
    local = OnPaper(tmp_path)
    start_or_share(local, port=18431)
    assert how_it_stops(local) == "Stop Tandem and Label Studio with Ctrl+C."
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    _another(local, other.pid, when_began(other.pid))
    assert "it stops with the last of them" in how_it_stops(local)
    assert not end_using(local)
    assert local.runs
    start_or_share(local, port=18432)
    assert local.runs == 18431
    other.communicate(b"\n")
    _another(local, 1, 0.0)
    assert end_using(local)
    assert (local.runs, local.stopped) == (0, 1)


def test_what_somebody_started_stops_with_no_demonstration(tmp_path: Path) -> None:
    """It ran before, and goes on; a note of an earlier one says nothing of it, a damaged note neither."""
    local = OnPaper(tmp_path)
    local.start(port=18431)
    start_or_share(local, port=18432)
    assert "tandem label-studio stop ends it" in how_it_stops(local)
    (local.folder / "used-by" / "x.json").write_text("{", "utf-8")
    assert not end_using(local)
    assert local.runs == 18431
    (local.folder / "started-by-demo.json").write_text(
        '{"pid": 1, "began": 1.0, "url": "http://127.0.0.1:1"}'
    )
    start_or_share(local, port=18432)
    assert not end_using(local)


def test_a_port_that_is_not_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one runs already, on another port than was asked for."""
    local = OnPaper(tmp_path)
    local.start(port=18431)
    monkeypatch.setattr(demo, "LocalLabelStudio", lambda *_: local)
    monkeypatch.setattr(demo, "push", lambda *_, **__: [])
    parts = type("P", (), {"settings": type("S", (), {"state": tmp_path, "label_studio_env": None})})
    told: list[str] = []
    demo.into_label_studio(parts, port=18500, tell=told.append)  # type: ignore[arg-type]
    assert (
        "   One runs already, at http://127.0.0.1:18431, and is used; nothing is started on port 18500."
        in told
    )
