"""What people have coded already, into the store: as reviews where it is known what they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection

from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.codings.codings_file import PlacedCoding
from annotations.labels import labels_of
from annotations.segment import Segment, project
from annotations.store.codebook_versions import keep_codebook
from annotations.store.loose_codings import add_loose_codings, adopt_loose_codings, loose_codings
from annotations.store.reviews import add_review_codings, add_reviews, current_reviews
from annotations.transcript import Span

Complete = Literal["all", "listed", "none"]
Pass = tuple[UUID, str, Condition]


@dataclass
class KeptCodings:
    """What an import of codings made: reviews and codings new, changed and already there, and empty reviews.

    ``before_codes``: of the passages that were there already, how many were judged before the codebook held all of
    its codes, so that of the newer ones nothing is known there.
    """

    codings: int = 0
    reviews: int = 0
    empty_reviews: int = 0
    superseded: int = 0
    before_codes: int = 0
    unchanged: int = 0
    on_interviewer: int = 0
    on_no_segment: int = 0
    coders: set[str] = field(default_factory=set)
    transcripts: set[str] = field(default_factory=set)


def keep_codings(
    connection: Connection,
    placed: Sequence[PlacedCoding],
    *,
    complete: Complete,
    ids: Mapping[str, UUID],
    segments: Mapping[UUID, Sequence[Segment]],
    codebook: Codebook,
    only: frozenset[str] | None = None,
    not_to_the_end: frozenset[str] = frozenset(),
    file: str,
) -> KeptCodings:
    """Keep placed codings. Called within one writing transaction, so that all or nothing is kept.

    ``ids``: the transcripts by the names that ``placed`` uses. ``segments``: their segments under the study's
    segmentation. ``only``: the codes that the coders looked for, where it was not the whole ``codebook``. What is there
    already is recognised: the same passage with the same codes changes nothing, with other codes it makes a review that
    supersedes. ``not_to_the_end``: transcripts, by the names of ``ids``, of which rows were left out, so that what is
    uncoded there says nothing even where ``complete`` is "all". What is said of some codes alone stands beside what was
    said of the rest. Nothing is ever removed.
    """
    kept = KeptCodings()
    version = keep_codebook(connection, codebook)
    asked = only or frozenset(code.id for code in codebook.applicable)
    # of some rows nobody knows what else stands on the passage, unless it is said which codes were looked for
    alone = [coding.loose or (coding.part and only is None) for coding in placed]
    by_pass = _by_pass([coding for coding, its in zip(placed, alone, strict=True) if not its], ids)
    partly = {ids[name] for name in not_to_the_end}
    for (transcript, coder, condition), passages in by_pass.items():
        this = _Pass(connection, transcript, coder, condition, version, asked, only, file)
        if complete == "none":
            _keep_loose(this, passages, kept)
        else:
            _keep_reviews(this, passages, kept)
            if complete == "all" and transcript not in partly:
                _keep_empty(this, segments.get(transcript, ()), kept)
    rest = _by_pass([coding for coding, its in zip(placed, alone, strict=True) if its], ids)
    for (transcript, coder, condition), passages in rest.items():
        _keep_loose(
            _Pass(connection, transcript, coder, condition, version, asked, only, file), passages, kept
        )
    _count(placed, ids, segments, kept)
    return kept


@dataclass(frozen=True)
class _Pass:
    connection: Connection
    transcript: UUID
    coder: str
    condition: Condition
    codebook_version: str
    asked: frozenset[str]
    only: frozenset[str] | None
    file: str

    def review(self, span: Span, codings: Iterable[Coding], supersedes: UUID | None = None) -> Review:
        return Review(
            transcript=self.transcript,
            coder=self.coder,
            span=span,
            codings=tuple(codings),
            condition=self.condition,
            codebook_version=self.codebook_version,
            origin={"import": self.file},
            supersedes=supersedes,
            only=self.only,
            decides=self.asked,
            id=uuid4(),
        )

    def current(self) -> list[Review]:
        """The coder's own word; a second one, given to see how steady they are, stands beside it for ever."""
        return [r for r in self.every() if r.only == self.only]

    def every(self) -> list[Review]:
        """The same, whichever codes it was about."""
        reviews = current_reviews(self.connection, transcript=self.transcript)
        own = [r for r in reviews if r.coder == self.coder and r.condition == self.condition]
        return [r for r in own if r.draw is not Draw.REPEAT]

    def answers(self, review: Review) -> bool:
        """Does a review that is there already say something of every code that is asked about?"""
        return review.decides is None or self.asked <= review.decides


def _by_pass(placed: Sequence[PlacedCoding], ids: Mapping[str, UUID]) -> dict[Pass, dict[Span, list[Coding]]]:
    passes: dict[Pass, dict[Span, list[Coding]]] = {}
    for coding in placed:
        key = (ids[coding.transcript], coding.coder, coding.condition)
        codings = passes.setdefault(key, {}).setdefault(coding.span, [])
        if coding.code is not None:
            codings.append(
                Coding(
                    code=coding.code,
                    span=coding.span,
                    influence=coding.influence,
                    concrete_example=coding.concrete_example,
                    memo=coding.memo,
                    created=coding.created,
                )
            )
    return passes


def _keep_loose(this: _Pass, passages: Mapping[Span, list[Coding]], kept: KeptCodings) -> None:
    known = {
        (coding.span, coding.code)
        for _, coder, transcript, condition, coding in loose_codings(
            this.connection, transcript=this.transcript
        )
        if (transcript, coder, condition) == (this.transcript, this.coder, this.condition)
    }
    known |= {(coding.span, coding.code) for review in this.every() for coding in review.codings}
    new = [c for codings in passages.values() for c in codings if (c.span, c.code) not in known]
    kept.unchanged += sum(map(len, passages.values())) - len(new)
    kept.codings += len(new)
    add_loose_codings(this.connection, this.transcript, this.coder, this.condition, new)


def _keep_reviews(this: _Pass, passages: Mapping[Span, list[Coding]], kept: KeptCodings) -> None:
    present = {review.span: review for review in this.current()}
    # a reading of the whole codebook says already what one of some codes would say again
    whole = {r.span: r for r in this.every() if r.only is None} if this.only is not None else {}
    # and a file of all codes holds what was found later of a code that came since
    later: dict[Span, list[Coding]] = {}
    for review in this.every() if this.only is None else ():
        if review.only is not None:
            later.setdefault(review.span, []).extend(review.codings)
    new = []
    for span, codings in sorted(passages.items()):
        before = present.get(span)
        read = whole.get(span)
        # one from before a code existed says nothing of it: that it does not apply is said here for the first time
        if (
            before is None
            and read is not None
            and this.answers(read)
            and _same([c for c in read.codings if c.code in this.asked], codings)
        ):
            kept.unchanged += len(codings)
            continue
        if before is not None and any(
            _same((*before.codings, *more), codings) for more in ((), later.get(span, ()))
        ):
            kept.unchanged += len(codings)
            kept.before_codes += not this.answers(before)
            continue
        new.append(this.review(span, codings, supersedes=before.id if before else None))
        kept.superseded += before is not None
    kept.reviews += len(new)
    kept.empty_reviews += sum(not review.codings for review in new)
    kept.codings += sum(len(review.codings) for review in new)
    _add(this, new)


def _keep_empty(this: _Pass, segments: Sequence[Segment], kept: KeptCodings) -> None:
    """Every unit that the coder put no code on was read too: an empty review of it."""
    current = this.current()
    kept.before_codes += sum(not review.codings and not this.answers(review) for review in current)
    present = labels_of({this.transcript: segments}, current)
    seen = set().union(*(labels.judged for labels in present))
    empty = [
        this.review(segment.span, ())
        for at, segment in enumerate(segments)
        if segment.role.is_coded and at not in seen
    ]
    kept.reviews += len(empty)
    kept.empty_reviews += len(empty)
    add_reviews(this.connection, empty)


def _add(this: _Pass, new: Sequence[Review]) -> None:
    """Add reviews; codings that an earlier import left without one are taken in, not doubled."""
    loose = any(
        (transcript, coder) == (this.transcript, this.coder)
        for _, coder, transcript, _, _ in loose_codings(this.connection, transcript=this.transcript)
    )
    if not loose:
        add_reviews(this.connection, new)
        return
    for review in new:
        add_reviews(this.connection, [replace(review, codings=())])
        still = adopt_loose_codings(this.connection, review)
        add_review_codings(this.connection, review, still)


def _same(before: Iterable[Coding], after: Iterable[Coding]) -> bool:
    def plain(codings: Iterable[Coding]) -> set[tuple[object, ...]]:
        return {(c.code, c.influence, c.concrete_example, c.memo) for c in codings}

    return plain(before) == plain(after)


def _count(
    placed: Sequence[PlacedCoding],
    ids: Mapping[str, UUID],
    segments: Mapping[UUID, Sequence[Segment]],
    kept: KeptCodings,
) -> None:
    """Who coded what, and how much of it lies on no unit."""
    kept.coders |= {coding.coder for coding in placed}
    kept.transcripts |= {coding.transcript for coding in placed}
    by_transcript: dict[UUID, dict[int, Span]] = {}
    for at, coding in enumerate(placed):
        if coding.code is not None:
            by_transcript.setdefault(ids[coding.transcript], {})[at] = coding.span
    for transcript, spans in by_transcript.items():
        cut = segments.get(transcript, ())
        for positions in project([segment.span for segment in cut], spans).values():
            roles = {cut[position].role for position in positions}
            kept.on_no_segment += not roles
            kept.on_interviewer += bool(roles) and not any(role.is_coded for role in roles)
