"""Passages are found again in a corrected text, and never with other words than before."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.text_changes import TextChanges, words_only_in
from annotations.transcript import Span

TEXT = (
    "I: How was it?\nP-1: It took to long, said Anna. We have no staff.\nI: And then?\nP-1: Yes.\nP-1: Yes.\n"
)
EDITS = (
    "",
    " ",
    "\n",
    "x",
    "ward",
    "Yes.\nP-1: Yes.\n",
    "we have",
    "é",
    "e\u0301",
    "。病房很",
    "  ",
    "I: ",
    ", ",
)


def _where(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def test_a_typo_changes_only_what_holds_it() -> None:
    """What stands before and after the corrected word moves along; the sentence with it is changed."""
    changes = TextChanges(TEXT, TEXT.replace("to long", "much too long"))
    after = changes.landed(_where("We have no staff"))
    assert after.unchanged
    assert after.span is not None
    assert after.span.of(changes.after) == "We have no staff"
    sentence = changes.landed(_where("It took to long, said Anna."))
    assert not sentence.unchanged
    assert sentence.span is not None
    assert sentence.span.of(changes.after) == "It took much too long, said Anna."


def test_a_name_that_was_blanked() -> None:
    """The turn with the name is changed; the words beside it are not."""
    changes = TextChanges(TEXT, TEXT.replace("Anna", "[name]"))
    assert not changes.landed(_where("said Anna")).unchanged
    assert changes.landed(_where("It took to long, said")).unchanged
    assert words_only_in(TEXT, changes.after) == {"anna"}


@pytest.mark.parametrize(
    ("before", "after", "passage", "unchanged"),
    [
        ("health care", "healthcare", "care", False),
        ("a hospital, yes", "a hospital. yes", "hospital", True),
        ("a hospital, yes", "a hospital. yes", "hospital, yes", False),
        ("no  staff\nhere", "no staff here", "no  staff\nhere", True),
        ("我们没有人手", "我们没有很多人手", "没有", True),
        ("我们没有人手", "我们没有很多人手", "有人", False),
        ("gone. still here", "still here", "gone.", False),
    ],
)
def test_what_counts_as_a_changed_word(before: str, after: str, passage: str, unchanged: bool) -> None:
    """Whole words are compared, marks with them; white space alone is no change."""
    changes = TextChanges(before, after)
    assert changes.landed(_where(passage, before)).unchanged is unchanged


def test_what_was_taken_out_has_no_place_left() -> None:
    """A passage that is gone lands on nothing, and near its neighbours."""
    landed = TextChanges(TEXT, TEXT.replace(" We have no staff.", "")).landed(_where("We have no staff."))
    assert (landed.span, landed.unchanged) == (None, False)


def test_long_texts_are_compared_in_little_time() -> None:
    """Two hundred thousand words with a correction every thousand."""
    chance = random.Random(5)  # noqa: S311 (reproducible, not secret)
    words = [
        chance.choice(["ward", "nurse", "form", "page", "time", "staff", "shift"]) for _ in range(20_000)
    ]
    lines = [f"P-1: {' '.join(words[at : at + 30])}.\n" for at in range(0, len(words), 30)]
    changed = [line if at % 20 else line.replace("ward", "wards", 1) for at, line in enumerate(lines)]
    changes = TextChanges("".join(lines), "".join(changed))
    assert sum(length for _, _, length in changes.same) > 0.97 * len(changes.before)


@settings(max_examples=150, deadline=None)
@given(st.data())
@pytest.mark.slow
def test_a_moved_passage_has_the_same_words(data: st.DataObject) -> None:
    """Whatever was edited: parts that are the same are the same, in order, and a moved passage keeps its words."""
    before = after = data.draw(st.sampled_from([TEXT, TEXT * 2, "我们没有人手。P: yes, we do.\n" + TEXT]))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(after)))
        end = data.draw(st.integers(start, min(len(after), start + 30)))
        after = after[:start] + data.draw(st.sampled_from(EDITS)) + after[end:]
    if not after:
        return
    changes = TextChanges(before, after)
    last = (0, 0)
    for begin, there, length in changes.same:
        assert last[0] <= begin
        assert last[1] <= there
        assert before[begin : begin + length] == after[there : there + length]
        last = begin + length, there + length
    start = data.draw(st.integers(0, len(before) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(before))))
    landed = changes.landed(span)
    assert landed.near.end <= len(after)
    if landed.unchanged:
        assert landed.span is not None
        assert landed.span.of(after).split() == span.of(before).split()
    if before == after:
        assert landed.span == span
