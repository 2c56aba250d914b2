"""A coder's words put into an interview again stand at the same places, and say the same when they come back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.label_studio.annotation import arrival_of
from annotations.label_studio.arrivals import ArrivalState
from annotations.label_studio.interview_answer import AskedPassage, InterviewShown, said_of_interview
from annotations.label_studio.interview_marks import (
    EarlierWords,
    SuggestedWords,
    earlier_regions,
    suggested_regions,
)
from annotations.label_studio.interview_text import InterviewText
from annotations.transcript import Role, Span, Turn

CODEBOOK = Codebook(
    name="Some",
    frameworks=(Framework("topics", "Topics"), Framework("phase", "Phase", role="phase", select="one")),
    codes=(
        *(Code(f"c{at}", f"Code {at}", "topics", f"Topics/C{at}") for at in range(12)),
        Code("early", "Early", "phase", "Phase/Early"),
    ),
)
said = st.text(st.sampled_from("ab é e\u0301 ไ 日😀👩\u200d👧\n\t'&<"), min_size=3, max_size=30).filter(
    lambda words: words.strip() == words and bool(words)
)


@st.composite
def coded_interviews(draw: st.DrawFn) -> tuple[InterviewShown, list[EarlierWords]]:
    """Up to 120 turns, each a passage; in some a part of the words is coded, with all that belongs to a coding."""
    words = draw(st.lists(said, min_size=1, max_size=8)) * draw(st.integers(1, 15))
    text, turns = "", []
    for at, one in enumerate(words):
        text += f"P{at}: "
        turns.append(Turn(at, f"P{at}", Role.PARTICIPANT, Span(len(text), len(text) + len(one))))
        text += f"{one}\n"
    found = []
    for turn in turns[:: draw(st.integers(1, 4))]:
        start = turn.span.start + draw(st.integers(0, 1))
        codes = draw(st.sets(st.sampled_from([code.id for code in CODEBOOK.codes]), min_size=1, max_size=3))
        memo = draw(st.sampled_from(["", "Ask again."]))
        influence = draw(st.sampled_from([None, "+", "mixed"]))
        span = Span(start, turn.span.end)
        if span.of(text).strip():
            found.append(EarlierWords(span, tuple(sorted(codes)), memo, influence, draw(st.booleans())))
    passages = [AskedPassage(UUID(int=at + 1), UUID(int=at + 1), turn.span) for at, turn in enumerate(turns)]
    return InterviewShown(InterviewText(text, tuple(turns)), passages), found


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(coded_interviews())
def test_what_was_said_before_comes_back_as_it_was(given: tuple[InterviewShown, list[EarlierWords]]) -> None:
    """Spans, codes, memos, influence and examples, in one mark each; passages without any are empty."""
    shown, earlier = given
    regions = earlier_regions(earlier, None, shown.text, CODEBOOK)
    moment = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
    arrival = arrival_of({"id": 1, "task": 1, "result": regions, "created_at": moment, "lead_time": 9.0})
    found = said_of_interview(arrival, shown, CODEBOOK)
    assert {one.verdict.state for one in found.passages} == {ArrivalState.REVIEW}
    back = [
        EarlierWords(one.span, one.codes, one.memo, one.influence, one.concrete_example)
        for passage in found.passages
        for one in passage.verdict.decision.marked
    ]
    assert back == earlier
    assert found.nowhere == ()


def test_a_suggestion_says_in_its_name_for_which_passage_it_stands() -> None:
    """And two on one passage have two names; it comes with the mark of the model, what a coder said with theirs."""
    text = "P: One two three."
    shown = InterviewText(text, (Turn(0, "P", Role.PARTICIPANT, Span(3, len(text))),))
    marks = [SuggestedWords(UUID(int=7), Span(3, 6), ("c1",), at == 0) for at in range(2)]
    regions = suggested_regions(marks, shown, CODEBOOK)
    assert {one["id"] for one in regions} == {f"s-{UUID(int=7).hex}-{at}" for at in (1, 2)}
    assert {one["origin"] for one in regions} == {"prediction"}
    own = earlier_regions(
        [EarlierWords(Span(3, 6), ("c1",)), EarlierWords(Span(7, 10))], Span(7, 10), shown, CODEBOOK
    )
    labels = [one["value"]["hypertextlabels"] for one in own if "hypertextlabels" in one["value"]]
    assert labels == [["mine"], ["nothing"], ["read"]]
    assert {one["origin"] for one in own} == {"manual"}
