"""What a classifier is given of a segment: its words and their surroundings, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

INTERVIEWER = "Interviewer"


@dataclass(frozen=True, slots=True)
class SegmentWords:
    """A segment as a classifier sees it.

    ``speaker`` is the label of the source ("Client", "JKG-01"), ``question`` what the interviewer said last
    before it (or ""), ``before`` and ``after`` the neighbouring segments of the same transcript (or "").
    ``dialogue`` is false where neighbours are not turns of one conversation (documents, comments).
    ``speaker_before`` and ``speaker_after`` are who said these, INTERVIEWER for whoever asks.
    """

    text: str
    speaker: str = ""
    question: str = ""
    before: str = ""
    after: str = ""
    dialogue: bool = True
    speaker_before: str = ""
    speaker_after: str = ""

    def with_text(self, text: str) -> SegmentWords:
        """Other words in the same place."""
        return SegmentWords(
            text,
            self.speaker,
            self.question,
            self.before,
            self.after,
            self.dialogue,
            self.speaker_before,
            self.speaker_after,
        )
