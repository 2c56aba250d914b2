"""Workbooks in which the names of the sheets say what no column says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from annotations.codings.read_codings import read_codings
from annotations.errors import BadInput

Rows = Sequence[Sequence[str]]
COLUMNS = ("Transcript", "Coder", "Quote", "Memo")


def _workbook(folder: Path, sheets: Mapping[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = folder / "codings.xlsx"
    book.save(file)
    return file


def test_a_sheet_for_each_code(tmp_path: Path) -> None:
    """The name of the sheet is the code of its rows, and the import says so; another sheet is named as not read."""
    file = _workbook(
        tmp_path,
        {
            "About": [("What this is", "Codings of May")],
            "Money": [("Codings",), COLUMNS, ("JKG-01", "Ines", "it cost too much", "")],
            "Trust": [
                COLUMNS,
                ("JKG-01", "Ines", "we knew them", "ask"),
                ("JKG-02", "Omar", "nobody did", ""),
            ],
        },
    )
    read = read_codings(file)
    assert [(row["code"], row["transcript"], row["coder"], row.number, row.sheet) for row in read.rows] == [
        ("Money", "JKG-01", "Ines", 3, "Money"),
        ("Trust", "JKG-01", "Ines", 2, "Trust"),
        ("Trust", "JKG-02", "Omar", 3, "Trust"),
    ]
    said = " ".join(read.unread)
    assert 'the names of the sheets were read as codes: "Money", "Trust"' in said
    assert 'the sheet "About" was not read' in said


def test_a_sheet_for_each_code_of_one_transcript(tmp_path: Path) -> None:
    """What the command says stands in no column."""
    sheets = {"Money": [("quote",), ("it cost too much",)], "Trust": [("quote",), ("we knew them",)]}
    read = read_codings(_workbook(tmp_path, sheets), coder="Ines", transcript="JKG-01")
    assert [(row["code"], row["transcript"], row["coder"]) for row in read.rows] == [
        ("Money", "JKG-01", "Ines"),
        ("Trust", "JKG-01", "Ines"),
    ]


def test_a_sheet_for_each_coder_is_refused_with_advice(tmp_path: Path) -> None:
    """Nobody can tell a coder from a site or a wave, so the column is asked for."""
    columns = ("transcript", "code", "quote")
    sheets = {
        "Ines": [columns, ("JKG-01", "Money", "it cost")],
        "Omar": [columns, ("JKG-01", "Trust", "we knew")],
    }
    file = _workbook(tmp_path, sheets)
    with pytest.raises(BadInput, match='the sheets "Ines", "Omar" hold codings, and none has a column coder'):
        read_codings(file)
    assert {row["coder"] for row in read_codings(file, coder="Ines").rows} == {"Ines"}


@pytest.mark.parametrize("name", ["Sheet{}", "Blad{}", "Tabelle{}"])
def test_sheets_that_nobody_named_are_no_codes(tmp_path: Path, name: str) -> None:
    """There the column is missing."""
    sheets = {name.format(at): [COLUMNS, ("JKG-01", "Ines", "it cost", "")] for at in (1, 2)}
    with pytest.raises(BadInput, match="the column code is missing"):
        read_codings(_workbook(tmp_path, sheets))
