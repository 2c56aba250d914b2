"""The file NAME.tandem.json beside a project that Tandem wrote: its name, what marks it, and which project it belongs to."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

ENDING = ".tandem.json"
# what every such file says something of
_PARTS = frozenset({"codings", "empty_reviews", "sources"})
_MOST = 300_000_000


def beside(project: Path) -> Path:
    """Where the file beside a project lies."""
    return project.with_suffix(ENDING)


def stem_of(name: str) -> str | None:
    """The name of the project to which a file of this name belongs, without its ending; None for any other file."""
    stem = name[: -len(ENDING)]
    return stem if stem and name.casefold().endswith(ENDING) else None


def is_beside(file: Path) -> bool:
    """Does it stand beside a project, by its name or, where it was renamed, by what it holds?"""
    if stem_of(file.name) is not None:
        return True
    return file.suffix.lower() == ".json" and read_beside(file) is not None


def read_beside(file: Path) -> dict[str, Any] | None:
    """What it holds; None for a file that is damaged, too large, or none that Tandem wrote."""
    try:
        plain = json.loads(file.read_text("utf-8")) if file.stat().st_size <= _MOST else None
    except (OSError, ValueError, RecursionError):
        return None
    return plain if isinstance(plain, dict) and plain.keys() >= _PARTS else None


def mark_of(project_xml: bytes) -> str:
    """By what a file beside a project knows it: the SHA-256 of the project's XML, however it is packed."""
    return hashlib.sha256(project_xml).hexdigest()
