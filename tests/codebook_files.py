"""Codebook files for tests, and what is said when one is refused."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from annotations.codebook.files import read_codebook
from annotations.errors import BadInput


def write_file(file: Path, content: str | bytes) -> Path:
    """A file of this content."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def workbook_of(rows: Sequence[Sequence[object]]) -> bytes:
    """The bytes of an Excel workbook of these rows."""
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def refusal_of(file: Path) -> str:
    """What is said of a codebook that is refused, after the file's name."""
    with pytest.raises(BadInput) as caught:
        read_codebook(file)
    assert str(caught.value).startswith(str(file))
    return str(caught.value).removeprefix(str(file))
