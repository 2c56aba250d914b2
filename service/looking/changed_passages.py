"""What waits for a person since a transcript was corrected: who coded what, on which words, and how these read now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.store.reviews import snapshot
from annotations.store.transcript_versions import MovedPassage, open_passages, versions_of
from annotations.store.transcripts import KeptTranscript, all_transcripts
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class ChangedPassage:
    """A review or coding whose words changed. ``number``: what people call it when they settle it.

    ``codes``: none where its coder found that no code applies. ``before``: None where the words were erased; ``after``:
    None where nothing is left of them. ``turn``: where it would stand now, or where the same words stand once, from 0.
    """

    number: int
    transcript: str
    coder: str
    condition: str
    codes: tuple[str, ...]
    version: int
    before: str | None
    after: str | None
    turn: int | None
    start: int | None
    end: int | None
    elsewhere: bool = False

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "number": self.number,
            "transcript": self.transcript,
            "coder": self.coder,
            "condition": self.condition,
            "codes": list(self.codes),
            "version": self.version,
            "before": self.before,
            "after": self.after,
            "turn": self.turn,
            "start": self.start,
            "end": self.end,
            "same_words_elsewhere": self.elsewhere,
        }


def changed_passages(
    connection: Connection, codebook: Codebook, *, transcript: UUID | None = None
) -> list[ChangedPassage]:
    """Everything that waits for a person, of one transcript or of all."""
    waiting = open_passages(connection, transcript)
    if not waiting:
        return []
    named = {transcript.id: transcript for transcript in all_transcripts(connection)}
    earlier = {
        version.id: version
        for transcript_id in dict.fromkeys(passage.transcript for passage in waiting)
        for version in versions_of(connection, transcript_id)
    }
    judged, _ = snapshot(connection, {passage.review for passage in waiting if passage.review})
    by_id = {review.id: review for review in judged}
    changed_passages = []
    for waiting_passage in waiting:
        review, version, kept = (
            by_id.get(waiting_passage.review),
            earlier[waiting_passage.version],
            named[waiting_passage.transcript],
        )
        if review is None:
            continue
        before = None if version.text is None else waiting_passage.was.of(version.text)
        place, elsewhere = _place(waiting_passage, kept, before)
        changed_passages.append(
            ChangedPassage(
                number=waiting_passage.number,
                transcript=kept.transcript.name,
                coder=review.coder,
                condition=review.condition.value,
                codes=tuple(_labels(codebook, (coding.code for coding in review.codings))),
                version=version.number + 1,
                before=before,
                after=None if place is None else place.of(kept.transcript.text),
                turn=None if place is None else _turn_at(kept, place),
                start=None if place is None else place.start,
                end=None if place is None else place.end,
                elsewhere=elsewhere,
            )
        )
    return changed_passages


def _place(passage: MovedPassage, kept: KeptTranscript, before: str | None) -> tuple[Span | None, bool]:
    """Where it would stand: between its old neighbours; where nothing is left there, where the same words stand once."""
    text = kept.transcript.text
    if passage.now is None and before and text.count(before) == 1:
        at = text.index(before)
        return Span(at, at + len(before)), True
    return passage.now, False


def _turn_at(kept: KeptTranscript, place: Span) -> int | None:
    return next((turn.index for turn in kept.transcript.turns if turn.span.overlap(place)), None)


def _labels(codebook: Codebook, codes: Iterable[str]) -> list[str]:
    return [codebook.label(code) if code in codebook.by_id else code for code in dict.fromkeys(codes)]
