"""Transcripts cut into segments."""

from __future__ import annotations

import itertools

import pytest
from builders import a_transcript
from hypothesis import given
from hypothesis import strategies as st

from annotations.errors import BadInput
from annotations.segment import Segmentation
from models.segmenter import segment

WORDS = st.lists(
    st.sampled_from(["well", "no", "Åsa", "it is.", "really?", "\n\n", "Dr. Lind"]), min_size=1, max_size=60
)


def test_a_turn_is_a_segment() -> None:
    """By default every turn is one segment, with its speaker's role."""
    found = segment(a_transcript("P-1", "How?", "Well. Yes."), Segmentation())
    assert [(one.turn, one.role.value) for one in found] == [(0, "interviewer"), (1, "participant")]


@pytest.mark.slow
def test_sentences_are_cut_by_rules() -> None:
    """Each sentence is a segment; a title is no end of a sentence."""
    transcript = a_transcript("P-1", "How?", "I saw Dr. Lind. She left! Why?")
    found = segment(transcript, Segmentation("sentence", pipeline="rules:en"))
    said = [one.span.of(transcript.text) for one in found]
    assert said == ["How?", "I saw Dr. Lind.", "She left!", "Why?"]


def test_a_missing_pipeline_is_explained() -> None:
    """A pipeline that is not installed is named, with the remedy."""
    with pytest.raises(BadInput, match="pipeline: rules"):
        segment(a_transcript("P-1", "a", "b c."), Segmentation("sentence", pipeline="xx_none"))


@given(WORDS, st.sampled_from(["turn", "passage", "sentence"]), st.sampled_from([None, 5, 12]))
@pytest.mark.slow
def test_segments_hold_every_word_once(words: list[str], unit: str, most: int | None) -> None:
    """Segments are in order, do not overlap, and leave only white space between them."""
    said = " ".join(words)
    if not said.strip():
        return
    transcript = a_transcript("P-1", "How?", said)
    found = segment(transcript, Segmentation(unit, most, "rules:en"))  # type: ignore[arg-type]
    own = [one for one in found if one.turn == 1]
    assert "".join("".join(one.span.of(transcript.text).split()) for one in own) == "".join(said.split())
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(own))
    assert all(one.span.of(transcript.text).strip() == one.span.of(transcript.text) for one in own)
    if most is not None and unit != "turn":
        assert all(len(one.span.of(transcript.text).split()) <= most for one in own)
