"""What an export wrote, and what could not go with it: the answer of everything that "tandem export" can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Exported:
    """``what``: the kind, such as "refi". ``counts``: how many of what went out, in the order to be told.

    ``lost``: sentences about what the format has no place for. ``notes``: what else to know. ``left_out``: what was
    not asked for or may not go out, with its count.
    """

    what: str
    files: tuple[Path, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "what": self.what,
            "files": [str(file) for file in self.files],
            "counts": dict(self.counts),
            "lost": list(self.lost),
            "notes": list(self.notes),
            "left_out": dict(self.left_out),
        }
