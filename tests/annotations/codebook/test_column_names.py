"""Codebooks that teams keep in Excel under their own names of columns: texts and tree arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codebook_files import workbook_of, write_file

from annotations.codebook.files import codebook_from
from annotations.codebook.numbered_names import parents_by_number

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


@pytest.mark.parametrize("between", ["framework", "example", "id", "use_when"])
def test_codes_that_are_called_like_columns(tmp_path: Path, between: str) -> None:
    """The row above names the columns; one below is no second head."""
    file = write_file(tmp_path / "b.csv", f"code,{between},definition\nTheme 1,A,Code 2\nCode 2,B,Theme\n")
    assert [code.name for code in codebook_from(file).codebook] == ["Theme 1", "Code 2"]


@pytest.mark.parametrize(
    ("head", "row", "unread"),
    [
        ("code,definition,include,exclude", "Cost,A price,yes,", "Include"),
        ("code,memo,description", "Cost,A price,dear", "Description"),
        ("theme,code,definition,parent code", "Money,Cost,A price,", "Parent code"),
    ],
)
def test_what_is_not_read_is_not_said_to_be(tmp_path: Path, head: str, row: str, unread: str) -> None:
    """Marks of yes and no, a text that another column gives already, and parents where columns are the tree."""
    words = f"{head.replace('include', 'Include').replace('description', 'Description')}\n{row}\n"
    read = codebook_from(write_file(tmp_path / "b.csv", words.replace("parent code", "Parent code")))
    code = next(code for code in read.codebook if code.name == "Cost")
    assert (code.definition, code.use_when) == ("A price", "")
    assert not any("is read as" in note and unread in note for note in read.notes)
    assert any("not read" in note and unread in note for note in read.notes)


def test_a_code_lies_below_the_construct_it_belongs_to(tmp_path: Path) -> None:
    """Whichever column comes first; the row's texts are the code's."""
    file = write_file(tmp_path / "b.csv", "Code,Construct,Definition\nWages,Cost,What people earn\n")
    said = [(code.path, code.applicable, code.definition) for code in codebook_from(file).codebook]
    assert said == [("Codes/Cost", False, ""), ("Codes/Cost/Wages", True, "What people earn")]
