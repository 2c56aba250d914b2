"""Spans and canonical text: a span always reproduces its text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.transcript import Role, Span, SpokenTurn, canonical, roles_of

spans = st.tuples(st.integers(0, 200), st.integers(1, 200)).map(lambda at: Span(at[0], at[0] + at[1]))
words = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=60)
labels = st.sampled_from(["Interviewer", "JKG-01", "Ólöf", "", "𝔄"])


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 2)])
def test_a_span_holds_something(start: int, end: int) -> None:
    """Negative, empty and reversed spans are refused."""
    with pytest.raises(ValueError, match="0 <= start < end"):
        Span(start, end)


def test_offsets_count_code_points() -> None:
    """A letter outside the basic plane and a combining mark are one code point each, and never normalised."""
    text = "e\u0301 😀 é"
    assert Span(3, 4).of(text) == "😀"
    assert Span(0, 2).of(text) == "e\u0301"
    assert Span(5, 6).of(text) == "é"


@given(spans, spans)
def test_overlap_is_symmetric_and_bounded(one: Span, other: Span) -> None:
    """What both cover is the same from either side, and at most the shorter of the two."""
    assert (
        one.overlap(other)
        == other.overlap(one)
        == len({*range(one.start, one.end)} & {*range(other.start, other.end)})
    )
    assert one.overlap(one) == len(one)


@given(spans, st.text(min_size=400, max_size=420))
def test_a_span_reproduces_its_text(span: Span, text: str) -> None:
    """The words of a span have its length and stand where it says."""
    assert len(span.of(text)) == len(span)
    assert text[: span.start] + span.of(text) + text[span.end :] == text


@given(st.lists(st.tuples(labels, words.filter(bool)), max_size=12))
def test_turns_reproduce_what_was_said(spoken: list[tuple[str, str]]) -> None:
    """In the canonical text every turn's span gives back exactly its words, in order and without overlap."""
    text, turns = canonical([SpokenTurn(*one) for one in spoken], ("interviewer",))
    assert [(turn.speaker, turn.span.of(text)) for turn in turns] == spoken
    assert [turn.index for turn in turns] == list(range(len(spoken)))
    assert all(one.span.end < other.span.start for one, other in pairwise(turns))
    assert text == "".join(f"{speaker}: {said}\n" if speaker else f"{said}\n" for speaker, said in spoken)


def test_roles_ignore_case_and_spacing() -> None:
    """A listed interviewer is one in any case and spacing; all others are participants."""
    roles = roles_of(["INTERVIEWER", "Field  researcher", "JKG-01"], ["Interviewer", "field researcher"])
    assert list(roles.values()) == [Role.INTERVIEWER, Role.INTERVIEWER, Role.PARTICIPANT]
