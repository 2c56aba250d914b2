"""Codings of other programs: each export means the same codings, and what was decided is said."""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import a_transcript
from coded_elsewhere import CODED, SESSION, placed_here, said_of
from other_programs import (
    LAYOUTS,
    Coded,
    Layout,
    maxqda,
    qualcoder_project,
    table,
    word_comments,
)

from annotations.codings.read_codings import read_codings
from annotations.errors import BadInput


@pytest.mark.parametrize(("made", "named"), LAYOUTS.values(), ids=list(LAYOUTS))
def test_every_program_says_the_same(tmp_path: Path, made: Layout, named: str) -> None:
    """Transcript, code and passage arrive from each export, and whose it is is said."""
    coded = [c for c in CODED if c.document == "JKG-01"] if made is word_comments else CODED
    file = made(tmp_path, coded)
    placed = placed_here(read_codings(file, coder="Ines"))
    assert placed.faults == []
    wanted = {(c.document.removesuffix(".docx"), c.path[-1].casefold(), c.quote) for c in coded}
    assert said_of(placed) == wanted
    assert placed.notes[0] == f"{file.name} is read as {named}."


@pytest.mark.parametrize(
    "name", ["MAXQDA", "MAXQDA in German", "QualCoder project", "ATLAS.ti", "NVivo summary"]
)
def test_coder_and_moment_come_along(tmp_path: Path, name: str) -> None:
    """From the program's own columns, in whatever form it writes dates; --coder fills what is empty alone."""
    placed = placed_here(read_codings(LAYOUTS[name][0](tmp_path, CODED), coder="Nobody"))
    assert {one.coder for one in placed.codings} == {"Ines", "Tom"}
    wanted = datetime.datetime(2024, 11, 26, 9, 30, tzinfo=datetime.UTC)
    assert {one.created for one in placed.codings} == {wanted}


@pytest.mark.parametrize("name", ["MAXQDA", "MAXQDA in German", "Dedoose"])
def test_weights_and_comments_are_memos(tmp_path: Path, name: str) -> None:
    """A weight stands in the memo where rows differ in it; one that is the same everywhere says nothing."""
    placed = placed_here(read_codings(LAYOUTS[name][0](tmp_path, CODED)))
    assert any(one.memo.endswith("Weight: 3") for one in placed.codings)
    assert not any("Weight: 0" in one.memo for one in placed.codings)


def test_the_same_weight_everywhere_is_left_out(tmp_path: Path) -> None:
    """Older versions of MAXQDA write 100 where nobody set a weight."""
    coded = [
        Coded("JKG-01", ("Money",), "always money", weight=100),
        Coded("JKG-01", ("People",), "And then", weight=100),
    ]
    placed = placed_here(read_codings(maxqda(tmp_path, coded)))
    assert not any("Weight" in one.memo for one in placed.codings)
    assert any("the weight 100" in note for note in placed.notes)


def test_a_quote_that_stands_twice_is_told_by_its_paragraph(tmp_path: Path) -> None:
    """Quotes that stand once show how paragraphs run along the transcript; without them nothing is guessed."""
    twice = Coded("JKG-01", ("People",), "Yes.", paragraph=6)
    placed = placed_here(read_codings(maxqda(tmp_path, [*CODED, twice])))
    last = next(one for one in placed.codings if one.row == 6)
    assert last.span == SESSION.turns[5].span
    assert any("1 quote stands several times" in note for note in placed.notes)
    alone = placed_here(read_codings(maxqda(tmp_path, [twice])))
    assert [fault.column for fault in alone.faults] == ["Segment"]
    assert "2 times" in alone.faults[0].reason


def test_as_many_places_as_positions_belong_together(tmp_path: Path) -> None:
    """A short answer that was coded at both of its places is placed at both."""
    both = [Coded("JKG-01", (name,), "Yes.", paragraph=at) for name, at in (("People", 9), ("Money", 4))]
    placed = placed_here(read_codings(maxqda(tmp_path, both)))
    spans = {one.code: one.span for one in placed.codings}
    assert spans["money"].start < spans["people"].start


def test_positions_that_do_not_grow_are_not_believed(tmp_path: Path) -> None:
    """A document that was put in another order there says nothing about the order here."""
    odd = [
        Coded("JKG-01", ("Money",), "With money", paragraph=9),
        Coded("JKG-01", ("Money",), "always money", paragraph=2),
        Coded("JKG-01", ("People",), "Yes.", paragraph=10),
    ]
    placed = placed_here(read_codings(maxqda(tmp_path, odd)))
    assert [fault.row for fault in placed.faults] == [4]


def test_qualcoder_characters_are_believed_where_the_words_stand_there(tmp_path: Path) -> None:
    """pos0 and pos1 find the right place of two; where the words are others, the quote decides."""
    start = SESSION.turns[5].span.start
    right = Coded("JKG-01", ("People",), "Yes.", start=start)
    moved = Coded("JKG-01", ("Money",), "always money", start=3)
    placed = placed_here(read_codings(qualcoder_project(tmp_path, [right, moved])))
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
    assert said_of(placed_here(read_codings(file))) == {("JKG-01", "money", "always money")}


def test_a_document_meets_the_file_that_a_transcript_came_from(tmp_path: Path) -> None:
    """Another program knows the name of the file."""
    file = table(
        tmp_path / "a.csv", ("document", "tag", "content", "id"), ("PLP 22 (clean)", "money", "Nobody", 1)
    )
    assert said_of(placed_here(read_codings(file, coder="Ines"))) == {("PLP-22", "money", "Nobody")}


def test_two_documents_of_one_name_are_asked_about(tmp_path: Path) -> None:
    """A name that two transcripts end with is refused; two documents taken for one transcript are said."""
    one, two = a_transcript("A/talk", "So?", "Yes, so."), a_transcript("B/talk", "So?", "No, so.")
    row = ("talk", "Ines", "money", "Yes, so.")
    file = table(tmp_path / "a.csv", ("transcript", "coder", "code", "quote"), row, ("A\\talk", *row[1:]))
    placed = placed_here(read_codings(file), one, two)
    assert [(fault.row, "give the name in full" in fault.reason) for fault in placed.faults] == [(2, True)]
    assert [(c.row, c.transcript) for c in placed.codings] == [(3, "A/talk")]
    rows = [
        (f"{group}\\JKG-01", "Ines", "money", quote)
        for group, quote in (("A", "always money"), ("B", "With money"))
    ]
    placed = placed_here(
        read_codings(table(tmp_path / "b.csv", ("transcript", "coder", "code", "quote"), *rows))
    )
    assert any('are all taken for the transcript "JKG-01"' in note for note in placed.notes)


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
    placed = placed_here(read_codings(tmp_path / "Money.txt", coder="Ines"))
    assert said_of(placed) == {("JKG-01", "money", "With money, and with people.")}
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
