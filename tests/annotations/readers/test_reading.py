"""Transcripts from files: what comes in, and what is refused with a sentence."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.readers.description import Description, describe, read_manifest
from annotations.readers.reading import read_transcripts
from annotations.study.config import StudyConfig

WHO = ("Interviewer",)


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def _docx(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _said(file: Path) -> list[tuple[str, str]]:
    (found,) = read_transcripts(file, interviewers=WHO)
    return [(turn.speaker, turn.span.of(found.text)) for turn in found.turns]


def test_labelled_lines_are_turns(tmp_path: Path) -> None:
    """A line without a label goes on with the turn; blank lines are ignored; lines of one speaker stay apart."""
    text = "\ufeffInterviewer: How?\r\nJKG-01: Well 🙂\r\n\r\nand more\r\n"
    text += "JKG-01: [name] 10:30 Meeting: late\r\n10:30 Meeting: no\n"
    assert _said(_file(tmp_path, "a.txt", text)) == [
        ("Interviewer", "How?"),
        ("JKG-01", "Well 🙂\n\nand more"),
        ("JKG-01", "[name] 10:30 Meeting: late\n10:30 Meeting: no"),
    ]


def test_a_text_without_labels_is_paragraphs(tmp_path: Path) -> None:
    """A document has no speakers; each paragraph is a turn."""
    assert _said(_file(tmp_path, "a.md", "One\ntwo.\n\n\nThree.")) == [("", "One\ntwo."), ("", "Three.")]


def test_a_table_may_hold_many_transcripts(tmp_path: Path) -> None:
    """One row is one turn; columns say where a transcript belongs."""
    file = _file(
        tmp_path, "a.csv", 'transcript,Speaker,text,wave\nA,I,"Hi, you",2\nB,P-1,Yo,1\nA,P-2,"a\nb",2\n'
    )
    first, second = read_transcripts(file, interviewers=WHO)
    assert (first.name, first.text, dict(first.described)) == ("A", "I: Hi, you\nP-2: a b\n", {"wave": "2"})
    assert second.turns[0].span.of(second.text) == "Yo"


def test_jsonl_and_docx_say_the_same(tmp_path: Path) -> None:
    """The same turns from other formats have the same canonical text."""
    lines = '{"speaker": "Interviewer", "text": "How?"}\n{"speaker": "P-1", "text": "Well."}\n'
    (a,) = read_transcripts(_file(tmp_path, "a.jsonl", lines), interviewers=WHO)
    (b,) = read_transcripts(
        _file(tmp_path, "b.docx", _docx("Interviewer: How?", "P-1: Well.")), interviewers=WHO
    )
    assert a.text == b.text == "Interviewer: How?\nP-1: Well.\n"
    assert a.turns == b.turns


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 450_000_000)
    return out.getvalue()


def _entities() -> bytes:
    source, out = zipfile.ZipFile(io.BytesIO(_docx("P: a"))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "word/document.xml":
                content = content.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
            archive.writestr(entry.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t\n", "is empty"),
        ("a.txt", b"MZ\x00\x01\x02" * 50, "is no text but a program's own format"),
        ("a.txt", b"P:\n", "holds no words"),
        ("a.docx", b"PK not really", "is no Word document"),
        ("a.docx", _docx("P: a")[:900], "is no Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password"),
        ("a.doc", b"x", "Save it as .docx"),
        ("a.zip", b"PK", "Unpack it, and give the files that are in it"),
        ("a.xyz", b"x", "Allowed: .txt"),
        ("a.csv", b"who,what\na,b\n", "the columns speaker and text are missing"),
        ("a.csv", b"quote,coder,code\na,b,c\n", "If these are codings, bring them in"),
        ("survey.csv", b"respondent,question,answer\n1,Why?,So\n", "Open answers of a survey come in so"),
        ("a.jsonl", b'{"speaker": "a"\n', "line 1: this is no JSON"),
        ("a.csv", b"speaker,text,start\nP,a,soon\n", 'column "start": "soon" is no time'),
        ("a.tsv", b"speaker\ttext\tstart\nP\ta\t" + b"9" * 400 + b"\n", "is no time"),
    ],
)
def test_a_bad_file_is_answered_with_a_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """The file, what was found and what to do."""
    with pytest.raises(BadInput, match=said.replace("(", r"\(")) as caught:
        read_transcripts(_file(tmp_path, name, content), interviewers=WHO)
    assert name in str(caught.value)


@pytest.mark.slow
def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    """A document that unpacks to hundreds of megabytes is refused by its table of contents."""
    with pytest.raises(BadInput, match="unpacks to 450 MB"):
        read_transcripts(_file(tmp_path, "a.docx", _bomb()), interviewers=WHO)


def test_a_file_of_more_than_50_mb_is_not_read(tmp_path: Path) -> None:
    """Its size is looked at before it is opened."""
    file = _file(tmp_path, "a.vtt", b"WEBVTT")
    os.truncate(file, 51_000_000)
    with pytest.raises(BadInput, match="51 MB; at most 50 MB"):
        read_transcripts(file, interviewers=WHO)


def test_xml_entities_are_refused(tmp_path: Path) -> None:
    """A document that declares entities is not parsed."""
    with pytest.raises(BadInput, match="declares XML entities"):
        read_transcripts(_file(tmp_path, "a.docx", _entities()), interviewers=WHO)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    """Whatever the text, spans are in order and hold words, or a sentence says why not."""
    file = _file(tmp_path, "a.txt", text)
    try:
        (found,) = read_transcripts(file, interviewers=WHO)
    except BadInput:
        return
    ends = 0
    for turn in found.turns:
        assert turn.span.start >= ends
        assert turn.span.of(found.text).strip()
        ends = turn.span.end


def test_the_strongest_word_on_where_it_belongs_wins(tmp_path: Path) -> None:
    """Options come before the manifest, the manifest before the file's name."""
    config = StudyConfig(
        name="S",
        cases={"K": ("North",)},
        waves=("1", "2"),
        participant_pattern=r"(?P<participant>[A-Z]+-\d+)-w(?P<wave>\d)",
    )
    _file(tmp_path, "JKG-01-w2.txt", "JKG-01: Hello.\n")
    manifest = read_manifest(_file(tmp_path, "m.csv", "file,site,may_quote\nJKG-01-w2.txt,North,yes\n"))
    (read,) = read_transcripts(manifest.files[0], interviewers=WHO)
    found = describe(read, options=Description(), manifest=manifest, config=config)
    assert (found.participant, found.wave, found.site, found.case) == ("JKG-01", "2", "North", "K")
    assert found.consents.may_quote
    assert describe(read, options=Description(wave="1"), manifest=manifest, config=config).wave == "1"
    with pytest.raises(BadInput, match=r"the wave .3. is not in study\.yaml"):
        describe(read, options=Description(wave="3"), manifest=None, config=config)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("file\n../x.txt\n", "is no path within the folder"),
        ("file,knd\na.txt,interview\n", 'Did you mean "kind"'),
        ("file,kind\na.txt,song\n", 'the kind "song" is not known'),
        ("file,may_train\na.txt,perhaps\n", "it is yes or no"),
    ],
)
def test_a_bad_manifest_is_answered_with_a_sentence(tmp_path: Path, content: str, said: str) -> None:
    """The row, the column, what was found and what is allowed."""
    with pytest.raises(BadInput, match=said):
        read_manifest(_file(tmp_path, "m.csv", content))
