"""Who asks may show in nothing but how the lines look."""

from __future__ import annotations

import io

import pytest
from looks_written import LOOKS, WITH_LOOKS, docx_with
from written import read_as

SAID = (
    ("How did it begin – for you?", True),
    ("Slowly. Nobody had thought of the café.", False),
    ("Or of us.", False),
    ("And then?", True),
    ("It got better – a little.", False),
    ("Why was that? You said: money.", True),
    ("Money, yes.", False),
    ("Would you do it again?", True),
    ("No.", False),
)
TURNS = [
    ("Interviewer", "How did it begin – for you?"),
    ("Participant", "Slowly. Nobody had thought of the café. Or of us."),
    ("Interviewer", "And then?"),
    ("Participant", "It got better – a little."),
    ("Interviewer", "Why was that? You said: money."),
    ("Participant", "Money, yes."),
    ("Interviewer", "Would you do it again?"),
    ("Participant", "No."),
]


def _turns(ending: str, content: bytes) -> list[tuple[str, str]]:
    (found,) = read_as(ending, content)
    assert found.account.missing == 0
    return [(turn.speaker, " ".join(turn.span.of(found.text).split())) for turn in found.turns]


@pytest.mark.parametrize("ending", WITH_LOOKS)
@pytest.mark.parametrize("look", LOOKS)
def test_questions_that_look_other_are_the_interviewers(look: str, ending: str) -> None:
    """Bold, italic, underlined, in a colour, in a style, indented: in every program that has looks."""
    assert _turns(ending, WITH_LOOKS[ending](look, SAID)) == TURNS


@pytest.mark.parametrize("ending", WITH_LOOKS)
def test_answers_may_have_the_look(ending: str) -> None:
    """Then the plain lines ask, and the account says why."""
    content = WITH_LOOKS[ending]("italic", [(text, not asks) for text, asks in SAID])
    assert _turns(ending, content) == TURNS
    (found,) = read_as(ending, content)
    assert found.account.speakers["Interviewer"] == "its lines are not in italics, and most are questions"


@pytest.mark.parametrize("ending", WITH_LOOKS)
def test_a_look_that_parts_no_questions_names_nobody(ending: str) -> None:
    """Headings in bold, a quote in italics, a paragraph that is indented: the text has no speakers."""
    notes = [("The ward", True), ("It was quiet. Who would come?", False), ("Nobody came.", False), ("The kitchen", True),
             ("It was loud.", False), ("Why?", False)]  # fmt: skip
    assert {speaker for speaker, _ in _turns(ending, WITH_LOOKS[ending]("bold", notes))} == {""}


def test_markdown_has_italics_too() -> None:
    """A line in stars from end to end."""
    text = "\n\n".join(f"*{said}*" if asks else said for said, asks in SAID)
    (found,) = read_as(".md", text.encode())
    assert [turn.speaker for turn in found.turns] == [speaker for speaker, _ in TURNS]


def test_what_all_words_share_is_no_mark() -> None:
    """A name in bold stays one in a document that is red from end to end."""
    from docx import Document
    from docx.shared import RGBColor

    document = Document()
    for who, words in (("Anna", "How was it"), ("Ola", "slow"), ("Anna", "and then"), ("Ola", "better")):
        paragraph = document.add_paragraph()
        for run, bold in ((paragraph.add_run(who), True), (paragraph.add_run(f" {words}"), False)):
            run.bold, run.font.color.rgb = bold, RGBColor(0xC0, 0, 0)
    out = io.BytesIO()
    document.save(out)
    assert [speaker for speaker, _ in _turns(".docx", out.getvalue())] == ["Anna", "Ola"] * 2


def test_a_label_goes_before_the_look() -> None:
    """Where lines name who speaks, italics are only italics."""
    said = [(f"{'I' if asks else 'P-1'}: {text}", not asks) for text, asks in SAID]
    assert {speaker for speaker, _ in _turns(".docx", docx_with("italic", said))} == {"I", "P-1"}
