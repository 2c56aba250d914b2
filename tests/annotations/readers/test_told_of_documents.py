"""What a document's words may be besides said once by somebody: notes, numbers of lines, a translation, struck out."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from written import docx_of, odt_of, read_as

from annotations.readers.spoken import ReadTranscript

TALK = "I: Who ran the ward?\nP: Two of us did.\nI: And at night?\nP: Nobody."
LINES = (
    "Interviewer: Who was it that ran",
    "the ward in those days?",
    "P1: Two of us did, and we had",
    "no time for anything else,",
    "so nobody asked us.",
    "Interviewer: And at night?",
    "P1: Nobody, to be honest.",
)


def _said(read: ReadTranscript) -> list[tuple[str, str]]:
    assert read.account.missing == 0
    return [(turn.speaker, turn.span.of(read.text)) for turn in read.turns]


@pytest.mark.parametrize("ending", [".txt", ".docx"])
@pytest.mark.parametrize(
    "tail",
    [
        "Notes: she looked tired.",
        "NOTES\nShe looked tired.\nThe room was cold.",
        "Interviewer's notes: she looked tired.",
        "Field notes: the room was cold.",
        "Transcriber's comment: bad sound.",
        "***\nNotes: she looked tired.",
        "Anteckningar: hon verkade trött.",
        "Anmerkungen des Interviewers: sie wirkte müde.",
        "Remarques: elle semblait fatiguée.",
        "[End of recording]",
        "(Recording stops at 00:45:12)",
        "[Inspelningen avslutas]",
        "END",
    ],
)
def test_notes_below_are_said_by_nobody(tail: str, ending: str) -> None:
    """They are left out and told, whatever whoever typed calls them."""
    text = f"{TALK}\n\n{tail}"
    content = f"{text}\n".encode() if ending == ".txt" else docx_of(*filter(None, text.split("\n")))
    (read,) = read_as(ending, content)
    assert _said(read) == [
        ("I", "Who ran the ward?"),
        ("P", "Two of us did."),
        ("I", "And at night?"),
        ("P", "Nobody."),
    ]
    assert read.account.left_out
    assert not read.account.near


def test_notes_between_turns_are_said_by_nobody() -> None:
    """A label for notes is no speaker, however often it comes."""
    text = "I: Who ran it?\nTranscriber's note: a door shuts.\nP: Two of us.\nTranscriber's note: noise.\nI: And?\nP: No.\n"
    (read,) = read_as(".txt", text.encode())
    assert {speaker for speaker, _ in _said(read)} == {"I", "P"}
    assert len(read.account.left_out) == 2


def test_who_speaks_of_notes_is_heard() -> None:
    """Notes within a turn, or before another turn, are words."""
    text = "I: What did you keep?\nP: Two things.\nNotes, and a diary.\nI: Notes?\nP: Notes: yes. The end.\n"
    (read,) = read_as(".txt", text.encode())
    assert _said(read)[1] == ("P", "Two things.\nNotes, and a diary.")
    assert _said(read)[3] == ("P", "Notes: yes. The end.")
    assert not read.account.left_out


def test_typed_numbers_of_lines_are_told() -> None:
    """In a Word document as in plain text."""
    numbered = [f"{number} {line}" for number, line in enumerate(LINES, 1)]
    for content in (docx_of(*numbered), docx_of("\n".join(numbered))):
        (read,) = read_as(".docx", content)
        assert any("its lines are numbered" in said for said in read.warnings)
    (plain,) = read_as(".docx", docx_of(*LINES))
    assert not plain.warnings


PAIRS = [
    ("I: Vem skötte det?", "I: Who ran it?"),
    ("P: Vi två.", "P: The two of us."),
    ("I: Och på natten?", "I: And at night?"),
    ("P: Ingen.", "P: Nobody."),
]


@pytest.mark.parametrize(
    "rows",
    [
        PAIRS,
        [("Svenska", "English"), *PAIRS],
        [(left.replace("I:", "Intervjuare:"), right) for left, right in PAIRS],
    ],
)
@pytest.mark.parametrize("of", [docx_of, odt_of])
def test_a_translation_beside_is_told(rows: list[tuple[str, str]], of: object) -> None:
    """Every turn came in twice."""
    assert callable(of)
    (read,) = read_as(".docx" if of is docx_of else ".odt", of(rows=rows))
    assert any("every turn stands there twice" in said for said in read.warnings)


@pytest.mark.parametrize(
    "rows",
    [
        [("I: Who?", "P: We."), ("I: When?", "P: At night."), ("I: Why?", "P: Nobody else.")],
        [("I: Who?", "P: We."), ("P: And they.", "I: When?"), ("I: Why?", "P: Nobody.")],
    ],
)
def test_two_who_take_turns_in_two_columns_say_nothing_twice(rows: list[tuple[str, str]]) -> None:
    """The question here and the answer there is no translation."""
    (read,) = read_as(".docx", docx_of(rows=rows))
    assert not read.warnings


def _docx_struck(*, in_a_table: bool) -> bytes:
    document = Document()
    document.add_paragraph("I: Who ran it?")
    place = (
        document.add_table(1, 1).rows[0].cells[0].paragraphs[0] if in_a_table else document.add_paragraph()
    )
    place.add_run("P: We did, ")
    place.add_run("and it was awful").font.strike = True
    place.add_run(".")
    for said in ("I: When?", "P: At night."):
        document.add_paragraph(said)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _odt(body: str) -> bytes:
    """A document of LibreOffice with this body, and the styles S (struck through) and H (hidden)."""
    content = odt_of("@")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as made:
        for entry in archive.infolist():
            part = archive.read(entry)
            if entry.filename == "content.xml":
                part = part.replace(b"<text:p>@</text:p>", body.encode()).replace(
                    b"<office:body>",
                    b'<office:automatic-styles xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
                    b'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0">'
                    b'<style:style style:name="S" style:family="text"><style:text-properties '
                    b'style:text-line-through-style="solid"/></style:style>'
                    b'<style:style style:name="H" style:family="text"><style:text-properties '
                    b'text:display="none"/></style:style></office:automatic-styles><office:body>',
                )
            made.writestr(entry, part)
    return out.getvalue()


def _rows(*cells: str) -> str:
    rows = "".join(
        f"<table:table-row><table:table-cell><text:p>{cell}</text:p></table:table-cell></table:table-row>"
        for cell in cells
    )
    return f'<table:table table:name="T">{rows}</table:table>'


STRUCK = '<text:span text:style-name="S">and it was awful</text:span>'
HIDDEN = '<text:span text:style-name="H">secret words</text:span>'
PARAGRAPHS = "<text:p>I: Who ran it?</text:p><text:p>P: We did, {}.</text:p><text:p>I: When?</text:p>"
RTF = r"{\rtf1\ansi I: Who ran it?\par P: We did, {\strike and it was awful}.\par I: When?\par P: At night.\par}"
HTML = (
    "<p>I: Who ran it?</p><p>P: We did, <s>and it was</s> "
    "<span style='text-decoration: line-through'>awful</span>.</p><p>I: When?</p>"
)


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".docx", _docx_struck(in_a_table=False)),
        (".docx", _docx_struck(in_a_table=True)),
        (".odt", _odt(PARAGRAPHS.format(STRUCK))),
        (".odt", _odt(_rows("I: Who ran it?", f"P: We did, {STRUCK}.", "I: When?"))),
        (".rtf", RTF.encode()),
        (".html", HTML.encode()),
    ],
)
def test_struck_words_are_told(ending: str, content: bytes) -> None:
    """They are read, and the team decides."""
    (read,) = read_as(ending, content)
    assert "We did, and it was awful." in " ".join(words for _, words in _said(read))
    (said,) = read.warnings
    assert said.startswith(
        "4 words are struck through and were read all the same (the first: “and it was awful”)"
    )


RTF_TABLE = (
    r"{\rtf1\ansi\trowd\cellx4000\cellx8000\intbl I\cell Who ran it?\cell\row"
    r"\trowd\cellx4000\cellx8000\intbl P\cell We did {\v secret words}here.\cell\row"
    r"\trowd\cellx4000\cellx8000\intbl I\cell When?\cell\row"
    r"\trowd\cellx4000\cellx8000\intbl P\cell At night.\cell\row}"
)


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".odt", _odt(_rows("I: Who ran it?", f"P: We did {HIDDEN}here.", "I: When?", "P: At night."))),
        (".rtf", RTF_TABLE.encode()),
    ],
)
def test_hidden_text_of_cells_is_left_out(ending: str, content: bytes) -> None:
    """As everywhere else, and told."""
    (read,) = read_as(ending, content)
    assert _said(read)[1] == ("P", "We did here.")
    assert [(left.words, left.begins) for left in read.account.left_out] == [(2, "secret words")]
