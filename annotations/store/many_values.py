"""Many values asked for in lots, since a database takes so many in one question."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from annotations.lots import lots

AT_A_TIME = 400
T = TypeVar("T")


def in_lots(items: Collection[T]) -> Iterator[list[T]]:
    """These values, each once, in lots of at most ``AT_A_TIME``."""
    return lots(list(dict.fromkeys(items)), AT_A_TIME)
