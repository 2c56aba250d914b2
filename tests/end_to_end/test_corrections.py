"""What coders decide in the real Label Studio arrives once, whatever fails between there and the store."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from coders_at_work import Coding, Person, chosen, invite
from lossy_line import Line
from postgresql import POSTGRESQL, a_schema
from pushed_work import Work
from real_server import KEY, free_port, serving, until

from annotations.errors import TandemError, Unreachable
from annotations.label_studio.read_answers import Answers
from annotations.progress import quiet
from annotations.store import tables
from annotations.store.label_studio_users import keep_users
from annotations.store.webhooks import count_waiting
from service.access.keys import door_key
from service.corrections.inbox import Inbox
from service.corrections.pull import pull_all
from service.label_studio.local import Access, LocalLabelStudio

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"
    ),
]
MakeWork = Callable[..., Work]


@pytest.fixture(scope="module")
def people(label_studio: Access) -> list[Person]:
    """Twenty coders with logins of their own."""
    return invite(label_studio, [f"coder{at}-{uuid4().hex[:6]}@example.org" for at in range(20)])


@pytest.fixture
def make_work(tmp_path: Path, label_studio: Access, people: list[Person]) -> Iterator[MakeWork]:
    """Make a study that is pushed to a project of its own."""
    made: list[Work] = []

    def make(tasks: int = 8, database: str | None = None, folder: Path = tmp_path) -> Work:
        made.append(Work(folder / "study", label_studio, people, tasks, database))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def schema() -> Iterator[str]:
    """The address of an empty PostgreSQL schema, whose connections bear a name of their own."""
    with a_schema() as name:
        yield f"{POSTGRESQL}?schema={name}&application_name={name}"


def _at_work(work: Work, steps: int, coders: int = 4) -> None:
    """Some coders work at the same time, each on tasks at random."""
    coding = [Coding(one, work.tasks, seed) for seed, one in enumerate(work.people[:coders])]
    with ThreadPoolExecutor(coders) as threads:
        for done in [threads.submit(one.step) for _ in range(steps) for one in coding]:
            done.result()


def _equal_after_pull(work: Work) -> None:
    work.pull()
    assert work.in_tandem() == work.in_label_studio()
    assert work.in_tandem()
    assert work.pull().counted.total() == 0


def test_each_decision_arrives_by_itself(make_work: MakeWork) -> None:
    """Saved, changed, skipped, deleted: the webhooks alone bring the store to what Label Studio holds."""
    work, port = make_work(), free_port()
    work.attach(port)
    one, other = work.people[:2]
    with work.serving(port):
        first = one.save(work.tasks[0], chosen("money"))
        gone = one.save(work.tasks[1], chosen("trust"))
        one.save(work.tasks[2], [], was_cancelled=True)
        one.save(work.tasks[3], chosen(nothing=True))
        other.save(work.tasks[0], chosen("people", "time"))
        one.update(first, chosen("people"))
        one.delete(gone)
        until(lambda: len(work.in_tandem()) == 3 and work.in_tandem() == work.in_label_studio())
    assert work.pull().counted.total() == 0


# a server that stands still at a moment: before it works off what it stored, or before it keeps what came of it
_STANDS_STILL = """
import sys, time
from pathlib import Path
from service.cli.main import main
from service.corrections.inbox import Inbox

moment, here = sys.argv.pop(1), Path(sys.argv.pop(1))
work_off = Inbox._work_off

def stand_still(*_):
    here.touch()
    time.sleep(3600)

def work_off_and_stand_still(self, connection, run):
    work_off(self, connection, run)
    stand_still()

if moment == "stored":
    Inbox.work_off = stand_still
else:
    Inbox._work_off = work_off_and_stand_still
main()
"""


@pytest.mark.parametrize("moment", ["stored", "worked off and not kept"])
def test_a_server_killed_between_storing_and_processing(
    make_work: MakeWork, tmp_path: Path, moment: str
) -> None:
    """What was answered is durable: the next process makes reviews of it, without reading Label Studio."""
    work, port = make_work(), free_port()
    tasks = work.tasks if moment == "stored" else work.tasks[:1]
    bodies = [_told(work, task, work.people[0].save(task, chosen("money"))) for task in tasks]
    with work.parts.store.writing() as connection:
        keep_users(connection, work.server.url, Answers(work.server).users())
    here = tmp_path / "here"
    program = [sys.executable, "-c", _STANDS_STILL, moment, str(here)]
    with serving(work.folder, work.environment, port, program=program) as server:
        hook = f"http://127.0.0.1:{port}/hooks/label-studio"
        for body in bodies:
            answer = httpx.post(hook, json=body, headers={"X-Tandem-Key": door_key(KEY, "webhook")})
            assert answer.status_code == 200
        until(here.exists)
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    with work.parts.store.reading() as connection:
        assert count_waiting(connection) == len(bodies)
    assert work.in_tandem() == []
    with work.serving(port):
        until(lambda: work.in_tandem() == work.in_label_studio())
    assert len(work.in_tandem()) == len(bodies)
    assert work.pull().counted.total() == 0


def _told(work: Work, task: int, annotation: int) -> dict[str, Any]:
    plain = work.server.get(f"api/tasks/{task}/", {})
    (made,) = [one for one in plain["annotations"] if one["id"] == annotation]
    made["completed_by"] = (
        made["completed_by"]["id"] if isinstance(made["completed_by"], dict) else made["completed_by"]
    )
    told = {"id": task, "data": plain["data"]}
    return {"action": "ANNOTATION_CREATED", "annotation": made, "task": told, "project": {"id": work.project}}


def test_webhooks_lost_doubled_and_late(make_work: MakeWork) -> None:
    """One in five is lost, others come twice or in another order; a pull evens it out."""
    work = make_work()
    line = Line(free_port(), free_port())
    work.attach(line.port)
    with work.serving(line.to):
        _at_work(work, steps=8)
        line.close()
    assert line.carried["lost"]
    assert line.carried["late"] + line.carried["doubled"]
    _equal_after_pull(work)


def test_twenty_coders_save_at_once(make_work: MakeWork) -> None:
    """Nobody's decision is lost or doubled when all press Submit in the same moment."""
    work, port = make_work(tasks=20), free_port()
    work.attach(port)
    with work.serving(port), ThreadPoolExecutor(20) as threads:
        saved = [
            threads.submit(one.save, work.tasks[at], chosen("money", "trust"))
            for at, one in enumerate(work.people)
        ]
        assert len({one.result() for one in saved}) == 20
    _equal_after_pull(work)
    assert len(work.in_tandem()) == 20


def test_label_studio_stops_in_the_middle_of_a_pull(
    make_work: MakeWork, local: LocalLabelStudio, label_studio: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read stays, nothing is taken for deleted, and the next pull goes on."""
    monkeypatch.setattr("annotations.label_studio.read_answers.PAGE", 3)
    work = make_work()
    for at, task in enumerate(work.tasks):
        work.people[at % 2].save(task, chosen("money"))
    work.pull()
    for task in work.tasks:
        work.people[2].save(task, chosen("time"))

    class Stopping(Answers):
        def pages(self, project: int, *, since: datetime | None = None) -> Iterator[Any]:
            for page in super().pages(project, since=since):
                yield page
                local.stop()

    with pytest.raises(Unreachable, match="does not answer"):
        pull_all(work.parts, Inbox(work.parts), Stopping(work.server), quiet)
    assert len(work.in_tandem()) == len(work.tasks) + 3
    local.start(port=int(label_studio.url.rsplit(":", 1)[1]))
    _equal_after_pull(work)


@pytest.mark.postgresql
def test_postgresql_cuts_every_connection(make_work: MakeWork, schema: str) -> None:
    """A restart of the database costs at most a webhook's answer; the server goes on by itself."""
    import psycopg

    work, port = make_work(database=schema), free_port()
    work.attach(port)
    with work.serving(port, reconcile=2), psycopg.connect(POSTGRESQL, autocommit=True) as other:
        cut = 0
        for _ in range(3):
            _at_work(work, steps=2)
            ended = other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
                (schema.rsplit("=", 1)[1],),
            )
            cut += len(ended.fetchall())
        assert cut
        until(lambda: work.in_tandem() == work.in_label_studio())
    _equal_after_pull(work)


def test_sqlite_is_locked_for_ten_seconds(make_work: MakeWork) -> None:
    """Somebody else's long writing makes Label Studio give up on webhooks; reconciling brings them."""
    work, port = make_work(), free_port()
    work.attach(port)
    with work.serving(port, reconcile=2):
        other = sqlite3.connect(work.folder / "tandem.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(11, lambda: other.execute("ROLLBACK"))
        release.start()
        _at_work(work, steps=2)
        release.join()
        other.close()
        until(lambda: work.in_tandem() == work.in_label_studio())
    _equal_after_pull(work)


def test_the_disk_is_full(make_work: MakeWork, tmp_path: Path) -> None:
    """A full disk refuses webhooks in words and keeps the database whole; with room again nothing is missing."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be made by an administrator")
    try:
        work, port = make_work(folder=small), free_port()
        work.attach(port)
        filler = small / "filler"
        with work.serving(port):
            with filler.open("wb", buffering=0) as file:
                _fill(file)
            _at_work(work, steps=8)
            with pytest.raises(TandemError, match="disk"):
                work.pull()
            filler.unlink()
            _equal_after_pull(work)
        with sqlite3.connect(work.folder / "tandem.db") as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        work.close()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def _fill(file: Any) -> None:
    for size in (1 << 20, 1 << 12, 1):
        try:
            while True:
                file.write(b"\0" * size)
        except OSError:
            continue


def test_the_clock_goes_backwards(make_work: MakeWork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tandem's clock set back by a day between two pulls changes neither order nor content."""

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - timedelta(days=1)

    work = make_work()
    mine = work.people[0].save(work.tasks[0], chosen("money"))
    work.pull()
    monkeypatch.setattr(tables, "datetime", Earlier)
    time.sleep(0.01)
    work.people[0].update(mine, chosen("trust"))
    _at_work(work, steps=2)
    _equal_after_pull(work)
    monkeypatch.undo()
    _at_work(work, steps=1)
    _equal_after_pull(work)
