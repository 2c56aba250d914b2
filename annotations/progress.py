"""How long work says how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told, as work goes on, how many of its parts are done."""

    def __call__(self, done: int, total: int, /) -> None:
        """``done`` of ``total`` parts are done."""
        ...


def quiet(_done: int, _total: int, /) -> None:
    """For work of which nobody asks how far it is."""
