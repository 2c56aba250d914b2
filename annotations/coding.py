"""Who coded what: coders, codings, reviews and suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from annotations.transcript import Span

Influence = Literal["+", "-", "mixed", "none stated"]


class Condition(StrEnum):
    """How a review came about. Only independent ones are gold; derived ones name their sources.

    ``service/corrections/assisted_reviews`` decides between assisted and independent.
    """

    INDEPENDENT = "independent"
    ASSISTED = "assisted"
    CONSENSUS = "consensus"
    MODERATED = "moderated"

    @property
    def derived(self) -> bool:
        """Made from other reviews, so never a person's own judgement."""
        return self in (Condition.CONSENSUS, Condition.MODERATED)


class Draw(StrEnum):
    """Why a segment was put before this coder."""

    ORDINARY = "ordinary"
    BLIND = "blind"
    DOUBLE = "double"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Coder:
    """Who judges: a person, or a model at a version. One type, so that one function compares any two.

    >>> Coder("Ines Falk", aliases=("IF",)).kind
    'person'
    >>> Coder("Tandem v3", kind="model").kind
    'model'
    """

    name: str
    kind: Literal["person", "model"] = "person"
    aliases: tuple[str, ...] = ()
    email: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Coding:
    """A code applied by a coder to a span of a transcript; the span judged is kept for ever.

    >>> Coding("cost", Span(0, 20), influence="-", concrete_example=True).influence
    '-'
    """

    code: str
    span: Span
    influence: Influence | None = None
    concrete_example: bool = False
    memo: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One coder's finished pass over a span of a transcript: a possibly empty set of codings.

    ``sources`` are the reviews that a derived one was made from; ``supersedes`` the one that it replaces.
    ``only``: the codes that the pass was for, where it was not for the whole codebook. ``decides``: the codes of which
    the review says whether they apply, as the store gives it back: those of ``only``, else all that could be applied
    in the codebook of its version; None is every code. Of a code that came later it says nothing.

    >>> from uuid import UUID
    >>> nothing = Review(UUID(int=1), "Ines Falk", Span(0, 20))
    >>> nothing.codes  # she looked, and nothing applies
    frozenset()
    >>> Review(UUID(int=1), "Tom Okafor", Span(0, 20), (Coding("cost", Span(0, 20)),)).codes
    frozenset({'cost'})
    """

    transcript: UUID
    coder: str
    span: Span
    codings: tuple[Coding, ...] = ()
    condition: Condition = Condition.INDEPENDENT
    draw: Draw = Draw.ORDINARY
    codebook_version: str = ""
    origin: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    shown_version: UUID | None = None
    lead_time: float | None = None
    sources: tuple[UUID, ...] = ()
    supersedes: UUID | None = None
    only: frozenset[str] | None = None
    decides: frozenset[str] | None = None
    id: UUID | None = None
    sequence: int | None = None

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its codings, and of marks over several passages that the review of an earlier passage holds."""
        reached = self.origin.get("reached", ())
        return frozenset((*(coding.code for coding in self.codings), *map(str, reached)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that other people coded so, by reference: its segment, and its cosine similarity."""

    segment: UUID
    similarity: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that a model version judged on a segment, with its calibrated probability and threshold.

    ``suggested``: it is put before a coder. A probability above the threshold is needed for that, and is not
    always enough: of a framework of which one code may apply, only the likeliest is. ``sentence``: the span of the
    sentence that carries it, in the transcript; None where none is known or the segment is one sentence.

    >>> from uuid import UUID
    >>> said = Suggestion(UUID(int=1), "cost", 0.71, threshold=0.4, suggested=True, model_version="v3")
    >>> f"{said.model_version} suggests {said.code}: {said.probability:.2f}"
    'v3 suggests cost: 0.71'
    """

    segment: UUID
    code: str
    probability: float
    threshold: float
    suggested: bool
    model_version: str
    evidence: tuple[Evidence, ...] = ()
    sentence: Span | None = None
