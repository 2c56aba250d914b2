"""Tables with a column for each code, as people make them in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from coded_rows import codings_file, placed_rows

from annotations.codings.read_codings import read_codings
from annotations.errors import BadInput

HEAD = "Transcript,Coder,Turn,Money,People,Remark"


def _placed(file: Path) -> list[tuple[int, str | None]]:
    return [(coding.row, coding.code) for coding in placed_rows(file).codings]


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("x", ""), ("Yes", "No"), ("ja", "nej")])
def test_a_mark_says_that_a_code_applies(tmp_path: Path, yes: str, no: str) -> None:
    """Each mark is a coding; other columns are named as not read."""
    rows = [("JKG-01", "Ines", 1, yes, yes, "see below"), ("JKG-01", "Ines", 3, no, yes, "")]
    file = codings_file(tmp_path, *rows, head=HEAD)
    assert _placed(file) == [(2, "money"), (2, "people"), (3, "people")]
    notes = placed_rows(file).notes
    assert any('"Money", "People" are read as codes' in note for note in notes)
    assert any("remark" in note for note in notes)


def test_none_that_applies_is_a_finding_and_no_mark_is_none(tmp_path: Path) -> None:
    """0 says that somebody looked; an empty row says nothing, and is counted."""
    rows = [
        ("JKG-01", "Ines", 1, 1, 0, ""),
        ("JKG-01", "Ines", 3, 0, 0, ""),
        ("PLP-22", "Ines", 1, "", "", "?"),
    ]
    file = codings_file(tmp_path, *rows, head=HEAD)
    assert _placed(file) == [(2, "money"), (3, None)]
    assert read_codings(file).complete == "listed"
    assert any("1 row marks no code and was left out" in note for note in placed_rows(file).notes)


def test_a_column_that_is_no_code_of_the_codebook_is_a_fault(tmp_path: Path) -> None:
    """By its name in the file."""
    file = codings_file(tmp_path, ("JKG-01", "Ines", 1, "x"), head="transcript,coder,turn,Monney")
    (fault,) = placed_rows(file).faults
    assert 'code "Monney" is not known' in fault.reason


def test_columns_without_marks_are_no_codes(tmp_path: Path) -> None:
    """Then the column code is missing, as ever."""
    file = codings_file(
        tmp_path, ("JKG-01", "Ines", 1, "12", "a word"), head="transcript,coder,turn,Money,People"
    )
    with pytest.raises(BadInput, match="the column code is missing"):
        read_codings(file)


def test_semicolons_may_part_the_columns(tmp_path: Path) -> None:
    """As Excel saves a table in many countries."""
    file = tmp_path / "wide.csv"
    file.write_bytes("\ufefftranscript;coder;turn;Money;People\r\nJKG-01;Ines;1;x;\r\n".encode())
    assert _placed(file) == [(2, "money")]


@pytest.mark.parametrize(
    "heads", ["Code 1,Code 2", "Code,Code 2", "code1,code2", "First code,Second code", "Code,Other codes"]
)
def test_a_column_for_the_second_code_of_a_passage(tmp_path: Path, heads: str) -> None:
    """Each name in one of them is a coding; a row without any says that nothing applies."""
    rows = [
        ("JKG-01", "Ines", 1, "money", "people"),
        ("JKG-01", "Ines", 3, "", "money"),
        ("JKG-01", "Tom", 3, "", ""),
    ]
    file = codings_file(tmp_path, *rows, head=f"transcript,coder,turn,{heads}")
    assert _placed(file) == [(2, "money"), (2, "people"), (3, "money"), (4, None)]
    assert any("are read as codes of one passage" in note for note in placed_rows(file).notes)


def test_codes_that_are_called_by_number_may_be_marked(tmp_path: Path) -> None:
    """Marks say that the column is the code; a column that was named with --columns is the one that is read."""
    file = codings_file(tmp_path, ("JKG-01", "Ines", 1, "x", ""), head="transcript,coder,turn,Code 1,Code 2")
    assert 'code "Code 1" is not known' in placed_rows(file).faults[0].reason
    file = codings_file(
        tmp_path, ("JKG-01", "Ines", 1, "money", "people"), head="transcript,coder,turn,Code 1,Code 2"
    )
    assert [row["code"] for row in read_codings(file, columns={"code": "Code 2"}).rows] == ["people"]


def test_a_row_of_such_codes_names_no_columns(tmp_path: Path) -> None:
    """Codes may be called "Code 1", and a memo may be another's name: nothing is taken out of their row."""
    file = codings_file(
        tmp_path, ("JKG-01", "Ines", 1, "Code 1", "code 2"), head="transcript,coder,turn,code,memo"
    )
    (row,) = read_codings(file).rows
    assert (row["code"], row["memo"]) == ("Code 1", "code 2")


def test_other_columns_may_be_named_beside_two_of_codes(tmp_path: Path) -> None:
    """With --columns, or kept in study.yaml; where one of the two is named, it alone is read."""
    file = codings_file(
        tmp_path, ("JKG-01", "Ines", "a word", "money", "people"), head="Doc,Who,Words,Code 1,Code 2"
    )
    others = {"transcript": "Doc", "coder": "Who", "quote": "Words"}
    read = read_codings(file, columns=others)
    assert [row["code"] for row in read.rows] == ["money\npeople"]
    assert any('transcript is "Doc", coder is "Who"' in note for note in read.unread)
    assert [row["code"] for row in read_codings(file, kept_columns=others).rows] == ["money\npeople"]
    first = {**others, "code": "Code 1"}
    assert [row["code"] for row in read_codings(file, kept_columns=first).rows] == ["money"]
