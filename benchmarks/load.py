"""Fifty coders save and ask for suggestions while a training and a push run: docs/load.png and docs/load.json.

    python benchmarks/load.py [--seconds 40] [--peer PYTHON]

Each coder saves an annotation (a webhook), asks for the suggestions of the next task (/predict), and thinks for 0.6 to
1.4 seconds. Three spells, one after the other: at rest; while the sample study is trained in a process of its own, with
the niceness of a server's worker, and a push writes tasks into the same store; and the same questions to the peer while
the same training runs. At the end every save must be a review. The peer is what label-studio-ml's example of
scikit-learn does, by its documented interface (``LabelStudioMLBase.predict``): tf-idf and a logistic regression for each
question, in a server of threads. With ``--peer`` (a Python that has label-studio-ml and scikit-learn) it is that
package's own base class and server; without, the same written here. Times are by the clock and count waiting, so they
say something on a machine that does nothing else; ``cpu_ms`` is what the server's process computed for a coder's step.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from coders_at_work import chosen  # noqa: E402 (after the path is set)
from fake_label_studio import URL, FakeLabelStudio, keys_of, pushed_study  # noqa: E402
from pushed_work import CODEBOOK  # noqa: E402
from real_server import KEY, free_port, serving, until  # noqa: E402

from annotations.coding import Coder  # noqa: E402
from annotations.store.coders import keep_coder  # noqa: E402
from annotations.store.label_studio_users import keep_users  # noqa: E402
from annotations.store.model_versions import get_model  # noqa: E402
from annotations.store.reviews import count_reviews  # noqa: E402
from annotations.store.suggestions import Suggested, add_suggestions  # noqa: E402
from annotations.store.webhooks import count_waiting  # noqa: E402
from service.access.keys import door_key  # noqa: E402
from service.cli.worker import GIVES_WAY  # noqa: E402
from service.composition import Parts  # noqa: E402

CODERS = 50
TASKS = 5000
PICTURE, NUMBERS = ROOT / "docs" / "load.png", ROOT / "docs" / "load.json"
LIMITS = {"webhook": 50, "predict": 100}
Took = dict[str, list[float]]
Step = Callable[["Caller", int, int], dict[str, float]]


def coders(step: Step, seconds: float) -> Took:
    """What each kind of call took, in milliseconds. ``step``: one coder's save and question, by coder and turn."""
    took: Took = {}
    end, keeps = time.perf_counter() + seconds, threading.Lock()

    def works(coder: int) -> None:
        chance = random.Random(coder)  # noqa: S311
        time.sleep(chance.uniform(0, 1))
        http, turn = Caller(), 0
        while time.perf_counter() < end:
            answered = step(http, coder, turn)
            turn += 1
            with keeps:
                for kind, seconds_taken in answered.items():
                    took.setdefault(kind, []).append(1000 * seconds_taken)
            time.sleep(chance.uniform(0.6, 1.4))

    threads = [threading.Thread(target=works, args=(at,)) for at in range(CODERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


class Caller:
    """Connections that stay open, by the standard library: httpx would compute as long as the server does."""

    def __init__(self) -> None:
        self._open: dict[int, http.client.HTTPConnection] = {}

    def post(self, port: int, path: str, body: Any, headers: dict[str, str]) -> float:
        """Send JSON; the seconds until the answer had come. Raises AssertionError for another status than 200."""
        plain = json.dumps(body).encode()
        begun = time.perf_counter()
        connection = self._open.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=60))
        connection.request("POST", path, plain, {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        said = answer.read()
        took = time.perf_counter() - begun
        assert answer.status == 200, (path, answer.status, said[:200])
        return took


class Coding:
    """What fifty coders say to a server of Tandem; each task and coder is a word of its own."""

    def __init__(self, parts: Parts, port: int) -> None:
        self.keys = keys_of(parts)
        self.there = FakeLabelStudio(self.keys)
        self.there.people = {at + 1: f"coder{at}@example.org" for at in range(CODERS)}
        self.port = port
        self.saved: set[tuple[int, int]] = set()
        self.turn = threading.Lock()
        self.at = 0

    def step(self, http: Caller, coder: int, _turn: int) -> dict[str, float]:
        """A save, and the question for the next task: the seconds that each took."""
        with self.turn:
            task, self.at = 1 + self.at % len(self.keys), self.at + 1
            self.there.now += timedelta(milliseconds=5)
            self.there.save(task, coder + 1, chosen("money", "trust"))
            body = self.there.told.pop()
        hook = {"X-Tandem-Key": door_key(KEY, "webhook")}
        saving = http.post(self.port, "/hooks/label-studio", body, hook)
        with self.turn:
            self.saved.add((task, coder))
        following = self.keys[task % len(self.keys)]
        return {"webhook": saving, "predict": ask(http, self.port, "/ml/predict", str(following), task)}


def ask(http: Caller, port: int, path: str, key: str, task: int) -> float:
    """Ask for the suggestions of a task, as Label Studio does; the seconds that it took."""
    data = {"segment_id": key, "words": f"Words number {task} of somebody.", "candidates": []}
    body = {"tasks": [{"id": task, "data": data}], "project": "7.1"}
    login = base64.b64encode(f"tandem:{door_key(KEY, 'backend')}".encode()).decode()
    return http.post(port, path, body, {"Authorization": f"Basic {login}"})


@contextmanager
def training(folder: Path, environment: dict[str, str]) -> Iterator[Callable[[], int]]:
    """The sample study is trained again and again, as a server's worker does it; says how often it was."""
    stop, done, running = threading.Event(), [0], list[subprocess.Popen[bytes]]()

    def trains() -> None:
        while not stop.is_set():
            command = [sys.executable, "-m", "service.cli.main", "train", "--study", str(folder), "--json"]
            running.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    preexec_fn=_give_way,
                )
            )
            done[0] += running[-1].wait() == 0

    thread = threading.Thread(target=trains)
    thread.start()
    try:
        yield lambda: done[0]
    finally:
        stop.set()
        running[-1].kill()
        thread.join()


@contextmanager
def pushing(folder: Path, environment: dict[str, str]) -> Iterator[Callable[[], int]]:
    """What a push writes, in a process of its own (``load_push``) that gives way as a worker does; says how many tasks."""
    command = [sys.executable, str(Path(__file__).with_name("load_push.py")), str(folder)]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_give_way,
    ) as process:
        said: list[str] = []

        def ended() -> int:
            said[:] = said or [process.communicate()[0]]
            return int(said[0])

        try:
            yield ended
        finally:
            ended()


def _give_way() -> None:
    os.nice(GIVES_WAY)


def sample_study(folder: Path, environment: dict[str, str]) -> Path:
    """The invented sample study, ready to be trained."""
    from service.demo import make_sample
    from service.settings import read_settings

    make_sample(folder, read_settings(environment), lambda *_: None).close()
    return folder


def measure(folder: Path, seconds: float, peer: str | None) -> dict[str, Any]:
    """The three spells."""
    environment = {**os.environ, "TANDEM_STATE": str(folder / "state"), "TANDEM_SESSION_KEY": KEY}
    environment |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    sample = sample_study(folder / "sample", {"TANDEM_STATE": str(folder / "state")})
    parts = pushed_study(folder / "study", CODEBOOK, tasks=TASKS)
    people = "".join(f"- {{name: Coder {at}, email: coder{at}@example.org}}\n" for at in range(CODERS))
    (folder / "study" / "study.yaml").write_text(f"name: Load\ncoders:\n{people}", "utf-8")
    with parts.store.writing() as connection:
        model = get_model(connection, "v1")
        add_suggestions(
            connection, model.id, [Suggested(key, (0.9, 0.1), ("money",)) for key in keys_of(parts)]
        )
        keep_users(connection, URL, {at + 1: f"coder{at}@example.org" for at in range(CODERS)})
        for at in range(CODERS):
            keep_coder(connection, Coder(f"Coder {at}"))
    port, found = free_port(), dict[str, Any]()
    with serving(folder / "study", environment, port) as process:
        server, says = psutil.Process(process.pid), Coding(parts, port)
        time.sleep(5)  # it goes through the study once at its start
        found["rest"] = _spell(server, lambda: coders(says.step, seconds))
        with training(sample, environment) as trained, pushing(folder / "study", environment) as pushed:
            found["busy"] = _spell(server, lambda: coders(says.step, seconds))
            found["busy"] |= {"trainings": trained(), "tasks_pushed": pushed()}
        begun = time.perf_counter()
        until(lambda: not _waiting(parts), 600)
        with parts.store.reading() as connection:
            reviews, _ = count_reviews(connection)
        found["kept"] = {"saved": len(says.saved), "reviews": reviews}
        found["kept"]["worked_off_after_s"] = round(time.perf_counter() - begun, 1)
    where = free_port()
    command = [peer or sys.executable, str(Path(__file__).with_name("load_peer.py")), str(where), str(TASKS)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as other:
        try:
            health = f"http://127.0.0.1:{where}/health"
            until(lambda: httpx.get(health).status_code == 200)
            package = httpx.get(health).json()["package"]

            def asks(http: Caller, _coder: int, turn: int) -> dict[str, float]:
                key = says.keys[(turn * 7) % len(says.keys)]
                return {"predict": ask(http, where, "/predict", str(key), turn)}

            with training(sample, environment):
                found["peer"] = _spell(psutil.Process(other.pid), lambda: coders(asks, seconds))
            found["peer"]["what"] = "label-studio-ml's base class" if package else "written by its interface"
        finally:
            other.terminate()
    parts.close()
    return found | {
        "coders": CODERS,
        "seconds": seconds,
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
    }


def _waiting(parts: Parts) -> int:
    with parts.store.reading() as connection:
        return count_waiting(connection)


def _spell(server: psutil.Process, run: Callable[[], Took]) -> dict[str, Any]:
    before, load = sum(server.cpu_times()[:2]), os.getloadavg()[0]
    took = run()
    cpu = sum(server.cpu_times()[:2]) - before
    found: dict[str, Any] = {kind: _figures(its) for kind, its in took.items()}
    steps = max(len(its) for its in took.values())
    idle = {"load_before": round(load, 1), "cpu_ms": round(1000 * cpu / steps, 2)}
    return (
        found | idle | {"took": {kind: [round(one, 2) for one in sorted(its)] for kind, its in took.items()}}
    )


def _figures(took: Sequence[float]) -> dict[str, Any]:
    ordered = sorted(took)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {"calls": len(ordered), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1)}


def draw(found: dict[str, Any], file: Path) -> None:
    """For each kind of call how many of a hundred were answered within which time."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    for place, kind in enumerate(LIMITS):
        axes = figure.add_subplot(1, 2, place + 1)
        for spell, said, colour in (
            ("rest", "Tandem, at rest", "#7aa6c2"),
            ("busy", "Tandem, while training and pushing", "#1f4e79"),
            ("peer", "label-studio-ml's recipe, while training", "#c0504d"),
        ):
            its = found[spell]["took"].get(kind)
            if its:
                axes.plot(
                    its, [100 * (at + 1) / len(its) for at in range(len(its))], color=colour, label=said
                )
        axes.axvline(
            LIMITS[kind],
            color="#888888",
            linestyle="--",
            linewidth=1,
            label=f"aim for 99 of 100: {LIMITS[kind]} ms",
        )
        axes.set(xscale="log", xlabel="milliseconds", ylabel="answered, %", title=f"/{kind}", ylim=(0, 101))
        axes.grid(alpha=0.3)
        axes.legend(loc="lower right", fontsize=8)
    figure.savefig(file, dpi=110)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--seconds", type=float, default=40)
    asked.add_argument("--peer", metavar="PYTHON", help="a Python that has label-studio-ml and scikit-learn")
    asked.add_argument("--no-files", action="store_true", help="print alone")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        figures = measure(Path(made), given.seconds, given.peer)
    if not given.no_files:
        draw(figures, PICTURE)
    for spell in ("rest", "busy", "peer"):
        del figures[spell]["took"]
    if not given.no_files:
        NUMBERS.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures))
    sys.exit(figures["kept"]["saved"] != figures["kept"]["reviews"])
