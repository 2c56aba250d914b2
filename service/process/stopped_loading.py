"""A command that is stopped while it still loads its modules ends with a sentence: it has done nothing yet."""

from __future__ import annotations

import os
import signal

# what a shell gives a program that Ctrl+C ends
INTERRUPTED = 130
STOPPED = "Stopped. What was finished is kept; run the same command again to go on."


def end_quietly_while_loading() -> None:
    """Until ``loaded``, Ctrl+C ends the process. An exception would not do: half-loaded modules make others of it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def loaded() -> None:
    """From now on a stop is an exception again, as commands expect it."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(*_: object) -> None:
    os.write(2, f"{STOPPED}{os.linesep}".encode())
    os._exit(INTERRUPTED)
