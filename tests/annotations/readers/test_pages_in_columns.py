"""Printed pages: numbers of lines in the margin, and names in a column of their own."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import docx_of, pdf_of, read_as

from annotations.readers.line_numbers import line_numbers
from annotations.readers.pdf_columns import Chunk, with_tabs
from annotations.readers.spoken import ReadTranscript

TALK = [
    ("INT", "How did the ward take to the lists?"),
    ("P4", "It took its time, since those on nights had never seen one and nobody had thought of asking them at all."),
    ("INT", "And then?"),
    ("P4", "Then two of them drew their own, which we all use by now: the day shift, the night shift, the cleaners."),
]  # fmt: skip
LINES = [line for who, words in TALK for line in textwrap.wrap(f"{who}: {words}", 11)]


def _said(read: ReadTranscript) -> list[tuple[str, str]]:
    assert read.account.missing == 0
    return [(turn.speaker, turn.span.of(read.text)) for turn in read.turns]


def _numbered(lines: Sequence[str], step: int, *, right: bool = False) -> list[str]:
    marks = [str(n) if n % step == 0 else "" for n in range(1, len(lines) + 1)]
    return [f"{line} {mark}" if right else f"{mark} {line}" for line, mark in zip(lines, marks, strict=True)]


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("step", [1, 5])
def test_numbers_of_lines_are_nobodys_words(step: int, right: bool) -> None:
    """Beside every line or every fifth, on the left or the right; they are told as left out."""
    (read,) = read_as(".pdf", pdf_of(_numbered(LINES, step, right=right)))
    assert _said(read) == TALK
    assert any("its lines are numbered" in warning for warning in read.warnings)


@pytest.mark.parametrize("numbered", [False, True])
def test_a_line_in_larger_letters_is_a_heading(numbered: bool) -> None:
    """It is nobody's, and told."""
    at = next(place for place, line in enumerate(LINES) if line.startswith("INT: And"))
    lines = ["The lists", *LINES[:at], "And later", *LINES[at:]]
    shown = _numbered(lines, 1) if numbered else lines
    (read,) = read_as(".pdf", pdf_of(shown, large=[shown[0], shown[at + 1]]))
    assert _said(read) == TALK
    assert [left.begins for left in read.account.left_out if left.why == "a heading"] == [
        "The lists",
        "And later",
    ]


def test_words_in_larger_letters_are_said() -> None:
    """Where somebody speaks in them, or where much is printed so, size says nothing."""
    for large in (LINES[:1], LINES[::2]):
        (read,) = read_as(".pdf", pdf_of(LINES, large=large))
        assert _said(read) == TALK


def test_lines_may_be_counted_anew_on_each_page() -> None:
    """As Word does if it is told to."""
    half = len(LINES) // 2
    (read,) = read_as(".pdf", pdf_of(_numbered(LINES[:half], 1), _numbered(LINES[half:], 1)))
    assert _said(read) == TALK


def test_numbers_that_people_say_stay() -> None:
    """A line that happens to begin with a number is what somebody says."""
    lines = [
        "INT: How many are you on a ward, by day, in",
        "2024 and since?",
        "P4: Twelve by day, and at night",
        "5 or so.",
    ]
    (read,) = read_as(".pdf", pdf_of(lines))
    assert _said(read)[1] == ("P4", "Twelve by day, and at night 5 or so.")


def test_a_text_whose_numbers_stand_among_the_words_says_so() -> None:
    """The text itself is canonical, so nothing can be taken out of it; the advice is to save it without."""
    (read,) = read_as(".txt", "\n".join(_numbered(LINES, 1)).encode())
    assert any("Save it without numbers of lines" in warning for warning in read.warnings)
    (plain,) = read_as(
        ".txt", "\n".join(f"{n} {who}: {words}" for n, (who, words) in enumerate(TALK, 1)).encode()
    )
    assert plain.warnings == ()


@given(st.lists(st.sampled_from(["", "12 wards", "3", "they said 4", "words"]), max_size=30))
def test_the_place_of_a_number_is_one(lines: list[str]) -> None:
    """Whatever stands there, what is taken for a number of a line is one."""
    for place in line_numbers([lines]):
        assert lines[place.line][place.start : place.end].strip().isdecimal()


def _row(*cells: tuple[float, str]) -> list[Chunk]:
    return [Chunk(text, left, 12.0) for left, text in cells]


def test_a_name_in_the_margin_stands_in_a_column() -> None:
    """A tab parts it from the words; what stands close behind is the same words."""
    lines = [_row((50, "INT"), (150, " How was it?")), _row((50, "P4"), (150, " Slow, and ")), _row((150, "it was dear.")),
             _row((50, "INT"), (150, " And now?")), _row((50, "P4"), (66, " is me."))]  # fmt: skip
    assert with_tabs(lines) == [
        "INT\tHow was it?",
        "P4\tSlow, and ",
        "it was dear.",
        "INT\tAnd now?",
        "P4 is me.",
    ]


def test_wide_spaces_here_and_there_are_no_column() -> None:
    """Lines that are filled up to both margins have gaps anywhere."""
    lines = [_row((50, "so"), (50 + 30 + 9 * n, " it was")) for n in range(6)]
    assert with_tabs(lines) == ["so it was"] * 6


def test_words_below_a_row_of_tabs_go_on_with_it() -> None:
    """Also where a column of times stands first, and a colon within the words."""
    rows = [f"0:0{n}:10\t{who}\t{words}" for n, (who, words) in enumerate(TALK)]
    more = "and we never heard why it had been so: nobody knew."
    (read,) = read_as(".docx", docx_of(*rows[:2], more, *rows[2:]))
    assert _said(read) == [TALK[0], ("P4", f"{TALK[1][1]} {more}"), *TALK[2:]]


def test_a_row_in_which_nobody_speaks_is_told() -> None:
    """The heading of a part across a table of speakers is lost to nobody's surprise."""
    (read,) = read_as(".docx", docx_of(rows=[("Speaker", "Text"), *TALK[:2], ("The lists", ""), *TALK[2:]]))
    assert _said(read) == TALK
    assert [(left.why, left.words) for left in read.account.left_out] == [
        ("a row in which nobody says anything", 2)
    ]


def test_a_text_of_two_encodings_is_read_line_by_line() -> None:
    """Somebody appended what an older program wrote."""
    new, old = (
        "INT: Hur gick det på natten?\nP4: Så där, väl.\n",
        "INT: Och på dagen?\nP4: Ännu värre för oss.\n",
    )
    (read,) = read_as(".txt", new.encode() + old.encode("cp1252"))
    assert read.text == new + old
    assert "others Windows-1252" in read.warnings[0]
