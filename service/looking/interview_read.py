"""An interview as a coder reads it whole: its turns, and which of them are passages to code.

No code and no coder's name is here: whoever reads it has still to judge, and judges by the words. Nor is it said what is
done, for nobody knows who reads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from annotations.store.segments import segments_of
from annotations.store.transcripts import KeptTranscript, transcript_by_id
from annotations.turn_numbers import shown_number
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn. ``number``: as people count; ``passages``: how many of its segments are to be coded."""

    number: int
    speaker: str
    text: str
    passages: int


@dataclass(frozen=True, slots=True)
class ReadInterview:
    """An interview with its turns."""

    name: str
    participant: str
    case: str
    site: str
    wave: str
    date: str
    turns: tuple[ReadTurn, ...]
    kept: KeptTranscript

    @property
    def passages(self) -> int:
        """How many passages there are to code."""
        return sum(turn.passages for turn in self.turns)


def read_interview(parts: Parts, transcript: UUID) -> ReadInterview | None:
    """The interview with this id; None if there is none."""
    with parts.store.reading() as connection:
        kept = transcript_by_id(connection, transcript)
        if kept is None:
            return None
        segments = segments_of(connection, parts.segmentation.version, transcript=transcript)
    passages = Counter(segment.turn for segment in segments.get(transcript, ()) if segment.role.is_coded)
    its = kept.transcript
    turns = tuple(
        ReadTurn(
            shown_number(turn.index),
            turn.speaker,
            turn.span.of(its.text),
            passages[turn.index],
        )
        for turn in its.turns
    )
    date = "" if its.date is None else its.date.isoformat()
    return ReadInterview(its.name, its.participant, its.case, its.site, its.wave, date, turns, kept)
