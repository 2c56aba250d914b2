"""Tables of codes that stand on their side, one for each code in Word."""

from __future__ import annotations

from pathlib import Path

from codebook_files import workbook_of, write_file
from docx import Document

from annotations.codebook.files import codebook_from
from annotations.codebook.word_tables import is_codebook

TEXTS = ("definition", "use_when", "do_not_use_when", "example")


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


def test_a_table_of_signs_makes_no_codebook_of_a_transcript(tmp_path: Path) -> None:
    """A document is a codebook if most of its words stand in tables that define codes."""
    document = Document()
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ["Code", "Meaning", "(.)", "A short pause"], strict=True):
        cell.text = words
    document.save(str(tmp_path / "signs.docx"))
    assert is_codebook(tmp_path / "signs.docx")
    for words in ("INT: What changed on the ward?", "P-01: We (.) waited for beds, and then the money came."):
        document.add_paragraph(words)
    document.save(str(tmp_path / "P-01.docx"))
    assert not is_codebook(tmp_path / "P-01.docx")


def test_tables_stand_in_the_order_of_the_document(tmp_path: Path) -> None:
    """A codebook in one table is read before a card for one more code below it, and the note counts as the reader does."""
    document = Document()
    for words in (["Code", "Meaning", "Cost", "A price"], ["Code", "Trust", "Meaning", "Belief"]):
        table = document.add_table(rows=2, cols=2)
        for cell, said in zip(table._cells, words, strict=True):
            cell.text = said
    document.save(str(tmp_path / "b.docx"))
    read = codebook_from(tmp_path / "b.docx")
    assert [code.name for code in read.codebook] == ["Cost"]
    assert 'the sheet "Table 1" was read; the sheet "Table 2" (2 rows) was not read.' in read.notes
