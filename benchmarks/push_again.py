"""A promotion's new predictions for 2,000 tasks in the real Label Studio (aim: less than 30 s).

Prints how long the first push took, and of the push after a promotion: until every task shows its new predictions;
until every one shows the new reasons too, and until the outdated predictions are gone, both of which Label Studio takes
one request at a time. ``*_cpu_s`` are the processor seconds of Label Studio and of this process: the wall clock says
little on a machine that others use. ``--tasks N`` for another number. The suggestions are made up, and every task with
one gets another code and other reasons; everything between the store and Label Studio is real.
"""

from __future__ import annotations

import json
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from study_to_push import StudyToPush, exported  # noqa: E402 (found through the line above)

from service.label_studio.local import LocalLabelStudio  # noqa: E402
from service.pushing import carry_out, push_again  # noqa: E402

UNITS = 50


def measure(folder: Path, tasks: int) -> dict[str, Any]:
    """Push, promote, push again."""
    local = LocalLabelStudio(folder / "state", None)
    if local.program is None:
        return {"skipped": "Label Studio is not installed (make install)"}
    template = local.program.parents[1] / "empty-for-tests"
    if template.is_dir():
        shutil.copytree(template, local.folder, dirs_exist_ok=True)
    access = local.start(port=_free_port())
    try:
        study = StudyToPush(folder / "study", access)
        study.add(*(f"T-{at:03d}" for at in range(tasks // UNITS)), units=UNITS)
        study.serve("v1")
        clock = _Clock(local.status()["pid"])
        (first,) = study.push()
        clock.note("first_push")
        study.serve("v2")
        clock.begin()
        _after(carry_out, "show_version", lambda: clock.note("new_predictions"))
        _before(carry_out, "outdated", lambda: clock.note("with_new_reasons"))
        (again,) = push_again(study.parts, progress=lambda *_: None)
        clock.note("outdated_gone")
        with study.server() as server:
            found = exported(server, first.project.id)
        versions = {one["model_version"] for task in found.values() for one in task["predictions"]}
        assert versions == {"tandem v2"}
        assert sum(len(task["predictions"]) for task in found.values()) == first.created == again.updated
        study.parts.close()
    finally:
        local.stop()
    return {"tasks": first.created, **clock.noted}


class _Clock:
    """Seconds since a beginning: of the wall clock, and of the processor in Label Studio and here."""

    def __init__(self, label_studio: int) -> None:
        self._label_studio = psutil.Process(label_studio)
        self.noted: dict[str, float] = {}
        self.begin()

    def begin(self) -> None:
        self._began = self._now()

    def note(self, what: str) -> None:
        """What has been reached; the first time counts."""
        for kind, now, began in zip(
            ("s", "label_studio_cpu_s", "own_cpu_s"), self._now(), self._began, strict=True
        ):
            self.noted.setdefault(f"{what}_{kind}", round(now - began, 1))

    def _now(self) -> tuple[float, float, float]:
        processes = [self._label_studio, *self._label_studio.children(recursive=True)]
        used = sum(sum(one.cpu_times()[:2]) for one in processes)
        return time.perf_counter(), used, time.process_time()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _after(where: Any, name: str, then: Callable[[], None]) -> None:
    whole = getattr(where, name)

    def also(*given: Any, **named: Any) -> Any:
        found = whole(*given, **named)
        then()
        return found

    setattr(where, name, also)


def _before(where: Any, name: str, first: Callable[[], None]) -> None:
    whole = getattr(where, name)

    def also(*given: Any, **named: Any) -> Any:
        first()
        return whole(*given, **named)

    setattr(where, name, also)


if __name__ == "__main__":
    count = int(sys.argv[sys.argv.index("--tasks") + 1]) if "--tasks" in sys.argv else 2000
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps({"push_again": measure(Path(made), count)}, indent=2))
