"""A workbook whose sheets all have the layout of a program: each is read, and a fault names its sheet."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from annotations.codings.read_codings import read_codings

HEAD = ("Document group", "Document name", "Code", "Begin", "End", "Weight score", "Segment", "Created by")


def test_every_sheet_of_the_program_is_read(tmp_path: Path) -> None:
    """Rows of both, each with its sheet; another sheet is said to be left out."""
    book = Workbook()
    for name, words in (("Wave 1", "We had no money."), ("Wave 2", "The nurses came.")):
        sheet = book.create_sheet(name)
        sheet.append(HEAD)
        sheet.append(("G", "P-01", "Money", 1, 1, 0, words, "Ada"))
        sheet.append(("G", "P-01", "", 1, 1, 0, "Nothing.", "Ada"))
    book["Sheet"].append(("Exported on Monday",))
    book.save(tmp_path / "both.xlsx")
    found = read_codings(tmp_path / "both.xlsx")
    assert [(row.number, row.sheet, row["quote"]) for row in found.rows] == [
        (2, "Wave 1", "We had no money."),
        (2, "Wave 2", "The nurses came."),
    ]
    said = " ".join(found.unread)
    assert 'the sheets "Wave 1", "Wave 2" all have this layout, and each was read.' in said
    assert 'the sheet "Sheet" (1 row) was not read' in said
    assert 'sheet "Wave 2": 1 passage carries no code' in said


def test_one_sheet_is_read_as_before(tmp_path: Path) -> None:
    """No sheet stands beside its rows."""
    book = Workbook()
    book.active.append(HEAD)  # type: ignore[union-attr]
    book.active.append(("G", "P-01", "Money", 1, 1, 0, "We had no money.", "Ada"))  # type: ignore[union-attr]
    book.save(tmp_path / "one.xlsx")
    (row,) = read_codings(tmp_path / "one.xlsx").rows
    assert row.sheet == ""


def test_every_sheet_with_our_own_columns_is_read(tmp_path: Path) -> None:
    """A sheet for each coder or wave; one that is hidden or has other columns is named as not read."""
    book = Workbook()
    for name in ("Ada", "Bo", "Old", "Plan"):
        sheet = book.create_sheet(name)
        sheet.append(("transcript", "coder", "code", "quote") if name != "Plan" else ("To do",))
        sheet.append(("P-01", name, "Money", "We had no money.") if name != "Plan" else ("Call Bo",))
    book["Old"].sheet_state = "hidden"
    del book["Sheet"]
    book.save(tmp_path / "both.xlsx")
    read = read_codings(tmp_path / "both.xlsx")
    assert [(row.sheet, row["coder"]) for row in read.rows] == [("Ada", "Ada"), ("Bo", "Bo")]
    said = " ".join(read.unread)
    assert 'the sheets "Ada", "Bo" all have these columns, and each was read.' in said
    assert 'the sheet "Old" was not read.' in said
    assert 'the sheet "Plan" was not read.' in said
