"""When two spellings are one name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.names import LONGEST_NAME, fault_of_name, folded, folded_for_id, name_in_short

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SPACES = st.text(st.sampled_from(" \t\n\u00a0\u2003"), min_size=1, max_size=3)


@given(NAMES)
def test_a_folded_name_is_folded_already(name: str) -> None:
    """Folding twice is folding once, so that keys can be compared with keys."""
    assert folded(folded(name)) == folded(name)


@given(NAMES)
def test_composed_or_not_a_name_is_the_same(name: str) -> None:
    """What a Mac writes in the names of files (NFD) and what others write (NFC) have one key."""
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))


@given(st.lists(NAMES, max_size=4), st.lists(SPACES, min_size=6, max_size=6))
def test_white_space_and_case_make_no_other_name(words: list[str], spaces: list[str]) -> None:
    """However many spaces stand between words, before or after, and however large the letters are."""
    loose = "".join(space + word for space, word in zip(spaces, words, strict=False)) + spaces[-1]
    assert folded(loose) == folded(" ".join(words))
    assert folded(loose.casefold()) == folded(loose)


@given(st.lists(st.sampled_from("ab é1-"), max_size=6), st.lists(st.sampled_from("ab é1-"), max_size=6))
def test_other_letters_are_other_names(one: list[str], other: list[str]) -> None:
    """Names have one key only if they are the same but for spaces, in letters whose case does not differ."""
    first, second = "".join(one), "".join(other)
    assert (folded(first) == folded(second)) == (first.split() == second.split())


@pytest.mark.parametrize(("one", "other"), [("CO₂", "CO2"), ("№ 1", "No 1"), ("P-０1", "P-01")])
def test_characters_that_look_alike_differ_in_names_and_not_in_ids(one: str, other: str) -> None:
    """Two codes may differ in them; an id, which people type, holds the plain ones."""
    assert folded(one) != folded(other)
    assert folded_for_id(one) == folded_for_id(other)


@pytest.mark.parametrize(
    "name", ["JKG-01", "Åsa Öberg", "Д'Артаньян", "می‌خواهم", "A/B (2)", "x" * LONGEST_NAME]
)
def test_what_people_are_called_may_be_a_name(name: str) -> None:
    """Letters of every script, and the joiners that some need."""
    assert fault_of_name(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("a\nb", "U+000A"),
        ("Ada\u202egnp", "U+202E"),
        ("Ada\u2066", "U+2066"),
        ("Ada\u200b", "U+200B"),
        ("\x1b[31mred", "U+001B"),
        ("x" * 1_000_000, "1,000,000 characters"),
    ],
)
def test_what_hides_or_turns_is_no_name(name: str, said: str) -> None:
    """The reason names the character, and a message can show the name without it."""
    assert said in str(fault_of_name(name))
    shown = name_in_short(name)
    assert len(shown) <= 41
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in shown)
