"""What goes in and out over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from annotations.coding import Review, Suggestion
from annotations.segment import Segment
from annotations.store.model_versions import ModelVersion
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Transcript


class Health(BaseModel):
    """UP, PARTLY (something that the server can do without does not answer) or DOWN; for each thing "ok" or a word."""

    status: Literal["UP", "PARTLY", "DOWN"]
    parts: dict[str, str]


class JobAsked(BaseModel):
    """A piece of work for a worker."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["train", "precode"]
    wave: str | None = Field(default=None, max_length=80)


class JobShown(BaseModel):
    """A piece of work and what became of it."""

    id: UUID
    kind: str
    state: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    result: dict[str, Any] | None
    error: str | None


class TranscriptShown(BaseModel):
    """A transcript: where it belongs and what may be done with it."""

    transcript: str
    kind: str
    case: str
    site: str
    wave: str
    participant: str
    session: str
    language: str
    date: date | None
    may_train: bool
    may_quote: bool
    characters: int
    turns: int

    @classmethod
    def of(cls, kept: KeptTranscript) -> Self:
        """As it is kept."""
        t = kept.transcript
        return cls(
            transcript=t.name,
            kind=t.kind.value,
            case=t.case,
            site=t.site,
            wave=t.wave,
            participant=t.participant,
            session=t.session,
            language=t.language,
            date=t.date,
            may_train=t.consents.may_train,
            may_quote=t.consents.may_quote,
            characters=len(t.text),
            turns=len(t.turns),
        )


class SegmentShown(BaseModel):
    """A unit that is shown and suggested for: offsets count code points in the canonical text, and
    ``turn`` counts from 0 (people see it from 1)."""

    id: UUID | None
    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    role: str
    text: str

    @classmethod
    def of(cls, segment: Segment, transcript: Transcript) -> Self:
        """As it was cut."""
        return cls(
            id=segment.id,
            transcript=transcript.name,
            turn=segment.turn,
            start=segment.span.start,
            end=segment.span.end,
            speaker=segment.speaker,
            role=segment.role.value,
            text=segment.span.of(transcript.text),
        )


class EvidenceShown(BaseModel):
    """A passage that people coded so, by its segment's id, and its cosine similarity."""

    segment: UUID
    similarity: float


class SuggestionShown(BaseModel):
    """A code that a model version judged on a segment."""

    transcript: str
    segment: UUID
    code: str
    probability: float
    threshold: float
    suggested: bool
    model_version: str
    evidence: list[EvidenceShown]

    @classmethod
    def of(cls, suggestion: Suggestion, transcript: str, *, with_evidence: bool) -> Self:
        """As it is stored."""
        evidence = suggestion.evidence if with_evidence else ()
        return cls(
            transcript=transcript,
            segment=suggestion.segment,
            code=suggestion.code,
            probability=suggestion.probability,
            threshold=suggestion.threshold,
            suggested=suggestion.suggested,
            model_version=suggestion.model_version,
            evidence=[EvidenceShown(segment=e.segment, similarity=e.similarity) for e in evidence],
        )


class CodingShown(BaseModel):
    """A code as its coder applied it."""

    code: str
    start: int
    end: int
    memo: str
    influence: str | None


class ReviewShown(BaseModel):
    """One coder's finished pass over a span; no codings: looked, and nothing applies."""

    id: UUID | None
    transcript: str
    coder: str
    start: int
    end: int
    condition: str
    draw: str
    codebook_version: str
    shown_version: UUID | None
    lead_time: float | None
    codings: list[CodingShown]

    @classmethod
    def of(cls, review: Review, transcript: str) -> Self:
        """As it is kept."""
        return cls(
            id=review.id,
            transcript=transcript,
            coder=review.coder,
            start=review.span.start,
            end=review.span.end,
            condition=review.condition.value,
            draw=review.draw.value,
            codebook_version=review.codebook_version,
            shown_version=review.shown_version,
            lead_time=review.lead_time,
            codings=[
                CodingShown(
                    code=c.code, start=c.span.start, end=c.span.end, memo=c.memo, influence=c.influence
                )
                for c in review.codings
            ],
        )


class ModelShown(BaseModel):
    """A model version, and whether it serves."""

    id: UUID
    version: str
    kind: str
    serves: bool
    created: datetime | None
    codebook_version: str
    segmentation: str
    embedder: str
    reviews: int
    codes_judged: int
    run_id: str | None

    @classmethod
    def of(cls, model: ModelVersion, *, serves: bool) -> Self:
        """As it is kept."""
        return cls(
            id=model.id,
            version=model.version,
            kind=model.kind,
            serves=serves,
            created=model.created,
            codebook_version=model.codebook_version,
            segmentation=model.segmentation,
            embedder=model.embedder,
            reviews=model.reviews,
            codes_judged=sum(threshold is not None for threshold in model.thresholds.values()),
            run_id=model.run_id,
        )
