"""All disagreements of a study, the most telling first, and the decisions that were made about them.

A disagreement tells most where people differ on a code often and seldom choose it together: there a definition needs
words. The weight of a code is the number of passages on which people differ about it, times the share of all passages
that any two of them gave it on which they differ; a passage has the weight of its codes together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from annotations.agreement.judged import units_of
from annotations.coding import Review
from annotations.segment import carries
from annotations.store.reviews import derived_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import all_texts
from service.agreement.disagreements import Disagreement, DisagreementFinder
from service.composition import Parts
from service.looking.kept_by_transcript import KeptByTranscript, OneTranscript

RULE = (
    "First come passages about codes on which people differ often and which they seldom choose together: there a "
    "definition needs words most."
)
RULE_OF_SEEN = "Of the passages that you may see, those come first that are about codes on which people differ most often."


@dataclass(frozen=True)
class _OfOne:
    found: tuple[Disagreement, ...]
    alike: Counter[str]


@dataclass(frozen=True, slots=True)
class PlacedDisagreement:
    """A disagreement with the id of its transcript."""

    transcript: UUID
    one: Disagreement

    @property
    def key(self) -> tuple[UUID, UUID | None]:
        """What its page is called."""
        return self.transcript, self.one.segment


@dataclass(frozen=True, slots=True)
class CodeToTalkAbout:
    """On how many passages people differ about a code, and on how many any two chose it alike."""

    code: str
    differ: int
    alike: int

    @property
    def weight(self) -> float:
        """How much there is to say."""
        return self.differ * self.differ / (self.differ + self.alike) if self.differ else 0.0


@dataclass(frozen=True)
class Telling:
    """All of them, in order, and the codes they are about, in order."""

    found: tuple[PlacedDisagreement, ...]
    codes: tuple[CodeToTalkAbout, ...]


class TellingDisagreements:
    """What the server keeps of disagreements between two looks at them."""

    def __init__(self) -> None:
        self._kept = KeptByTranscript(_work)
        self._last: tuple[Mapping[UUID, _OfOne], Telling] | None = None

    def prepare(self, parts: Parts) -> None:
        """Work it out before anybody asks, beside whoever asks for other things."""
        self._kept.prepare(parts)

    def now(self, connection: Connection, parts: Parts) -> Telling:
        """As things stand."""
        by_transcript = self._kept.of(connection, parts)
        last = self._last
        if last is not None and last[0] is by_transcript:
            return last[1]
        placed = [
            PlacedDisagreement(at, disagreement)
            for at, its in by_transcript.items()
            for disagreement in its.found
        ]
        telling = Telling(*_in_order(placed, [its.alike for its in by_transcript.values()]))
        self._last = (by_transcript, telling)
        return telling


def among_seen(placed: Sequence[PlacedDisagreement]) -> Telling:
    """These alone, for whoever may not see the others: in the order that they make, with the codes that they are about.

    On how many passages two chose a code alike is not told: these may be passages that somebody is still to judge.
    """
    return Telling(*_in_order(placed, ()))


def _work(_connection: Connection, parts: Parts, interview: OneTranscript) -> _OfOne:
    units = units_of([interview.kept], {interview.kept.id: interview.segments})
    finder = DisagreementFinder(units, interview.reviews, parts.codebook)
    return _OfOne(tuple(finder.each(None, None)), finder.alike())


def _in_order(
    placed_ones: Sequence[PlacedDisagreement], alike: Sequence[Counter[str]]
) -> tuple[tuple[PlacedDisagreement, ...], tuple[CodeToTalkAbout, ...]]:
    differ = Counter(code for placed in placed_ones for code in placed.one.differ_on)
    together: Counter[str] = Counter()
    for its in alike:
        together.update(its)
    codes = {code: CodeToTalkAbout(code, count, together[code]) for code, count in differ.items()}

    def telling(placed: PlacedDisagreement) -> tuple[float, int, int]:
        disagreement = placed.one
        weight = sum(codes[code].weight for code in disagreement.differ_on)
        return (-weight, -sum(len(said.memos) for said in disagreement.said), -len(disagreement.said))

    ordered = sorted(placed_ones, key=telling)
    return tuple(ordered), tuple(sorted(codes.values(), key=lambda code: (-code.weight, code.code)))


@dataclass(frozen=True, slots=True)
class AgreedDecision:
    """What was agreed on for a passage: by whom it was recorded, who was there, why, which definitions it changed."""

    transcript: str
    participant: str
    span: tuple[int, int]
    words: str
    codes: tuple[str, ...]
    by: str
    recorded: str
    present: tuple[str, ...]
    why: str
    changed: tuple[str, ...]
    moderated: bool
    review: UUID | None


def decisions(connection: Connection, parts: Parts) -> tuple[AgreedDecision, ...]:
    """Every consensus that stands, the newest first."""
    kept = {text.id: text for text in all_texts(connection)}
    its = [review for review in derived_reviews(connection) if review.transcript in kept]
    return tuple(_decisions(parts, kept, reversed(its)))


def place_of(connection: Connection, parts: Parts, review: UUID) -> tuple[UUID, UUID | None] | None:
    """The transcript and the first segment that a decision is about; None for one that does not stand."""
    for derived in derived_reviews(connection):
        if derived.id == review:
            cut = segments_of(connection, parts.segmentation.version, transcript=derived.transcript)
            its = [own.id for own in cut.get(derived.transcript, ()) if carries(own.span, derived.span)]
            return derived.transcript, its[0] if its else None
    return None


def _decisions(parts: Parts, kept: Mapping[UUID, Any], reviews: Iterator[Review]) -> Iterator[AgreedDecision]:
    book = parts.codebook
    for review in reviews:
        transcript, origin = kept[review.transcript].transcript, review.origin
        changed = origin.get("changed_definitions", ())
        yield AgreedDecision(
            transcript=transcript.name,
            participant=transcript.participant,
            span=(review.span.start, review.span.end),
            words=" ".join(review.span.of(transcript.text).split()),
            codes=tuple(book.label(coding.code) for coding in review.codings if coding.code in book.by_id),
            by=review.coder,
            recorded=str(origin.get("recorded", ""))[:10],
            present=tuple(str(name) for name in origin.get("present", ())),
            why=next((coding.memo for coding in review.codings if coding.memo), str(origin.get("memo", ""))),
            changed=tuple(book.label(code) for code in changed if code in book.by_id),
            moderated=review.condition.value == "moderated",
            review=review.id,
        )
