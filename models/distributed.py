"""Shards on workers of Ray: one on this machine, started for the run, or a cluster. The only importer of Ray.

Through Ray go only where a run's folder lies, the numbers of shards, counts and sentences about faults: no words, so
that neither its object store nor its logs hold any.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, chdir, closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from annotations.errors import TandemError, Unreachable
from models.listener_owner import owners_of_listeners
from models.shard_worker import suggest_shard
from models.sharded import Answer, Spread

INSTALL = "pip install 'tandem-coding[ray]'"
PATIENCE_S = 5.0
_POLL_S = 0.5
_ROOT = 0
_STORE_BYTES = 80 * 1024 * 1024  # Ray's least; numbers of shards are all that it holds
_TEMPORARY = "tandem-ray-"
_HERE = "local"  # left out, Ray would take an address out of RAY_ADDRESS
# an HTTP/2 client's first words, which a Ray server answers with a frame of settings (RFC 9113, 3.4 and 6.5)
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_SETTINGS = 4
_NO_NETWORK = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_DATA_LOGGING = """version: 1
disable_existing_loggers: false
loggers: {ray.data: {level: CRITICAL, propagate: false, handlers: []}}
"""


class NoRay(TandemError):
    """Ray is not installed here."""

    def __init__(self) -> None:
        super().__init__(
            f"--engine ray needs Ray, which is not installed here. Install it with {INSTALL}, or leave the option out to "
            f"work in this process alone."
        )


def local_cluster(environment: Mapping[str, str]) -> Callable[[], AbstractContextManager[Spread]]:
    """A Ray of this machine alone, for as long as it is entered: its ports listen on loopback and ask for a token.

    ``environment``: what its processes are given.
    """

    @contextmanager
    def entered() -> Iterator[Spread]:
        _sweep_temporary()
        with _given_environment({**environment, **_NO_NETWORK, **_local_only()}), _short_folder() as place:
            ray = _ray(place)
            with _connected(
                ray,
                place,
                address=_HERE,
                num_cpus=len(os.sched_getaffinity(0)),
                include_dashboard=False,
                object_store_memory=_STORE_BYTES,
                _node_ip_address="127.0.0.1",
                # Ray opens its folder to every user of the machine (0777), so it lies in one that nobody else may enter
                _temp_dir=str(place / "ray"),
            ):
                yield _spread(ray)

    return entered


def cluster_at(
    address: str, environment: Mapping[str, str], allow: Callable[[Sequence[str]], None]
) -> Callable[[], AbstractContextManager[Spread]]:
    """A cluster that runs already, of which this machine is a node; ``address``: "host:port" of its head.

    ``allow``: is told the addresses of its other machines before anything goes there, and raises where it may not.
    Raises Unreachable within seconds where nothing answers, where what answers is no Ray, or where on this machine it is
    another user's.
    """

    @contextmanager
    def entered() -> Iterator[Spread]:
        _refuse_silence(address)
        _refuse_anothers(address)
        with _given_environment({**environment, **_NO_NETWORK}), _short_folder() as place:
            ray = _ray(place)
            with _connected(ray, place, address=address):
                allow(sorted(_others(ray)))
                yield _spread(ray)

    return entered


def _ray(place: Path) -> Any:
    (place / "data-logging.yaml").write_text(_DATA_LOGGING, "utf-8")
    os.environ["RAY_DATA_LOGGING_CONFIG"] = str(place / "data-logging.yaml")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise NoRay from error
    return ray


@contextmanager
def _connected(ray: Any, place: Path, **how: Any) -> Iterator[None]:
    """Connect, and leave again. Workers look for modules where this process stands, so it stands in an empty folder."""
    empty = place / "empty"
    empty.mkdir()
    on_stop = signal.getsignal(signal.SIGTERM)
    try:
        with chdir(empty):
            ray.init(log_to_driver=False, configure_logging=True, logging_level=logging.CRITICAL, **how)
    except Exception as error:
        with suppress(Exception):
            ray.shutdown()
        raise Unreachable(_why_not(error, how["address"])) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, on_stop)  # Ray puts its own there
    try:
        yield
    finally:
        ray.shutdown()


def _spread(ray: Any) -> Spread:
    def spread(run: Path, numbers: Sequence[int]) -> Iterator[Answer]:
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def fetch() -> None:
            try:
                for answer in _work(ray, run, numbers).iter_rows():
                    answers.put(answer)
            except BaseException as error:  # noqa: BLE001 (raised below, in the thread that asked)
                answers.put(error)
            else:
                answers.put(StopIteration)

        threading.Thread(target=fetch, daemon=True).start()
        while True:
            try:
                answer = answers.get(timeout=_POLL_S)
            except queue.Empty:
                yield None
                continue
            if answer is StopIteration:
                return
            if isinstance(answer, BaseException):
                raise TandemError(_failed(answer)) from None  # its message may hold anything
            yield answer

    return spread


def _work(ray: Any, run: Path, numbers: Sequence[int]) -> Any:
    """The shards as a data set of Ray: one block and one task each, on a GPU where there is one."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    needs = {"num_gpus": 1} if ray.cluster_resources().get("GPU", 0) >= 1 else {"num_cpus": 1}
    return ray.data.from_items(
        [{"shard": number} for number in numbers], override_num_blocks=len(numbers)
    ).map_batches(_answers, batch_size=1, fn_kwargs={"run": str(run)}, **needs)


def _answers(batch: Mapping[str, Any], run: str) -> dict[str, list[Any]]:
    """What a worker does: each answer has every column, so that all are of one kind."""
    answers = [suggest_shard(Path(run), int(number)) for number in batch["shard"]]
    usual = {"shard": 0, "embedded": 0, "sha256": "", "host": "", "fault": ""}
    return {name: [answer.get(name, value) for answer in answers] for name, value in usual.items()}


def _others(ray: Any) -> set[str]:
    """The addresses of the cluster's machines that are not this one."""
    return {node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]} - _own_addresses()


def _own_addresses() -> set[str]:
    return {address.address for its in psutil.net_if_addrs().values() for address in its}


def _refuse_silence(address: str) -> None:
    """Raises Unreachable where nothing answers, or where it is not of Ray's kind: Ray itself waits a minute."""
    host, _, port = address.rpartition(":")
    try:
        with closing(socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE_S)) as line:
            line.settimeout(PATIENCE_S)
            line.sendall(_PREFACE)
            frame = line.recv(9)
    except OSError as error:
        why = "nothing answered in time" if isinstance(error, TimeoutError) else str(error.strerror)
        raise Unreachable(
            f"no Ray cluster answers at {address} ({why}). Look whether it runs there (ray status --address {address}), "
            f"or leave --address out to work on this machine."
        ) from error
    if len(frame) < 4 or frame[3] != _SETTINGS:
        raise Unreachable(
            f"what answers at {address} is no Ray cluster. Give the address of its head, such as host:6379 (ray status "
            f"shows it)."
        )


def _refuse_anothers(address: str) -> None:
    """Raises Unreachable where another user of this machine listens there: the answers of a cluster can run programs.

    Root could do so without Ray.
    """
    host, _, port = address.rpartition(":")
    here = host.strip("[]") in _own_addresses() | {"localhost"}
    others = owners_of_listeners(int(port)) - {os.getuid(), _ROOT} if here else frozenset()
    if others:
        raise Unreachable(
            f"what answers at {address} belongs to another user of this machine (user id {min(others)}). Whoever runs a "
            f"cluster can run programs as you, so nothing was sent there. Start one of your own (ray start), or leave "
            f"--address out to work on this machine."
        )


def _why_not(error: Exception, address: str) -> str:
    if address == _HERE:
        return f"Ray could not be started here ({type(error).__name__}). Leave --engine ray out to work without it."
    text = str(error)
    if "ersion mismatch" in text:
        return f"the Ray cluster at {address} has another version of Ray or Python than this machine. Install the same."
    if "uthentication" in type(error).__name__ or "UNAUTHENTICATED" in text or "token" in text:
        return f"the Ray cluster at {address} asks for a token. Set RAY_AUTH_TOKEN here as it is set there."
    return (
        f"this machine is no node of the Ray cluster at {address} ({type(error).__name__}). Run "
        f'"ray start --address={address}" here first.'
    )


def _failed(error: BaseException) -> str:
    names = {type(cause).__name__ for cause in _causes(error)}
    text = " ".join(str(cause) for cause in _causes(error))
    if "ModuleNotFoundError" in text:
        return "a machine of the Ray cluster has no Tandem. Install the same version there, for the Python that runs Ray."
    if names & {"OutOfMemoryError", "WorkerCrashedError"}:
        return (
            "a worker of Ray died several times over the same shard, most likely for want of memory (about 1 GB each). "
            "What was taken in is kept; give Ray fewer processors (ray start --num-cpus) and run the same command again."
        )
    return (
        f"the Ray cluster failed ({type(error).__name__}). What was taken in is kept; look at it with ray status, and run "
        f"the same command again."
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@cache
def _token() -> str:
    """One for all that this process starts: Ray reads it once."""
    return secrets.token_hex(32)


def _local_only() -> dict[str, str]:
    """Any user of a machine can reach its loopback: without a token they could run programs as this one."""
    return {
        # despite its name, this is what binds every port to loopback, on each system
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": _token(),
    }


@contextmanager
def _given_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """This process's environment for as long as Ray takes it over from here."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _short_folder() -> Iterator[Path]:
    """For Ray's sockets, whose path may have 107 bytes, and its logs, which hold no words; named by this process."""
    place = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sweep_temporary() -> None:
    """What processes that were killed have left of it."""
    for place in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*-*"):
        number = place.name.removeprefix(_TEMPORARY).partition("-")[0]
        with suppress(OSError):
            if number.isdigit() and not psutil.pid_exists(int(number)) and place.stat().st_uid == os.getuid():
                shutil.rmtree(place, ignore_errors=True)
