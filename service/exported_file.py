"""Files that people take along: written whole or not at all, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from annotations.errors import BadInput

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises BadInput where its folder is missing."""
    with written_whole(file) as out:
        out.write(content)


@contextmanager
def written_whole(file: Path) -> Iterator[IO[bytes]]:
    """What is written here takes the file's place at the end, and only if nothing failed. Raises BadInput.

    It is written beside the file under a name that nobody can foresee, and through no link that somebody laid there.
    """
    if not file.absolute().parent.is_dir():
        raise BadInput(f"{file}: the folder does not exist. Make it, or give another file.")
    if file.is_dir():
        raise BadInput(f"{file} is a folder. Give a file's name.")
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as out:
            yield out
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet program would run as a formula, made harmless, without what a workbook cannot hold."""
    if not isinstance(value, str):
        return value
    value = _UNFIT.sub("", value)
    if value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return f"'{value}"
    return value
