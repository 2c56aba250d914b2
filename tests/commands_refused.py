"""Files for commands to read, and whether a refused command has changed anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotations.errors import BadInput

Tandem = Callable[..., dict[str, Any]]


def write_lines(file: Path, lines: list[str]) -> Path:
    """A file of these lines."""
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def codings_file(folder: Path, *rows: str, header: str = "transcript,coder,code,turn") -> str:
    """A table of codings."""
    return str(write_lines(folder / "codings.csv", [header, *rows]))


def rows_of_tables(study: Path) -> list[tuple[Any, ...]]:
    """How many rows each table holds."""
    with sqlite3.connect(study / "tandem.db") as connection:
        names = [
            n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        found = [(n, *connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()) for n in names]  # noqa: S608
    connection.close()
    return found


def refused(tandem: Tandem, study: Path, *arguments: str) -> str:
    """What a refused command says; checks that it changed nothing."""
    before = rows_of_tables(study)
    with pytest.raises(BadInput) as caught:
        tandem(*arguments)
    assert rows_of_tables(study) == before
    assert caught.value.exit_status == 2
    return str(caught.value)
