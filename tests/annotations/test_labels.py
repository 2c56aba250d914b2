"""What coders found, projected onto segments."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.coding import Coding, Condition, Review
from annotations.labels import labels_of
from annotations.segment import Segment
from annotations.transcript import Role, Span

TRANSCRIPT = uuid4()


def _cut(*ends: int) -> tuple[Segment, ...]:
    starts = (0, *ends[:-1])
    return tuple(
        Segment(at, at, "P", Role.PARTICIPANT, Span(start, end))
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def _review(start: int, end: int, *codes: str, coder: str = "Ines", within: Span | None = None) -> Review:
    span = within or Span(start, end)
    return Review(
        TRANSCRIPT, coder, Span(start, end), tuple(Coding(code, span) for code in codes), id=uuid4()
    )


def test_an_empty_review_is_a_judgement() -> None:
    """Looked, nothing applies: judged without codes. Never looked: not judged."""
    (labels,) = labels_of({TRANSCRIPT: _cut(10, 20, 30)}, [_review(0, 10), _review(10, 20, "money")])
    assert labels.judged == {0, 1}
    assert labels.codes == {1: frozenset({"money"})}


def test_coders_and_conditions_are_kept_apart() -> None:
    """Each coder's findings under each condition are a set of their own."""
    found = labels_of(
        {TRANSCRIPT: _cut(10)},
        [
            _review(0, 10, "money"),
            _review(0, 10, "people", coder="Tom"),
            Review(TRANSCRIPT, "Tom", Span(0, 10), condition=Condition.ASSISTED, id=uuid4()),
        ],
    )
    assert [(one.coder, one.condition.value, dict(one.codes)) for one in found] == [
        ("Ines", "independent", {0: frozenset({"money"})}),
        ("Tom", "independent", {0: frozenset({"people"})}),
        ("Tom", "assisted", {}),
    ]


def test_loose_codings_tell_nothing_of_other_segments() -> None:
    """Where no review says what was read, only what was coded is known."""
    loose = (uuid4(), "Ines", TRANSCRIPT, Condition.INDEPENDENT, Coding("money", Span(0, 10)))
    (labels,) = labels_of({TRANSCRIPT: _cut(10, 20)}, [], [loose])
    assert not labels.complete
    assert labels.judged == {0}


def test_a_quote_inside_a_turn_codes_the_turn() -> None:
    """A short passage within a long segment is carried by it, and the segment counts as judged."""
    (labels,) = labels_of({TRANSCRIPT: _cut(100)}, [_review(5, 9, "money")])
    assert (labels.judged, labels.codes) == ({0}, {0: frozenset({"money"})})


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=12, unique=True),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40), st.sampled_from("abc")), max_size=12),
)
@pytest.mark.slow
def test_projection_never_invents(ends: list[int], applied: list[tuple[int, int, str]]) -> None:
    """A segment carries only codes of codings that overlap it, and every carried segment was judged."""
    cut = _cut(*sorted(ends))
    reviews = [_review(start, start + length, code) for start, length, code in applied]
    for labels in labels_of({TRANSCRIPT: cut}, reviews):
        assert set(labels.codes) <= labels.judged
        for position, codes in labels.codes.items():
            for code in codes:
                assert any(
                    c.code == code and c.span.overlap(cut[position].span) for r in reviews for c in r.codings
                )
