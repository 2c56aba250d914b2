"""The codes of a QualCoder project as a codebook: its tree, memos as definitions, colours, and broken ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotations.codings.qualcoder_codes import read_qualcoder_codebook
from annotations.errors import BadInput
from service.new_study import codebook_said


def _project(folder: Path, *statements: str) -> Path:
    project = folder / "ours.qda"
    project.mkdir()
    with closing(sqlite3.connect(project / "data.qda")) as connection:
        connection.executescript(
            "CREATE TABLE source (id integer primary key, name text);"
            "CREATE TABLE code_cat (catid integer primary key, name text, memo text, supercatid integer);"
            "CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, color text,"
            " supercid integer);"
            "CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 "
            "integer);" + ";".join(statements)
        )
        connection.commit()
    return project


TREE = (
    "INSERT INTO code_cat VALUES (1, 'Outer', NULL, 2), (2, 'Everything', 'all of it', NULL)",
    "INSERT INTO code_name VALUES (1, 'Money', 'What it costs.', 1, '#FF0000', NULL), (2, 'Budget', '', NULL, '', 1), "
    "(3, 'Alone', NULL, NULL, NULL, NULL)",
)


@pytest.mark.parametrize("given", ["ours.qda", "ours.qda/data.qda"])
def test_its_tree_becomes_a_codebook(tmp_path: Path, given: str) -> None:
    """Categories are groups that nobody applies, memos definitions; a code may stand below a code."""
    _project(tmp_path, *TREE)
    said = codebook_said(str(tmp_path / given))
    book = said.codebook
    assert [(code.path, code.applicable) for code in book] == [
        ("Everything/Outer", False),
        ("Everything/Outer/Money", True),
        ("Everything/Outer/Money/Budget", True),
        ("Codes/Alone", True),
    ]
    money = book.resolve("Money")
    assert (money.definition, money.color) == ("What it costs.", "#FF0000")
    assert "QualCoder project" in said.notes[0]
    assert book.name == "ours"


def test_a_tree_in_a_circle_stands_at_the_top(tmp_path: Path) -> None:
    """Neither it nor a parent that is not there stops anything."""
    project = _project(
        tmp_path,
        "INSERT INTO code_cat VALUES (1, 'A', '', 2), (2, 'B', '', 1), (3, 'C', '', 3), (4, 'D', '', 77)",
        "INSERT INTO code_name VALUES (1, 'X', '', 1, '', NULL), (2, 'Y', '', 99, '', NULL), (3, 'Z', '', NULL, '', 3)",
    )
    names = {code.name for code in read_qualcoder_codebook(project).codebook}
    assert {"X", "Y", "Z"} <= names


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    """A folder without a database, another database, and one without codes."""
    (tmp_path / "empty.qda").mkdir()
    with pytest.raises(BadInput, match="holds no QualCoder database"):
        codebook_said(str(tmp_path / "empty.qda" / "data.qda"))
    (tmp_path / "other.qda").write_bytes(b"SQLite format 3\0" + b"\0" * 200)
    with pytest.raises(BadInput, match="QualCoder"):
        codebook_said(str(tmp_path / "other.qda"))
    with pytest.raises(BadInput, match="no codes"):
        codebook_said(str(_project(tmp_path)))
