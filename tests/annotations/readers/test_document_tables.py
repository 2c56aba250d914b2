"""Tables in documents as teams make them by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from written import docx_of, odt_of, read_as

from annotations.errors import BadInput

SAID = [
    ("Interviewer", "So tell me, how did it come?"),
    ("JKG-04", "It just arrived. Nobody asked us."),
    ("Interviewer", "And what did you think?"),
    ("JKG-04", "I thought: not again."),
]


def _turns(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    found = []
    for ending, content in ((".docx", docx_of(rows=rows)), (".odt", odt_of(rows=rows))):
        (one,) = read_as(ending, content)
        assert one.account.missing == 0
        found.append([(turn.speaker, turn.span.of(one.text)) for turn in one.turns])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("names", [("Interviewer", "JKG-04"), ("Anna Lind", "Bo Ek")])
def test_the_speaker_may_stand_behind_the_words(names: tuple[str, str]) -> None:
    """Where somebody of them is known to ask, or asks."""
    said = [(names[who != "Interviewer"], words) for who, words in SAID]
    assert _turns([[words, who] for who, words in said]) == said


def test_codes_behind_the_words_are_no_speakers() -> None:
    """A column of notes that come again asks nothing."""
    rows = [
        ["It came late.", "money"],
        ["Nobody knew.", "people"],
        ["It came again.", "money"],
        ["All went.", "people"],
    ]
    assert {speaker for speaker, _ in _turns(rows)} == {""}


def test_columns_may_be_the_speakers() -> None:
    """Question and answer side by side; an empty cell is nobody's turn."""
    rows = [["Question", "Answer"], [SAID[0][1], SAID[1][1]], ["", "More of it."], [SAID[2][1], SAID[3][1]]]
    assert _turns(rows) == [
        ("Question", SAID[0][1]),
        ("Answer", SAID[1][1]),
        ("Answer", "More of it."),
        ("Question", SAID[2][1]),
        ("Answer", SAID[3][1]),
    ]


def test_numbers_of_rows_are_nobodys_words() -> None:
    """Beside lines that name who speaks."""
    assert _turns([[str(n), f"{who}: {words}"] for n, (who, words) in enumerate(SAID, 1)]) == SAID


HEADS = [("Speaker", "Text"), ("Time", "Who", "What"), ("Talare", "Original", "English"), ("", "Transcript")]
ROWS = [
    ("INT", "How did it begin?"),
    ("P3", "With two wards."),
    ("INT", "And then?"),
    ("P3", "With all of them."),
]


@pytest.mark.parametrize("head", HEADS)
def test_the_row_that_names_the_columns_is_nobodys_turn(head: tuple[str, ...]) -> None:
    """Also where only one of the names is known, and where it comes again on the next page."""
    rows = [(f"0:0{n}:00", *row) if head[0] == "Time" else row for n, row in enumerate(ROWS)]
    rows = [(*row, "translated") if len(head) > len(row) else row for row in rows]
    (read,) = read_as(".docx", docx_of(rows=[head, *rows[:2], head, *rows[2:]]))
    assert [(turn.speaker, turn.span.of(read.text)) for turn in read.turns] == ROWS
    assert read.account.missing == 0


def test_notes_beside_a_cell_that_holds_the_whole_interview() -> None:
    """One row, the interview on the left and notes on the right."""
    whole = "\n".join(f"{who}: {words}" for who, words in ROWS)
    (read,) = read_as(".docx", docx_of(rows=[(whole, "See the other wards.")]))
    assert [(turn.speaker, turn.span.of(read.text)) for turn in read.turns] == ROWS
    assert [left.words for left in read.account.left_out] == [4]


@pytest.mark.parametrize(
    ("content", "ending"),
    [(b"{\\rtf1\\ansi INT: How?\\par}", ".rtf"), (b"\n<!DOCTYPE html><p>INT: How?</p>", ".html")],
)
def test_another_format_that_is_called_txt_is_refused(content: bytes, ending: str) -> None:
    """Its marks would be somebody's words; the sentence says how to name it."""
    with pytest.raises(BadInput, match=f"Give it the ending {ending}"):
        read_as(".txt", content)
