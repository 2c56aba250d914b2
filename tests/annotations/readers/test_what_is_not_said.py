"""What stands among the words and nobody said: headings, notes beside, hidden and deleted text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from written import docx_of, odt_of, read_as

from annotations.errors import BadInput
from annotations.readers.spoken import ReadTranscript
from annotations.readers.suspicion import suspicion_of
from annotations.transcript import Transcript

ASKED = ("INT: How did you start?", "P3: With two wards.", "INT: What came next?", "P3: The others did.")
SAID = [
    ("INT", "How did you start?"),
    ("P3", "With two wards."),
    ("INT", "What came next?"),
    ("P3", "The others did."),
]
Marked = tuple[str, str]


def _said(read: ReadTranscript) -> list[tuple[str, str]]:
    assert read.account.missing == 0
    return [(turn.speaker, turn.span.of(read.text)) for turn in read.turns]


def _left_out(read: ReadTranscript) -> dict[str, int]:
    return {left.why: left.words for left in read.account.left_out}


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _word(*paragraphs: str) -> bytes:
    """A Word document of paragraphs that are given as what stands in w:p."""
    document: Any = Document()
    body = document.element.body
    for inside in paragraphs:
        body.insert(len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}>{inside}</w:p>"))
    return _saved(document)


def _run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _with_headings_in_word() -> bytes:
    document: Any = Document()
    document.add_heading("Talk with P3", 0)
    for paragraph in ASKED[:2]:
        document.add_paragraph(paragraph)
    document.add_heading("Spreading", 2)
    for paragraph in ASKED[2:]:
        document.add_paragraph(paragraph)
    return _saved(document)


def _changed(content: bytes, *changes: tuple[str, str]) -> bytes:
    """An OpenDocument text with these changes of its XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            part = archive.read(name).decode()
            for old, new in changes if name == "content.xml" else ():
                assert old in part
                part = part.replace(old, new)
            made.writestr(name, part)
    return out.getvalue()


def _with_headings_in_odt() -> bytes:
    heading = ("<text:p>Spreading</text:p>", '<text:h text:outline-level="2">Spreading</text:h>')
    return _changed(odt_of(*ASKED[:2], "Spreading", *ASKED[2:]), heading)


def _hidden_in_odt() -> bytes:
    field = '<text:hidden-text text:condition="x" text:is-hidden="true"> for Kim Lund</text:hidden-text>'
    return _changed(odt_of(*ASKED), ("two", f"two{field}"))


def _with_headings_in_html() -> bytes:
    first, last = ("".join(f"<p>{line}</p>" for line in lines) for lines in (ASKED[:2], ASKED[2:]))
    return f"<h1>Talk with P3</h1>{first}<h5>Spreading</h5>{last}".encode()


def _with_headings_in_markdown() -> bytes:
    return "\n\n".join(("# Talk with P3", *ASKED[:2], "## Spreading", *ASKED[2:])).encode()


@pytest.mark.parametrize(
    ("ending", "make"),
    [
        (".docx", _with_headings_in_word), (".html", _with_headings_in_html), (".md", _with_headings_in_markdown),
        (".odt", _with_headings_in_odt),
    ],
)  # fmt: skip
def test_a_heading_between_turns_is_nobodys(ending: str, make: Callable[[], bytes]) -> None:
    """It is told as left out, and ends no turn."""
    (read,) = read_as(ending, make())
    assert _said(read) == SAID
    assert "a heading" in _left_out(read)


def test_somebody_may_speak_in_the_style_of_headings() -> None:
    """Questions in a heading's style, as NVivo's automatic coding wants them, are said."""
    document: Any = Document()
    for paragraph in ASKED:
        document.add_paragraph(paragraph, style="Heading 2" if paragraph.startswith("INT") else None)
    document.add_paragraph("And so on.", style="Heading 2")
    (read,) = read_as(".docx", _saved(document))
    assert _said(read) == [*SAID[:3], ("P3", "The others did. And so on.")]


def test_headings_of_a_document_are_its_words() -> None:
    """Where nobody speaks, nothing is left out."""
    (read,) = read_as(".md", b"# Plan\n\nWe begin in May.\n\n## Cost\n\nNobody knows.\n")
    assert [words for _, words in _said(read)] == ["# Plan", "We begin in May.", "## Cost", "Nobody knows."]


def _hidden_in_word() -> bytes:
    hidden = _run(" for Kim Lund", "<w:vanish/>")
    return _word(
        _run(ASKED[0]), _run("P3: With two") + hidden + _run(" wards."), _run(ASKED[2]), _run(ASKED[3])
    )


def _hidden_in_html() -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in ASKED)
    return lines.replace("two", 'two<span style="display: none"> for Kim Lund</span>').encode()


def _deleted_in_html() -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in ASKED)
    return lines.replace("two", "<del> for Kim Lund </del>two").encode()


def _hidden_in_rtf() -> bytes:
    lines = "\\par ".join(ASKED).replace("two", "two{\\v  for Kim Lund}")
    return f"{{\\rtf1\\ansi {lines}\\par}}".encode()


@pytest.mark.parametrize(
    ("ending", "make"),
    [
        (".docx", _hidden_in_word),
        (".html", _hidden_in_html),
        (".html", _deleted_in_html),
        (".rtf", _hidden_in_rtf),
    ],
)
def test_hidden_text_is_told_and_not_read(ending: str, make: Callable[[], bytes]) -> None:
    """Nobody sees it in the word processor: it may be the name that somebody meant to take out."""
    (read,) = read_as(ending, make())
    assert _said(read) == SAID
    assert any("hidden" in why and words == 3 for why, words in _left_out(read).items())


def test_a_run_that_is_hidden_no_more_is_read() -> None:
    """A style may hide, and a run show."""
    (read,) = read_as(".docx", _word(_run(ASKED[0]), _run("P3: With two wards.", '<w:vanish w:val="0"/>')))
    assert _said(read) == SAID[:2]


def _by(what: str) -> str:
    return f'<w:{what} w:id="1" w:author="A" w:date="2026-03-01T00:00:00Z"/>'


def test_a_row_that_was_deleted_is_not_read() -> None:
    """A row goes as a whole, whatever stands in its cells."""
    document: Any = Document(io.BytesIO(docx_of(rows=[("INT", "How did you start?"), ("P3", "Kim Lund knows."),
                                                      ("P3", "With two wards."), ("INT", "Thanks.")])))  # fmt: skip
    row = document.tables[0].rows[1]._tr
    row.insert(0, parse_xml(f"<w:trPr {nsdecls('w')}>{_by('del')}</w:trPr>"))
    (read,) = read_as(".docx", _saved(document))
    assert _said(read) == [*SAID[:2], ("INT", "Thanks.")]


def test_a_paragraph_whose_break_was_deleted_goes_on() -> None:
    """The word that the break parted is one."""
    broken = f"<w:pPr><w:rPr>{_by('del')}</w:rPr></w:pPr>{_run('P3: With two wa')}"
    (read,) = read_as(".docx", _word(_run(ASKED[0]), broken, _run("rds."), _run(ASKED[2]), _run(ASKED[3])))
    assert _said(read) == SAID


NOTES = [
    ("Talk", "Our notes"),
    (ASKED[0], ""),
    (ASKED[1], "small steps, see Ada: p. 3"),
    (ASKED[2], ""),
    (ASKED[3], "Spread"),
]


def test_notes_in_a_column_beside_are_nobodys_words() -> None:
    """They are told as left out."""
    (read,) = read_as(".docx", docx_of(rows=NOTES))
    assert _said(read) == SAID
    assert _left_out(read)["in a column beside what is said"] == 9


def test_two_columns_of_speakers_are_both_read() -> None:
    """A question on the left, its answer on the right."""
    (read,) = read_as(".docx", docx_of(rows=[ASKED[:2], ASKED[2:]]))
    assert _said(read) == SAID


def test_a_phrase_that_lines_of_a_page_cut_alike_is_no_speaker() -> None:
    """What somebody asks again and again may break at the same place, and a colon may stand there."""
    asks = "INT: And now the one that I put to everybody, for it is\na matter of taste: which form?\n"
    (read,) = read_as(".txt", (f"{asks}P3: The short one.\n{asks}P3: None.\n" * 2).encode())
    assert {turn.speaker for turn in read.turns} == {"INT", "P3"}
    assert "a matter of taste: which form?" in read.turns[0].span.of(read.text)


def test_rev_s_closing_line_is_nobodys() -> None:
    """It stands below the last turn."""
    closing = "This transcript was exported on Mar 12, 2026 - view latest version here."
    (read,) = read_as(".docx", docx_of(*ASKED, closing))
    assert _said(read) == SAID


def test_who_transcribed_is_nobodys_words() -> None:
    """Below the last turn, as transcribers sign their work; a sentence of somebody stays."""
    (read,) = read_as(
        ".txt", "\n".join((*ASKED, "", "Transcribed by: Kim Lund, 4 May", "Checked by: A. L.")).encode()
    )
    assert _said(read) == SAID
    (read,) = read_as(".txt", "\n".join((*ASKED, "checked by nobody, that is.")).encode())
    assert _said(read)[-1] == ("P3", "The others did.\nchecked by nobody, that is.")


def test_a_document_inside_a_document_is_refused() -> None:
    """Some web services put their text so; what stands beside it would be all that comes in."""
    document: Any = Document(io.BytesIO(docx_of(*ASKED)))
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(f"<w:altChunk {nsdecls('w')} {nsdecls('r')} r:id='rId99'/>"))
    with pytest.raises(BadInput, match="Open it in Word and save it again"):
        read_as(".docx", _saved(document))


def test_turns_without_a_name_among_others_are_told() -> None:
    """In a table an empty cell of the speaker may be the interviewer's."""
    (read,) = read_as(".csv", b"speaker,text\nINT,How?\n,And why?\nP3,So.\n")
    suspicion = suspicion_of(Transcript("x", read.text, read.turns), read.account)
    assert suspicion.sentences == ["1 turn has no speaker, and counts as the participant's"]
