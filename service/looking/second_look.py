"""What in people's coding can hardly be meant: listed so that whoever coded it looks again, never corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.coding import Review
from annotations.numbers_shown import counted
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import KeptTranscript, all_transcripts
from annotations.turn_numbers import shown_number
from service.composition import Parts

GROUP_TOO = "group and code"
MEMO_ALONE = "no code, but a memo"


@dataclass(frozen=True, slots=True)
class OddReview:
    """One review to look at again. ``turn``: from 0, None where its span begins in none; ``found``: what is odd."""

    coder: str
    transcript: str
    turn: int | None
    kind: str
    found: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @property
    def place(self) -> str:
        """Where a person finds it."""
        return self.transcript if self.turn is None else f"{self.transcript}, turn {shown_number(self.turn)}"


def second_look(parts: Parts) -> list[OddReview]:
    """Reviews by people that hold a group beside one of its codes, or "no code applies" with a memo."""
    with parts.store.reading() as connection:
        transcripts = {kept.id: kept for kept in all_transcripts(connection)}
        reviews = current_reviews(connection)
    odd_reviews = [
        OddReview(
            review.coder, transcripts[review.transcript].transcript.name, _turn(transcripts, review), *odd
        )
        for review in reviews
        if not review.condition.derived
        for odd in _odd(review, parts.codebook)
    ]
    return sorted(
        odd_reviews, key=lambda odd_review: (odd_review.coder, odd_review.transcript, odd_review.turn or 0)
    )


def _odd(review: Review, codebook: Codebook) -> Iterator[tuple[str, str]]:
    codes = {coding.code for coding in review.codings if coding.code in codebook.by_id}
    for code in sorted(codes):
        for group in sorted(codes & set(_above(code, codebook))):
            said = f'"{codebook.label(group)}" beside "{codebook.label(code)}", which belongs to it'
            yield GROUP_TOO, said
    memo = str(review.origin.get("memo", "")).strip()
    if not review.codings and memo:
        yield MEMO_ALONE, f'"no code applies", and a memo of {counted(len(memo.split()), "word")}'


def _above(code: str, codebook: Codebook) -> Iterator[str]:
    at = codebook[code].parent
    while at is not None:
        yield at
        at = codebook[at].parent


def _turn(transcripts: dict[UUID, KeptTranscript], review: Review) -> int | None:
    turns = transcripts[review.transcript].transcript.turns
    return next((turn.index for turn in turns if turn.span.start <= review.span.start < turn.span.end), None)
