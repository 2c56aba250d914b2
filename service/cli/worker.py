"""tandem worker: does the jobs that were asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from annotations.numbers_shown import counted
from service.cli.options import StudyOption, chosen
from service.cli.output import say

NAME = "worker"
# of 19: the scheduler gives a process at 10 about a tenth of what one at 0 gets
GIVES_WAY = 10


def command(
    once: Annotated[bool, typer.Option("--once", help="Do what waits, then stop.")] = False,
    until_stdin_ends: Annotated[bool, typer.Option("--until-stdin-ends", hidden=True)] = False,
    study: StudyOption = None,
) -> None:
    """Train and make suggestions when asked to, until stopped."""
    import signal
    import sys

    from service.composition import open_parts
    from service.jobs.worker import do_waiting_jobs, work_until_stopped

    with open_parts(chosen(study)) as parts:
        if once:
            say(f"Did {counted(do_waiting_jobs(parts), 'job')}.")
            return
        # as the first process of a container it would not be stopped by SIGTERM otherwise
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        if until_stdin_ends:
            _stop_when_stdin_ends()
            _give_way()
        say("Waiting for jobs. Stop with Ctrl+C.")
        work_until_stopped(parts)


def _stop_when_stdin_ends() -> None:
    """Stop as SIGTERM would once the server that holds the other end is gone, however it went."""
    import os
    import signal
    import sys
    import threading

    def wait() -> None:
        # unbuffered: Python cannot end while a thread holds the lock of a buffer
        while os.read(sys.stdin.fileno(), 1):
            continue
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _give_way() -> None:
    """Beside a server: coders wait for its answers, nobody for this; on an idle machine it is as quick as ever."""
    import os

    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
