"""Codings of other programs: each export means the same codings, and what was decided is said."""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import a_transcript
from other_programs import (
    LAYOUTS,
    Coded,
    Layout,
    maxqda,
    qualcoder_project,
    table,
    taguette,
    word_comments,
    workbook,
)

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codings.codings_file import PlacedRows, place_codings
from annotations.codings.named_columns import columns_named
from annotations.codings.read_codings import CodingsFile, read_codings
from annotations.errors import BadInput
from annotations.transcript import Transcript

SESSION = a_transcript(
    "JKG-01",
    "How did it start?",
    "With money, and with people.",
    "And then?",
    "Money again, always money. Yes.",
    "So?",
    "Yes.",
)
OTHER = a_transcript("PLP-22", "Tell me.", "Nobody asked us.", source="notes/PLP 22 (clean).docx")
BOOK = Codebook(
    "Small",
    (Framework("topics", "Topics"), Framework("phase", "Phase", role="phase")),
    (
        Code("money", "Money", "topics", "Topics/Money"),
        Code("cost", "Cost", "topics", "Topics/Money/Cost", parent="money"),
        Code("people", "People", "topics", "Topics/People"),
        Code("time-and-place", "Time, and place", "topics", "Topics/Time, and place"),
        Code("early", "Early", "phase", "Phase/Early"),
        Code("people-early", "Early", "topics", "Topics/People/Early", parent="people"),
    ),
)
CODED = (
    Coded("JKG-01", ("Money", "Cost"), "With money, and with people.", memo="why?", weight=3, paragraph=2),
    Coded("JKG-01", ("People",), "With money, and with people.", memo="why?", paragraph=2),
    Coded("JKG-01", ("Money", "Cost"), "always money", paragraph=4),
    Coded("PLP-22.docx", ("People",), "Nobody asked us.", coder="Tom", paragraph=2),
)


def _place(read: CodingsFile, *transcripts: Transcript) -> PlacedRows:
    by_name = {one.name.casefold(): one for one in transcripts or (SESSION, OTHER)}
    return place_codings(read, codebook=BOOK, transcripts=by_name, coders=())


def _said(placed: PlacedRows) -> set[tuple[str, str | None, str]]:
    texts = {SESSION.name: SESSION.text, OTHER.name: OTHER.text}
    return {(one.transcript, one.code, one.span.of(texts[one.transcript])) for one in placed.codings}


@pytest.mark.parametrize(("made", "named"), LAYOUTS.values(), ids=list(LAYOUTS))
def test_every_program_says_the_same(tmp_path: Path, made: Layout, named: str) -> None:
    """Transcript, code and passage arrive from each export, and whose it is is said."""
    coded = [c for c in CODED if c.document == "JKG-01"] if made is word_comments else CODED
    file = made(tmp_path, coded)
    placed = _place(read_codings(file, coder="Ines"))
    assert placed.faults == []
    wanted = {(c.document.removesuffix(".docx"), c.path[-1].casefold(), c.quote) for c in coded}
    assert _said(placed) == wanted
    assert placed.notes[0] == f"{file.name} is read as {named}."


@pytest.mark.parametrize(
    "name", ["MAXQDA", "MAXQDA in German", "QualCoder project", "ATLAS.ti", "NVivo summary"]
)
def test_coder_and_moment_come_along(tmp_path: Path, name: str) -> None:
    """From the program's own columns, in whatever form it writes dates; --coder fills what is empty alone."""
    placed = _place(read_codings(LAYOUTS[name][0](tmp_path, CODED), coder="Nobody"))
    assert {one.coder for one in placed.codings} == {"Ines", "Tom"}
    wanted = datetime.datetime(2024, 11, 26, 9, 30, tzinfo=datetime.UTC)
    assert {one.created for one in placed.codings} == {wanted}


@pytest.mark.parametrize("name", ["MAXQDA", "MAXQDA in German", "Dedoose"])
def test_weights_and_comments_are_memos(tmp_path: Path, name: str) -> None:
    """A weight stands in the memo where rows differ in it; one that is the same everywhere says nothing."""
    placed = _place(read_codings(LAYOUTS[name][0](tmp_path, CODED)))
    assert any(one.memo.endswith("Weight: 3") for one in placed.codings)
    assert not any("Weight: 0" in one.memo for one in placed.codings)


def test_the_same_weight_everywhere_is_left_out(tmp_path: Path) -> None:
    """Older versions of MAXQDA write 100 where nobody set a weight."""
    coded = [
        Coded("JKG-01", ("Money",), "always money", weight=100),
        Coded("JKG-01", ("People",), "And then", weight=100),
    ]
    placed = _place(read_codings(maxqda(tmp_path, coded)))
    assert not any("Weight" in one.memo for one in placed.codings)
    assert any("the weight 100" in note for note in placed.notes)


def test_a_quote_that_stands_twice_is_told_by_its_paragraph(tmp_path: Path) -> None:
    """Quotes that stand once show how paragraphs run along the transcript; without them nothing is guessed."""
    twice = Coded("JKG-01", ("People",), "Yes.", paragraph=6)
    placed = _place(read_codings(maxqda(tmp_path, [*CODED, twice])))
    last = next(one for one in placed.codings if one.row == 6)
    assert last.span == SESSION.turns[5].span
    assert any("1 quote stands several times" in note for note in placed.notes)
    alone = _place(read_codings(maxqda(tmp_path, [twice])))
    assert [fault.column for fault in alone.faults] == ["Segment"]
    assert "2 times" in alone.faults[0].reason


def test_as_many_places_as_positions_belong_together(tmp_path: Path) -> None:
    """A short answer that was coded at both of its places is placed at both."""
    both = [Coded("JKG-01", (name,), "Yes.", paragraph=at) for name, at in (("People", 9), ("Money", 4))]
    placed = _place(read_codings(maxqda(tmp_path, both)))
    spans = {one.code: one.span for one in placed.codings}
    assert spans["money"].start < spans["people"].start


def test_positions_that_do_not_grow_are_not_believed(tmp_path: Path) -> None:
    """A document that was put in another order there says nothing about the order here."""
    odd = [
        Coded("JKG-01", ("Money",), "With money", paragraph=9),
        Coded("JKG-01", ("Money",), "always money", paragraph=2),
        Coded("JKG-01", ("People",), "Yes.", paragraph=10),
    ]
    placed = _place(read_codings(maxqda(tmp_path, odd)))
    assert [fault.row for fault in placed.faults] == [4]


def test_qualcoder_characters_are_believed_where_the_words_stand_there(tmp_path: Path) -> None:
    """pos0 and pos1 find the right place of two; where the words are others, the quote decides."""
    start = SESSION.turns[5].span.start
    right = Coded("JKG-01", ("People",), "Yes.", start=start)
    moved = Coded("JKG-01", ("Money",), "always money", start=3)
    placed = _place(read_codings(qualcoder_project(tmp_path, [right, moved])))
    assert placed.faults == []
    assert {one.code: one.span.start for one in placed.codings} == {
        "people": start,
        "money": SESSION.text.index("always"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "JKG-01",
        "jkg-01.DOCX",
        "Wave 1\\JKG-01",
        "Wave 1/x/JKG-01.txt",
        "<Files\\\\Wave 1\\\\JKG-01>",
        "D 3: JKG-01",
        "12: JKG-01.docx",
    ],
)
def test_documents_meet_transcripts(tmp_path: Path, name: str) -> None:
    """With or without endings, groups, folders, numbers and brackets."""
    file = table(
        tmp_path / "a.csv", ("transcript", "coder", "code", "quote"), (name, "Ines", "money", "always money")
    )
    assert _said(_place(read_codings(file))) == {("JKG-01", "money", "always money")}


def test_a_document_meets_the_file_that_a_transcript_came_from(tmp_path: Path) -> None:
    """Another program knows the name of the file."""
    file = table(
        tmp_path / "a.csv", ("document", "tag", "content", "id"), ("PLP 22 (clean)", "money", "Nobody", 1)
    )
    assert _said(_place(read_codings(file, coder="Ines"))) == {("PLP-22", "money", "Nobody")}


def test_two_documents_of_one_name_are_asked_about(tmp_path: Path) -> None:
    """A name that two transcripts end with is refused; two documents taken for one transcript are said."""
    one, two = a_transcript("A/talk", "So?", "Yes, so."), a_transcript("B/talk", "So?", "No, so.")
    row = ("talk", "Ines", "money", "Yes, so.")
    file = table(tmp_path / "a.csv", ("transcript", "coder", "code", "quote"), row, ("A\\talk", *row[1:]))
    placed = _place(read_codings(file), one, two)
    assert [(fault.row, "give the name in full" in fault.reason) for fault in placed.faults] == [(2, True)]
    assert [(c.row, c.transcript) for c in placed.codings] == [(3, "A/talk")]
    rows = [
        (f"{group}\\JKG-01", "Ines", "money", quote)
        for group, quote in (("A", "always money"), ("B", "With money"))
    ]
    placed = _place(read_codings(table(tmp_path / "b.csv", ("transcript", "coder", "code", "quote"), *rows)))
    assert any('are all taken for the transcript "JKG-01"' in note for note in placed.notes)


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
    placed = _place(read_codings(file))
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
    (fault,) = _place(read_codings(file)).faults
    assert said in fault.reason


def test_a_code_by_its_name_alone_is_said(tmp_path: Path) -> None:
    """A code that the codebook has elsewhere is taken for it, said; two that would become one are refused."""
    one = [Coded("JKG-01", ("Barriers", "Cost"), "always money")]
    placed = _place(read_codings(maxqda(tmp_path, one)))
    assert [c.code for c in placed.codings] == ["cost"]
    assert any('"Barriers > Cost" is taken for the code "Topics/Money/Cost"' in note for note in placed.notes)
    two = [*one, Coded("JKG-01", ("Helpers", "Cost"), "With money")]
    placed = _place(read_codings(maxqda(tmp_path, two)))
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
    placed = _place(read_codings(LAYOUTS["QualCoder"][0](tmp_path, CODED)))
    assert any("1 coding is of something else than text" in note for note in placed.notes)


def test_dates_that_may_be_two_are_not_guessed(tmp_path: Path) -> None:
    """3/4/2024 is of March or of April, unless another date of the file tells."""
    head = ("Snippet", "Code", "Transcript", "Date")
    rows = [
        ("always money", "Money", "JKG-01", "3/4/2024"),
        ("With money", "Money", "JKG-01", "5/6/2024 2:05 PM"),
    ]
    placed = _place(read_codings(table(tmp_path / "a.csv", head, *rows), coder="Ines"))
    assert {one.created for one in placed.codings} == {None}
    assert any("2 dates (the first in row 2) cannot be told" in note for note in placed.notes)
    rows.append(("And then", "Money", "JKG-01", "25/6/2024"))
    placed = _place(read_codings(table(tmp_path / "a.csv", head, *rows), coder="Ines"))
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
        placed = _place(read_codings(file, coder="Ines", **given))
        assert _said(placed) == {("JKG-01", "money", "always money"), ("JKG-01", "people", "always money")}
        assert any("the columns remark are not known" in note for note in placed.notes)
        assert any("row 1 stands above" in note for note in placed.notes)
    with pytest.raises(BadInput, match='no row that names the columns "Theme"'):
        read_codings(file, columns={"code": "Theme", "quote": "Words"})
    with pytest.raises(BadInput, match=r'"qoute" is no column of codings\. Did you mean "quote"'):
        read_codings(file, columns={"code": "Theme, main", "qoute": "Words"})
    for wrong in ("Document", "code=", "code=a,code=b"):
        with pytest.raises(BadInput, match="--columns"):
            columns_named(wrong)


def test_a_project_of_qualcoder_is_read_and_not_touched(tmp_path: Path) -> None:
    """Neither the database nor its folder changes, also where what lies beside it would make SQLite write."""
    project = qualcoder_project(tmp_path, CODED)
    database = project / "data.qda"
    before = hashlib.sha256(database.read_bytes()).hexdigest(), sorted(project.iterdir())
    for given in (project, database):
        assert len(read_codings(given).rows) == len(CODED)
    assert before == (hashlib.sha256(database.read_bytes()).hexdigest(), sorted(project.iterdir()))
    assert any("1 coding of pictures" in note for note in read_codings(project).unread)


def test_what_is_no_project_of_qualcoder(tmp_path: Path) -> None:
    """Links, open projects, views in place of tables and other files are refused with a sentence."""
    project = qualcoder_project(tmp_path, CODED)
    (tmp_path / "link.qda").symlink_to(project / "data.qda")
    (tmp_path / "text.qda").write_text("no database", "utf-8")
    (tmp_path / "cut.qda").write_bytes((project / "data.qda").read_bytes()[:6000])
    (project / "data.qda-wal").write_bytes(b"x")
    view = qualcoder_project(tmp_path / "view", CODED) / "data.qda"
    with closing(sqlite3.connect(view)) as connection:
        connection.executescript(
            "ALTER TABLE source RENAME TO other; CREATE VIEW source AS SELECT * FROM other"
        )
    for given, said in (
        (tmp_path / "link.qda", "is a link"),
        (tmp_path / "text.qda", "is no database of QualCoder"),
        (tmp_path / "cut.qda", "is no database of QualCoder"),
        (project, "is open in QualCoder"),
        (view, "its table source lacks id, name"),
        (tmp_path / "none.qda", "holds no QualCoder database"),
    ):
        with pytest.raises(BadInput, match=said):
            read_codings(given)


def test_documents_that_hold_no_codings(tmp_path: Path) -> None:
    """A Word document without references or comments, and a damaged one, are a sentence."""
    from docx import Document

    Document().save(str(tmp_path / "a.docx"))
    (tmp_path / "b.docx").write_bytes(b"PK\x03\x04")
    for name, said in (("a.docx", "holds no codings"), ("b.docx", "Word document")):
        with pytest.raises(BadInput, match=said):
            read_codings(tmp_path / name)


@pytest.mark.parametrize(
    ("document", "reference"),
    [
        ("<Internals\\JKG-01> - § 1 reference coded [2.1% Coverage]", "Reference 1 - 2.1% Coverage"),
        ("Files\\\\W1\\\\JKG-01 - § 1 reference coded [ 2.10% Coverage]", "Reference 1 - 2.10% Coverage"),
        ("<Dateien\\JKG-01> – § 1 Referenz codiert  [2,1 % Abdeckung]", "Referenz 1 – 2,1 % Abdeckung"),
        ("<文件\\JKG-01> - § 1 个参考点已编码 [覆盖率 2.1%]", "参考点 1 - 覆盖率 2.1%"),
    ],
)
def test_references_of_nvivo_in_any_language(tmp_path: Path, document: str, reference: str) -> None:
    """The marks tell, not the words; without a name the file is called as the code; a picture holds no words."""
    lines = [document, reference, "", "With money, and with people.", "", reference.replace("1", "2", 1), ""]
    (tmp_path / "Money.txt").write_text("\n".join(lines), "utf-8")
    placed = _place(read_codings(tmp_path / "Money.txt", coder="Ines"))
    assert _said(placed) == {("JKG-01", "money", "With money, and with people.")}
    assert any('no line names the code; the name of the file, "Money"' in note for note in placed.notes)
    assert any("1 reference holds no words" in note for note in placed.notes)


def test_what_somebody_says_is_no_name_of_a_code(tmp_path: Path) -> None:
    """A line "Name: …" within a reference stays part of it; before the first document it names the code."""
    lines = ["Name: People", "Description: who", "it is", "<Files\\JKG-01> - § 1 reference coded [1% Coverage]",
             "Reference 1 - 1% Coverage", "Name: Bo. I say so.", "And so on.",
             "<Files\\JKG-02> - § 1 reference coded [1% Coverage]", "Reference 1 - 1% Coverage", "x"]  # fmt: skip
    (tmp_path / "a.txt").write_text("\n".join(lines), "utf-8")
    read = read_codings(tmp_path / "a.txt", coder="Ines")
    assert [(row["code"], row["quote"]) for row in read.rows] == [
        ("People", "Name: Bo. I say so.\nAnd so on."),
        ("People", "x"),
    ]


def test_a_table_of_references_with_plain_names(tmp_path: Path) -> None:
    """Coverage beside them says that they are NVivo's; --coder is said where it is not needed."""
    head = ("Code", "File", "Coverage", "Text", "Coded By")
    file = workbook(
        tmp_path / "a.xlsx", head, ("Nodes\\\\Money", "Files\\JKG-01", "0.1", "always money", "IF")
    )
    read = read_codings(file, coder="Tom")
    placed = _place(read)
    assert _said(placed) == {("JKG-01", "money", "always money")}
    assert {one.coder for one in placed.codings} == {"IF"}
    assert any("so --coder was not used" in note for note in placed.notes)


def test_a_paragraph_tells_where_neighbours_do_not(tmp_path: Path) -> None:
    """Between quotes that leave two places open, the number of the line decides, if all others are such numbers."""
    talk = a_transcript(
        "JKG-01", "Begin here.", "First words.", "Hm.", "Yes.", "Hm.", "Yes.", "End?", "Last words."
    )
    rows = [("First words.", 2), ("Last words.", 8), ("Yes.", 6)]
    coded = [Coded("JKG-01", ("Money",), quote, paragraph=at) for quote, at in rows]
    placed = _place(read_codings(maxqda(tmp_path, coded)), talk)
    assert [one.span for one in placed.codings] == [talk.turns[n].span for n in (1, 7, 5)]
    coded[1] = Coded("JKG-01", ("Money",), "Last words.", paragraph=11)
    assert len(_place(read_codings(maxqda(tmp_path, coded)), talk).faults) == 1


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
    assert _said(_place(read)) == {("JKG-01", "money", "always money")}


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
    placed = _place(read_codings(file, coder="Ines"))
    assert [(one.code, one.memo) for one in placed.codings] == [("money", "Weight: 4")]
