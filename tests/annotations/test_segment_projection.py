"""The projection of codings onto segments: it loses none and invents none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.segment import Segmentation, carries, judged, project
from annotations.transcript import Span

LENGTH = 300
spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 80)).map(
    lambda at: Span(at[0], min(at[0] + at[1], LENGTH))
)
codings = st.lists(spans, max_size=10).map(lambda found: dict(enumerate(found)))


@st.composite
def cuts(draw: st.DrawFn) -> list[Span]:
    """A cut without gaps: every code point lies in one segment."""
    ends = sorted(draw(st.sets(st.integers(1, LENGTH - 1), max_size=15)) | {LENGTH})
    return [Span(start, end) for start, end in zip([0, *ends], ends, strict=False)]


@st.composite
def gappy(draw: st.DrawFn) -> list[Span]:
    """A cut that leaves words out, as speakers' labels and interviewers' turns are."""
    return [span for span in draw(cuts()) if draw(st.booleans())]


def test_half_of_the_segment_or_half_of_the_coding_is_enough() -> None:
    """A coding counts for a segment that it covers by half, and for one that half of it lies in."""
    assert carries(Span(0, 10), Span(5, 100))
    assert not carries(Span(0, 10), Span(6, 100))
    assert carries(Span(0, 100), Span(95, 105))
    assert not carries(Span(0, 100), Span(96, 106))
    assert not carries(Span(0, 10), Span(10, 12))


@given(cuts(), spans)
def test_touching_is_not_overlapping(cut: list[Span], coding: Span) -> None:
    """A segment that shares no code point with a coding never carries it."""
    for at in project(cut, {0: coding})[0]:
        assert cut[at].overlap(coding)


@given(gappy(), codings)
@pytest.mark.slow
def test_projection_follows_the_rule_of_halves(cut: list[Span], coded: dict[int, Span]) -> None:
    """Exactly the segments that carry a coding by the rule are found, each once and in order."""
    for key, positions in project(cut, coded).items():
        assert list(positions) == [at for at, segment in enumerate(cut) if carries(segment, coded[key])]


@given(gappy(), gappy(), codings)
@pytest.mark.slow
def test_cutting_anew_loses_no_coding(one: list[Span], other: list[Span], coded: dict[int, Span]) -> None:
    """Every coding stands in every projection, so that going to another cut and back changes nothing."""
    before = project(one, coded)
    assert project(other, coded).keys() == coded.keys()
    assert project(one, coded) == before


@given(cuts(), codings)
def test_a_coding_covering_segments_whole_is_carried_by_them(cut: list[Span], coded: dict[int, Span]) -> None:
    """A segment that lies in a coding carries it, and so does a segment that a coding lies in."""
    found = project(cut, coded)
    for key, span in coded.items():
        within = {at for at, segment in enumerate(cut) if segment.overlap(span) in (len(segment), len(span))}
        assert within <= set(found[key])


@given(gappy(), st.lists(spans, max_size=8))
@pytest.mark.slow
def test_judged_never_invents(cut: list[Span], reviews: list[Span]) -> None:
    """A judged segment shares words with a review, and a segment reviewed whole is judged."""
    found = judged(cut, reviews)
    covered = {at for span in reviews for at in range(span.start, span.end)}
    for at, segment in enumerate(cut):
        seen = len(covered & set(range(segment.start, segment.end)))
        assert at not in found or seen
        assert at in found or 2 * seen < len(segment)


@given(gappy(), st.lists(spans, max_size=6), spans)
@pytest.mark.slow
def test_one_more_review_never_unjudges(cut: list[Span], reviews: list[Span], more: Span) -> None:
    """What was judged stays judged when more is read, and carrying a code is being judged."""
    assert judged(cut, reviews) <= judged(cut, [*reviews, more])
    assert set(project(cut, {0: more})[0]) <= judged(cut, [*reviews, more])


def test_a_review_judges_what_it_is_about() -> None:
    """A passage within a segment judges it; one that lies mostly in the next segment judges only that one."""
    assert judged([Span(0, 90)], [Span(0, 30)]) == {0}
    assert judged([Span(0, 90), Span(90, 300)], [Span(70, 155)]) == {1}


def test_a_segmentation_is_known_by_what_it_does() -> None:
    """Equal segmentations share a version; another unit, length or splitter has its own."""
    versions = {
        Segmentation().version,
        Segmentation("sentence").version,
        Segmentation("passage", 80).version,
        Segmentation(pipeline="rules:sv").version,
    }
    assert len(versions) == 4
    assert Segmentation().version in versions


def test_two_reviews_that_cover_half_together_judge_the_segment() -> None:
    """Neither covers half of it, both do: it was looked at."""
    assert judged([Span(53, 193)], [Span(14, 90), Span(159, 229)]) == {0}
    assert judged([Span(53, 193)], [Span(14, 90)]) == set()
