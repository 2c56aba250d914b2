"""Groups: what must never be split between learning and testing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from annotations.names import folded
from annotations.transcript import Transcript

GroupBy = Literal["participant", "transcript", "site", "case"]


def groups_of(transcripts: Sequence[Transcript], by: GroupBy = "participant") -> tuple[str, ...]:
    """The group of each transcript, in the order given.

    By participant: all transcripts of a person, joined with all that share a session with one of them (an
    interview of two people and the field note of that occasion are one group); a transcript of which neither
    is known stands alone. By site or case: a transcript without one stands alone too.

    >>> interview = Transcript("JKG-01", "", (), participant="JKG-01", session="3 March")
    >>> note = Transcript("note-1", "", (), session="3 March")
    >>> groups_of([interview, note])
    ('participant JKG-01', 'participant JKG-01')
    """
    if by == "participant":
        return _joined(transcripts)
    if by == "transcript":
        return tuple(f"transcript {t.name}" for t in transcripts)
    return tuple(f"{by} {getattr(t, by)}" if getattr(t, by) else f"transcript {t.name}" for t in transcripts)


def _joined(transcripts: Sequence[Transcript]) -> tuple[str, ...]:
    """Union-find over transcripts that share a participant or a session."""
    above = list(range(len(transcripts)))

    def root(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    first: dict[tuple[str, str], int] = {}
    for at, transcript in enumerate(transcripts):
        for key in (("participant", transcript.participant), ("session", transcript.session)):
            # P-01 and p-01 are one person: two groups would let a model see whom it is tested on
            same = (key[0], folded(key[1]))
            if not same[1]:
                continue
            first_root, other = root(first.setdefault(same, at)), root(at)
            above[max(first_root, other)] = min(first_root, other)
    return tuple(_name(transcripts[root(at)]) for at in range(len(transcripts)))


def _name(transcript: Transcript) -> str:
    if transcript.participant:
        return f"participant {transcript.participant}"
    return f"transcript {transcript.name}"
