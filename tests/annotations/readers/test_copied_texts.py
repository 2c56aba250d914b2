"""Texts as copying and saving leave them: other ends of lines, what a program says twice, letters of old programs."""

from __future__ import annotations

import pytest
from written import docx_of, read_as

from annotations.readers.spoken import ReadTranscript

SAID = [("INT", "How was it?"), ("P4", "Fine."), ("INT", "And later?"), ("P4", "Well, so-so.")]
LINES = [f"{who}: {words}" for who, words in SAID]


def _said(read: ReadTranscript) -> list[tuple[str, str]]:
    assert read.account.missing == 0
    return [(turn.speaker, turn.span.of(read.text)) for turn in read.turns]


@pytest.mark.parametrize("end", ["\x0b", "\x85", "\u2028", "\u2029"])
def test_a_line_may_end_in_another_sign(end: str) -> None:
    """As Word saves breaks within a paragraph, and as web pages have them; the text itself stays as it is."""
    (read,) = read_as(".txt", end.join(LINES).encode())
    assert _said(read) == SAID
    assert read.text == end.join(LINES)
    if end != "\x0b":  # no sign of XML
        (read,) = read_as(".docx", docx_of(end.join(LINES)))
        assert _said(read) == SAID


def test_a_page_may_begin_before_a_label() -> None:
    """A form feed stands before the first line of a page."""
    (read,) = read_as(".txt", f"{LINES[0]}\n{LINES[1]}\n\x0c{LINES[2]}\n\x0c{LINES[3]}\n".encode())
    assert _said(read) == SAID


def test_what_teams_says_again_is_nobodys() -> None:
    """The pane of Teams gives name and time three times when it is copied; a length that somebody says stays."""
    blocks = [
        f"{who}\n\n{n} minutes 3 seconds{n}:03\n{who} {n} minutes 3 seconds\n{words}\n"
        for n, (who, words) in enumerate(SAID)
    ]
    (read,) = read_as(".txt", "".join(blocks).encode())
    assert _said(read) == SAID
    (read,) = read_as(
        ".txt", b"INT: How long?\nP4: All in all\nabout 3 minutes 20 seconds\nINT: So.\nP4: Yes.\n"
    )
    assert _said(read)[1] == ("P4", "All in all\nabout 3 minutes 20 seconds")


def test_a_time_may_stand_in_the_brackets_of_a_name() -> None:
    """It is the turn's."""
    text = "".join(f"[{who} 00:00:0{n}]: {words}\n" for n, (who, words) in enumerate(SAID))
    (read,) = read_as(".txt", text.encode())
    assert _said(read) == SAID
    assert [turn.begins for turn in read.turns] == [0, 1, 2, 3]


@pytest.mark.parametrize("encoding", ["cp850", "cp437"])
def test_letters_of_dos_are_read(encoding: str) -> None:
    """Excel still offers "CSV (MS-DOS)"."""
    text = "INT: Hur gick det på natten?\nP4: Så där, väl.\nINT: Och sedan?\nP4: Ännu värre för oss.\n"
    (read,) = read_as(".txt", text.encode(encoding))
    assert read.text == text
    assert "DOS" in read.warnings[0]


def test_letters_that_were_saved_twice_are_told() -> None:
    """They stay as they are, since nobody knows what else went wrong."""
    text = "INT: Hur gick det på natten?\nP4: Så där, väl.\n"
    (read,) = read_as(".txt", text.encode().decode("cp1252").encode())
    assert "another program read it wrongly" in read.warnings[0]
    (read,) = read_as(".txt", text.encode())
    assert read.warnings == ()
