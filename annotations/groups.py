"""Groups: what must never be split between learning and testing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.transcript import Transcript

GroupBy = Literal["participant", "transcript", "site", "case"]


def alone_in(names: Iterable[str], by: GroupBy) -> int:
    """How many of these groups are a transcript that stands alone, for want of a participant, a site or a case.

    >>> alone_in(("participant P-01", "transcript page-on-the-wall"), "participant")
    1
    """
    return 0 if by == "transcript" else sum(name.startswith("transcript ") for name in names)


def groups_in_words(groups: int, alone: int, by: GroupBy) -> str:
    """So many groups, of which some stand ``alone``: a document that nobody wrote is no participant.

    >>> groups_in_words(9, 1, "participant")
    '8 participants and 1 transcript of no participant'
    >>> groups_in_words(2, 2, "site")
    '2 transcripts of no site'
    """
    named, others = counted(groups - alone, by), f"{counted(alone, 'transcript')} of no {by}"
    return named if not alone else others if alone == groups else f"{named} and {others}"


def judged_groups(groups: int, by: GroupBy) -> str:
    """So many groups where nobody knows how many stand alone: a document is judged like a participant, and is none.

    >>> judged_groups(9, "participant"), judged_groups(1, "site")
    ('9 participants or documents', '1 site')
    """
    if by == "participant":
        return counted(groups, "participant or document", "participants or documents")
    return counted(groups, by)


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
