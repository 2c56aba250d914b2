"""Files that people take along: written whole or not at all, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO

from annotations.disk_faults import disk_faults_named
from annotations.errors import BadInput
from annotations.sheets.safe_cells import safe_text


def whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises BadInput where its folder is missing."""
    with written_whole(file) as out:
        out.write(content)


@contextmanager
def written_whole(file: Path) -> Iterator[IO[bytes]]:
    """What is written here takes the file's place at the end, and only if nothing failed. Raises BadInput.

    It is written beside the file under a name that nobody can foresee, and through no link that somebody laid there. Its
    owner alone reads it: it may hold participants' words. Raises DiskFault where the disk refuses.
    """
    must_be_writable(file)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}.unfinished")
    # a disk says which file it refuses only where it is opened; while it is written, nobody would know which disk is full
    with disk_faults_named(file):
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                yield out
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


def must_be_writable(file: Path) -> None:
    """Asked before long work whose result goes there. Raises BadInput where there is no such folder, or the file is one."""
    if not file.absolute().parent.is_dir():
        raise BadInput(f"{file}: the folder does not exist. Make it, or give another file.")
    if file.is_dir():
        raise BadInput(f"{file} is a folder. Give a file's name.")


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet program runs as a formula, whatever separator it takes; numbers stay numbers."""
    return safe_text(value) if isinstance(value, str) else value


def write_rows(out: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Rows by column as CSV below their heads, each cell safe; returns how many rows. A head may be somebody's word, too."""
    return write_cells(out, columns, ([safe_cell(row.get(column)) for column in columns] for row in rows))


def write_cells(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rows whose cells are safe already and in the order of the columns; returns how many."""
    count = 0

    def counted() -> Iterator[Sequence[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    writer = csv.writer(out)
    writer.writerow(map(safe_cell, columns))
    writer.writerows(counted())
    return count
