"""A real Tandem server in a process of its own, and waiting for what comes true."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from builders import PATIENCE_S

KEY = "test-key-" + "k" * 30


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    study: Path,
    environment: Mapping[str, str],
    port: int,
    *,
    reconcile: float = 0,
    program: Sequence[str] = (sys.executable, "-m", "service.cli.main"),
) -> Iterator[subprocess.Popen[bytes]]:
    """A real server for a study, in a process of its own; killed at the end if it still runs."""
    command = [*program, "serve", "--study", str(study)]
    command += ["--port", str(port), "--no-worker", "--reconcile", str(reconcile)]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(port))
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end; kill it if it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Does a server of Tandem answer there?"""
    # certificates are not asked for here, and to load those that this machine trusts takes 20 ms of each try
    return httpx.get(f"http://127.0.0.1:{port}/health", timeout=2, verify=False).status_code == 200  # noqa: S501


def until(true: Any, limit_s: float = PATIENCE_S) -> None:
    """Wait until something holds; an AssertionError if it never does."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if true():
                return
        time.sleep(0.1)
    raise AssertionError("it did not come true in time")
