"""Codes that are indented in Excel, or stand below headings that go across the table."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.table import Table

from annotations.codebook.files import codebook_from


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
    """All indented alike, a first code further in, a merged row that does not come first, a space that
    slipped in, merged cells beside a definition."""
    for at, file in enumerate((
        _looking(tmp_path / "a.xlsx", FLAT, indent=dict.fromkeys(range(2, 7), 1)),
        _looking(tmp_path / "b.xlsx", FLAT, indent={2: 1}),
        _looking(tmp_path / "c.xlsx", [*FLAT[:3], ["Other", None], *FLAT[3:]], across=(4,)),
        _looking(tmp_path / "e.xlsx", [[*row[:1], None, *row[1:]] for row in FLAT], across=(2, 4)),
        _looking(tmp_path / "d.xlsx", [*FLAT[:3], [" Other", None], *FLAT[3:]]),
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


@pytest.mark.parametrize(
    ("part", "end", "odd"),
    [
        (
            "sheet1.xml",
            "</worksheet>",
            '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst>',
        ),
        ("table1.xml", "<tableColumns", "<"),
    ],
)
def test_what_another_program_wrote_odd_does_not_matter(
    tmp_path: Path, part: str, end: str, odd: str
) -> None:
    """Lists to choose from and marks of a table say nothing of codes; nobody is warned of them, and nothing fails."""
    book: Any = Workbook()
    for row in FLAT:
        book.active.append(row)
    book.active.add_table(Table(displayName="Codes", ref="A1:B6"))
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as before, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.endswith(part):
                content = content.replace(end.encode(), f"{odd}{end}".encode())
            after.writestr(name, content)
    assert len(codebook_from(tmp_path / "b.xlsx").codebook.codes) == len(FLAT) - 1
