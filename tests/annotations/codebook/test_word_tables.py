"""A codebook that a team keeps as a table in Word."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import docx_of

from annotations.codebook.files import codebook_from, read_codebook
from annotations.errors import BadInput
from service.bringing_in.kinds import kind_of

ROWS = [
    ("Code", "Definition", "Example", "Our notes"),
    ("Cost", "Money that it takes", "It cost us a post", "check"),
    ("Trust", "Whom one believes", "", ""),
]


def _word(folder: Path, *paragraphs: str, rows: list[tuple[str, ...]] | None = None) -> Path:
    file = folder / "book.docx"
    file.write_bytes(docx_of(*paragraphs, rows=rows or ()))
    return file


def test_a_table_of_codes(tmp_path: Path) -> None:
    """Its columns are those of a spreadsheet, and what was not read is named."""
    file = _word(tmp_path, "Codebook of May", rows=ROWS)
    read = codebook_from(file)
    assert [(code.name, code.definition, code.example) for code in read.codebook] == [
        ("Cost", "Money that it takes", "It cost us a post"),
        ("Trust", "Whom one believes", ""),
    ]
    assert any("Our notes" in note for note in read.notes)
    assert kind_of(file) == "codebook"


def test_frameworks_and_parents(tmp_path: Path) -> None:
    """All columns of a codebook may stand there."""
    rows = [
        ("Framework", "Code", "Parent", "Definition"),
        ("Ward", "Staff", "", "Who works there"),
        ("Ward", "Nights", "Staff", "Who works at night"),
    ]
    paths = [code.path for code in read_codebook(_word(tmp_path, rows=rows))]
    assert paths == ["Ward/Staff", "Ward/Staff/Nights"]


def test_a_document_without_such_a_table_is_refused(tmp_path: Path) -> None:
    """The sentence says what is read; and on the page it is a transcript."""
    file = _word(tmp_path, "Cost: what it takes", rows=[("I", "Who?"), ("P", "We.")])
    with pytest.raises(BadInput, match=r"holds no table of codes\. A codebook in Word is a table"):
        read_codebook(file)
    assert kind_of(file) == "transcript"
