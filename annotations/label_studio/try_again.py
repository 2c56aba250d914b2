"""Trying again where Label Studio fails for a moment: under load, or while it starts again.

No retrying library is among the dependencies, and the SDK's own tries would repeat requests that make something.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from annotations.errors import Unreachable

# between tries
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
T = TypeVar("T")


class Lasting(Unreachable):
    """Another try a moment later would not mend it."""


def patiently(ask: Callable[[], T], pauses: Sequence[float]) -> T:
    """Ask, and where that fails ask again after each pause; the last failure is raised as it is.

    Only for what can be asked again without making anything twice.
    """
    for pause in pauses:
        try:
            return ask()
        except Lasting:
            raise
        except Unreachable:
            time.sleep(pause)
    return ask()


def send_missing(
    send: Callable[[Sequence[T]], Any],
    wanted: Sequence[T],
    missing: Callable[[], Sequence[T]],
    pauses: Sequence[float],
) -> tuple[int, Any]:
    """Send what makes something; where that fails, after each pause send again only what has not been made.

    A request whose answer was lost may have been carried out. Returns how many were sent last, and the answer.
    """
    rest = wanted
    for pause in pauses:
        try:
            return len(rest), send(rest)
        except Unreachable:
            time.sleep(pause)
            rest = missing()
            if not rest:
                return 0, None
    return len(rest), send(rest)
