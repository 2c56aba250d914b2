"""A table is found wherever it stands in its file, and what was not read is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from annotations.errors import BadInput
from annotations.readers.reading import read_transcripts
from annotations.sheets.sheet import Sheet, read_sheet


def _read(file: Path) -> Sheet:
    return read_sheet(file, required=("code",), optional=("definition", "parent"))


def _cells(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(row.cells) for row in sheet.rows]


def _save(book: Any, file: Path) -> Path:
    book.save(file)
    return file


def test_names_of_columns_may_stand_below_a_title(tmp_path: Path) -> None:
    """Rows above are said; rows keep the numbers that people see."""
    book: Any = Workbook()
    for row in (["Our study; draft", ""], [], ["Code", "Definition"], ["Money", "What it costs"]):
        book.active.append(row)
    found = _read(_save(book, tmp_path / "a.xlsx"))
    assert [(row.number, row["code"], row["definition"]) for row in found.rows] == [
        (4, "Money", "What it costs")
    ]
    assert found.unread == ("row 1 stands above the names of the columns and was not read.",)


def test_a_title_may_hold_another_separator(tmp_path: Path) -> None:
    """The separator is that of the table."""
    file = tmp_path / "a.csv"
    file.write_text("A study; of care; in wards\ncode,definition\nMoney,What it costs\n", "utf-8")
    assert _cells(_read(file)) == [{"code": "Money", "definition": "What it costs"}]


def test_another_sheet_than_the_first(tmp_path: Path) -> None:
    """The sheet with the columns is read, and the others are named with their number of rows."""
    book: Any = Workbook()
    book.active.title = "About"
    book.active.append(["Written by Ines"])
    codes = book.create_sheet("Codes")
    codes.append(["Code"])
    codes.append(["Money"])
    book.create_sheet("Empty")
    found = _read(_save(book, tmp_path / "a.xlsx"))
    assert _cells(found) == [{"code": "Money"}]
    assert found.unread == ('the sheet "Codes" was read; the sheet "About" (1 row) was not read.',)


def test_a_merged_cell_stands_in_each_of_its_rows(tmp_path: Path) -> None:
    """And only as far as the table reaches; that it was so is said."""
    book: Any = Workbook()
    for row in (["Parent", "Code"], ["Money", "Cost"], ["", "Price"], ["", "Toll"], ["People", "Nurse"]):
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("A5:A9")
    found = _read(_save(book, tmp_path / "a.xlsx"))
    assert [row["parent"] for row in found.rows] == ["Money", "Money", "Money", "People"]
    assert found.unread == (
        "2 cells are merged over several rows; each of these rows was read with the value.",
    )


def test_merged_cells_that_claim_the_world_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook may claim any number of merged cells; the memory is not filled with them."""
    monkeypatch.setattr("annotations.sheets.workbook.MOST_CELLS", 200)
    book: Any = Workbook()
    for n in range(30):
        book.active.append(["Code", "x"] if n == 0 else [f"c{n}"])
    for column in "BCDEFGHI":
        book.active[f"{column}2"] = "v"
        book.active.merge_cells(f"{column}2:{column}30")
    with pytest.raises(BadInput, match="merges more than 200 cells"):
        _read(_save(book, tmp_path / "a.xlsx"))


def test_what_excel_leaves_in_cells_is_cleaned(tmp_path: Path) -> None:
    """Line ends as Excel's XML spells them are line ends, in workbooks and in tables made from them."""
    book: Any = Workbook()
    book.active.append(["Code", "Definition"])
    book.active.append(["Money", "one_x000D_\ntwo"])
    file = tmp_path / "a.csv"
    file.write_text('code,definition\nMoney,"one_x000D_\ntwo"\n', "utf-8")
    for one in (_save(book, tmp_path / "a.xlsx"), file):
        assert _read(one).rows[0]["definition"] == "one\ntwo"


def test_errors_of_formulas_are_empty_and_said(tmp_path: Path) -> None:
    """A reference that leads nowhere is no definition."""
    book: Any = Workbook()
    for row in (["Code", "Definition"], ["Money", "#REF!"], ["People", "Who"]):
        book.active.append(row)
    found = _read(_save(book, tmp_path / "a.xlsx"))
    assert [row["definition"] for row in found.rows] == ["", "Who"]
    assert found.unread[0].startswith(
        "1 row holds a cell with an error of Excel such as #REF! (the first is row 2)"
    )


def test_a_formula_of_a_sheet_that_is_not_read_stops_nothing(tmp_path: Path) -> None:
    """In the sheet that is read, a formula without a value is refused with its cell."""
    book: Any = Workbook()
    book.active.append(["Code"])
    book.active.append(["Money"])
    book.create_sheet("Sums").append(["=1+1"])
    assert _cells(_read(_save(book, tmp_path / "a.xlsx"))) == [{"code": "Money"}]
    book.active.append(["=A2"])
    with pytest.raises(BadInput, match="cell A3"):
        _read(_save(book, tmp_path / "a.xlsx"))


def test_columns_that_stand_nowhere_are_said_of_the_first_row(tmp_path: Path) -> None:
    """No table is guessed."""
    file = tmp_path / "a.csv"
    file.write_text("name,meaning\nMoney,What it costs\n", "utf-8")
    with pytest.raises(BadInput, match="the column code is missing"):
        _read(file)


def test_merged_words_of_a_transcript_were_said_once(tmp_path: Path) -> None:
    """A speaker's cell holds for each of its rows; a text that reaches over two rows is one turn."""
    book: Any = Workbook()
    for row in (
        ["Speaker", "Text"],
        ["Ann", "First words."],
        ["", "More words."],
        ["Bo", "Long words."],
        ["Cy", ""],
    ):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("B4:B5")
    (found,) = read_transcripts(_save(book, tmp_path / "a.xlsx"), interviewers=())
    said = [(turn.speaker, turn.span.of(found.text)) for turn in found.turns]
    assert said == [("Ann", "First words."), ("Ann", "More words."), ("Bo", "Long words.")]


@pytest.mark.parametrize("cell", [r"a\u0000b", r"ab\ud83d", r"\u0000 ab", r"a\udc00b"])
def test_json_may_write_what_is_no_character(tmp_path: Path, cell: str) -> None:
    """A NUL or half of a character, which no database keeps, is taken out, and the row is named."""
    file = tmp_path / "t.jsonl"
    file.write_text(f'{{"code": "whole \U0001f600"}}\n{{"code": "{cell}"}}\n', "utf-8")
    sheet = _read(file)
    assert [row["code"] for row in sheet.rows] == ["whole \U0001f600", "ab"]
    (said,) = sheet.unread
    assert "1 row holds a NUL, or half of a character, which is no text (the first in line 2)" in said
