"""Turns count from 0 in files and JSON, from 1 before people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.turn_numbers import first_words, in_both_counts, passage_named, shown_number, turn_typed


@given(st.integers(min_value=0, max_value=10**8))
def test_what_is_shown_can_be_typed(turn: int) -> None:
    """The number that people see of a turn, typed by them, is that turn."""
    assert turn_typed(str(shown_number(turn))) == turn


@pytest.mark.parametrize("given_number", ["0", "00", "+0", " 0 "])
def test_zero_is_refused_with_the_reason(given_number: str) -> None:
    """Who counts from 0 is told how turns count, and is not given another passage."""
    with pytest.raises(BadInput, match="no turn 0: turns count from 1, as in Label Studio"):
        turn_typed(given_number)


@pytest.mark.parametrize("given_number", ["", "-1", "1.5", "four", "²", "٣", "1" * 10])
def test_what_is_no_number_is_refused(given_number: str) -> None:
    """The sentence says what was found and what is allowed."""
    with pytest.raises(BadInput, match=r'^".*" is no turn\. Give its number, from 1 on'):
        turn_typed(given_number)


def test_a_message_about_a_file_says_both_numbers() -> None:
    """Turns stand once each, in order; of many the first five are named."""
    assert in_both_counts(12) == "turn 12 (turn 13 as shown to people)"
    assert in_both_counts(3, 1, 3) == "turns 1, 3 (turns 2, 4 as shown to people)"
    assert in_both_counts(*range(9)) == "turns 0, 1, 2, 3, 4 … (turns 1, 2, 3, 4, 5 … as shown to people)"


def test_a_passage_is_named_by_its_number_and_its_first_words() -> None:
    """As commands say which passage they understood."""
    assert (
        passage_named("JKG-01", 3, first_words("We  had\nno money."))
        == "turn 4 of JKG-01: “We had no money.”"
    )
    assert first_words("We had no money.", most=9) == "We had no …"
    assert first_words("Moneymoney", most=5) == "Money …"


@given(st.text(), st.integers(min_value=1, max_value=80))
def test_first_words_are_the_beginning(words: str, most: int) -> None:
    """They begin what was said, are on one line, and are no longer than asked for."""
    line = " ".join(words.split())
    found = first_words(words, most=most)
    assert line.startswith(found.removesuffix(" …"))
    assert len(found.removesuffix(" …")) <= most
    assert (found == line) == (len(line) <= most) or line.endswith(" …")
