"""Files that a browser gets as they are: each has an address with the hash of its content, and may be kept for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file's content, its media type, and the first 16 digits of its SHA-256."""

    content: bytes
    kind: str
    mark: str


@cache
def static_files() -> dict[str, StaticFile]:
    """All of them by name, read once. Names are those of files, so that no request names a path."""
    files = {}
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix in _KINDS:
            content = file.read_bytes()
            mark = hashlib.sha256(content).hexdigest()[:16]
            files[file.name] = StaticFile(content, _KINDS[file.suffix], mark)
    return files


def address_of_static(name: str) -> str:
    """Where a browser gets it. Raises KeyError for a file that is not there."""
    return f"{PREFIX}/{static_files()[name].mark}/{name}"


def stylesheet() -> Markup:
    """The design as text, for files that stand alone."""
    return Markup(static_files()["tandem.css"].content.decode())  # noqa: S704 (our own file)
