"""Workbooks whose sheets are themes of one codebook, and sheets that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from annotations.codebook.files import codebook_from
from annotations.errors import BadInput


def _book(file: Path, sheets: dict[str, list[list[Any]]], hidden: str = "") -> Path:
    book: Any = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


MONEY = [["Code", "Definition"], ["Cost", "A price"], ["Grant", ""]]
PEOPLE = [["People and roles"], ["Code", "Inclusion criteria"], ["Leader", "Who decides"]]


def test_a_sheet_for_each_theme(tmp_path: Path) -> None:
    """Each sheet that names codes is a framework; another one is named, and a note says so."""
    file = _book(tmp_path / "b.xlsx", {"Money": MONEY, "People": PEOPLE, "Log": [["Ada changed 3"]]})
    read = codebook_from(file)
    assert [code.path for code in read.codebook] == ["Money/Cost", "Money/Grant", "People/Leader"]
    assert [code.use_when for code in read.codebook] == ["", "", "Who decides"]
    said = " ".join(read.notes)
    assert 'the sheets "Money", "People" each name codes; each was read as a framework of this name.' in said
    assert 'the sheet "Log" (1 row) was not read.' in said
    with pytest.raises(BadInput, match='sheet "Money", row 3'):
        codebook_from(_book(tmp_path / "c.xlsx", {"Money": [*MONEY[:2], ["", "x"]], "People": PEOPLE}))


@pytest.mark.parametrize(
    "second",
    [[["Code", "Definition"], ["cost", "An older text"]], [["Code", "Parent"], ["Leader", ""]], [["Code"]]],
)
def test_sheets_that_are_no_themes(tmp_path: Path, second: list[list[Any]]) -> None:
    """An earlier version of the same codes, or a sheet that says itself where a code lies: the first is read, as told."""
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Now": MONEY, "Before": second}))
    assert [code.path for code in read.codebook] == ["Codes/Cost", "Codes/Grant"]
    assert 'the sheet "Now" was read' in " ".join(read.notes)


def test_a_hidden_sheet_is_no_theme(tmp_path: Path) -> None:
    """Nobody sees what it holds."""
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Money": MONEY, "People": PEOPLE}, hidden="People"))
    assert [code.path for code in read.codebook] == ["Codes/Cost", "Codes/Grant"]


OTHER_LISTS = (
    ("Participants", [["Code", "Age", "Site"], ["JKG-01", "34", "North"]]),
    ("Changes made", [["Date", "Code", "Change"], ["3 May", "Price", "renamed"]]),
    ("Sites", [["Code", "Name of the site"], ["JKG", "North"]]),
    ("Deleted codes", [["Code", "Definition"], ["Mood", "How one feels"]]),
    ("Abbreviations", [["Code", "Meaning"], ["GP", "General practitioner"]]),
)


@pytest.mark.parametrize(("name", "rows"), OTHER_LISTS)
def test_a_sheet_that_lists_something_else(tmp_path: Path, name: str, rows: list[list[Any]]) -> None:
    """Participants, sites and changes have codes too, and those that were deleted are not meant any more."""
    alone = codebook_from(_book(tmp_path / "a.xlsx", {"Money": MONEY, name: rows}))
    assert [code.path for code in alone.codebook] == ["Codes/Cost", "Codes/Grant"]
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Money": MONEY, "People": PEOPLE, name: rows}))
    assert [code.path for code in read.codebook] == ["Money/Cost", "Money/Grant", "People/Leader"]
    for notes in map(" ".join, (alone.notes, read.notes)):
        assert f'sheet "{name}" (2 rows) was not read.' in notes
        assert "Meaning" not in notes


@pytest.mark.parametrize("name", ["Changes", "History", "Old age"])
def test_a_theme_may_be_called_so(tmp_path: Path, name: str) -> None:
    """Names that could be a theme's are taken for one where the sheet says what its codes mean."""
    rows = [["Code", "Definition"], ["Leader", "Who decides"]]
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Money": MONEY, name: rows}))
    assert [code.path for code in read.codebook][-1] == f"{name}/Leader"


def test_counts_of_codes_keep_no_theme_out(tmp_path: Path) -> None:
    """A sheet that counts the codes of all themes is no version of them."""
    counts = [["Code", "Passages"], ["Cost", "3"], ["Leader", "2"]]
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Money": MONEY, "People": PEOPLE, "Counts": counts}))
    assert [code.path for code in read.codebook] == ["Money/Cost", "Money/Grant", "People/Leader"]


def test_a_tree_within_each_sheet(tmp_path: Path) -> None:
    """Numbers say it there as in a single table."""
    money = [["Code"], ["1 Cost"], ["1.1 Rent"]]
    people = [["Code", "No.", "Definition"], ["Leader", "1", "x"], ["Nurse leader", "1.1", "y"]]
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Money": money, "People": people}))
    paths = [code.path for code in read.codebook]
    assert paths == ["Money/1 Cost", "Money/1 Cost/1.1 Rent", "People/Leader", "People/Leader/Nurse leader"]
    assert not any("not read" in note for note in read.notes)


def test_the_first_list_of_codes_is_the_codebook(tmp_path: Path) -> None:
    """A sheet behind it that shows the same codes by theme takes nothing away from their definitions."""
    tree = [["Theme", "Code"], ["Means", "Cost"], ["", "Grant"]]
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Codes": MONEY, "Overview": tree}))
    assert [(code.name, code.definition) for code in read.codebook] == [("Cost", "A price"), ("Grant", "")]


def test_a_hidden_list_of_codes_is_not_the_first(tmp_path: Path) -> None:
    """What people see is read before it, as a tree where its columns are one."""
    tree = [["Theme", "Code"], ["Means", "Cost"], ["", "Grant"]]
    read = codebook_from(_book(tmp_path / "b.xlsx", {"Old": MONEY, "Codes": tree}, hidden="Old"))
    assert [code.path for code in read.codebook] == ["Codes/Means", "Codes/Means/Cost", "Codes/Means/Grant"]
