"""Codebooks that teams keep in Excel under their own names of columns: texts and tree arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codebook_files import workbook_of, write_file
from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Alignment

from annotations.codebook.files import codebook_from
from annotations.codebook.numbered_names import parents_by_number
from annotations.errors import BadInput

TEXTS = ("definition", "use_when", "do_not_use_when", "example")
HEADS = (
    ["Code", "Definition", "Inclusion criteria", "Exclusion criteria", "Example quote"],
    ["Code", "Description", "When to use", "When not to use", "Typical example"],
    ["Code name", "Full definition", "Use if", "Do not use if", "Examples"],
    ["Kategorie", "Definition", "Kodierregel", "Abgrenzung", "Ankerbeispiel"],
    ["CODE:", "Meaning", "Include", "Exclude", "Exemplar"],
    ["Code", "Comment", "Inclusion", "Exclusion", "Anchor example"],
)


@pytest.mark.parametrize("head", HEADS)
def test_what_teams_call_their_columns(tmp_path: Path, head: list[str]) -> None:
    """Definition, when to use, when not, and example come in under the usual names, and the notes say so."""
    rows = [head, ["Cost", "A price", "Money is named", "Time", "It cost us"]]
    file = write_file(tmp_path / "b.xlsx", workbook_of(rows))
    read = codebook_from(file)
    (code,) = read.codebook
    assert [getattr(code, text) for text in TEXTS] == ["A price", "Money is named", "Time", "It cost us"]
    assert f'"{head[3]}" is read as do_not_use_when' in " ".join(read.notes)
    assert not any("not read" in note for note in read.notes)


def test_two_definitions_are_one(tmp_path: Path) -> None:
    """A brief one and a full one, as many health studies keep them; equal ones stand there once."""
    head = ["Code", "Brief Definition", "Full Definition", "Parent code"]
    rows = [head, ["Money", "Costs", "Whatever costs money", ""], ["Cost", "A price", "A price", "Money"]]
    read = codebook_from(write_file(tmp_path / "b.xlsx", workbook_of(rows)))
    said = [(code.path, code.definition) for code in read.codebook]
    assert said == [("Codes/Money", "Costs\nWhatever costs money"), ("Codes/Money/Cost", "A price")]
    assert 'the columns "Brief Definition" and "Full Definition" are read as definition.' in read.notes


def test_a_parent_may_be_named_by_its_id(tmp_path: Path) -> None:
    """As tables do that were made from a database."""
    rows = [["Code ID", "Code", "Parent ID", "Meaning"], [7, "Money", None, "m"], [8, "Cost", 7, "c"]]
    read = codebook_from(write_file(tmp_path / "b.xlsx", workbook_of(rows)))
    assert [code.path for code in read.codebook] == ["Codes/Money", "Codes/Money/Cost"]


@pytest.mark.parametrize(
    "head",
    [
        "Domain,Construct",
        "Construct,Sub-construct",
        "Domain,Constructs",
        "Theme,Construct",
    ],
)
def test_columns_side_by_side_of_frameworks(tmp_path: Path, head: str) -> None:
    """As tables of CFIR have them, or a team's themes: the left one stands above."""
    rows = f"{head},Definition,Comment\nMoney,Cost,A price,\n,Grant,A gift,\nPeople,Leader,Who decides,x\n"
    read = codebook_from(write_file(tmp_path / "b.csv", rows))
    said = [(code.path, code.definition) for code in read.codebook if code.applicable]
    assert said == [
        ("Codes/Money/Cost", "A price"), ("Codes/Money/Grant", "A gift"), ("Codes/People/Leader", "Who decides")
    ]  # fmt: skip


@pytest.mark.parametrize("head", ["Construct", "Node", "Element", "Label"])
def test_what_a_code_is_called(tmp_path: Path, head: str) -> None:
    """Other words for it, beside a definition."""
    (code,) = codebook_from(write_file(tmp_path / "b.csv", f"{head},Definition\nCost,A price\n")).codebook
    assert (code.name, code.definition) == ("Cost", "A price")


def test_columns_of_ours_go_before(tmp_path: Path) -> None:
    """Where a column has our own name, another that could be the same is named as not read."""
    file = write_file(tmp_path / "b.csv", "code,example,Anchor,use_when\nCost,ours,theirs,now\n")
    read = codebook_from(file)
    (code,) = read.codebook
    assert (code.example, code.use_when) == ("ours", "now")
    assert read.notes == ("1 column was not read: Anchor.",)


NUMBERED: dict[str, list[list[Any]]] = {
    "in the names": [["Code", "Definition"], ["1 Money", "m"], ["1.1 Cost", "c"], ["1.1.1 Rent", "r"], ["2 Trust", "t"]],
    "with points": [["Code", "Definition"], ["1. Money", "m"], ["1.1. Cost", "c"], ["1.1.1. Rent", "r"], ["2. Trust", "t"]],
    "beside them": [["No.", "Code"], ["1", "Money"], ["1.1", "Cost"], ["1.1.1", "Rent"], ["2", "Trust"]],
    "with letters": [["Nr", "Code"], ["A", "Money"], ["A.1", "Cost"], ["A.1.1", "Rent"], ["B", "Trust"]],
}  # fmt: skip


@pytest.mark.parametrize("rows", NUMBERED.values(), ids=list(NUMBERED))
def test_numbers_say_what_lies_below_what(tmp_path: Path, rows: list[list[Any]]) -> None:
    """A numbered codebook is a tree, and the note says that its numbers were read so."""
    read = codebook_from(write_file(tmp_path / "b.xlsx", workbook_of(rows)))
    assert [code.path.count("/") for code in read.codebook] == [1, 2, 3, 1]
    assert "the numbers of the codes say which lies below which" in " ".join(read.notes)
    assert "not read" not in " ".join(read.notes)


@pytest.mark.parametrize(
    "cells",
    [
        ["1 Money", "2 Cost"],
        ["1.1 Money", "1.2 Cost"],
        ["1 Money", "1.1 Cost", "1.1 Rent"],
        ["1 Money", "Cost"],
        [],
        [""],
    ],
)
def test_numbers_that_make_no_tree(cells: list[str]) -> None:
    """Codes that are counted, numbered in part or twice, or below a number that is not there, stay side by side."""
    assert parents_by_number(cells) is None


def test_a_parent_goes_before_numbers(tmp_path: Path) -> None:
    """What the table says outright holds."""
    rows = [["Code", "Parent"], ["1 Money", ""], ["1.1 Cost", "2 Trust"], ["2 Trust", ""]]
    read = codebook_from(write_file(tmp_path / "b.xlsx", workbook_of(rows)))
    assert "Codes/2 Trust/1.1 Cost" in [code.path for code in read.codebook]


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


def _looking(
    file: Path, rows: list[list[Any]], *, indent: dict[int, int] | None = None, across: tuple[int, ...] = ()
) -> Path:
    """A workbook; ``indent``: of rows from 1, ``across``: rows that are merged into one cell."""
    book: Any = Workbook()
    for row in rows:
        book.active.append(row)
    for row, levels in (indent or {}).items():
        book.active.cell(row, 1).alignment = Alignment(indent=levels)
    for row in across:
        book.active.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
    book.save(file)
    return file


FLAT = [["Code", "Definition"], ["Money", "m"], ["Cost", "c"], ["Rent", "r"], ["Trust", "t"], ["Old", "o"]]


def test_indents_say_what_lies_below_what(tmp_path: Path) -> None:
    """Indents of Excel and spaces before the names; the note says that they were read so."""
    spaced = [FLAT[0], ["Money", "m"], ["  Cost", "c"], ["    Rent", "r"], ["Trust", "t"], ["  Old", "o"]]
    for file in (
        _looking(tmp_path / "a.xlsx", FLAT, indent={3: 1, 4: 2, 6: 1}),
        _looking(tmp_path / "b.xlsx", spaced),
        _looking(tmp_path / "c.xlsx", [["Codebook of May"], [], *FLAT], indent={4: 0, 5: 1, 6: 3, 8: 1}),
    ):
        read = codebook_from(file)
        paths = [code.path.removeprefix("Codes/") for code in read.codebook]
        assert paths == ["Money", "Money/Cost", "Money/Cost/Rent", "Trust", "Trust/Old"]
        assert "the codes are indented; they were read as a tree." in read.notes


def test_a_row_across_the_table_is_a_heading(tmp_path: Path) -> None:
    """A merged row stands above the codes below it, and nobody applies it."""
    rows = [FLAT[0], ["MONEY", None], *FLAT[2:4], ["PEOPLE", None], FLAT[5]]
    read = codebook_from(_looking(tmp_path / "b.xlsx", rows, across=(2, 5)))
    said = [(code.path.removeprefix("Codes/"), code.applicable) for code in read.codebook]
    assert said == [
        ("MONEY", False), ("MONEY/Cost", True), ("MONEY/Rent", True), ("PEOPLE", False), ("PEOPLE/Old", True)
    ]  # fmt: skip
    assert '2 rows go across the table and are headings that nobody applies: "MONEY", "PEOPLE".' in read.notes


def test_looks_that_make_no_tree(tmp_path: Path) -> None:
    """All indented alike, a first code further in than another, a merged row that does not come first."""
    for at, file in enumerate((
        _looking(tmp_path / "a.xlsx", FLAT, indent=dict.fromkeys(range(2, 7), 1)),
        _looking(tmp_path / "b.xlsx", FLAT, indent={2: 1}),
        _looking(tmp_path / "c.xlsx", [*FLAT[:3], ["Other", None], *FLAT[3:]], across=(4,)),
    )):  # fmt: skip
        read = codebook_from(file)
        assert {code.path.count("/") for code in read.codebook} == {1}, at
        assert all(code.applicable for code in read.codebook), at


def test_what_a_table_says_goes_before_its_look(tmp_path: Path) -> None:
    """A column of parents or frameworks, and numbers."""
    numbered = [["Code"], ["1 Money"], ["1.1 Cost"], ["2 Trust"]]
    read = codebook_from(_looking(tmp_path / "a.xlsx", numbered, indent={4: 1}))
    assert [code.path.count("/") for code in read.codebook] == [1, 2, 1]
    with_parent = [["Code", "Parent"], ["Money", ""], ["Cost", "Money"], ["Trust", ""]]
    read = codebook_from(_looking(tmp_path / "b.xlsx", with_parent, indent={4: 1}))
    assert [code.path.count("/") for code in read.codebook] == [1, 2, 1]


def _cards(file: Path, *cards: dict[str, str]) -> Path:
    document = Document()
    for card in cards:
        document.add_heading(card["Code"], 1)
        table = document.add_table(rows=0, cols=2)
        for name, words in card.items():
            cells = table.add_row().cells
            cells[0].text, cells[1].text = name, words
    document.save(str(file))
    return file


def test_a_table_for_each_code(tmp_path: Path) -> None:
    """As many teams write a codebook in Word: names of columns at the left, and not the same ones for each code."""
    full = {
        "Code": "Cost",
        "Brief definition": "A price",
        "When to use": "Money is named",
        "Example": "It cost us",
    }
    file = _cards(
        tmp_path / "b.docx",
        full,
        {
            "Code": "Trust",
            "Brief definition": "Whom one believes",
            "When not to use:": "Liking",
            "Version": "2",
        },
    )
    read = codebook_from(file)
    assert [[code.name, *(getattr(code, text) for text in TEXTS)] for code in read.codebook] == [
        ["Cost", "A price", "Money is named", "", "It cost us"],
        ["Trust", "Whom one believes", "", "Liking", ""],
    ]
    assert "1 column was not read: Version." in read.notes


def test_a_table_on_its_side_in_a_workbook(tmp_path: Path) -> None:
    """Each code is a column; a note says that it was read so. A table whose codes are called so is none."""
    rows = [["Code", "Cost", "Trust"], ["Definition", "A price", ""], ["Inclusion criteria", "", "Belief"]]
    read = codebook_from(write_file(tmp_path / "b.xlsx", workbook_of(rows)))
    said = [(code.name, code.definition, code.use_when) for code in read.codebook]
    assert said == [("Cost", "A price", ""), ("Trust", "", "Belief")]
    assert "each code stands in a column of the table; it was read so." in read.notes
    upright = [["Code", "Definition"], ["Definition", "How it is meant"], ["Example", "One of them"]]
    read = codebook_from(write_file(tmp_path / "c.xlsx", workbook_of(upright)))
    assert [code.name for code in read.codebook] == ["Definition", "Example"]


def test_a_word_table_under_a_teams_own_names(tmp_path: Path) -> None:
    """No column needs to be called "Code"."""
    document = Document()
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ["Code label", "Meaning", "Cost", "A price"], strict=True):
        cell.text = words
    document.save(str(tmp_path / "b.docx"))
    (code,) = codebook_from(tmp_path / "b.docx").codebook
    assert (code.name, code.definition) == ("Cost", "A price")


@pytest.mark.parametrize("between", ["framework", "example", "id", "use_when"])
def test_codes_that_are_called_like_columns(tmp_path: Path, between: str) -> None:
    """The row above names the columns; one below is no second head."""
    file = write_file(tmp_path / "b.csv", f"code,{between},definition\nTheme 1,A,Code 2\nCode 2,B,Theme\n")
    assert [code.name for code in codebook_from(file).codebook] == ["Theme 1", "Code 2"]
