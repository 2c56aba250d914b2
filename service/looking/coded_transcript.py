"""A transcript as Tandem sees it: where it belongs, its turns, and what each coder found on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Review
from annotations.store.attributes import all_attributes
from annotations.store.loose_codings import loose_codings
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Span
from service.composition import Parts


@dataclass(frozen=True, slots=True)
class AppliedCode:
    """A code that somebody put on a passage, under which condition."""

    coder: str
    condition: str
    code: str
    start: int
    end: int
    memo: str


@dataclass(frozen=True, slots=True)
class CodedTurn:
    """A turn with the codings that begin in it. ``nothing``: the coders who looked and found that no code applies.

    ``looked_at``: has anybody's review covered it, or a coding been put on it?
    """

    turn: int
    speaker: str
    role: str
    start: int
    end: int
    text: str
    codings: tuple[AppliedCode, ...]
    nothing: tuple[str, ...] = ()
    looked_at: bool = False


@dataclass(frozen=True, slots=True)
class CodedTranscript:
    """A transcript with its turns, how many reviews of it stand, and what is known of its participant and case."""

    transcript: str
    kind: str
    case: str
    site: str
    wave: str
    participant: str
    session: str
    language: str
    date: str | None
    may_train: bool
    may_quote: bool
    source: str
    characters: int
    reviews: int
    turns: tuple[CodedTurn, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def coded_transcript(parts: Parts, kept: KeptTranscript) -> CodedTranscript:
    """A transcript with what each coder found on it, as things stand."""
    with parts.store.reading() as connection:
        reviews = current_reviews(connection, transcript=kept.id)
        loose = loose_codings(connection, transcript=kept.id)
        attributes = all_attributes(connection)
    codings = [
        (review.coder, review.condition.value, coding) for review in reviews for coding in review.codings
    ]
    codings += [
        (loose_coding.coder, loose_coding.condition.value, loose_coding.coding) for loose_coding in loose
    ]
    applied = [_applied(coder, condition, coding, parts.codebook) for coder, condition, coding in codings]
    t = kept.transcript
    return CodedTranscript(
        transcript=t.name,
        kind=t.kind.value,
        case=t.case,
        site=t.site,
        wave=t.wave,
        participant=t.participant,
        session=t.session,
        language=t.language,
        date=None if t.date is None else t.date.isoformat(),
        may_train=t.consents.may_train,
        may_quote=t.consents.may_quote,
        source=t.source,
        characters=len(t.text),
        reviews=len(reviews),
        turns=tuple(
            CodedTurn(
                turn=turn.index,
                speaker=turn.speaker,
                role=turn.role.value,
                start=turn.span.start,
                end=turn.span.end,
                text=turn.span.of(t.text),
                codings=tuple(
                    coding for coding in applied if turn.span.start <= coding.start < turn.span.end
                ),
                nothing=_nothing(turn.span, reviews),
                looked_at=any(turn.span.overlap(review.span) for review in reviews)
                or any(turn.span.overlap(coding.span) for _, _, coding in codings),
            )
            for turn in t.turns
        ),
        attributes=dict(attributes.of(participant=t.participant, case=t.case)),
    )


def _nothing(turn: Span, reviews: Sequence[Review]) -> tuple[str, ...]:
    """Who reviewed words of the turn and put no code on any of them."""
    here = [review for review in reviews if turn.overlap(review.span)]
    coded = {review.coder for review in here if any(turn.overlap(coding.span) for coding in review.codings)}
    return tuple(
        dict.fromkeys(review.coder for review in here if not review.codings and review.coder not in coded)
    )


def _applied(coder: str, condition: str, coding: Coding, codebook: Codebook) -> AppliedCode:
    code = codebook.label(coding.code) if coding.code in codebook.by_id else coding.code
    return AppliedCode(coder, condition, code, coding.span.start, coding.span.end, coding.memo)
