"""A whole interview of 120 turns in Label Studio: how long it takes to open, to mark, and to be told of.

Drives Chromium in a Label Studio of its own. Opens the interview (8,700 words, some 50 suggestions) and, in turns with
it, a task of one line with two labels: the ratio says what the interview costs on this machine. Then confirms, deletes
and codes words of its own, and counts actions (a key chord, a click, a drag, or a word typed) and seconds. Last, a
server of Tandem answers webhooks of the whole interview and of single passages in turns.

    python benchmarks/whole_interview.py [--times 5] [--webhooks 40] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import coder_fingers as fingers  # noqa: E402
import interview_hands as hands  # noqa: E402
from browser import logged_in  # noqa: E402
from builders import a_transcript  # noqa: E402
from real_server import KEY, free_port, serving  # noqa: E402
from study_to_push import StudyToPush, exported  # noqa: E402

from annotations.label_studio.client import LabelStudio  # noqa: E402
from annotations.store.transcripts import add_transcript  # noqa: E402
from annotations.store.wave_views import TaskView  # noqa: E402
from service.access.keys import door_key  # noqa: E402
from service.label_studio.local import Access, LocalLabelStudio  # noqa: E402

PASSAGES = 60
_BOX = {
    "from_name": "nothing",
    "to_name": "segment",
    "type": "choices",
    "value": {"choices": ["no-code-applies"]},
}
WORDS = 140
TRIVIAL = (
    '<View><Text name="t" value="$t"/>'
    '<Choices name="c" toName="t"><Choice value="a"/><Choice value="b"/></Choices></View>'
)


def main() -> None:
    """Run it and print one JSON object."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--times", type=int, default=5)
    given.add_argument("--webhooks", type=int, default=40)
    given.add_argument("--out", type=Path)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = _measured(Path(folder), asked.times, asked.webhooks)
    told = json.dumps(found, indent=2)
    print(told)
    if asked.out:
        asked.out.write_text(told, "utf-8")


def _measured(folder: Path, times: int, webhooks: int) -> dict[str, Any]:
    env = os.environ.get("TANDEM_LABEL_STUDIO_ENV")
    keeper = LocalLabelStudio(folder / "state", Path(env) if env else None)
    template = keeper.program.parents[1] / "empty-for-tests" if keeper.program else None
    if template is not None and template.is_dir():
        shutil.copytree(template, keeper.folder, dirs_exist_ok=True)
    access = keeper.start(port=free_port())
    study = _Long(folder / "study", access)
    study.talk()
    study.serve("v1")
    try:
        (passages,) = study.push(view=TaskView.PASSAGE)
        (whole,) = study.push(view=TaskView.INTERVIEW)
        with LabelStudio(access.url, access.token) as server:
            trivial = _trivial(server)
            with logged_in(access.url, access.username, access.password) as page:
                opened = _open(page, access, trivial, whole.project.url, times)
                worked = _work(page, server, whole.project.id)
            told = _webhooks(folder, access, study, server, (passages.project.id, whole.project.id), webhooks)
    finally:
        study.parts.close()
        keeper.stop()
    return {"open_s": opened, "decisions": worked, "webhook": told}


class _Long(StudyToPush):
    """One interview of 120 turns, and one of two to be answered passage by passage."""

    def talk(self) -> None:
        """Put it there."""
        sentence = "We talked about it in the team and then again with the ward, and nobody was quite sure what it meant. "
        answer = (sentence * (WORDS // len(sentence.split()) + 1)).strip()
        words = [said for at in range(PASSAGES) for said in (f"Question {at}?", f"{at}: {answer}")]
        with self.parts.store.writing() as connection:
            add_transcript(connection, a_transcript("LONG-01", *words, wave="2"))


def _trivial(server: LabelStudio) -> str:
    made = server.ask("POST", "api/projects/", {"title": "Trivial", "label_config": TRIVIAL})
    server.ask("POST", f"api/projects/{made['id']}/import", [{"data": {"t": "One line."}}])
    return f"{server.url}/projects/{made['id']}"


def _open(page: Any, access: Access, trivial: str, whole: str, times: int) -> dict[str, Any]:
    """Seconds from the address to the drawn task, in turns; ``access`` is that of the server."""
    took: dict[str, list[float]] = {"trivial": [], "interview": []}
    for _ in range(times):
        for name, url, seen in (
            ("trivial", trivial, ".lsf-choices"),
            ("interview", whole, "[class*=htx-highlight]"),
        ):
            page.goto(f"{access.url}/projects/")
            page.wait_for_load_state("networkidle")
            began = time.perf_counter()
            page.goto(f"{url}/data?labeling=1")
            page.locator(seen).first.wait_for()
            took[name].append(time.perf_counter() - began)
    found = {name: round(statistics.median(its), 2) for name, its in took.items()}
    return {**found, "slowest interview": round(max(took["interview"]), 2)}


def _work(page: Any, server: LabelStudio, project: int) -> dict[str, Any]:
    (task,) = exported(server, project).values()
    marked = {
        int(region["value"]["start"][3:].split("]")[0]) - 1
        for region in task["predictions"][0]["result"]
        if region["from_name"] == "state"
    }
    sure = sorted(marked)
    free = [turn for turn in range(1, 2 * PASSAGES, 2) if turn not in marked]
    seconds: dict[str, list[float]] = {}

    def timed(name: str, began: float) -> None:
        seconds.setdefault(name, []).append(time.perf_counter() - began)

    for at in range(4):
        began = time.perf_counter()
        hands.click_mark(page, sure[at], 5)
        page.keyboard.press("Backspace")
        timed("delete a suggestion", began)
        began = time.perf_counter()
        hands.click_mark(page, sure[-1 - at], 5)
        page.keyboard.press("2")
        timed("confirm a suggestion", began)
    for turn in free[:4]:
        began = time.perf_counter()
        hands.mark(page, "1", (turn, 4), (turn, 60))
        hands.click_mark(page, turn, 10)
        fingers.open_search(page)
        fingers.name_by_search(page, ["Teaming"])
        fingers.close_search(page)
        timed("code words of one's own", began)
    began = time.perf_counter()
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Control+Enter")
    timed("submit", began)
    actions = {
        "delete a suggestion": 2,
        "confirm a suggestion": 2,
        "code words of one's own": 8,
        "submit": 1,
    }
    return {
        name: {"times": len(its), "actions": actions[name], "seconds": round(sum(its) / len(its), 2)}
        for name, its in seconds.items()
    }


def _webhooks(
    folder: Path,
    access: Access,
    study: StudyToPush,
    server: LabelStudio,
    projects: tuple[int, int],
    count: int,
) -> dict[str, Any]:
    """Milliseconds that a server takes to answer, in turns: of a passage and of the whole interview."""
    tasks = [next(iter(exported(server, project).values())) for project in projects]
    whole = tasks[1]["annotations"][0]
    alone = {**whole, "id": whole["id"] + 1000, "result": [_BOX]}
    bodies = [
        {
            "action": "ANNOTATION_UPDATED",
            "project": {"id": project},
            "annotation": {**annotation, "task": task["id"], "prediction": (task["predictions"] or [{}])[0]},
            "task": {"id": task["id"], "data": task["data"]},
        }
        for project, task, annotation in zip(projects, tasks, (alone, whole), strict=True)
    ]
    port = free_port()
    environment = {
        "TANDEM_STATE": str(folder / "state"),
        "TANDEM_SESSION_KEY": KEY,
        "LABEL_STUDIO_URL": access.url,
        "LABEL_STUDIO_API_KEY": access.token,
    }
    took: list[list[float]] = [[], []]
    with serving(study.parts.study.folder, environment, port), httpx.Client(timeout=60) as client:
        for _ in range(count):
            for at, body in enumerate(bodies):
                began = time.perf_counter()
                answer = client.post(
                    f"http://127.0.0.1:{port}/hooks/label-studio",
                    json=body,
                    headers={"X-Tandem-Key": door_key(KEY, "webhook")},
                )
                answer.raise_for_status()
                took[at].append(1000 * (time.perf_counter() - began))
                time.sleep(0.2)
    return {
        name: {
            "kB": round(len(json.dumps(body)) / 1000),
            "median_ms": round(statistics.median(its), 1),
            "p90_ms": round(sorted(its)[int(0.9 * len(its))], 1),
        }
        for name, body, its in zip(("passage", "interview"), bodies, took, strict=True)
    }


if __name__ == "__main__":
    main()
