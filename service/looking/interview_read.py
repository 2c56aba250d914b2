"""An interview as a coder reads it whole: its turns, which are passages to code, and which of these are done.

No code and no coder's name is here: whoever reads it has still to judge, and judges by the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from annotations.labels import labels_of
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import KeptTranscript, transcript_by_id
from annotations.turn_numbers import shown_number
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn. ``number``: as people count; ``passages``: how many of its segments are to be coded, ``done`` are."""

    number: int
    speaker: str
    text: str
    passages: int
    done: int


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

    @property
    def done(self) -> int:
        """How many of these somebody has judged."""
        return sum(turn.done for turn in self.turns)


def read_interview(parts: Parts, transcript: UUID) -> ReadInterview | None:
    """The interview with this id; None if there is none."""
    with parts.store.reading() as connection:
        kept = transcript_by_id(connection, transcript)
        if kept is None:
            return None
        segments = segments_of(connection, parts.segmentation.version, transcript=transcript)
        reviews = current_reviews(connection, transcript=transcript)
    cut = segments.get(transcript, ())
    judged: set[int] = set()
    for labels in labels_of(segments, reviews):
        if labels.whole:
            judged |= set(labels.judged)
    passages: dict[int, int] = {}
    done: dict[int, int] = {}
    for at, segment in enumerate(cut):
        if segment.role.is_coded:
            passages[segment.turn] = passages.get(segment.turn, 0) + 1
            done[segment.turn] = done.get(segment.turn, 0) + (at in judged)
    its = kept.transcript
    turns = tuple(
        ReadTurn(
            shown_number(turn.index),
            turn.speaker,
            turn.span.of(its.text),
            passages.get(turn.index, 0),
            done.get(turn.index, 0),
        )
        for turn in its.turns
    )
    date = "" if its.date is None else its.date.isoformat()
    return ReadInterview(its.name, its.participant, its.case, its.site, its.wave, date, turns, kept)
