"""Many rows written in transactions of a few, so that nobody who saves meanwhile waits for all of them.

SQLite has one writer at a time, and lets in whoever asks next, not whoever has waited longest. So there is a pause after
each transaction, as long as it took: others get half of the time. PostgreSQL's writers wait for single rows only.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection

from annotations.lots import Items, lots
from annotations.store.database import LOCK_ASKED_EVERY_S, Store

# some 3 ms of processor; a job gives way to others, so it may hold the lock for several times as long by the clock
ROWS = 50
LONGEST_PAUSE_S = 0.5


def in_small_transactions(
    store: Store,
    items: Items,
    write: Callable[[Connection, Items], object],
    *,
    most: int = ROWS,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Let ``write`` write ``items``, at most ``most`` in a transaction; what is kept stays if a later one fails.

    ``pause``: waits so many seconds.
    """
    left = len(items)
    for some in lots(items, most):
        begun = time.monotonic()
        with store.writing() as connection:
            write(connection, some)
        left -= len(some)
        if left and store.schema is None:
            # longer than the others take to ask again, or the pause would be none
            pause(min(LONGEST_PAUSE_S, max(2 * LOCK_ASKED_EVERY_S, time.monotonic() - begun)))
