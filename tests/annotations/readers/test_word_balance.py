"""Words in are words kept, marks, and words left out: for every file that the tests know, and counted another way."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from program_layouts import ALL
from written import SAID, SAMPLES, docx_of, read_as, word_layouts

from annotations.readers.spoken import ReadTranscript
from annotations.readers.words import count_words

PAGES = {
    name: made([(who, words.replace("🙂", "")) for who, words in SAID]) for name, (_, made) in ALL.items()
}
MADE = {name: (ending, PAGES[name]) for name, (ending, _) in ALL.items()}
WRITTEN = {name: (Path(name).suffix, content) for name, content in word_layouts().items()}
LYING = {file.name: (file.suffix, file.read_bytes()) for file in sorted(SAMPLES.iterdir())}
FIXTURES = {**MADE, **WRITTEN, **LYING}
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _in_text(content: bytes) -> int:
    return count_words(content.decode("utf-8-sig", "replace"))


def _in_cues(content: bytes) -> int:
    text = content.decode("utf-8-sig").replace("\r\n", "\n").removeprefix("WEBVTT")
    words = 0
    for block in text.split("\n\n"):
        lines = block.strip().split("\n")
        at = next((n for n, line in enumerate(lines) if "-->" in line), -1)
        above = [
            line for line in lines[: max(at, 0)] if not re.fullmatch(r"\d*|[0-9a-f-]{20,}.*", line.strip())
        ]
        named = " ".join(re.sub(r'^\d+ "(.*)" \(\d+\)$', r"\1", line) for line in above)
        said = re.sub(r"<v ([^>]*)>", r" \1 ", "\n".join(lines[at + 1 :])) if at >= 0 else block
        words += count_words(named) + count_words(html.unescape(re.sub(r"</?[a-z][^>]*>", " ", said)))
    return words


def _in_word(content: bytes) -> int:
    words = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml", name):
                xml = archive.read(name).decode()
                plain = re.sub(r"</w:p>|<w:(?:br|tab|cr)/>", " ", xml)
                words += count_words(html.unescape(re.sub(r"<[^>]*>", "", plain)))
    return words


def _in_page(content: bytes) -> int:
    body = content.decode().partition("<body>")[2]
    return count_words(
        html.unescape(re.sub(r"<(?!/?span|/?a\b)[^>]*>", " ", re.sub(r"</?(?:span|a\b)[^>]*>", "", body)))
    )


def _in_table(content: bytes) -> int:
    first, *rows = csv.reader(io.StringIO(content.decode()), delimiter="\t" if b"\t" in content else ",")
    assert first
    return sum(count_words(cell) for row in rows for cell in row)


def _in_json(content: bytes) -> int:
    plain = json.loads(content)
    names: dict[str, str] = {}
    if isinstance(plain, dict):
        names = {one["id"]: one["name"] for one in plain.pop("speakers", ())}
        plain = plain.get("results", plain)
        plain = plain.get("audio_segments") or next(one for one in plain.values() if isinstance(one, list))
    words = 0
    for turn in plain:
        parts = turn.get("elements") or turn.get("words") or ()
        said = "".join(part.get("value") or part.get("text") for part in parts)
        cells = [value for key, value in turn.items() if isinstance(value, str) and not key.endswith("_time")]
        words += count_words(said) + sum(count_words(names.get(one, one)) for one in cells)
    return words


ELSEWHERE: dict[str, Callable[[bytes], int]] = {
    ".txt": _in_text, ".md": _in_text, ".vtt": _in_cues, ".srt": _in_cues, ".docx": _in_word, ".html": _in_page,
    ".csv": _in_table, ".tsv": _in_table, ".json": _in_json,
}  # fmt: skip


def _one(ending: str, content: bytes) -> ReadTranscript:
    (found,) = read_as(ending, content)
    return found


@pytest.mark.parametrize("name", FIXTURES)
def test_every_word_of_a_file_is_accounted_for(name: str) -> None:
    """Nothing is missing, and the words in turns are those that the account says are kept."""
    found = _one(*FIXTURES[name])
    account = found.account
    kept = sum(count_words(turn.span.of(found.text)) for turn in found.turns)
    assert account.kept == kept
    assert account.words_in == kept + account.marks + sum(one.words for one in account.left_out)


@pytest.mark.parametrize("name", [name for name, (ending, _) in FIXTURES.items() if ending in ELSEWHERE])
def test_the_words_of_a_file_are_as_many_as_somebody_else_counts(name: str) -> None:
    """From the bytes, without the reader."""
    ending, content = FIXTURES[name]
    if name == "polish-cp1250.txt":
        content = content.decode("cp1250").encode()
    assert _one(ending, content).account.words_in == ELSEWHERE[ending](content)


def _with(document: bytes, parts: dict[str, str], inside: tuple[str, str] = ("", "")) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(out, "w") as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "word/document.xml" and inside[0]:
                content = content.replace(inside[0].encode(), inside[1].encode())
            made.writestr(entry.filename, content)
        for name, words in parts.items():
            xml = f'<w:x xmlns:w="{W}"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:x>'
            made.writestr(name, xml)
    return out.getvalue()


TALK = ("Interviewer: How?", "P-1: Well HERE now.", "Interviewer: And?", "P-1: Yes.")


def test_notes_and_comments_in_word_are_told_and_not_read() -> None:
    """Footnotes, endnotes, comments, headers and footers: what they are, and their words."""
    parts = {
        "word/footnotes.xml": "a note below",
        "word/comments.xml": "check this",
        "word/header9.xml": "Confidential",
    }
    content = _with(docx_of(*TALK), parts)
    found = _one(".docx", content)
    assert {(one.where, one.words) for one in found.account.left_out} == {
        ("footnotes", 3), ("comments", 2), ("page headers", 1),
    }  # fmt: skip
    assert found.account.words_in == _in_word(content)
    assert "note" not in found.text


def test_a_text_box_stands_apart_from_the_words_around_it() -> None:
    """It is no part of what the speaker says, and its copy for old programs is not counted."""
    box = f'<w:p xmlns:w="{W}"><w:r><w:t>in the margin</w:t></w:r></w:p>'
    drawing = (
        "</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="
        '"http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing>'
        f"<w:txbxContent>{box}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{box}"
        "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>"
    )
    found = _one(".docx", _with(docx_of(*TALK), {}, ("HERE", drawing)))
    assert found.turns[1].span.of(found.text) == "Well now."
    assert [(one.where, one.words) for one in found.account.left_out] == [("text boxes", 3)]
    assert found.account.missing == 0


def test_a_table_in_a_table_is_read_once() -> None:
    """As some programs lay a transcript out."""
    from docx import Document

    document = Document()
    inner = document.add_table(rows=1, cols=1).cell(0, 0).add_table(rows=4, cols=2)
    for row, line in zip(inner.rows, TALK, strict=True):
        row.cells[0].text, row.cells[1].text = line.split(": ")
    out = io.BytesIO()
    document.save(out)
    found = _one(".docx", out.getvalue())
    assert [turn.span.of(found.text) for turn in found.turns] == [line.split(": ")[1] for line in TALK]


def test_the_strict_variant_of_a_word_document_is_read() -> None:
    """Its elements have other addresses."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_of(*TALK))) as source, zipfile.ZipFile(out, "w") as made:
        for entry in source.infolist():
            made.writestr(
                entry.filename,
                source.read(entry)
                .replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
                .replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
                ),
            )
    assert len(_one(".docx", out.getvalue()).turns) == 4


def test_questions_in_bold_are_those_of_an_interviewer() -> None:
    """Where no line names anybody."""
    from program_layouts import docx_with_bold

    said = [
        ("A", "How was it?"),
        ("B", "Slow."),
        ("A", "And then?"),
        ("B", "Better."),
        ("A", "Why?"),
        ("B", "Money."),
    ]
    found = _one(".docx", docx_with_bold(said, words_bold=True))
    assert [turn.speaker for turn in found.turns] == ["Interviewer", "Participant"] * 3
    assert "bold" in found.account.speakers["Interviewer"]


def test_a_blank_line_in_a_cue_ends_no_words() -> None:
    """Nor does a number on a line of its own; a note is told."""
    content = (
        b"WEBVTT\n\nNOTE made by hand\n\n1\n00:01.000 --> 00:04.000\nP-1: Slowly.\n\nAnd later it went.\n\n"
        b"2\n00:05.000 --> 00:06.000\nI: In\n\n1999\n\n3\n00:07.000 --> 00:08.000\nP-1: <doctor> said so.\n"
    )
    found = _one(".vtt", content)
    assert [turn.span.of(found.text) for turn in found.turns] == [
        "Slowly. And later it went.", "In 1999", "<doctor> said so.",
    ]  # fmt: skip
    assert [(one.words, one.why) for one in found.account.left_out] == [
        (4, "a note of the file, or its head")
    ]


def test_a_table_of_whisper_is_in_milliseconds() -> None:
    """Its rows are cues; its times are recognised by how long a word would take."""
    found = _one(
        ".tsv", b"start\tend\ttext\n0\t2500\tso we began\n2500\t4000\tin the spring.\n4000\t6000\tYes.\n"
    )
    assert [(turn.begins, turn.ends, turn.span.of(found.text)) for turn in found.turns] == [
        (0.0, 4.0, "so we began in the spring."), (4.0, 6.0, "Yes."),
    ]  # fmt: skip
    found = _one(".csv", b"speaker,text,start,end\nA,so we began,0,3\nB,in spring,3,6\n")
    assert [(turn.begins, turn.ends) for turn in found.turns] == [(0.0, 3.0), (3.0, 6.0)]
