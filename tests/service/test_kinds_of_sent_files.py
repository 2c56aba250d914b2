"""What a file that somebody sent is taken for, by its columns, and where in it a cell is mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from annotations.problems import Problem
from service.bringing_in.kinds import kind_of
from service.bringing_in.mend_cells import alike, mend


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("transcript,coder,turn,Cost,Time\nP-01,Ada,1,x,\n", "codings"),
        ("transcript,turn,Cost,Time\nP-01,1,x,\n", "codings"),
        ("transcript,code,quote\nP-01,Cost,dear\n", "codings"),
        ("speaker,text\nINT,How?\n", "transcript"),
        ("transcript,speaker,text\nP-01,INT,How?\n", "transcript"),
        ("participant,Nurse,Leader\nP-01,x,\n", "participants"),
        ("code,definition\nCost,What it costs\n", "codebook"),
        ("Code name,Meaning,When to use\nCost,What it costs,Money\n", "codebook"),
        ("Kategorie,Kodierregel\nKosten,Geld\n", "codebook"),
        ("Code,Cost,Time\nDefinition,What it costs,How long\nExample,,\n", "codebook"),
        ("participant,code,description\nP-01,A1,nurse\n", "participants"),
        ("Level 1,Level 2,Meaning\nMoney,Cost,What it costs\n", "codebook"),
        ("Name,Description,Files,References\nCost,What it costs,2,3\n", "codebook"),
        ("Name,Utterance\nINT,How?\n", "transcript"),
        ("Name,Utterance,Theme,Code\nINT,How?,Money,Cost\n", "transcript"),
    ],
)
def test_columns_say_what_a_table_is(tmp_path: Path, table: str, kind: str) -> None:
    """Who coded may be said beside the file, so a table of codings need not name them."""
    file = tmp_path / "table.csv"
    file.write_text(table, "utf-8")
    assert kind_of(file) == kind


def test_what_is_mended_stands_in_the_sheet_that_was_read(tmp_path: Path) -> None:
    """Not in a hidden one of the same columns before it."""
    book = Workbook()
    old = book.active
    assert old is not None
    new = book.create_sheet("New")
    for sheet in (old, new):
        sheet.append(["transcript", "coder", "code", "turn"])
        sheet.append(["P-01", "Ada", "Cosst", 1])
    old.sheet_state = "hidden"
    file = tmp_path / "codings.xlsx"
    book.save(file)
    assert mend(file, [(2, "code", "Cost")], {}) == 1
    mended = load_workbook(file)
    assert [sheet["C2"].value for sheet in mended.worksheets] == ["Cosst", "Cost"]


def test_a_row_of_one_sheet_of_several_is_not_mended_in_another(tmp_path: Path) -> None:
    """The reason names sheet and row, and offers no cell."""
    file = str(tmp_path / "codings.xlsx")
    problems = [Problem(f'{file}, sheet "Wave 2"', "no such code", row, "Code") for row in (2, 5)]
    (group,) = alike(problems, Path(file))
    assert (group.rows, group.cells) == ((), ())
    assert group.reason == 'sheet "Wave 2", row 2 and 1 more: no such code'
