"""Places in a whole interview: from the canonical text to Label Studio and back, in any script."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from annotations.label_studio.interview_text import (
    NAMED_BELOW,
    InterviewText,
    MarkedPlace,
    hash_of_words,
    interview_key,
)
from annotations.transcript import Role, Span, Turn

SCRIPTS = "abc äß é e\u0301 अनु ไทย العربية שלום 日本語 😀👩\u200d👩\u200d👧 \u00a0\u2028\u200b\t\n<b>&amp;'\"\\n \x01\x0b"
words = st.text(
    st.one_of(st.sampled_from(SCRIPTS), st.characters(exclude_categories=["Cs"])), min_size=1, max_size=60
)


def interview(said: list[str], gap: str = "\n") -> InterviewText:
    """Turns of these words, each after its speaker's name, with this between them."""
    text, turns = "", []
    for at, one in enumerate(said):
        text += f"Ö😀{at}: "
        turns.append(Turn(at, f"Ö😀{at}", Role.PARTICIPANT, Span(len(text), len(text) + len(one))))
        text += one + gap
    return InterviewText(text, tuple(turns))


@st.composite
def interviews_with_spans(draw: st.DrawFn) -> tuple[InterviewText, Span]:
    """An interview of up to 120 turns, and a span from somewhere in a turn to somewhere in the same or a later one."""
    said = draw(st.lists(words, min_size=1, max_size=8)) * draw(st.integers(1, 15))
    made = interview(said, draw(st.sampled_from(["\n", "\r\n", "\n\n"])))
    first = draw(st.integers(0, len(said) - 1))
    last = draw(st.integers(first, min(first + 3, len(said) - 1)))
    a, b = made.turns[first].span, made.turns[last].span
    start = draw(st.integers(a.start, a.end - 1))
    end = draw(st.integers(max(start, b.start) + 1, b.end))
    return made, Span(start, end)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(interviews_with_spans())
def test_a_place_comes_back_as_the_same_span(given: tuple[InterviewText, Span]) -> None:
    """Whatever was marked, it is found again at the same code points; what has no word in it is none."""
    made, span = given
    found = made.span_of(made.place(span))
    assert found == (span if made.words(span).strip() else None)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(interviews_with_spans())
def test_offsets_are_those_of_a_browser(given: tuple[InterviewText, Span]) -> None:
    """The paragraph that a parser reads out of the markup holds, at these UTF-16 units, the words of the span."""
    made, span = given
    place = made.place(span)
    read = lxml_html.fragments_fromstring(made.html(dict.fromkeys(range(len(made.turns)), False)))
    paragraphs = [one.text_content() for one in read if not isinstance(one, str)]
    first, last = (int(path[3:].split("]")[0]) - 1 for path in (place.start, place.end))
    assert paragraphs[first] == made.shown(first)
    units = [one.encode("utf-16-le") for one in paragraphs]
    if first == last:
        said = units[first][2 * place.start_offset : 2 * place.end_offset].decode("utf-16-le")
        assert said == made.words(span)
    assert (
        units[first][: 2 * place.start_offset].decode("utf-16-le")
        == made.shown(first)[: span.start - made.turns[first].span.start]
    )
    assert (
        units[last][: 2 * place.end_offset].decode("utf-16-le")
        == made.shown(last)[: span.end - made.turns[last].span.start]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""},
        {"words": hash_of_words("other words")},
        {"start_offset": 99},
        {"end_offset": 0},
        {"start": "/p[3]/text()[1]"},
        {"start": "/div[1]/text()[1]"},
        {"end": "/p[1]/text()[2]"},
        {"start": "/p[0]/text()[1]"},
    ],
)
def test_a_place_without_words_or_with_others_is_none(wrong: dict[str, object]) -> None:
    """Nothing is guessed: a place that is not there, turned round, or says something else."""
    made = interview(["We met in the morning.", "And then?"])
    place = made.place(Span(made.turns[0].span.start + 3, made.turns[0].span.end))
    assert made.span_of(place) is not None
    assert made.span_of(replace(place, **wrong)) is None


def test_half_a_character_is_no_place() -> None:
    """An emoji is two units; between them nothing begins."""
    made = interview(["😀😀 yes"])
    assert made.span_of(MarkedPlace("/p[1]/text()[1]", 1, "/p[1]/text()[1]", 4, hash_of_words("😀"))) is None


def test_a_selection_that_ends_before_the_next_paragraph_ends_behind_this_one() -> None:
    """A browser says so where somebody clicks three times."""
    made = interview(["First turn.", "Second turn."])
    words = hash_of_words("First turn.")
    assert made.span_of(MarkedPlace("/p[1]/text()[1]", 0, "/p[2]", 0, words)) == made.turns[0].span


def test_label_studio_writes_signs_between_paragraphs() -> None:
    """Its text of a mark over two turns has a backslash and an n between them, twice."""
    made = interview(["First turn.", "Second turn."])
    span = Span(made.turns[0].span.start + 6, made.turns[1].span.start + 6)
    assert made.place(span).words == hash_of_words("turn.\\n\\nSecond")


def test_another_text_is_another_task() -> None:
    """What was corrected stands in a task of its own, and so does what comes again."""
    one = UUID(int=1)
    keys = {interview_key(one, "a"), interview_key(one, "b"), interview_key(one, "a", again=True)}
    assert len(keys) == 3
    assert interview_key(one, "a") == interview_key(one, "a")


def test_what_is_named_below_a_turn_is_no_word_of_it() -> None:
    """It stands in an attribute, whatever it says, and can be taken out again."""
    made = interview(["First turn.", "Second turn."])
    plain = made.html({0: False, 1: True})
    named = made.html({0: False, 1: True}, {0: 'doubtful: "Cost" <b>&'})
    assert NAMED_BELOW.sub("", named) == plain != named
    read = lxml_html.fragments_fromstring(named)
    assert [one.text_content() for one in read if not isinstance(one, str)] == ["First turn.", "Second turn."]
    assert [one.get("class") for one in read if not isinstance(one, str)] == ["tandem-said", "tandem-asked"]
