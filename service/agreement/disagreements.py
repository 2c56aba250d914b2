"""Where coders disagree, for the team meeting: the passage in context, who coded what, memos and definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

from annotations.agreement.judged import Units, units_of
from annotations.codebook.codes import Codebook
from annotations.coding import Coding, Condition, Draw, Review
from annotations.errors import BadInput, unknown
from annotations.labels import Labels, labels_of
from annotations.names import folded
from annotations.segment import Segment, carries
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import KeptTranscript, all_texts
from annotations.turn_numbers import shown_number
from models.corpus import cut_new_transcripts
from service.agreement.report import ReportScope, chosen_transcripts
from service.composition import Parts
from service.looking.attribute_filter import with_attributes

CONTEXT = 1


@dataclass(frozen=True)
class WantedDisagreements:
    """Which disagreements: of some transcripts, of a code, of two people.

    ``quotable_only``: only transcripts that may be quoted; where a site is asked about, those that may be quoted there.
    """

    among: ReportScope = field(default_factory=ReportScope)
    code: str | None = None
    pair: tuple[str, str] | None = None
    quotable_only: bool = False


@dataclass(frozen=True)
class CoderCodes:
    """What one coder put on the passage: code ids, and memos by code."""

    coder: str
    codes: frozenset[str]
    memos: Mapping[str, str]
    review: str

    def gone(self, codebook: Codebook) -> list[str]:
        """Those of the codes that the codebook does not hold any more, by id: no figure counts them."""
        return sorted(code for code in self.codes if code not in codebook.by_id)

    def in_words(self, codebook: Codebook) -> str:
        """What the coder put on it, codes that are gone included; "nothing" only where it was nothing."""
        named = sorted(codebook.label(code) for code in self.codes if code in codebook.by_id)
        gone = [f"{code} (no longer in the codebook)" for code in self.gone(codebook)]
        return ", ".join([*named, *gone]) or "nothing"


@dataclass(frozen=True, slots=True)
class AgreedSince:
    """A consensus that was recorded on a passage: by whom, when, and its codes by id."""

    by: str
    recorded: str
    codes: frozenset[str]


@dataclass(frozen=True)
class Disagreement:
    """A passage on which two people or more differ. ``turn`` counts from 0; ``segment``: the id of its segment.

    ``consensus``: the one that was recorded since.
    """

    transcript: str
    participant: str
    case: str
    wave: str
    turn: int
    start: int
    end: int
    speaker: str
    before: str
    words: str
    after: str
    said: tuple[CoderCodes, ...]
    differ_on: tuple[str, ...]
    consensus: AgreedSince | None = None
    segment: UUID | None = None
    site: str = ""

    def to_json(self, codebook: Codebook) -> dict[str, Any]:
        """As plain data, codes by their names."""
        label = codebook.label
        plain = {
            key: value
            for key, value in self.__dict__.items()
            if key not in ("said", "differ_on", "consensus", "segment", "site")
        }
        return plain | {
            "turn_shown": shown_number(self.turn),
            "differ_on": [label(code) for code in self.differ_on],
            "coders": [
                {
                    "coder": coder_codes.coder,
                    "codes": sorted(label(c) for c in coder_codes.codes if c in codebook.by_id),
                    "codes_gone": coder_codes.gone(codebook),
                    "memos": {label(c): memo for c, memo in coder_codes.memos.items() if c in codebook.by_id},
                    "review": coder_codes.review,
                }
                for coder_codes in self.said
            ],
            "definitions": {label(code): codebook[code].definition for code in self.differ_on},
            "consensus": None
            if self.consensus is None
            else {
                "by": self.consensus.by,
                "recorded": self.consensus.recorded,
                "codes": sorted(label(c) for c in self.consensus.codes),
            },
        }


def disagreements(parts: Parts, wanted: WantedDisagreements) -> tuple[Disagreement, ...]:
    """Independent reviews of the same segment that differ, in reading order.

    Raises BadInput for a name that is not known, and where no segment was judged by two of these people.
    """
    codebook = parts.codebook
    code = None if wanted.code is None else codebook.resolve(wanted.code).id
    cut_new_transcripts(parts.store, parts.segmentation)
    with parts.store.reading() as connection:
        kept = chosen_transcripts(all_texts(connection), wanted.among)
        kept = with_attributes(connection, kept, wanted.among.where)
        if wanted.quotable_only:
            site = wanted.among.site
            kept = [transcript for transcript in kept if transcript.transcript.consents.may_quote_at(site)]
        here = {transcript.id for transcript in kept}
        segments = segments_of(connection, parts.segmentation.version)
        reviews = [review for review in current_reviews(connection) if review.transcript in here]
    coders = {review.coder for review in reviews if _is_own(review)}
    pair = None if wanted.pair is None else tuple(_known_coder(name, coders) for name in wanted.pair)
    units = units_of(kept, {transcript.id: segments.get(transcript.id, ()) for transcript in kept})
    finder = DisagreementFinder(units, reviews, codebook)
    if not wanted.quotable_only and not finder.shared(pair):
        who = (
            " and ".join(pair)
            if pair
            else f"two people ({', '.join(sorted(coders)) or 'nobody'} reviewed here)"
        )
        raise BadInput(
            f"no segment was judged independently by {who}, so there is nothing to disagree about."
        )
    return tuple(finder.each(code, pair))


def _is_own(review: Review) -> bool:
    return review.condition is Condition.INDEPENDENT and review.draw is not Draw.REPEAT


def _known_coder(name: str, coders: set[str]) -> str:
    for known in coders:
        if folded(known) == folded(name):
            return known
    raise unknown("coder", name, coders, remedy="Only those who coded independently can disagree.")


class DisagreementFinder:
    """Goes through the segments that several people judged."""

    def __init__(self, units: Units, reviews: Sequence[Review], codebook: Codebook) -> None:
        self.units = units
        self.codebook = codebook
        own = [review for review in reviews if _is_own(review)]
        self.labels: dict[UUID, list[Labels]] = {}
        for labels in labels_of(units.segments, own):
            self.labels.setdefault(labels.transcript, []).append(labels)
        self.reviews: dict[tuple[UUID, str], list[Review]] = {}
        for review in own:
            self.reviews.setdefault((review.transcript, review.coder), []).append(review)
        self.derived: dict[UUID, list[Review]] = {}
        for review in reviews:
            if review.condition.derived:
                self.derived.setdefault(review.transcript, []).append(review)

    def shared(self, pair: tuple[str, ...] | None) -> bool:
        """Was any segment judged by two of them?"""
        return any(
            labels.coder != other.coder and len(labels.judged & other.judged) > 0
            for its in self.labels.values()
            for labels, other in combinations([x for x in its if pair is None or x.coder in pair], 2)
        )

    def alike(self) -> Counter[str]:
        """On how many passages two people or more chose each code, so that it is known how often they do."""
        counts: Counter[str] = Counter()
        for t, position in self.units.at:
            its = [
                labels
                for labels in self.labels.get(self.units.transcripts[t].id, ())
                if position in labels.judged
            ]
            by_coder: dict[str, set[str]] = {}
            for labels in its:
                by_coder.setdefault(labels.coder, set()).update(labels.codes.get(position, ()))
            for these, those in combinations(by_coder.values(), 2):
                counts.update(these & those)
        return counts

    def each(self, code: str | None, pair: tuple[str, ...] | None) -> Iterator[Disagreement]:
        """The passages on which they differ, in reading order."""
        for t, position in self.units.at:
            kept = self.units.transcripts[t]
            judged = [labels for labels in self.labels.get(kept.id, ()) if position in labels.judged]
            judged = [labels for labels in judged if pair is None or labels.coder in pair]
            by_coder: dict[str, list[Labels]] = {}
            for labels in judged:
                by_coder.setdefault(labels.coder, []).append(labels)
            differ = self._differ(position, by_coder)
            if differ and (code is None or code in differ):
                codes_by_coder = {coder: _codes_at(position, its) for coder, its in by_coder.items()}
                yield self._one(kept, position, codes_by_coder, differ)

    def _differ(self, position: int, by_coder: Mapping[str, Sequence[Labels]]) -> tuple[str, ...]:
        """The codes of which both of two people said something, and not the same."""
        different: set[str] = set()
        for labels, other in combinations(by_coder.values(), 2):
            for code in _codes_at(position, labels) ^ _codes_at(position, other):
                if all(any(its.decided(code) for its in side) for side in (labels, other)):
                    different.add(code)
        return tuple(c.id for c in self.codebook.codes if c.id in different)

    def _one(
        self,
        kept: KeptTranscript,
        position: int,
        codes_by_coder: Mapping[str, frozenset[str]],
        differ: tuple[str, ...],
    ) -> Disagreement:
        cut = self.units.segments[kept.id]
        segment, text = cut[position], kept.transcript.text
        return Disagreement(
            transcript=kept.transcript.name,
            participant=kept.transcript.participant,
            case=kept.transcript.case,
            wave=kept.transcript.wave,
            turn=segment.turn,
            start=segment.span.start,
            end=segment.span.end,
            speaker=segment.speaker,
            before=_words(text, cut[max(0, position - CONTEXT) : position]),
            words=segment.span.of(text),
            after=_words(text, cut[position + 1 : position + 1 + CONTEXT]),
            said=tuple(self._said(kept, segment, coder, codes) for coder, codes in codes_by_coder.items()),
            differ_on=differ,
            consensus=self._consensus(kept, segment),
            segment=segment.id,
            site=kept.transcript.site,
        )

    def _said(self, kept: KeptTranscript, segment: Segment, coder: str, codes: frozenset[str]) -> CoderCodes:
        its = self.reviews.get((kept.id, coder), [])
        own = [c for review in its for c in review.codings if carries(segment.span, c.span)]
        newest = [review for review in its if review.span.overlap(segment.span)]
        review = str(newest[-1].id) if newest else ""
        return CoderCodes(coder, codes, {c.code: c.memo for c in own if c.memo}, review)

    def _consensus(self, kept: KeptTranscript, segment: Segment) -> AgreedSince | None:
        its = [review for review in self.derived.get(kept.id, ()) if carries(segment.span, review.span)]
        if not its:
            return None
        applied: list[Coding] = [c for c in its[-1].codings if carries(segment.span, c.span)]
        when = str(its[-1].origin.get("recorded", ""))[:10]
        codes = frozenset(c.code for c in applied if c.code in self.codebook.by_id)
        return AgreedSince(its[-1].coder, when, codes)


def _codes_at(position: int, its: Sequence[Labels]) -> frozenset[str]:
    return frozenset[str]().union(*(labels.codes.get(position, frozenset()) for labels in its))


def _words(text: str, some: Sequence[Segment]) -> str:
    return "\n".join(
        f"{turn.speaker}: {turn.span.of(text)}" if turn.speaker else turn.span.of(text) for turn in some
    )


def parse_pair(given: str | None) -> tuple[str, str] | None:
    """Two coders as "Ada,Ben"; raises BadInput otherwise."""
    if given is None:
        return None
    names = [name.strip() for name in given.split(",")]
    if len(names) != 2 or not all(names) or folded(names[0]) == folded(names[1]):
        raise BadInput(
            f'--pair "{given}": give two different coders with a comma between them, such as "Ada,Ben".'
        )
    return names[0], names[1]
