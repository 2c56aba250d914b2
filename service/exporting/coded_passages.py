"""Every coding of a study as things stand, with all that people want to know of it beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from annotations.coding import Coding, Condition, Draw, Review
from annotations.store.loose_codings import loose_codings
from annotations.store.review_moments import review_moments
from annotations.store.reviews import current_reviews
from annotations.store.transcripts import KeptTranscript, all_transcripts
from annotations.transcript import Span, Transcript, Turn
from service.composition import Parts
from service.exporting.wanted import ExportRequest, WantedCodings, wanted_of
from service.looking.suggested_then import SuggestedThen, suggested_then


@dataclass(frozen=True, slots=True)
class ExportedCoding:
    """A code that somebody put on a passage, or, where ``coding`` is None, that they found that nothing applies.

    ``turn``: the first that the passage lies in, None in none. ``made``: when it was coded, or when the review came from
    Label Studio; None for an imported one of which the file gave no time. ``then``: what had been suggested, None where
    nothing was shown. ``beside``: the codes of the whole review; ``review_memo``: what its coder noted on all of it.
    ``known``: attributes of its participant and case.
    ``part_of_review``: are other codes of the review left out of the export, or was it for some codes alone?
    """

    transcript: Transcript
    span: Span
    coder: str
    condition: Condition
    coding: Coding | None
    turn: Turn | None
    draw: Draw | None = None
    made: datetime | None = None
    then: SuggestedThen | None = None
    beside: frozenset[str] = frozenset()
    review_memo: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    part_of_review: bool = False

    @property
    def code(self) -> str | None:
        """The id of the code."""
        return None if self.coding is None else self.coding.code

    @property
    def quote(self) -> str | None:
        """The words, None where the participant has not allowed to quote them."""
        return self.span.of(self.transcript.text) if self.transcript.consents.may_quote_at(None) else None

    @property
    def decision(self) -> str:
        """What the coder made of what was suggested: "accepted", "added", "rejected all"; "" where nothing was shown."""
        if self.then is None or self.then.codes is None:
            return ""
        if self.coding is None:
            return "rejected all" if self.then.codes else "nothing suggested, nothing applied"
        return "accepted" if self.coding.code in self.then.codes else "added"

    @property
    def rejected(self) -> frozenset[str]:
        """What was suggested and not applied in the same review."""
        return frozenset() if self.then is None or self.then.codes is None else self.then.codes - self.beside


@dataclass
class ExportedCodings:
    """What an export is made of.

    ``left_out``: how many codings and why they are not among them. ``attributes``: the names of all that are known.
    ``before_codes``: how many passages were read, by one coder each, before the codebook held all of its codes.
    """

    found: list[ExportedCoding] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    attributes: tuple[str, ...] = ()
    before_codes: int = 0


def coded_passages(parts: Parts, asked: ExportRequest, *, with_empty: bool = True) -> ExportedCodings:
    """All codings, in the order of the transcripts; ``with_empty``: and the reviews in which nothing applied.

    A second reading that shows how steady a coder is (a repeat) is left out and counted: it is not what they say.
    Raises BadInput for what the study does not have.
    """
    with parts.store.reading() as connection:
        wanted = wanted_of(parts, connection, asked)
        applied = frozenset(code.id for code in parts.codebook.applicable)
        gathered = _Gathered(connection, wanted, applied, with_empty=with_empty)
    passages = gathered.passages
    passages.found.sort(
        key=lambda coding: (
            coding.transcript.name,
            coding.span,
            coding.coder,
            coding.condition,
            coding.code or "",
        )
    )
    return passages


class _Gathered:
    def __init__(
        self, connection: Connection, wanted: WantedCodings, applied: Collection[str], *, with_empty: bool
    ) -> None:
        self.passages = ExportedCodings(attributes=wanted.attributes.names)
        self._wanted = wanted
        self._applied = applied
        self._with_empty = with_empty
        self._ends: dict[UUID, list[int]] = {}
        self._kept = {kept.id: kept for kept in all_transcripts(connection)}
        reviews = current_reviews(connection)
        self._passes = _passes(reviews)
        then, moments = suggested_then(connection, reviews), review_moments(connection)
        for review in reviews:
            self._review(review, then, moments)
        for coding in loose_codings(connection):
            self._take(
                self._kept[coding.transcript],
                coding.coder,
                coding.condition,
                coding.coding,
                coding.coding.span,
            )

    def _review(
        self, review: Review, then: Mapping[UUID, SuggestedThen], moments: Mapping[UUID, datetime]
    ) -> None:
        """Take each coding of a review, or the review itself where nothing applied; a second reading is only counted."""
        if review.draw is Draw.REPEAT:
            self.passages.left_out["second readings of the same coder (repeats)"] += max(
                len(review.codings), 1
            )
            return
        beside = frozenset(coding.code for coding in review.codings)
        codings: Sequence[Coding | None] = review.codings
        if not codings and not self._with_empty:
            self.passages.left_out["passages on which nothing applied"] += 1
        elif not codings:
            codings = self._nothing(review)
        why_not = self._wanted.why_not
        part_of_review = (review.only is not None and not self._passes[_pass_of(review)].whole) or any(
            why_not(review.coder, review.condition, code) is not None for code in beside
        )
        before = len(self.passages.found)
        for coding in codings:
            self._take(
                self._kept[review.transcript],
                review.coder,
                review.condition,
                coding,
                coding.span if coding else review.span,
                draw=review.draw,
                # of an imported review the store knows when it was imported, which is not when somebody coded it
                made=moments.get(review.id) if review.id and "import" not in review.origin else None,
                then=then.get(review.id) if review.id else None,
                beside=beside,
                review_memo=str(review.origin.get("memo", "")),
                part_of_review=part_of_review,
            )
        taken = review.only is None and len(self.passages.found) > before
        self.passages.before_codes += taken and not self._passes[_pass_of(review)].say_of(self._applied)

    def _nothing(self, review: Review) -> Sequence[None]:
        """One row without a code, which says that none at all applies; none where that would be too much to say."""
        passes = self._passes[_pass_of(review)]
        if review.only is None:
            return () if passes.coded else (None,)
        if not passes.whole:
            self.passages.left_out["readings for some codes alone, of which none applied"] += 1
        return ()

    def _take(
        self,
        kept: KeptTranscript,
        coder: str,
        condition: Condition,
        coding: Coding | None,
        span: Span,
        *,
        draw: Draw | None = None,
        made: datetime | None = None,
        then: SuggestedThen | None = None,
        beside: frozenset[str] = frozenset(),
        review_memo: str = "",
        part_of_review: bool = False,
    ) -> None:
        transcript = kept.transcript
        code = None if coding is None else coding.code
        why = self._wanted.why_not_transcript(transcript) or self._wanted.why_not(coder, condition, code)
        if why is not None:
            self.passages.left_out[why] += 1
            return
        self.passages.found.append(
            ExportedCoding(
                transcript,
                span,
                coder,
                condition,
                coding,
                self._turn(kept, span),
                draw,
                (coding.created if coding else None) or made,
                then,
                beside,
                review_memo,
                self._wanted.known_of(transcript),
                part_of_review,
            )
        )

    def _turn(self, kept: KeptTranscript, span: Span) -> Turn | None:
        """The first turn that shares words with a span."""
        turns = kept.transcript.turns
        ends = self._ends.setdefault(kept.id, [turn.span.end for turn in turns])
        at = bisect_right(ends, span.start)
        return turns[at] if at < len(turns) and turns[at].span.overlap(span) else None


@dataclass
class _Passes:
    """What a coder's readings of one passage come to: did one hold for the whole codebook, did one find a code?"""

    whole: bool = False
    coded: bool = False
    every: bool = False
    decides: set[str] = field(default_factory=set)

    def say_of(self, codes: Collection[str]) -> bool:
        """Do they say of every one of these codes whether it applies?"""
        return self.every or self.decides >= set(codes)


def _passes(reviews: Sequence[Review]) -> Mapping[tuple[object, ...], _Passes]:
    """A passage may be read for all codes, and later for a code that came since: both stand in one table."""
    passes: dict[tuple[object, ...], _Passes] = {}
    for review in reviews:
        if review.draw is not Draw.REPEAT:
            its = passes.setdefault(_pass_of(review), _Passes())
            its.whole |= review.only is None
            its.coded |= bool(review.codings)
            its.every |= review.decides is None
            its.decides |= review.decides or frozenset()
    return passes


def _pass_of(review: Review) -> tuple[object, ...]:
    return review.transcript, review.coder, review.condition, review.span
