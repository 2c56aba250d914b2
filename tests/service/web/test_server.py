"""The server's processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from builders import PATIENCE_S
from fake_label_studio import pushed_study
from real_server import KEY, answers, free_port, until

from annotations.codebook.codes import Codebook

pytestmark = pytest.mark.server


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_its_server(tmp_path: Path, codebook: Codebook, sign: int) -> None:
    """However the server ends, its worker does not go on alone beside the next server's."""
    pushed_study(tmp_path / "study", codebook).close()
    port = free_port()
    command = [sys.executable, "-m", "service.cli.main", "serve", "--study", str(tmp_path / "study")]
    command += ["--port", str(port), "--reconcile", "0"]
    environment = {**os.environ, "TANDEM_SESSION_KEY": KEY, "TANDEM_STATE": str(tmp_path / "state")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            until(lambda: answers(port))
            (worker,) = psutil.Process(server.pid).children()
            assert "worker" in worker.cmdline()
            os.kill(server.pid, sign)
            server.wait(PATIENCE_S)
            until(lambda: not _runs(worker))
        finally:
            server.kill()
            if worker.is_running():
                worker.kill()


def test_a_worker_that_is_told_to_stop_does_so_without_a_word(tmp_path: Path, codebook: Codebook) -> None:
    """While it listens whether its server is there still: nothing of that is left hanging when it ends."""
    pushed_study(tmp_path / "study", codebook).close()
    command = [sys.executable, "-u", "-m", "service.cli.main", "worker", "--study", str(tmp_path / "study")]
    environment = {**os.environ, "TANDEM_STATE": str(tmp_path / "state")}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, "--until-stdin-ends"], env=environment, text=True, **pipes) as worker:
        try:
            assert "Waiting for jobs" in worker.stdout.readline()
            worker.terminate()
            assert worker.wait(PATIENCE_S) == 0
            assert worker.stderr.read() == ""
        finally:
            worker.kill()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
