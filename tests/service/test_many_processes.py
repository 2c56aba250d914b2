"""Several services and workers on one PostgreSQL: each thing is done once, and none knows what another does not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from builders import REPOSITORY
from fake_label_studio import URL, FakeLabelStudio, chosen, keys_of, pushed_study
from postgresql import POSTGRESQL, a_schema
from real_server import KEY, free_port, serving, until
from reviews_arriving import said_in

from annotations.codebook.codes import Codebook
from annotations.store.database import open_store
from annotations.store.jobs import all_jobs, ask_for, retry
from annotations.store.label_studio_users import keep_users
from annotations.store.leading import Leading
from annotations.store.model_versions import champion, get_model, promote
from annotations.store.webhooks import count_waiting
from service.access.keys import door_key
from service.composition import Parts

pytestmark = [pytest.mark.postgresql, pytest.mark.server]
WORKERS, JOBS = 10, 30
# a worker as it is, whose jobs note that they were begun and ended, and take a moment
WORKER = """
import os, sys, time
from service.jobs import worker
from service.composition import Parts
from annotations.study.config import read_study
from service.settings import read_settings
from pathlib import Path

def job(parts, arguments, watch):
    file = Path(sys.argv[2])
    def say(what):
        with file.open("a") as out:
            out.write(f"{what} {arguments['number']} {os.getpid()}\\n")
    say("began")
    time.sleep(0.15)
    say("ended")
    return {"number": arguments["number"]}

worker._KINDS = {"look": job}
parts = Parts(read_study(Path(sys.argv[1])), read_settings(os.environ))
while True:
    worker.do_waiting_jobs(parts)
    time.sleep(0.05)
"""


@pytest.fixture
def study(tmp_path: Path, codebook: Codebook) -> Iterator[Parts]:
    """A pushed study whose store is a schema of its own on PostgreSQL."""
    with a_schema() as name:
        database = f"{POSTGRESQL}?schema={name}"
        open_store(database).close()
        parts = pushed_study(tmp_path / "study", codebook, database=database)
        yield parts
        parts.close()


def _environment(parts: Parts) -> dict[str, str]:
    here = {"TANDEM_STATE": str(parts.settings.state), "TANDEM_DATABASE": parts.database_url}
    return {**os.environ, **here, "TANDEM_SESSION_KEY": KEY, "PYTHONPATH": str(REPOSITORY)}


def test_ten_workers_of_which_some_are_killed_do_each_job_once(study: Parts, tmp_path: Path) -> None:
    """No two jobs run at once, a killed worker's job is done by another, and none is done again that was done."""
    told = tmp_path / "told.txt"
    told.touch()
    with study.store.writing() as connection:
        for number in range(JOBS):
            ask_for(connection, "look", {"number": number})
    command = [sys.executable, "-c", WORKER, str(study.study.folder), str(told)]
    workers = [subprocess.Popen(command, env=_environment(study)) for _ in range(WORKERS)]
    chance = random.Random(3)  # noqa: S311
    killed: set[int] = set()
    try:
        for _ in range(4):
            until(lambda: len(told.read_text().splitlines()) > 4 * (len(killed) + 1))
            at_work = int(told.read_text().split()[-1])
            killed.add(at_work)
            os.kill(at_work, signal.SIGKILL)
            dead = next(one for one in workers if one.pid == at_work)
            dead.wait()
            workers.remove(dead)
            chance.shuffle(workers)
        until(lambda: not _unfinished(study))
    finally:
        for one in workers:
            one.kill()
            one.wait()
    with study.store.reading() as connection:
        found = all_jobs(connection, latest=2 * JOBS)
    assert Counter(one.state for one in found) == {"done": JOBS}
    lines = [line.split() for line in told.read_text().splitlines()]
    ended = Counter(number for what, number, _ in lines if what == "ended")
    assert set(ended) == {str(number) for number in range(JOBS)}
    # a worker killed between its work and the word that it is done: that alone is done again
    assert sum(ended.values()) <= JOBS + len(killed)
    at_once = 0
    for what, _, who in lines:
        if what == "began":
            assert not at_once, "two jobs ran at once"
            at_once = int(who)
        else:
            at_once = 0
        if at_once in killed and lines[-1][2] != who:
            at_once = 0


def _unfinished(study: Parts) -> bool:
    with study.store.writing() as connection:
        found = all_jobs(connection, latest=2 * JOBS)
        for one in found:
            if one.state == "failed":
                retry(connection, one)
    return any(one.state != "done" for one in found)


def test_webhooks_to_either_of_two_services(study: Parts) -> None:
    """What one service has stored the other may work off; each word becomes a review once. A version promoted in one
    place serves in both at once, and whoever signed in to one is signed in to the other.
    """
    keys = keys_of(study)
    with study.store.writing() as connection:
        keep_users(connection, URL, {1: "ada@example.org", 2: "bo@example.org"})
    server = FakeLabelStudio(keys)
    for task in range(1, len(keys) + 1):
        for user in (1, 2):
            mine = server.save(task, user, chosen("money"))
            server.now += timedelta(seconds=1)
            server.update(mine, chosen("people"))
    with ExitStack() as running:
        ports = [free_port(), free_port()]
        for port in ports:
            running.enter_context(serving(study.study.folder, _environment(study), port))
        services = [
            running.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}")) for port in ports
        ]

        def tell(at: int) -> None:
            # in their order, each to the other service; some come twice
            for number, body in enumerate(server.told[at::4]):
                hook = {"X-Tandem-Key": door_key(KEY, "webhook")}
                for _ in range(1 + (number % 3 == 0)):
                    answer = services[number % 2].post("/hooks/label-studio", json=body, headers=hook)
                    assert answer.status_code == 200

        threads = [threading.Thread(target=tell, args=(at,)) for at in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: not _waiting(study))
        said = said_in(study)
        assert len(said) == 2 * len(keys)
        assert {codes for _, _, codes in said} == {("people",)}

        with study.store.writing() as connection:
            promote(connection, get_model(connection, "v1").id, verdict="better", reason="because")
            assert champion(connection) is not None
        backend = ("tandem", door_key(KEY, "backend"))
        for one in services:
            assert one.post("/ml/setup", auth=backend).json() == {"model_version": "tandem v1"}
        services[0].get(f"/?key={KEY}")
        services[1].cookies = services[0].cookies
        # behind a proxy both are asked by the one address that the browser knows
        assert services[1].get("/", headers={"Host": f"127.0.0.1:{ports[0]}"}).status_code == 200


def _waiting(study: Parts) -> int:
    with study.store.reading() as connection:
        return count_waiting(connection)


def test_one_service_leads_until_it_ends(study: Parts) -> None:
    """Another process leads as soon as the connection of the one that did is gone, however it went."""
    other = open_store(study.database_url)
    try:
        first, second = Leading(study.store, "reading"), Leading(other, "reading")
        else_led = Leading(other, "something else")
        assert first.leads()
        assert not second.leads()
        assert first.leads()
        assert else_led.leads()
        first.give_up()
        assert second.leads()
        assert not first.leads()
        with other.reading() as connection:
            # this lock's alone: on the same server other tests have leaders of their own
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = %s",
                (second._number,),
            )
        until(first.leads)
        assert not second.leads()
    finally:
        for leading in (first, second, else_led):
            leading.give_up()
        other.close()
