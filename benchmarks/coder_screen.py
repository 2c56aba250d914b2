"""How many actions and seconds a practised coder needs on the labelling screen, and how often a name goes wrong.

Drives Chromium through passages of an invented interview in a Label Studio of its own: accepts, changes, adds two codes,
says that none applies, writes a memo. Then names every code of the common framework by search, with pauses and
without, and compares what is stored: on every other passage Ctrl+Enter is pressed in the search first. An action is a key
chord, a click, or a word typed.

    python benchmarks/coder_screen.py [--passages 30] [--additions 130] [--unpaused 130] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import coder_fingers as fingers  # noqa: E402
from browser import logged_in  # noqa: E402
from real_server import free_port  # noqa: E402
from study_to_push import StudyToPush, exported  # noqa: E402

from annotations.label_studio.answer_of_annotation import answer_of  # noqa: E402
from annotations.label_studio.controls import listed_codes  # noqa: E402
from annotations.lots import lots  # noqa: E402
from service.label_studio.local import LocalLabelStudio  # noqa: E402

AT_A_TIME = 13  # codes named on one passage
KINDS = ("accept", "change", "add two", "empty", "memo")
_ACTIONS = {"accept": 1, "change": 3, "add two": 7, "empty": 2, "memo": 4}


def main() -> None:
    """Run it and print one JSON object."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--passages", type=int, default=30)
    given.add_argument("--additions", type=int, default=130)
    given.add_argument(
        "--unpaused", type=int, help="How many without a pause; as many as with one if not given."
    )
    given.add_argument("--out", type=Path)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder, _study(Path(folder), asked) as (study, page):
        unpaused = asked.additions if asked.unpaused is None else asked.unpaused
        found = _measured(study, page, asked.passages, asked.additions, unpaused)
    told = json.dumps(found, indent=2)
    print(told)
    if asked.out:
        asked.out.write_text(told, "utf-8")


@contextmanager
def _study(folder: Path, asked: Any) -> Iterator[tuple[StudyToPush, Any]]:
    env = os.environ.get("TANDEM_LABEL_STUDIO_ENV")
    keeper = LocalLabelStudio(folder / "state", Path(env) if env else None)
    template = keeper.program.parents[1] / "empty-for-tests" if keeper.program else None
    if template is not None and template.is_dir():
        shutil.copytree(template, keeper.folder, dirs_exist_ok=True)
    access = keeper.start(port=free_port())
    study = StudyToPush(folder / "study", access)
    study.add("A-01", units=asked.passages)
    study.add("B-01", units=2 * (-(-asked.additions // AT_A_TIME)) + 2)
    study.serve("v1")
    try:
        with logged_in(access.url, access.username, access.password) as page:
            yield study, page
    finally:
        study.parts.close()
        keeper.stop()


def _measured(study: StudyToPush, page: Any, passages: int, additions: int, unpaused: int) -> dict[str, Any]:
    (done,) = study.push()
    fingers.open_stream(page, done.project.url)
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for at in range(passages):
        fingers.at_turn(page, f"turn {2 * at + 2} of")
        # every fourth passage has nothing to accept or change
        kind = "add two" if at % 4 == 3 else KINDS[at % len(KINDS)]
        start = time.perf_counter()
        _decide(page, kind)
        fingers.submit(page)
        seconds[kind].append(time.perf_counter() - start)
    rows = {
        kind: {"passages": len(its), "actions": _ACTIONS[kind], "seconds": round(sum(its) / len(its), 2)}
        for kind, its in seconds.items()
        if its
    }
    wrong = {
        name: _wrong(study, page, done.project.id, count, pause)
        for name, pause, count in (
            ("with a pause of 400 ms", fingers.PAUSE_MS, additions),
            ("without a pause", 0, unpaused),
        )
    }
    return {"decisions": rows, "additions": wrong}


def _decide(page: Any, kind: str) -> None:
    if kind == "change":
        fingers.press(page, ["1", "2"])
    elif kind == "add two":
        fingers.open_search(page)
        fingers.name_by_search(page, ["Teaming", "Motivation"])
        fingers.close_search(page)
    elif kind == "empty":
        fingers.press(page, ["n"])
    elif kind == "memo":
        page.locator("textarea[name=memo]").click()
        page.keyboard.type("Ask her about this again.")
        page.locator(".tandem-head").click(position={"x": 2, "y": 2})


def _wrong(study: StudyToPush, page: Any, project: int, additions: int, pause_ms: int) -> dict[str, Any]:
    """Names codes on the next passages of the stream; how many were not stored, and how many others were."""
    codes = [code.id for code in listed_codes(study.codebook)]
    wanted = [codes[at % len(codes)] for at in range(additions)]
    missing = others = 0
    before = _answers(study, project)
    for at, some in enumerate(lots(wanted, AT_A_TIME)):
        for name, ticked in [(n, t) for n, t in fingers.boxes(page) if t]:
            page.locator(f'.tandem-likely input[name="{name}"]').uncheck()
            assert ticked
        fingers.open_search(page)
        fingers.name_by_search(page, [study.codebook[code].name for code in some], pause_ms=pause_ms)
        if at % 2:
            page.keyboard.press("Control+Enter")
        fingers.close_search(page)
        if fingers.chosen(page):
            fingers.submit(page)
        else:
            fingers.press(page, ["n"])
            fingers.submit(page)
        after = _answers(study, project)
        (new,) = set(after) - set(before)
        missing += len(set(some) - after[new])
        others += len(after[new] - set(some))
        before = after
        page.wait_for_timeout(1500)
    return {"named": len(wanted), "not stored": missing, "others stored": others}


def _answers(study: StudyToPush, project: int) -> dict[int, frozenset[str]]:
    with study.server() as server:
        return {
            task["id"]: answer_of(task["annotations"][0]["result"], study.codebook).codes
            for task in exported(server, project).values()
            if task["annotations"]
        }


if __name__ == "__main__":
    main()
