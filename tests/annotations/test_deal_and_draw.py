"""Draws: within one of their part, disjoint, the same for the same seed; dealing in balance; streams in order."""

from __future__ import annotations

from collections import Counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.coding import Draw
from annotations.deal_and_draw import Dealt, DrawPlan, Fractions, deal, draw, streams
from annotations.errors import BadInput
from annotations.store.pushed_tasks import task_key


@st.composite
def fractions(chosen: st.DrawFn) -> Fractions:
    """Three parts that are 1 together at most."""
    blind = chosen(st.floats(0, 1))
    double = chosen(st.floats(0, 1 - blind))
    return Fractions(blind, double, chosen(st.floats(0, max(0.0, 1 - blind - double))))


def _segments(count: int, first: int = 0) -> list[UUID]:
    return [UUID(int=first + at) for at in range(count)]


@given(fractions(), st.integers(0, 200), st.integers(0, 2**31 - 1), st.uuids())
def test_each_part_is_met_within_one(parts: Fractions, count: int, seed: int, transcript: UUID) -> None:
    """Of every transcript, however short; nothing is drawn twice, and the same seed draws the same."""
    plan = DrawPlan(parts, seed, ("A", "B"))
    segments = _segments(count)
    drawn = draw(transcript, segments, plan)
    counted = Counter(drawn.values())
    for kind, part in zip((Draw.BLIND, Draw.DOUBLE, Draw.REPEAT), parts.parts, strict=True):
        assert abs(counted[kind] - part * count) < 1 + 1e-6
    assert set(drawn) <= set(segments)
    assert drawn == draw(transcript, segments, plan)


def test_over_many_short_transcripts_the_part_is_met() -> None:
    """Rounding each of 400 transcripts of 3 passages would draw none of 0.15, or a third."""
    plan = DrawPlan(Fractions(blind=0.15), 7)
    drawn = sum(len(draw(UUID(int=at), _segments(3), plan)) for at in range(400))
    assert 0.12 < drawn / 1200 < 0.18


def test_another_seed_draws_others() -> None:
    """Otherwise the seed would say nothing."""
    transcript, segments = uuid4(), _segments(200)
    one, other = (draw(transcript, segments, DrawPlan(Fractions(blind=0.3), seed)) for seed in (1, 2))
    assert set(one) != set(other)


@given(
    st.lists(st.integers(0, 60), max_size=12),
    st.integers(2, 4),
    st.integers(0, 2**31 - 1),
)
def test_every_passage_is_dealt_once_and_the_doubled_ones_twice(
    lengths: list[int], coders: int, seed: int
) -> None:
    """In the streams: each passage once for its coder, the doubled ones for exactly two, repeats twice for one."""
    names = tuple("ABCD"[:coders])
    transcripts = [(UUID(int=10_000 + t), _segments(n, t * 100)) for t, n in enumerate(lengths)]
    plan = DrawPlan(Fractions(0.2, 0.3, 0.1), seed, names)
    dealt = {one.transcript: one for one in deal(transcripts, plan)}
    found = streams(transcripts, dealt)
    keys = {coder: [task_key(p.segment, p.draw) for p in its] for coder, its in found.items()}
    assert all(len(set(its)) == len(its) for its in keys.values())
    times = Counter(p.segment for its in found.values() for p in its)
    for one in dealt.values():
        assert one.coder in names
        assert one.second != one.coder
        for segment, kind in one.drawn.items():
            assert times[segment] == (1 if kind is Draw.BLIND else 2)
            if kind is Draw.REPEAT:
                mine = [p.draw for p in found[one.coder] if p.segment == segment]
                assert mine == [Draw.BLIND, Draw.REPEAT]
    assert set(times) == {segment for _, segments in transcripts for segment in segments}


@given(st.lists(st.integers(1, 60), min_size=1, max_size=14), st.integers(2, 4))
def test_the_load_is_balanced(lengths: list[int], coders: int) -> None:
    """Nobody has more to read than another by more than the longest transcript."""
    names = tuple("ABCD"[:coders])
    transcripts = [(UUID(int=10_000 + t), _segments(n, t * 100)) for t, n in enumerate(lengths)]
    dealt = deal(transcripts, DrawPlan(Fractions(), 1, names))
    load = Counter({name: sum(one.units for one in dealt if one.coder == name) for name in names})
    assert max(load.values()) - min(load.values()) <= max(lengths)


def test_what_was_dealt_before_counts() -> None:
    """A coder who has had much gets the next transcript last, and a pair that shares much is not chosen again."""
    before = [Dealt(uuid4(), 50, "A", "B", {uuid4(): Draw.DOUBLE}), Dealt(uuid4(), 40, "C", None)]
    plan = DrawPlan(Fractions(double=1.0), 1, ("A", "B", "C"))
    (one,) = deal([(uuid4(), _segments(5))], plan, before)
    assert (one.coder, one.second) == ("B", "C")


def test_streams_keep_reading_order_and_end_with_what_comes_again() -> None:
    """Transcript by transcript; repeats after everything else; doubled passages at their place in the other's stream."""
    first, second = _segments(3), _segments(3, 100)
    one, other = uuid4(), uuid4()
    dealt = {
        one: Dealt(one, 3, "A", "B", {first[0]: Draw.REPEAT, first[2]: Draw.DOUBLE}),
        other: Dealt(other, 3, "B", "A", {second[1]: Draw.DOUBLE}),
    }
    found = streams([(one, first), (other, second)], dealt)
    assert [(p.segment, p.draw) for p in found["A"]] == [
        (first[0], Draw.BLIND),
        (first[1], Draw.ORDINARY),
        (first[2], Draw.DOUBLE),
        (second[1], Draw.DOUBLE),
        (first[0], Draw.REPEAT),
    ]
    assert [p.segment for p in found["B"]] == [first[2], *second]


def test_what_is_not_dealt_is_shared() -> None:
    """Without draws everything stands in one project."""
    transcript, segments = uuid4(), _segments(2)
    found = streams([(transcript, segments)], {})
    assert [p.draw for p in found[None]] == [Draw.ORDINARY] * 2


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((1.2, 0, 0), "--blind is 1.2"),
        ((0, -0.1, 0), "--double is -0.1"),
        ((0.5, 0.4, 0.3), "together are 1.2"),
        ((float("nan"), 0, 0), "--blind is nan"),
    ],
)
def test_impossible_parts_are_refused(parts: tuple[float, float, float], words: str) -> None:
    """The sentence says which part, what was found and what is allowed."""
    with pytest.raises(BadInput, match=words):
        Fractions(*parts)


def test_doubling_needs_two() -> None:
    """One coder cannot be independent of himself."""
    with pytest.raises(BadInput, match="two coders"):
        deal([(uuid4(), _segments(3))], DrawPlan(Fractions(double=0.5), 1, ("A",)))
