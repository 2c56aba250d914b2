"""Whose words stand in the codebook."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from annotations.codebook.codes import Code
from models.quoted_definitions import quoted_in, without_quotations

SAID = (
    "Well, we never had any money for that, you know.",
    "The snow lay on the road the whole winter long and nobody came to clear it.",
)


def test_a_sentence_said_by_somebody_is_a_quotation() -> None:
    """Whole, in other case and punctuation; eight words out of a long sentence; and not what merely sounds like it."""
    written = (
        'What it costs. "We never had any money for that"',
        "Used where, as one said, snow lay on the road the whole winter long or the like.",
        "We never had money. Any money for that is rare here.",
        "",
    )
    assert quoted_in(SAID, written) == [{0}, {1}, set(), set()]


def test_a_code_keeps_what_was_invented_for_it() -> None:
    """An example pasted from a transcript goes, and the definition stays."""
    code = Code("m", "Money", "f", "F/Money", definition="What it costs us all in money.", example=SAID[0])
    assert without_quotations(code, SAID) == replace(code, example="")
    assert without_quotations(code, SAID[1:]) == code


WORD = st.text(alphabet="abc", min_size=1, max_size=2)


@given(st.lists(WORD, min_size=5, max_size=14), st.lists(WORD, max_size=6), st.lists(WORD, max_size=6))
def test_what_was_copied_is_always_found(said: list[str], before: list[str], after: list[str]) -> None:
    """Five words or more pasted as a sentence are found wherever in a turn they stood."""
    turn = " ".join([*before, *said, *after])
    assert quoted_in([turn], [f"Use it so: “{' '.join(said).upper()}”!"]) == [{0}]
