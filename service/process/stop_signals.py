"""Being told to stop, by Ctrl+C or by whoever looks after processes, so that nothing is left running."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNS = (signal.SIGINT, signal.SIGTERM)


def stop_when_told() -> None:
    """From now on SIGTERM and SIGINT end this command as Ctrl+C does: what was begun is tidied up.

    SIGINT too, since a shell lets what it starts in the background ignore it.
    """
    for sign in SIGNS:
        signal.signal(sign, _stop)


def finish_undisturbed() -> None:
    """From now on neither is heard any more: tidying up must not be broken off by whoever is impatient."""
    for sign in SIGNS:
        signal.signal(sign, signal.SIG_IGN)


@contextmanager
def heard_afterwards() -> Iterator[None]:
    """What comes within is heard at the end: a process has just been started of which no record is kept yet."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are heard in the main thread alone
        return
    came: list[int] = []
    before = {sign: signal.signal(sign, lambda number, _frame: came.append(number)) for sign in SIGNS}
    try:
        yield
    finally:
        for sign, what in before.items():
            signal.signal(sign, signal.SIG_DFL if what is None else what)
        for number in came:
            signal.raise_signal(number)


def _stop(*_: object) -> None:
    finish_undisturbed()
    raise KeyboardInterrupt
