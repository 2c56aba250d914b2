"""The Label Studio that Tandem starts on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from builders import PATIENCE_S, REPOSITORY
from real_server import free_port, until

from service.label_studio.local import LocalLabelStudio
from service.process.free_port import refuse_busy_port

# its first process ends at once when it is told to, the one that serves a moment later
_PROGRAM = """\
#!{python}
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({{"status": "UP"}}).encode())

def leave(*_):
    time.sleep(1.5)
    os._exit(0)

server = HTTPServer(("127.0.0.1", int(sys.argv[-1])), Answers)
if os.fork():
    server.socket.close()
    signal.pause()
signal.signal(signal.SIGTERM, leave)
server.serve_forever()
"""


@pytest.mark.server
def test_its_port_is_free_once_it_is_stopped(tmp_path: Path) -> None:
    """Stopping waits for the last of its processes, so that it can be started again on the same port at once."""
    program = tmp_path / "env" / "bin" / "label-studio"
    program.parent.mkdir(parents=True)
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    local, port = LocalLabelStudio(tmp_path / "state", tmp_path / "env"), free_port()
    local.start(port=port)
    assert local.stop()
    refuse_busy_port("127.0.0.1", port)
    assert local.status()["running"] is False


# the exit status of a command that Ctrl+C ended
INTERRUPTED = 130
# it holds its port and never says that it is up
_STARTING = """\
#!{python}
import signal, socket, sys, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.7), sys.exit(0)))
with socket.create_server(("127.0.0.1", int(sys.argv[-1]))):
    while True:
        signal.pause()
"""
_DEMO = """
import sys
from types import SimpleNamespace
from unittest import mock
from service.cli.main import main
nothing = mock.Mock(return_value=SimpleNamespace(settings=None, close=lambda: None))
def into(parts, *, port, tell):
    from service.label_studio.local import LocalLabelStudio
    from service.settings import read_settings
    settings = read_settings()
    LocalLabelStudio(settings.state, settings.label_studio_env).start(port=port)
with (
    mock.patch("service.demo.make_sample", nothing),
    mock.patch("service.demo.learn_and_suggest", nothing),
    mock.patch("service.demo.into_label_studio", into),
):
    main()
"""


def _ignores_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.server
@pytest.mark.parametrize(
    ("command", "signs", "before"),
    [
        ("demo", [signal.SIGTERM], None),
        ("demo", [signal.SIGINT], None),
        ("demo", [signal.SIGINT], _ignores_interrupts),
        ("demo", [signal.SIGTERM, signal.SIGTERM, signal.SIGINT], None),
        ("label-studio start", [signal.SIGTERM], None),
    ],
    ids=["SIGTERM", "SIGINT", "SIGINT in the background", "an impatient person", "no demonstration"],
)
def test_it_goes_with_the_command_that_starts_it(
    tmp_path: Path, command: str, signs: list[signal.Signals], before: Callable[[], None] | None
) -> None:
    """Told to stop while Label Studio is starting, the command takes it along, and nothing listens there any more."""
    program, port = tmp_path / "env" / "bin" / "label-studio", free_port()
    program.parent.mkdir(parents=True)
    program.write_text(_STARTING.format(python=sys.executable))
    program.chmod(0o755)
    given = ["demo", "--no-serve", "--label-studio-port", str(port)]
    if command != "demo":
        given = ["label-studio", "start", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", _DEMO, *given],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "TANDEM_STATE": str(tmp_path / "state"),
            "TANDEM_LABEL_STUDIO_ENV": str(tmp_path / "env"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )
    noted = tmp_path / "state" / "label-studio" / "running.json"
    started = 0
    try:
        started = _pid_in(noted)
        for sign in signs:
            process.send_signal(sign)
            time.sleep(0.2)
        _, said = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == INTERRUPTED, said
        assert "Traceback" not in said
        assert not psutil.pid_exists(started)
        assert not noted.exists()
        refuse_busy_port("127.0.0.1", port)
    finally:
        process.kill()
        with suppress(ProcessLookupError):
            if started:
                os.killpg(started, signal.SIGKILL)


def _pid_in(noted: Path) -> int:
    """The process that is started, once it is noted and has had the time to begin."""
    until(lambda: noted.is_file() and noted.read_text("utf-8"))
    time.sleep(0.5)
    return int(json.loads(noted.read_text("utf-8"))["pid"])


def test_a_signal_between_the_start_of_a_process_and_its_record_is_heard_after_it() -> None:
    """It is neither lost nor heard in between, in the order in which signals came."""
    script = textwrap.dedent("""
        import signal
        from service.process.stop_signals import heard_afterwards, stop_when_told
        stop_when_told()
        try:
            with heard_afterwards():
                signal.raise_signal(signal.SIGTERM)
                print("noted")
        except KeyboardInterrupt:
            print("stopped")
        signal.raise_signal(signal.SIGINT)
        print("tidied up")
        """)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:-1] == ["noted", "stopped", "tidied up"]
