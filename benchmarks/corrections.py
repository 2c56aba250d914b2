"""How fast corrections come back: a webhook's answer at 50 a second, /predict for 20 coders, 2,000 annotations pulled.

Beside /predict stands a plain scikit-learn recipe on the same tasks in the same run: a server that loads its pipeline
and computes tf-idf and a logistic regression for every task that it is asked for, as example backends do. The two take
turns, so that what else the machine does meets both; ``cpu_ms`` is what a server's own process computed per call.
What the webhooks brought is worked off before.
``--http`` leaves out the pull, which needs Label Studio.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil

from annotations.lots import lots

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from coders_at_work import chosen, invite  # noqa: E402 (after the path is set)
from fake_label_studio import URL, FakeLabelStudio, keys_of, pushed_study  # noqa: E402
from pushed_work import CODEBOOK, Work  # noqa: E402 (after the path is set)
from real_server import KEY, free_port, until  # noqa: E402 (after the path is set)

from annotations.store.label_studio_users import keep_users  # noqa: E402
from annotations.store.model_versions import get_model  # noqa: E402
from annotations.store.suggestions import Suggested, add_suggestions  # noqa: E402
from annotations.store.webhooks import count_waiting  # noqa: E402
from service.access.keys import door_key  # noqa: E402
from service.composition import Parts  # noqa: E402
from service.label_studio.local import LocalLabelStudio  # noqa: E402

TASKS = 2000
CODERS = 20
PER_SECOND = 50
SECONDS = 20.0
TURNS = 4
Call = Callable[[httpx.Client, int], httpx.Response]
Took = tuple[list[float], float]


def over_http(folder: Path) -> dict[str, Any]:
    """Webhooks and /predict, against servers in processes of their own."""
    parts = pushed_study(folder / "study", CODEBOOK, tasks=TASKS)
    keys = keys_of(parts)
    with parts.store.writing() as connection:
        model = get_model(connection, "v1")
        said = [Suggested(key, (0.9, 0.1), ("money",)) for key in keys]
        add_suggestions(connection, model.id, said)
        keep_users(connection, URL, {1: "ada@example.org"})
    server = FakeLabelStudio(keys)
    for task in range(1, TASKS + 1):
        server.save(task, 1, chosen("money", "trust"))
    bodies = server.told
    port, plain = free_port(), free_port()
    environment = {**os.environ, "TANDEM_SESSION_KEY": KEY, "TANDEM_STATE": str(folder / "state")}
    command = [sys.executable, "-m", "service.cli.main", "serve", "--study", str(folder / "study")]
    command += ["--port", str(port), "--no-worker", "--reconcile", "0"]
    recipe = [sys.executable, __file__, "--recipe", str(plain)]
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL),
        subprocess.Popen(recipe),
    ]
    try:
        for one, path in ((port, "health"), (plain, "health")):
            until(lambda one=one, path=path: httpx.get(f"http://127.0.0.1:{one}/{path}").status_code == 200)

        def tells(http: httpx.Client, at: int) -> httpx.Response:
            url = f"http://127.0.0.1:{port}/hooks/label-studio"
            return http.post(url, json=bodies[at % TASKS], headers={"X-Tandem-Key": door_key(KEY, "webhook")})

        def asks(where: int) -> Call:
            def ask(http: httpx.Client, at: int) -> httpx.Response:
                task = {
                    "id": at,
                    "data": {"segment_id": str(keys[at % TASKS]), "words": f"Words number {at}."},
                }
                body = {"tasks": [task], "project": "7.1"}
                return http.post(
                    f"http://127.0.0.1:{where}/ml/predict",
                    json=body,
                    auth=("tandem", door_key(KEY, "backend")),
                )

            return ask

        ours, theirs = (psutil.Process(process.pid) for process in processes)
        told = _with_cpu(ours, lambda: _at_a_rate(tells))
        until(lambda: _waiting(parts) == 0, 600)
        asked: dict[str, list[Took]] = {"predict": [], "plain_recipe_predict": []}
        for _ in range(TURNS):
            asked["predict"].append(_with_cpu(ours, lambda: _coders(asks(port))))
            asked["plain_recipe_predict"].append(_with_cpu(theirs, lambda: _coders(asks(plain))))
        return {
            "webhook": _figures([told]) | {"target_p99_ms": 50, "per_second": PER_SECOND},
            "predict": _figures(asked["predict"]) | {"target_p99_ms": 100, "coders": CODERS},
            "plain_recipe_predict": _figures(asked["plain_recipe_predict"]),
        }
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        parts.close()


def _waiting(parts: Parts) -> int:
    """How many webhooks are stored and not worked off yet."""
    with parts.store.reading() as connection:
        return count_waiting(connection)


def pull(folder: Path) -> dict[str, Any]:
    """2,000 annotations, read from the real Label Studio into an empty store."""
    local = LocalLabelStudio(folder / "state")
    template = local.program.parents[1] / "empty-for-tests" if local.program else None
    if template is None:
        return {"pull": None, "pull_reason": "Label Studio is not installed"}
    if template.is_dir():
        shutil.copytree(template, local.folder)
    access = local.start(port=free_port())
    try:
        people = invite(access, ["a@example.org"])
        work = Work(folder / "study", access, people, TASKS, None)
        me = next(number for number, email in _users(work).items() if email == "a@example.org")
        plain = work.server.get("api/tasks/", {"project": work.project, "fields": "all", "page_size": 10_000})
        data = [task["data"] for task in plain["tasks"]]
        every = {
            "selectedItems": {"all": True, "excluded": []},
            "filters": {"conjunction": "and", "items": []},
        }
        work.administrator.post(
            f"/api/dm/actions?id=delete_tasks&project={work.project}", every | {"ordering": []}
        )
        answer = [{"result": chosen("money", "trust"), "lead_time": 3.0, "completed_by": me}]
        for some in lots([{"data": one, "annotations": answer} for one in data], 250):
            work.administrator.post(f"/api/projects/{work.project}/import", some)
        begun = time.perf_counter()
        first = work.pull()
        seconds = time.perf_counter() - begun
        theirs = _label_studios_cpu(local)
        begun, ours = time.perf_counter(), time.process_time()
        nothing_new = work.pull()
        again, ours = time.perf_counter() - begun, time.process_time() - ours
        work.close()
        return {
            "pull": {
                "annotations": first.annotations,
                "reviews_new": first.counted["new"],
                "seconds": round(seconds, 1),
                "target_s": 15,
                "again": {
                    "annotations_read": nothing_new.annotations,
                    "tasks_unchanged": nothing_new.unchanged,
                    "seconds": round(again, 2),
                    "target_s": 2,
                    "label_studios_cpu_s": round(_label_studios_cpu(local) - theirs, 2),
                    "our_cpu_s": round(ours, 2),
                },
            }
        }
    finally:
        local.stop()


def _label_studios_cpu(local: LocalLabelStudio) -> float:
    """The seconds that Label Studio has computed so far."""
    first = psutil.Process(local.status()["pid"])
    return sum(sum(one.cpu_times()[:2]) for one in (first, *first.children(recursive=True)))


def _users(work: Work) -> dict[int, str]:
    return {int(one["id"]): str(one["email"]) for one in work.server.get("api/users/", {})}


def _with_cpu(process: psutil.Process, run: Callable[[], list[float]]) -> Took:
    """Seconds per call, and those that the process computed meanwhile."""
    before = process.cpu_times()
    took = run()
    after = process.cpu_times()
    return took, after.user + after.system - before.user - before.system


def _at_a_rate(call: Call) -> list[float]:
    """So many calls a second, whether or not the earlier ones are answered: waiting counts."""
    took: list[float] = []
    count = int(PER_SECOND * SECONDS)
    begun = time.perf_counter() + 0.5
    turn = iter(range(count))
    lock = threading.Lock()

    def works() -> None:
        with httpx.Client(timeout=30, trust_env=False) as http:
            while True:
                with lock:
                    at = next(turn, None)
                if at is None:
                    return
                due = begun + at / PER_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                call(http, at).raise_for_status()
                took.append(time.perf_counter() - due)

    _together(works, 16)
    return took


def _coders(call: Call) -> list[float]:
    """Twenty coders who each open a task, look at it for a moment (0.2 to 0.6 s), and open the next."""
    took: list[float] = []
    end = time.perf_counter() + SECONDS / TURNS

    def works() -> None:
        chance = random.Random(threading.get_ident())  # noqa: S311
        with httpx.Client(timeout=30, trust_env=False) as http:
            while time.perf_counter() < end:
                begun = time.perf_counter()
                call(http, chance.randrange(TASKS)).raise_for_status()
                took.append(time.perf_counter() - begun)
                time.sleep(chance.uniform(0.2, 0.6))

    _together(works, CODERS)
    return took


def _together(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _figures(turns: list[Took]) -> dict[str, Any]:
    ordered = sorted(one for took, _ in turns for one in took)
    cpu = sum(seconds for _, seconds in turns)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    found = {"calls": len(ordered), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1)}
    return found | {"cpu_ms": round(1000 * cpu / len(ordered), 2)}


def recipe(port: int) -> None:
    """The plain recipe: a pipeline, loaded and run for every call."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = [f"Words number {at}." for at in range(TASKS)]
    fitted = pickle.dumps(
        make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(words, [at % 2 for at in range(TASKS)])
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({"status": "UP"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            model = pickle.loads(fitted)  # noqa: S301 (made above)
            sure = model.predict_proba([task["data"]["words"] for task in body["tasks"]])
            self._answer({"results": [{"result": [], "score": float(one.max())} for one in sure]})

        def _answer(self, found: Any) -> None:
            plain = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(plain)))
            self.end_headers()
            self.wfile.write(plain)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    if "--recipe" in sys.argv:
        recipe(int(sys.argv[-1]))
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        found = over_http(place / "http")
        print(json.dumps(found if "--http" in sys.argv else found | pull(place / "pull")))
