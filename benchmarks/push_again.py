"""A promotion's new predictions for 2,000 tasks in the real Label Studio (aim: less than 30 s).

Prints how long the first push took, and of the push after a promotion: until every task has its new predictions, and
until every one shows the new reasons too, which Label Studio takes one request at a time. ``--tasks N`` for another
number. The suggestions are made up; everything between the store and Label Studio is real.
"""

from __future__ import annotations

import json
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from study_to_push import StudyToPush, exported  # noqa: E402 (found through the line above)

from annotations.label_studio import LabelStudio  # noqa: E402
from service.local_label_studio import LocalLabelStudio  # noqa: E402
from service.pushing import push_again  # noqa: E402

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
        begin = time.perf_counter()
        (first,) = study.push()
        pushed = time.perf_counter() - begin
        study.serve("v2")
        redrawing = _timed("show_data")
        begin = time.perf_counter()
        (again,) = push_again(study.parts, progress=lambda *_: None)
        total = time.perf_counter() - begin
        with study.server() as server:
            found = exported(server, first.project.id)
        versions = {one["model_version"] for task in found.values() for one in task["predictions"]}
        assert versions == {"tandem v2"}
        assert sum(len(task["predictions"]) for task in found.values()) == first.created == again.updated
        study.parts.close()
    finally:
        local.stop()
    return {
        "tasks": first.created,
        "first_push_s": round(pushed, 1),
        "new_predictions_s": round(total - sum(redrawing), 1),
        "with_new_reasons_s": round(total, 1),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _timed(method: str) -> list[float]:
    """Let a method of LabelStudio keep how long each call took."""
    whole, took = getattr(LabelStudio, method), []

    def timed(*given: Any) -> Any:
        begin = time.perf_counter()
        try:
            return whole(*given)
        finally:
            took.append(time.perf_counter() - begin)

    setattr(LabelStudio, method, timed)
    return took


if __name__ == "__main__":
    count = int(sys.argv[sys.argv.index("--tasks") + 1]) if "--tasks" in sys.argv else 2000
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps({"push_again": measure(Path(made), count)}, indent=2))
