"""Marks of HTML and of mail among words: read as what they mean, or told."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from annotations.codings.locate import Places
from annotations.html_marks import html_that_a_program_wrote, without_html
from annotations.readers.reading import read_transcripts
from annotations.readers.spoken import ReadTranscript
from annotations.transcript import Transcript

TOLD = "of HTML"


def read_as(ending: str, content: bytes) -> tuple[ReadTranscript, ...]:
    """The transcripts of a file with this content."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"t{ending}"
        file.write_bytes(content)
        return read_transcripts(file, interviewers=("I",))


def _table(*words: str) -> bytes:
    rows = "".join(f'{("I", "P1")[at % 2]},"{said}"\n' for at, said in enumerate(words))
    return f"speaker,text\n{rows}".encode()


def test_cells_that_a_program_wrote() -> None:
    """Entities and tags in a table are read as what they mean, and told with their number."""
    content = _table(
        "How was R&amp;D?", "<p>It wasn&#39;t&nbsp;there.<br/>Not <b>ever</b>.</p>", "And q&eacute;?", "No."
    )
    (read,) = read_as(".csv", content)
    assert [turn.span.of(read.text) for turn in read.turns] == [
        "How was R&D?",
        "It wasn't there. Not ever.",
        "And qé?",
        "No.",
    ]
    assert [said for said in read.warnings if TOLD in said] == [
        "9 marks of HTML in the file, such as &amp; or <br>, were read as what they mean."
    ]
    assert read.account.missing == 0


@pytest.mark.parametrize(
    "said",
    [
        ("What did you type?", "I typed <b> by hand, and nothing came."),
        ("What stood there?", "It said &amp; where R & D should stand."),
    ],
)
def test_a_text_that_speaks_of_them(said: tuple[str, str]) -> None:
    """Where nobody can tell, words stay as they are, and it is told."""
    (read,) = read_as(".csv", _table(*said))
    assert [turn.span.of(read.text) for turn in read.turns] == list(said)
    assert any("1 mark of HTML" in warning and "left there" in warning for warning in read.warnings)


def test_plain_text_stays_as_it_is() -> None:
    """The canonical text of a plain text is the file itself: its marks are told with their number."""
    text = "I: How was R&amp;D?\nP: It wasn&#39;t there.<br>\n"
    (read,) = read_as(".txt", text.encode())
    assert read.text == text
    assert any('3 marks of HTML ("&amp;", "&#39;")' in warning for warning in read.warnings)


def test_letters_as_mail_sends_them() -> None:
    """They are told, with what to do."""
    text = "I: How was it?\nP: It wasn=E2=80=99t so good, you s=\nee. Caf=C3=A9s were shut.\n"
    (read,) = read_as(".txt", text.encode())
    assert read.text == text
    assert any("2 letters stand as a mail program sends them" in warning for warning in read.warnings)


@pytest.mark.parametrize(
    "text", ["a < b & c > d", "AT&T; R&D; Q&A;", "x=20 and y=30", "see <name> and <doctor>", "1 <2> 3"]
)
def test_what_is_no_mark(text: str) -> None:
    """Signs between words are words."""
    (read,) = read_as(".txt", f"I: {text}\nP: {text}\n".encode())
    assert not read.warnings
    assert without_html(text) == text
    assert not html_that_a_program_wrote([text])


def test_a_quote_written_as_html_is_found() -> None:
    """A program that writes codings as HTML quotes words of a transcript that is none."""
    (read,) = read_as(".csv", _table("How was R&amp;D?", "It wasn&#39;t there, &lt;doctor&gt;."))
    places = Places(Transcript("t", read.text, read.turns))
    assert places.quote("It wasn&#39;t there").of(read.text) == "It wasn't there"
    assert places.quote("How was <b>R&amp;D</b>?").of(read.text) == "How was R&D?"
    assert places.says(places.quote("R&D"), "R&amp;D")


def test_names_of_transcripts_that_differ_little() -> None:
    """Rows whose transcripts differ in case, spaces or encoding alone are read as one, and that is told."""
    rows = [("Åre-1", "a"), ("A\u030are-1", "b"), ("ÅRE-1", "c"), ("Åre-2", "d")]
    content = "transcript,speaker,text\n" + "".join(f"{name},P,word {said}\n" for name, said in rows)
    first, second = read_as(".csv", content.encode())
    assert len(first.turns) == 3
    (said,) = first.warnings
    assert '"Åre-1" (1 row)' in said
    assert '"ÅRE-1" (1 row)' in said
    assert "one transcript" in said
    assert not second.warnings
