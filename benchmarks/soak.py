"""Everything that goes wrong, at once, for a while: then reviews must equal annotations.

Coders save, change, skip and delete in a real Label Studio; webhooks are lost, doubled and late; every so often the
server is killed and started again, Label Studio is stopped and started, the database is locked (SQLite) or its
connections are cut (PostgreSQL). 20 minutes unless ``--minutes`` says otherwise; ``--postgresql URL`` for the store.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from coders_at_work import Coding, invite  # noqa: E402 (after the path is set)
from lossy_line import Line  # noqa: E402 (after the path is set)
from pushed_work import Work  # noqa: E402 (after the path is set)
from real_server import free_port  # noqa: E402 (after the path is set)

from annotations.errors import TandemError  # noqa: E402
from service.label_studio.local import LocalLabelStudio  # noqa: E402

CODERS = 10
TASKS = 60


def main(minutes: float, postgresql: str | None) -> dict[str, Any]:
    """Run it; returns the figures."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as closing:
        folder = Path(made)
        local = LocalLabelStudio(folder / "state")
        template = local.program.parents[1] / "empty-for-tests" if local.program else None
        if template is not None and template.is_dir():
            shutil.copytree(template, local.folder)
        port = free_port()
        access = local.start(port=port)
        closing.callback(local.stop)
        people = invite(access, [f"coder{at}@example.org" for at in range(CODERS)])
        work = Work(folder / "study", access, people, TASKS, postgresql)
        closing.callback(work.close)
        line = Line(free_port(), free_port())
        work.attach(line.port)
        figures = _soak(work, line, local, port, minutes)
        line.close()
        with work.serving(line.to):
            time.sleep(3)  # what a kill left is worked off
        begun = time.monotonic()
        pulled = work.pull()
        seconds = time.monotonic() - begun
        here, there = work.in_tandem(), work.in_label_studio()
        again = work.pull()
        return figures | {
            "webhooks": line.carried,
            "mended_by_the_last_pull": pulled.to_json()["reviews_new"]
            + pulled.to_json()["reviews_superseded"],
            "annotations": pulled.annotations,
            "last_pull_s": round(seconds, 1),
            "reviews": len(here),
            "equal": here == there,
            "second_pull_changes": again.counted.total(),
        }


def _soak(work: Work, line: Line, local: LocalLabelStudio, port: int, minutes: float) -> dict[str, Any]:
    end = time.monotonic() + 60 * minutes
    chance = random.Random(7)  # noqa: S311
    coding = [Coding(one, work.tasks, seed) for seed, one in enumerate(work.people)]
    failed = [0]
    stop = threading.Event()

    def works(one: Coding) -> None:
        while not stop.is_set():
            try:
                one.step()
            except httpx.HTTPError:
                failed[0] += 1  # Label Studio is down, or did not answer in time
                time.sleep(1)
            time.sleep(chance.uniform(0.2, 2.0))

    threads = [threading.Thread(target=works, args=(one,), daemon=True) for one in coding]
    for thread in threads:
        thread.start()
    faults = {"killed": 0, "label_studio_stopped": 0, "database": 0, "pulls": 0, "pulls_cut_off": 0}
    while time.monotonic() < end:
        with work.serving(line.to, reconcile=20) as server:
            for _ in range(3):
                time.sleep(min(chance.uniform(5, 20), max(0.0, end - time.monotonic())))
                what = chance.choice(["database", "pull", "pull", "label studio"])
                if what == "database":
                    faults["database"] += 1
                    _disturb(work)
                elif what == "pull":
                    faults["pulls"] += 1
                    with suppress(TandemError):
                        work.pull()
                else:
                    faults["label_studio_stopped"] += 1
                    cutting = threading.Thread(target=local.stop)
                    cutting.start()
                    try:
                        work.pull()
                    except TandemError:
                        faults["pulls_cut_off"] += 1
                    cutting.join()
                    local.start(port=port)
                if time.monotonic() > end:
                    break
            faults["killed"] += 1
            os.kill(server.pid, signal.SIGKILL)
    stop.set()
    for thread in threads:
        thread.join(30)
    return {
        "minutes": minutes,
        "saves": sum(one.saves for one in coding),
        "saves_failed": failed[0],
        **faults,
    }


def _disturb(work: Work) -> None:
    """Lock SQLite for ten seconds, or cut PostgreSQL's connections."""
    url = work.parts.database_url
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(10)
            other.execute("ROLLBACK")
        return
    import psycopg

    plain, _, rest = url.partition("?")
    name = next(part.partition("=")[2] for part in rest.split("&") if part.startswith("application_name="))
    with psycopg.connect(plain, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND pid <> pg_backend_pid()",
            (name,),
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--postgresql", help="a database address with ?schema=NAME&application_name=NAME")
    given = parser.parse_args()
    found = main(given.minutes, given.postgresql)
    print(json.dumps(found))
    sys.exit(not (found["equal"] and found["second_pull_changes"] == 0))
