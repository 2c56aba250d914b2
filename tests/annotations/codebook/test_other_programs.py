"""Codebooks as other programs export them, and as teams lay them out in Excel: the same tree of codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codebook_files import refusal_of, workbook_of, write_file
from openpyxl import Workbook

from annotations.codebook.files import codebook_from

TREE = [
    ("Codes/Money", "What it costs"),
    ("Codes/Money/Cost", "A price"),
    ("Codes/People", "Who does it"),
]
MAXQDA = [["Color", "Parent code", "Code", "Code memo", "Frequency", "Created by"],
          ["●", "", "Money", "What it costs", 4, "Ines"],
          ["●", "Money", "Cost", "A price", 2, "Ines"],
          ["●", "", "People", "Who does it", 1, "Ines"]]  # fmt: skip
LAYOUTS: dict[str, tuple[list[list[Any]], str]] = {
    "MAXQDA": (MAXQDA, "MAXQDA code system"),
    "MAXQDA in German": (
        [["Obercode", "Code", "Memo", "Häufigkeit"],
         ["", "Money", "What it costs", 4], ["Money", "Cost", "A price", 2], ["", "People", "Who does it", 1]],
        "MAXQDA code system",
    ),
    "MAXQDA with paths": (
        [["Code", "Memo"], ["Money", "What it costs"], ["Money > Cost", "A price"], ["People", "Who does it"]],
        "MAXQDA code system",
    ),
    "NVivo": (
        [["Name", "Description", "Files", "References"],
         ["Codes\\\\Money", "What it costs", 3, 9], ["Codes\\\\Money\\\\Cost", "A price", 1, 2],
         ["Codes\\\\People", "Who does it", 2, 2]],
        "NVivo codebook",
    ),
    "Dedoose": (
        [["Id", "Parent Id", "Depth", "Title", "Description", "Weighted"],
         [7, "", 0, "Money", "What it costs", False], [9, 7, 1, "Cost", "A price", False],
         [8, "", 0, "People", "Who does it", False]],
        "Dedoose codes",
    ),
    "Taguette": (
        [["tag", "parent", "description", "number of highlights"],
         ["Money", "", "What it costs", 4], ["Cost", "Money", "A price", 2], ["People", "", "Who does it", 1]],
        "Taguette tags",
    ),
}  # fmt: skip


def _said(file: Path) -> list[tuple[str, str]]:
    return [(code.path, code.definition) for code in codebook_from(file).codebook]


@pytest.mark.parametrize(("rows", "named"), LAYOUTS.values(), ids=list(LAYOUTS))
def test_every_program_says_the_same(tmp_path: Path, rows: list[list[Any]], named: str) -> None:
    """Names, tree and definitions arrive, and whose layout it was is said; what counts codings is nobody's matter."""
    file = write_file(tmp_path / "a.xlsx", workbook_of(rows))
    found = codebook_from(file)
    assert _said(file) == TREE
    assert found.notes == (f"a.xlsx is read as {named}.",)
    assert all(code.applicable for code in found.codebook)


def test_atlas_ti_and_qualcoder(tmp_path: Path) -> None:
    """Groups of ATLAS.ti are said not to be read; a category of QualCoder becomes a heading."""
    rows = [["Code", "Comment", "Grounded", "Code Group 1"], ["Money", "What it costs", 3, "Sums"]]
    found = codebook_from(write_file(tmp_path / "a.xlsx", workbook_of(rows)))
    assert found.notes == ("a.xlsx is read as ATLAS.ti codes.", "1 column was not read: Code Group 1.")
    file = write_file(tmp_path / "b.csv", "codename,category,memo\nCost,Money,A price\nPeople,,\n")
    found = codebook_from(file)
    assert [(code.path, code.applicable) for code in found.codebook] == [
        ("Codes/Money", False), ("Codes/Money/Cost", True), ("Codes/People", True),
    ]  # fmt: skip
    assert (
        found.notes[1] == '1 name stands only above others and became a heading that nobody applies: "Money".'
    )


@pytest.mark.parametrize("merged", [True, False])
def test_columns_side_by_side_are_a_tree(tmp_path: Path, merged: bool) -> None:
    """Themes, codes and subcodes in columns, merged or left empty below, under a title and in another sheet."""
    book: Any = Workbook()
    book.active.append(["Read me first"])
    sheet = book.create_sheet("Codes")
    for row in (["Codebook, version 3"], [], ["Theme", "Code", "Subcode", "Description", "Note"],
                ["Resources", "Money", "", "What it costs", "x"], ["", "", "Cost", "A_x000D_\nprice"],
                ["", "People", "", "Who does it"], ["Time", "Early", "", ""]):  # fmt: skip
        sheet.append(row)
    if merged:
        sheet.merge_cells("A4:A6")
        sheet.merge_cells("B4:B5")
    book.save(tmp_path / "a.xlsx")
    found = codebook_from(tmp_path / "a.xlsx")
    assert [(code.path, code.definition, code.applicable) for code in found.codebook] == [
        ("Codes/Resources", "", False),
        ("Codes/Resources/Money", "What it costs", True),
        ("Codes/Resources/Money/Cost", "A\nprice", True),
        ("Codes/Resources/People", "Who does it", True),
        ("Codes/Time", "", False),
        ("Codes/Time/Early", "", True),
    ]
    said = " ".join(found.notes)
    for words in (
        "the columns theme, code, subcode are read as levels",
        "2 names stand only above others",
        'row 1 of the sheet "Codes" stands above',
        'the sheet "Sheet" (1 row) was not read',
        "1 column was not read: Note",
    ):
        assert words in said
    assert ("2 cells are merged" in said) is merged


def test_themes_stand_above_codes_wherever_their_column_is(tmp_path: Path) -> None:
    """The order of the columns does not matter, and a repeated theme is one theme."""
    file = write_file(tmp_path / "a.csv", "code,definition,category\nCost,A price,Money\nRent,A sum,Money\n")
    assert _said(file) == [
        ("Codes/Money", ""),
        ("Codes/Money/Cost", "A price"),
        ("Codes/Money/Rent", "A sum"),
    ]


def test_our_own_columns_are_read_as_before(tmp_path: Path) -> None:
    """A name with a separator is a name, and further columns are said."""
    text = "framework,parent,code,definition,memo\nF,,A > B / C,x,y\n"
    found = codebook_from(write_file(tmp_path / "a.csv", text))
    assert [code.name for code in found.codebook] == ["A > B / C"]
    assert found.notes == ("1 column was not read: memo.",)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id,parent id,title\n1,9,A\n", 'row 2: no row has the id "9"'),
        ("id,parent id,title\n1,2,A\n2,1,B\n", "circle"),
        ("code,memo\nA,x\n,y\n", 'row 3: the column "code" is empty'),
        ("theme,code,definition\n,,x\n", "row 2: no code stands in the columns theme, code"),
        ("code,memo\nA > B,x\nA > B,y\n", "stands there already"),
        ("theme,code\n", "holds no codes"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, table: str, said: str) -> None:
    """The row and what is wrong with it are named."""
    assert said in refusal_of(write_file(tmp_path / "a.csv", table))
