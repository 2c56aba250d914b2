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
