"""Tables of other programs: cells, columns and documents that say less than one would like, or otherwise."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from builders import a_transcript
from coded_elsewhere import CODED, SESSION, placed_here, said_of
from other_programs import (
    LAYOUTS,
    Coded,
    maxqda,
    table,
    taguette,
    workbook,
)

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codings.codings_file import place_codings
from annotations.codings.named_columns import columns_named
from annotations.codings.read_codings import read_codings
from annotations.errors import BadInput


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Money > Cost", ["cost"]),
        ("Topics::Money::Cost", ["cost"]),
        ("Money\\Cost", ["cost"]),
        ("topics/money/COST", ["cost"]),
        ("People › Early", ["people-early"]),
        ("Money; People", ["money", "people"]),
        ("Money\nPeople\nMoney", ["money", "people"]),
        ("Money | Phase/Early", ["money", "early"]),
        ("Time, and place", ["time-and-place"]),
        ("Money, Time, and place, People", ["money", "time-and-place", "people"]),
        ("● Money {12-3}", ["money"]),
        ("Money.Cost", ["cost"]),
    ],
)
def test_cells_of_codes(tmp_path: Path, cell: str, codes: list[str]) -> None:
    """Paths in every spelling and several codes in a cell; the codebook decides what a separator is."""
    file = table(tmp_path / "a.csv", ("transcript", "coder", "code", "turn"), ("JKG-01", "Ines", cell, 1))
    placed = placed_here(read_codings(file))
    assert placed.faults == []
    assert [one.code for one in placed.codings] == codes


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Money; Peeple", 'code "Peeple" is not known'),
        ("Early", "Give one of the paths"),
        ("Money;; Early", "Give one of the paths"),
        ("Money; Barriers > Cost", "is not known"),
        ("i.e. Cost", "is not known"),
        ("Barriers > Price", 'code "Barriers > Price" is not known'),
    ],
)
def test_cells_that_name_no_code(tmp_path: Path, cell: str, said: str) -> None:
    """What of the cell is not known is said, and nothing of it is taken."""
    file = table(tmp_path / "a.csv", ("transcript", "coder", "code", "turn"), ("JKG-01", "Ines", cell, 1))
    (fault,) = placed_here(read_codings(file)).faults
    assert said in fault.reason


def test_a_code_by_its_name_alone_is_said(tmp_path: Path) -> None:
    """A code that the codebook has elsewhere is taken for it, said; two that would become one are refused."""
    one = [Coded("JKG-01", ("Barriers", "Cost"), "always money")]
    placed = placed_here(read_codings(maxqda(tmp_path, one)))
    assert [c.code for c in placed.codings] == ["cost"]
    assert any('"Barriers > Cost" is taken for the code "Topics/Money/Cost"' in note for note in placed.notes)
    two = [*one, Coded("JKG-01", ("Helpers", "Cost"), "With money")]
    placed = placed_here(read_codings(maxqda(tmp_path, two)))
    assert len(placed.faults) == 2
    assert '"Barriers > Cost" and "Helpers > Cost"' in placed.faults[0].reason


def test_a_name_that_may_be_two_codes_is_asked_about(tmp_path: Path) -> None:
    """Where a program lists codes in one cell, a name with a comma that is also two names is not guessed."""
    book = Codebook("B", (Framework("t", "T"),), tuple(Code(n, n, "t", f"T/{n}") for n in ("a", "b", "a, b")))
    file = table(tmp_path / "a.csv", ("Snippet", "Codes", "Transcript"), ("always money", "a, b", "JKG-01"))
    placed = place_codings(
        read_codings(file, coder="Ines"), codebook=book, transcripts={"jkg-01": SESSION}, coders=()
    )
    assert "may be the code" in placed.faults[0].reason


def test_what_has_no_code_or_no_words_is_left_out_and_said(tmp_path: Path) -> None:
    """A highlight without a tag says nothing; it does not say that no code applies."""
    read = read_codings(taguette(tmp_path, CODED), coder="Ines")
    assert all(row["code"] for row in read.rows)
    assert read.complete == "none"
    assert any("1 passage carries no code" in note for note in read.unread)
    placed = placed_here(read_codings(LAYOUTS["QualCoder"][0](tmp_path, CODED)))
    assert any("1 coding is of something else than text" in note for note in placed.notes)


def test_dates_that_may_be_two_are_not_guessed(tmp_path: Path) -> None:
    """3/4/2024 is of March or of April, unless another date of the file tells."""
    head = ("Snippet", "Code", "Transcript", "Date")
    rows = [
        ("always money", "Money", "JKG-01", "3/4/2024"),
        ("With money", "Money", "JKG-01", "5/6/2024 2:05 PM"),
    ]
    placed = placed_here(read_codings(table(tmp_path / "a.csv", head, *rows), coder="Ines"))
    assert {one.created for one in placed.codings} == {None}
    assert any("2 dates (the first in row 2) cannot be told" in note for note in placed.notes)
    rows.append(("And then", "Money", "JKG-01", "25/6/2024"))
    placed = placed_here(read_codings(table(tmp_path / "a.csv", head, *rows), coder="Ines"))
    assert datetime.datetime(2024, 6, 5, 14, 5, tzinfo=datetime.UTC) in {
        one.created for one in placed.codings
    }


def test_columns_that_the_team_names(tmp_path: Path) -> None:
    """Unknown columns are named once, also those whose name holds a comma, and more than one code in a cell is read."""
    head = ("Interview", "Theme, main", "Words", "Remark")
    file = workbook(
        tmp_path / "a.xlsx", ("Our list",), head, ("JKG-01.docx", "Money; People", "always money", "why")
    )
    with pytest.raises(BadInput, match="--columns transcript=Document"):
        read_codings(file)
    columns = columns_named("transcript=Interview, code=Theme, main ,quote=words")
    assert columns == {"transcript": "Interview", "code": "Theme, main", "quote": "words"}
    for given in ({"columns": columns}, {"kept_columns": columns}):
        placed = placed_here(read_codings(file, coder="Ines", **given))
        assert said_of(placed) == {("JKG-01", "money", "always money"), ("JKG-01", "people", "always money")}
        assert any("the columns remark are not known" in note for note in placed.notes)
        assert any("row 1 stands above" in note for note in placed.notes)
    with pytest.raises(BadInput, match='no row that names the columns "Theme"'):
        read_codings(file, columns={"code": "Theme", "quote": "Words"})
    with pytest.raises(BadInput, match=r'"qoute" is no column of codings\. Did you mean "quote"'):
        read_codings(file, columns={"code": "Theme, main", "qoute": "Words"})
    for wrong in ("Document", "code=", "code=a,code=b"):
        with pytest.raises(BadInput, match="--columns"):
            columns_named(wrong)


def test_a_table_of_references_with_plain_names(tmp_path: Path) -> None:
    """Coverage beside them says that they are NVivo's; --coder is said where it is not needed."""
    head = ("Code", "File", "Coverage", "Text", "Coded By")
    file = workbook(
        tmp_path / "a.xlsx", head, ("Nodes\\\\Money", "Files\\JKG-01", "0.1", "always money", "IF")
    )
    read = read_codings(file, coder="Tom")
    placed = placed_here(read)
    assert said_of(placed) == {("JKG-01", "money", "always money")}
    assert {one.coder for one in placed.codings} == {"IF"}
    assert any("so --coder was not used" in note for note in placed.notes)


def test_a_paragraph_tells_where_neighbours_do_not(tmp_path: Path) -> None:
    """Between quotes that leave two places open, the number of the line decides, if all others are such numbers."""
    talk = a_transcript(
        "JKG-01", "Begin here.", "First words.", "Hm.", "Yes.", "Hm.", "Yes.", "End?", "Last words."
    )
    rows = [("First words.", 2), ("Last words.", 8), ("Yes.", 6)]
    coded = [Coded("JKG-01", ("Money",), quote, paragraph=at) for quote, at in rows]
    placed = placed_here(read_codings(maxqda(tmp_path, coded)), talk)
    assert [one.span for one in placed.codings] == [talk.turns[n].span for n in (1, 7, 5)]
    coded[1] = Coded("JKG-01", ("Money",), "Last words.", paragraph=11)
    assert len(placed_here(read_codings(maxqda(tmp_path, coded)), talk).faults) == 1


@pytest.mark.parametrize(
    ("head", "named"),
    [
        ("Document name,Code,Segment,Weight score,Author", "MAXQDA coded segments"),
        ("Document,Code,Coded segment,Beginning,End", "MAXQDA coded segments"),
        ("Dokument,Code,Segment,Gewicht,Autor", "MAXQDA coded segments (German)"),
        ("Document,Quotation,Codes,Created by", "ATLAS.ti quotations"),
        ("Document Name,Text Content,Codes,Reference", "ATLAS.ti quotations"),
        ("Media Title,Excerpt,Codes Applied", "Dedoose excerpts"),
        ("Filename,Code name,Coded text,Coder,pos0,pos1", "QualCoder coded text"),
        ("source,code,seltext,owner", "QualCoder coded text"),
        ("File,Coder,Coded,Id,Codename,Coded_Memo", "QualCoder coded text"),
        ("Snippet Text,Code Names,Transcript Title", "Delve snippets"),
        ("File Name,Node,Reference Text,Coverage", "NVivo coding references"),
    ],
)
def test_columns_of_other_versions(tmp_path: Path, head: str, named: str) -> None:
    """Each version of a program calls some columns otherwise and leaves some out."""
    words = {"segment": "always money", "coded_segment": "always money", "quotation": "always money"}
    said = {"code": "Money", "codes": "Money", "codes_applied": "Money", "code_name": "Money", "codename": "Money",
            "code_names": "Money", "node": "Money"}  # fmt: skip
    quotes = dict.fromkeys(
        ("text_content", "excerpt", "coded_text", "seltext", "coded", "snippet_text", "reference_text"),
        "always money",
    )
    documents = dict.fromkeys(
        (
            "document",
            "document_name",
            "dokument",
            "media_title",
            "filename",
            "source",
            "file",
            "file_name",
            "transcript_title",
        ),
        "JKG-01",
    )
    known = words | said | quotes | documents
    row = [known.get(name.casefold().replace(" ", "_"), "") for name in head.split(",")]
    read = read_codings(table(tmp_path / "a.csv", head.split(","), row), coder="Ines")
    assert read.program == named
    assert said_of(placed_here(read)) == {("JKG-01", "money", "always money")}


def test_columns_of_codes_without_a_word_behind(tmp_path: Path) -> None:
    """Dedoose's columns are known by "Code:" alone; their ranges and weights are no codes."""
    head = (
        "Media Title",
        "Excerpt Copy",
        "Code: Money",
        "Code: Money Range",
        "Code: Money Weight",
        "Code: People",
    )
    file = table(tmp_path / "a.csv", head, ("JKG-01", "always money", "TRUE", "1-5", "4", "False"))
    placed = placed_here(read_codings(file, coder="Ines"))
    assert [(one.code, one.memo) for one in placed.codings] == [("money", "Weight: 4")]
