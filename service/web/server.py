"""Running the server: the application, and beside it a worker process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from service.access.keys import key_for
from service.access.service_address import note_address
from service.composition import Parts
from service.process.log_lines import keep_words_out
from service.settings import child_environment
from service.web.app import LOOPBACK, create_app
from service.web.connections import QuietServer, bounded, limits_here

RECONCILE_S = 60.0
STOP_LIMIT_S = 20.0
# how long a thread that only computes may keep the others waiting. Python's own 5 ms add up: who answers a page or a
# webhook reads up to a thousand rows, and sqlite3 gives its turn away at each
TURN_S = 0.00005
BACKLOG = 64
# some libraries read settings in the folder where they are started; here lies nothing but our own code
OWN_FOLDER = Path(__file__).parent


def key_of(parts: Parts) -> str:
    """The study's session key: the environment's, else the one in this machine's state folder."""
    return key_for(parts.settings, parts.study.folder)


def serve(
    parts: Parts,
    *,
    host: str,
    port: int,
    hosts: Sequence[str] = (),
    reconcile_every: float | None = RECONCILE_S,
    with_worker: bool = True,
) -> None:
    """Serve until stopped."""
    import uvicorn

    sys.setswitchinterval(TURN_S)
    # uvicorn sends itself the signal again once it has stopped; without this nobody would stop the worker
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    note_address(parts, host, port)
    app = create_app(
        parts,
        key=key_of(parts),
        hosts=(*LOOPBACK, *hosts),
        reconcile_every=reconcile_every,
        attach=True,
    )
    with _worker(parts, wanted=with_worker):
        keep_words_out()
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=bounded(limits_here()),
            ws="none",
            backlog=BACKLOG,
            log_config=None,  # uvicorn's own would print tracebacks
            log_level="warning",
            access_log=False,
            server_header=False,
            # uvicorn would believe every header that comes from this machine; client_address alone decides
            proxy_headers=False,
        )
        QuietServer(config).run()


@contextmanager
def _worker(parts: Parts, *, wanted: bool) -> Iterator[None]:
    """A worker process that ends with the server; training in the server's own process would make coders wait.

    It holds the other end of a pipe, which ends even where the server is killed and can tell nobody.
    """
    if not wanted:
        yield
        return
    # -E and -P: no module of the study's folder, of the current one or of PYTHONPATH is taken for one of ours
    command = [sys.executable, "-E", "-P", "-m", "service.cli.main", "worker", "--until-stdin-ends"]
    command += ["--study", str(parts.study.folder)]
    process = subprocess.Popen(  # noqa: S603 (our own program)
        command,
        env=child_environment(parts.settings),
        cwd=OWN_FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
