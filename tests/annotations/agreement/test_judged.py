"""Judges from reviews: units that are wider than a segment, and what nobody judged."""

from __future__ import annotations

from uuid import uuid4

from builders import a_transcript

from annotations.agreement.columns import columns_of
from annotations.agreement.judged import judged_by, runs_of, units_of, whole_units
from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Coding, Review
from annotations.segment import Segment
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span

BOOK = Codebook(
    name="Small",
    frameworks=(Framework("f", "F"),),
    codes=(
        Code("top", "Top", "f", "F/Top", applicable=False),
        Code("a", "A", "f", "F/Top/A", parent="top"),
        Code("b", "B", "f", "F/B"),
    ),
)
COLUMNS = columns_of(BOOK)


def _kept() -> tuple[KeptTranscript, tuple[Segment, ...]]:
    transcript = a_transcript("P-01", "Why?", "First of all.", "And?", "Then this too.", "So?", "That is it.")
    cut = tuple(Segment(t.index, t.index, t.speaker, t.role, t.span, uuid4()) for t in transcript.turns)
    return KeptTranscript(uuid4(), transcript), cut


def test_columns_are_all_framework_family_and_code() -> None:
    """A code that groups others has no column of its own, and a family holds all below it."""
    assert [(c.level, c.code) for c in COLUMNS] == [
        ("all", ""),
        ("framework", ""),
        ("family", "Top"),
        ("code", "A"),
        ("code", "B"),
    ]
    assert COLUMNS[2].members == {"top", "a"}


def test_a_coding_wider_than_a_segment_is_one_unit() -> None:
    """One answer over two turns, coded once as a whole by one and on its first turn by the other: one agreement."""
    kept, cut = _kept()
    units = units_of([kept], {kept.id: cut})
    assert len(units) == 3
    whole = Span(cut[1].span.start, cut[3].span.end)
    ada = [Review(kept.id, "Ada", whole, (Coding("a", whole),))]
    ben = [
        Review(kept.id, "Ben", cut[1].span, (Coding("a", cut[1].span),)),
        Review(kept.id, "Ben", cut[3].span, (Coding("b", cut[3].span),)),
    ]
    runs = runs_of(units, COLUMNS, [*ada, *ben])
    one, other = (judged_by(units, COLUMNS, its, runs) for its in (ada, ben))
    a, b = 3, 4
    both = one.known & other.known
    assert both[:, a].tolist() == [True, False, False]
    assert one.values[0, a]
    assert other.values[0, a]
    assert both[:, b].tolist() == [True, True, False]
    assert whole_units(3, runs).tolist() == [0, 0, 2]


def test_who_looked_at_a_part_has_not_judged_the_whole() -> None:
    """Ada coded two turns as one; Ben looked at the first alone: of the second he has said nothing, nor of both."""
    kept, cut = _kept()
    units = units_of([kept], {kept.id: cut})
    whole = Span(cut[1].span.start, cut[3].span.end)
    ada = [Review(kept.id, "Ada", whole, (Coding("a", whole),))]
    ben = [Review(kept.id, "Ben", cut[1].span)]
    other = judged_by(units, COLUMNS, ben, runs_of(units, COLUMNS, [*ada, *ben]))
    a, b = 3, 4
    assert other.known[:, a].tolist() == [False, False, False]
    assert other.known[:, b].tolist() == [True, False, False]


def test_never_looked_is_unknown_and_nothing_found_is_known() -> None:
    """An empty review judges its segment; a segment without a review is known to nobody."""
    kept, cut = _kept()
    units = units_of([kept], {kept.id: cut})
    found = judged_by(units, COLUMNS, [Review(kept.id, "Ada", cut[5].span)], {})
    assert found.known[:, 0].tolist() == [False, False, True]
    assert not found.values.any()
