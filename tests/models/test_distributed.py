"""Workers of Ray on two nodes: the same numbers, each shard once, whatever dies meanwhile."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from builders import PATIENCE_S, skip_or_fail
from listening import listening
from sharded_study import (
    PASSAGES,
    a_store,
    a_study,
    assert_alike,
    forget_suggestions,
    in_shards,
    said_by,
    worker_here,
)

from annotations.codebook.codes import Codebook
from annotations.codebook.files import write_codebook
from annotations.errors import TandemError, Unreachable
from annotations.progress import quiet
from models import distributed, sharded
from models.distributed import NoRay, cluster_at, local_cluster
from models.embedder import EmbedderSource
from models.suggester import Suggester

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
AGENTS = ("ray::DashboardAgent", "ray::RuntimeEnvAgent")


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Any]:
    """A cluster of two raylets with a processor each, on loopback."""
    if importlib.util.find_spec("ray") is None:
        skip_or_fail("Ray is not installed")
    before = dict(os.environ)
    os.environ.update({"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"})
    from ray.cluster_utils import Cluster

    few = {"num_cpus": 1, "object_store_memory": 80 * 1024 * 1024, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=few)
    cluster.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
    yield cluster
    cluster.shutdown()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def suggester(
    migrated_file: Path, codebook: Codebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Suggester]:
    """A study in shards of two passages, whose vectors are known."""
    monkeypatch.setattr(sharded, "SHARD", 2)
    with a_store(migrated_file, tmp_path) as store:
        yield a_study(store, codebook, tmp_path, EmbedderSource(device="cpu"))


def _at(cluster: Any) -> Any:
    return cluster_at(cluster.address, dict(os.environ), lambda _others: None)


def _expected(suggester: Suggester) -> dict[str, Any]:
    forget_suggestions(suggester)
    suggester.precode(wave="2", progress=quiet)
    return said_by(suggester)


def _workers(cluster: Any) -> list[psutil.Process]:
    """The processes that do the work, on any node."""
    return [
        child
        for node in cluster.list_all_nodes()
        for its in node.all_processes["raylet"]
        for child in psutil.Process(its.process.pid).children()
        if child.name().startswith("ray::") and "Agent" not in child.name() and "_" not in child.name()
    ]


def test_two_nodes_come_to_what_this_process_finds(two_nodes: Any, suggester: Suggester) -> None:
    """Probabilities to 1e-6, and the same suggestions for the same reasons."""
    made = in_shards(suggester, _at(two_nodes)).precode(wave="2", progress=quiet)
    found = said_by(suggester)
    assert (made.segments, len(found)) == (PASSAGES, PASSAGES)
    assert_alike(found, _expected(suggester))


def test_a_killed_worker_costs_nothing(two_nodes: Any, suggester: Suggester) -> None:
    """Its shard is made by another one; each is there once."""
    killed = []

    def kill(done: int, _total: int) -> None:
        if done and not killed:
            for one in _workers(two_nodes)[:1]:
                one.kill()
                killed.append(one.pid)

    in_shards(suggester, _at(two_nodes)).precode(wave="2", progress=kill)
    assert killed
    assert_alike(said_by(suggester), _expected(suggester))


DRIVER = """
import os, sys, time
from pathlib import Path
from annotations.codebook.files import read_codebook
from annotations.store.database import open_store
from models import sharded
from models.distributed import cluster_at, local_cluster
from models.embedder import EmbedderSource
from models.embedding_cache import EmbeddingCache
from models.sharded import Sharded
from models.suggester import Suggester
from annotations.segment import Segmentation

folder, address = Path(sys.argv[1]), sys.argv[2]
sharded.SHARD = 2
here, there = local_cluster(dict(os.environ)), cluster_at(address, dict(os.environ), lambda _: None)
cluster = here if address == "here" else there
engine = Sharded(folder / ".tandem-precoding", folder / "models", cluster)
store, cache = open_store(f"sqlite:///{folder / 'tandem.db'}"), EmbeddingCache(folder / "embeddings.db")
encoder, codebook = EmbedderSource(device="cpu"), read_codebook(folder / "codebook.yaml")

def slow(done, total):
    if done:
        print(done, flush=True)
        time.sleep(1)

Suggester(store, codebook, Segmentation(), encoder, cache, folder / "models", engine).precode(wave="2", progress=slow)
"""


def _driver_after_a_shard(folder: Path, codebook: Codebook, address: str) -> subprocess.Popen[str]:
    """A process that lets this study be suggested for, once it has kept a shard."""
    write_codebook(codebook, folder / "codebook.yaml")
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(folder), address], stdout=subprocess.PIPE, text=True
    )
    assert driver.stdout is not None
    driver.stdout.readline()
    return driver


def _kill(driver: subprocess.Popen[str]) -> None:
    driver.send_signal(signal.SIGKILL)
    driver.wait(PATIENCE_S)
    assert driver.stdout is not None
    driver.stdout.close()


def test_a_killed_driver_goes_on_with_what_is_missing(
    two_nodes: Any, suggester: Suggester, codebook: Codebook, tmp_path: Path
) -> None:
    """What was taken in before counts, each shard once; what was left on the disk is erased."""
    _kill(_driver_after_a_shard(tmp_path, codebook, two_nodes.address))
    kept = len(said_by(suggester))
    assert 0 < kept < PASSAGES
    assert (tmp_path / ".tandem-precoding").exists()
    made = in_shards(suggester, worker_here).precode(wave="2", progress=quiet)
    assert made.already == kept
    assert not (tmp_path / ".tandem-precoding").exists()
    assert_alike(said_by(suggester), _expected(suggester))


def test_a_ray_started_here_listens_on_loopback_alone_and_ends_with_its_command(
    suggester: Suggester, codebook: Codebook, tmp_path: Path
) -> None:
    """Each of its processes, and none is left when the command is killed.

    But for Ray's agents, which try for a minute, by a constant of Ray's, to tell a head that is gone: not waited for.
    """
    driver = _driver_after_a_shard(tmp_path, codebook, "here")
    started = [psutil.Process(driver.pid), *psutil.Process(driver.pid).children(recursive=True)]
    heard = set()
    for one in started:
        with suppress(psutil.Error):  # ended meanwhile
            heard |= {its.laddr.ip for its in one.net_connections() if its.status == psutil.CONN_LISTEN}
            assert one.environ().get("RAY_AUTH_MODE", "token") == "token"
    assert heard
    assert all(one.removeprefix("::ffff:") == "127.0.0.1" for one in heard)
    agents = [its for its in started if its.is_running() and its.name() in AGENTS]
    assert len(agents) == len(AGENTS)
    _kill(driver)
    _, left = psutil.wait_procs([its for its in started if its not in agents], PATIENCE_S)
    assert left == []
    for agent in agents:
        with suppress(psutil.NoSuchProcess):
            agent.kill()
    assert len(said_by(suggester)) > 0


def test_no_module_of_a_study_is_imported_by_workers(
    two_nodes: Any, suggester: Suggester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray's workers look for modules where the command stands: it stands in an empty folder meanwhile."""
    planted = tmp_path / "planted"
    for package in ("models", "annotations"):
        (planted / package).mkdir(parents=True)
        (planted / package / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", "utf-8")
    monkeypatch.chdir(planted)
    in_shards(suggester, _at(two_nodes)).precode(wave="2", progress=quiet)
    assert Path.cwd() == planted
    assert not (tmp_path / "ran").exists()


def test_machines_elsewhere_are_asked_about_before_anything_is_written(
    two_nodes: Any, suggester: Suggester, tmp_path: Path
) -> None:
    """Whoever refuses them is heard while no shard lies anywhere; of a cluster of this machine there are none."""
    asked: list[Any] = []

    def refuse(others: Any) -> None:
        asked.append(list(others))
        assert not (tmp_path / ".tandem-precoding").exists()
        raise TandemError("not there")

    with pytest.raises(TandemError, match="not there"):
        in_shards(suggester, cluster_at(two_nodes.address, dict(os.environ), refuse)).precode(
            wave="2", progress=quiet
        )
    assert asked == [[]]


def test_a_node_lost_in_the_middle_costs_nothing(two_nodes: Any, suggester: Suggester) -> None:
    """The other one makes what it had not finished."""
    lost = []

    def lose(done: int, _total: int) -> None:
        if done and not lost:
            lost.append(two_nodes.worker_nodes.copy().pop())
            two_nodes.remove_node(lost[0], allow_graceful=False)

    in_shards(suggester, _at(two_nodes)).precode(wave="2", progress=lose)
    assert_alike(said_by(suggester), _expected(suggester))


def test_an_address_that_does_not_answer_is_a_sentence_within_seconds(tmp_path: Path) -> None:
    """Whether nothing listens there, or something that says nothing, or something that is no Ray."""
    with socket.create_server(("127.0.0.1", 0)) as silent, listening() as web:
        addresses = ("127.0.0.1:1", f"127.0.0.1:{silent.getsockname()[1]}", web.url.removeprefix("http://"))
        for address in addresses:
            begin = time.monotonic()
            with pytest.raises(Unreachable, match=address), cluster_at(address, {}, lambda _: None)():
                pass
            assert time.monotonic() - begin < PATIENCE_S


def test_without_ray_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started, and the sentence says what to do."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(NoRay, match=r"pip install 'tandem-coding\[ray\]'"), local_cluster(dict(os.environ))():
        pass


class _RayLikeItself:
    """As much of Ray as starts: it makes its folder and opens it to everybody, as ray._private.utils does."""

    def init(self, **how: Any) -> None:
        """Keep what it was told, and how its folder stands."""
        self.told, folder = how, Path(how["_temp_dir"])
        folder.mkdir()
        folder.chmod(0o777)
        self.around = stat.S_IMODE(folder.parent.stat().st_mode)

    def shutdown(self) -> None:
        """Nothing runs."""


def test_nobody_else_on_the_machine_reaches_the_sockets_of_a_ray_started_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever may write where they lie puts their own there, and runs programs as whoever typed the command."""
    ray = _RayLikeItself()
    monkeypatch.setattr(distributed, "_ray", lambda _place: ray)
    with local_cluster({"RAY_ADDRESS": "elsewhere.example.org:6379"})():
        assert ray.around == 0o700
    # left out, Ray takes the address of another cluster out of the environment
    assert ray.told["address"] == "local"


def test_a_cluster_of_another_user_of_this_machine_is_not_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any user can listen at loopback, and what a cluster answers can run programs as whoever asked it."""
    frame = bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"

        def answer() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    line.sendall(frame)

        threading.Thread(target=answer, daemon=True).start()
        monkeypatch.setattr(distributed.os, "getuid", lambda: os.geteuid() + 4_000)
        monkeypatch.setattr(distributed, "_ROOT", -1)  # whoever runs the tests may be root
        monkeypatch.setattr(distributed, "_ray", lambda _place: pytest.fail("it was spoken to"))
        entered = cluster_at(address, {}, lambda _: None)()
        with pytest.raises(Unreachable, match=f"{address} belongs to another user"), entered:
            pass
