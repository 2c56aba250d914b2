"""A passage's question and its sentences, a few at a time."""

from __future__ import annotations

import numpy as np
from builders import WordEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.transcript import Span
from models.passage_parts import LEAST_WORDS, PassageParts, parts_of, whole, windows_of, with_questions
from models.segment_words import SegmentWords
from models.segmenter import sentences_in

LONG = (
    "We moved to the valley in spring because the rent was low there. The money has been gone since June and "
    "nobody tells us why that is so. Then it snowed."
)


def _sentences(texts: list[str]) -> list[tuple[Span, ...]]:
    return [sentences_in(text, "rules") for text in texts]


def _parts(*units: SegmentWords) -> PassageParts:
    embed = WordEncoder().embed
    return parts_of(units, embed([unit.text for unit in units]), embed, _sentences)


def test_sentences_are_joined_until_they_say_enough() -> None:
    """Two sentences of a dozen words are two windows; the short one at the end goes with the second."""
    windows = [span.of(LONG) for span in windows_of(LONG, sentences_in(LONG, "rules"))]
    assert [text.split()[0] for text in windows] == ["We", "The"]
    assert windows[1].endswith("Then it snowed.")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_windows_leave_no_word_out(lengths: list[int]) -> None:
    """Whatever the sentences: every word is in one window, and none has fewer than twelve unless it is alone."""
    text = " ".join("word " * (length - 1) + "end." for length in lengths)
    windows = windows_of(text, sentences_in(text, "rules"))
    assert " ".join(span.of(text) for span in windows).split() == text.split()
    assert len(windows) == 1 or min(len(span.of(text).split()) for span in windows) >= LEAST_WORDS


def test_a_short_passage_is_its_own_window_and_a_question_is_heard() -> None:
    """Its vector is the passage's; without a question there are noughts."""
    asked, long = SegmentWords("Money.", question="What do you lack?"), SegmentWords(LONG)
    parts = _parts(asked, long)
    embed = WordEncoder().embed
    assert parts.owner.tolist() == [0, 1, 1]
    assert np.array_equal(parts.windows[0], embed(["Money."])[0])
    assert np.array_equal(parts.question[0], embed(["What do you lack?"])[0])
    assert not parts.question[1].any()


def test_the_parts_of_some_passages_in_another_order() -> None:
    """Windows go with their passages, and the best of each is found."""
    parts = _parts(SegmentWords("Money."), SegmentWords(LONG), SegmentWords("Snow."))
    some = parts.only(np.array([2, 1]))
    assert some.owner.tolist() == [0, 1, 1]
    assert np.array_equal(some.windows, parts.windows[[3, 1, 2]])
    assert some.best(np.array([[1.0], [5.0], [3.0]])).tolist() == [[1.0], [5.0]]
    assert some.counts.tolist() == [1, 2]


def test_passages_of_which_nothing_else_is_known() -> None:
    """Each is its own window; none at all is no fault."""
    vectors = WordEncoder().embed(["Money.", "Snow."])
    assert np.array_equal(whole(vectors).windows, vectors)
    nothing = with_questions([], vectors[:0], WordEncoder().embed)
    assert nothing.best(np.zeros((0, 2))).shape == (0, 2)
    assert _parts(SegmentWords("")).owner.tolist() == [0]
    assert windows_of("", ()) == []
