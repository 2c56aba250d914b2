"""What a classifier is given of a segment: its words and their surroundings, nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment as a classifier sees it.

    ``speaker`` is the label of the source ("Client", "JKG-01"), ``question`` what the interviewer said last
    before it (or ""), ``before`` and ``after`` the neighbouring segments of the same transcript (or "").
    ``dialogue`` is false where neighbours are not turns of one conversation (documents, comments).
    """

    text: str
    speaker: str = ""
    role: str = "participant"
    question: str = ""
    before: str = ""
    after: str = ""
    dialogue: bool = True
