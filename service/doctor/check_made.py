"""One thing that was looked at: does it work, and what to do if not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from annotations.errors import TandemError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing: does it work, what was found, and what to do if not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def attempted(name: str, look: Callable[[], str], remedy: str) -> Check:
    """What ``look`` says is there; its TandemError says what is wrong, and what to do where ``remedy`` is empty."""
    try:
        return Check(name, True, look())
    except TandemError as error:
        return Check(name, False, "does not work", remedy or str(error))
