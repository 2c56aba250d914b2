"""What takes long to work out and is looked at often: kept, and worked out anew beside those who look."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from annotations.errors import said_of

T = TypeVar("T")
# below this it is worked out for everybody who looks; above, whoever looks sees what was found last
QUICK_S = 0.12
FRESH_S = 5.0
PATIENCE_S = 1.0
# what is old, and takes no longer than this, is waited for: a lead who has just handed out sees that she has
WAIT_S = 0.5
log = logging.getLogger("tandem.server")


class Remembered(Generic[T]):
    """A value that a function works out.

    It is slow once it was slow twice in a row: the first time a database may have been opened for it.
    """

    def __init__(self, work_out: Callable[[], T], *, quick_s: float = QUICK_S) -> None:
        self._work_out = work_out
        self.quick_s = quick_s
        self._lock = threading.Lock()
        self._found: T | None = None
        self._slow = 0
        self._took = 0.0
        self._when = 0.0
        self._at = datetime.now(UTC)

    def get(self) -> tuple[T | None, datetime | None]:
        """The value, and when it was worked out where that was not for whoever looks now.

        None where somebody works it out for the first time and is not soon done.
        """
        if self._found is None or self._slow < 2:
            if not self._lock.acquire(timeout=PATIENCE_S):
                return self._found, self._at
            try:
                return self._anew(), None
            finally:
                self._lock.release()
        kept = self._found
        if time.monotonic() - self._when > FRESH_S and self._lock.acquire(blocking=False):
            beside = threading.Thread(target=self._beside, daemon=True)
            beside.start()
            if self._took <= WAIT_S:
                beside.join(WAIT_S)
                if not beside.is_alive():
                    return self._found, self._at
        return kept, self._at

    def warm_up(self) -> None:
        """Work it out before anybody looks; what fails is said then to whoever looks."""
        with self._lock:
            self._log_faults()

    def _beside(self) -> None:
        try:
            self._log_faults()
        finally:
            self._lock.release()

    def _log_faults(self) -> None:
        try:
            self._anew()
        except Exception as error:  # noqa: BLE001 (a thread that ends would do so in silence)
            log.error("working out how far the study is failed: %s", said_of(error))

    def _anew(self) -> T:
        began = time.monotonic()
        worked_out = self._work_out()
        self._took = time.monotonic() - began
        slow = self._took > self.quick_s
        self._slow = self._slow + 1 if slow else 0
        self._when, self._at = time.monotonic(), datetime.now(UTC)
        self._found = worked_out
        return worked_out
