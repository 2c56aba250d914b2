"""What a trace finds: a suggestion with all that it rests on, or a review with all that rests on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from service.looking.model_chain import ModelChain


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence of a passage that carries a suggestion: its span in the transcript, and its words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """A passage that people coded so: where it stands, and its cosine similarity."""

    transcript: str
    turn: int
    segment: str
    similarity: float


@dataclass(frozen=True, slots=True)
class WhatIsSuggested:
    """A suggestion: the passage (``turn`` from 0), the code, how likely it is, and what speaks for it."""

    transcript: str
    turn: int
    start: int
    end: int
    first_words: str
    segment: str
    code: str
    code_id: str
    probability: float
    threshold: float
    suggested: bool
    sentence: Sentence | None
    evidence: tuple[Precedent, ...]


@dataclass(frozen=True, slots=True)
class CountedReviews:
    """How many reviews of one coder under one condition taught a version ("learn") or only measured it ("judge")."""

    coder: str
    condition: str
    purpose: str
    count: int


@dataclass(frozen=True, slots=True)
class LearntFrom:
    """The reviews and loose codings behind a version, counted, with every id. ``gone``: no longer in the store."""

    hash: str
    learnt: int
    judged_by: int
    gone: int
    of_this_transcript: bool
    by: tuple[CountedReviews, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeThen:
    """What a code means in the codebook that a version was trained with. ``present``: is that the codebook in force?"""

    version: str
    present: bool
    code: str
    definition: str


@dataclass(frozen=True, slots=True)
class TracedSuggestion:
    """A suggestion with everything that it rests on."""

    suggestion: WhatIsSuggested
    model: ModelChain
    reviews: LearntFrom
    codebook: CodeThen

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ReviewOrCoding:
    """A review or loose coding: whose, of which transcript, and which codes."""

    id: str
    transcript: str
    coder: str
    condition: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taught:
    """A version that learnt from a review ("learn") or was measured by it ("judge"), and whether it serves."""

    version: str
    purpose: str
    run_id: str | None
    serves: bool


@dataclass(frozen=True, slots=True)
class TracedReview:
    """A review with every version that rests on it."""

    review: ReviewOrCoding
    versions: tuple[Taught, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)
