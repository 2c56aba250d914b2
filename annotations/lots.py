"""Long lists in lots: as many at a time as a database, a server or the memory takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, Self, TypeVar


class _Cuttable(Protocol):
    """A list, a tuple, an array: what has a length and gives a part of itself."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Self: ...


Items = TypeVar("Items", bound=_Cuttable)


def lots(items: Items, most: int) -> Iterator[Items]:
    """``items`` in their order, ``most`` at a time; nothing at all where there are none.

    >>> list(lots([1, 2, 3, 4, 5], 2))
    [[1, 2], [3, 4], [5]]
    """
    return (items[lot] for lot in slices(len(items), most))


def slices(count: int, most: int) -> Iterator[slice]:
    """The same as slices of ``count`` things, for what needs to know where a lot stands or cuts several arrays."""
    return (slice(begin, min(begin + most, count)) for begin in range(0, count, most))
