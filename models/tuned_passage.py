"""What a fine-tuned encoder reads of a segment: its words, its speaker and what stands around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from annotations.names import folded
from models.segment_words import INTERVIEWER, SegmentWords


@dataclass(frozen=True, slots=True)
class PassageInContext:
    """A segment's words with its speaker's name, and what was said before and after it."""

    text: str
    before: str = ""
    after: str = ""


def passage_of(unit: SegmentWords, speakers: Collection[str]) -> PassageInContext:
    """What the encoder reads of a unit: in a conversation its neighbours, else the question that it answers.

    ``speakers``: the labels that may be read, in small letters. A person's own label is left out.
    """

    def said(speaker: str, words: str) -> str:
        named = words and (speaker == INTERVIEWER or folded(speaker) in speakers)
        return f"{speaker}: {words}" if named else words

    own = said(unit.speaker, unit.text)
    if not unit.dialogue:
        return PassageInContext(own, unit.question)
    return PassageInContext(own, said(unit.speaker_before, unit.before), said(unit.speaker_after, unit.after))
