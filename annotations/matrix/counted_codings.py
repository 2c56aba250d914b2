"""Which codings count in a table: what people found, each passage once for a code.

- A code that several people put on the same passage is one finding, by all of them. Passages are the same if half of
  either lies in the other (the rule of halves, ``segment.carries``).
- A consensus, or what a moderator decided, is the team's last word on its passage: what the coders themselves put on it
  counts no more. Where it does not say the influence, that of the coders stands.
- A second reading by the same coder (a repeat) measures the coder and counts for nothing here. Suggestions are no codings.
- The phase of a coding is that which the same coder put on the same words. A coding with two phases stands in both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from uuid import UUID

from annotations.coding import Coding, Influence, Review
from annotations.segment import carries
from annotations.store.applied_codings import AppliedCoding
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class CountedPassage:
    """A passage that carries a code in one phase ("" where none is stated), by the word of one or several people.

    ``influence``: "mixed" where they differ; ``concrete_example``: any of them heard one.
    """

    code: str
    phase: str
    transcript: UUID
    span: Span
    coders: tuple[str, ...]
    influence: Influence | None = None
    concrete_example: bool = False


@dataclass(frozen=True, slots=True)
class _OneCoding:
    """One coding of one coder; ``order``: derived first, then those with a phase, then as they came."""

    coder: str
    pass_: int | None
    coding: Coding
    derived: bool
    sequence: int
    phases: frozenset[str] = frozenset()
    inherited: tuple[Coding, ...] = ()


@dataclass(slots=True)
class _CoderFinding:
    code: str
    span: Span
    phases: frozenset[str]
    said: list[_OneCoding] = field(default_factory=list)


def counted_codings(
    applied: Iterable[AppliedCoding], derived: Iterable[Review], phases: Collection[str]
) -> tuple[CountedPassage, ...]:
    """The findings of the coders' own codings and of what was agreed on, by transcript in the order of the text.

    ``phases``: the ids of the codes that say in which phase something was; they are no findings themselves.
    """
    by_transcript: dict[UUID, tuple[list[Review], list[_OneCoding]]] = {}
    for review in derived:
        by_transcript.setdefault(review.transcript, ([], []))[0].append(review)
    for coding in applied:
        said = _OneCoding(coding.coder, coding.review, coding.coding, coding.derived, coding.review or 0)
        by_transcript.setdefault(coding.transcript, ([], []))[1].append(said)
    return tuple(
        counted
        for transcript, (agreed, own) in by_transcript.items()
        for counted in _in_transcript(transcript, agreed, own, frozenset(phases))
    )


def _in_transcript(
    transcript: UUID, derived: Sequence[Review], own: Sequence[_OneCoding], phases: frozenset[str]
) -> Iterator[CountedPassage]:
    said = _last_word(derived, own)
    said = [phase for phase in _with_phases(said, phases) if phase.coding.code not in phases]
    by_code: dict[str, list[_CoderFinding]] = {}
    for one_said in sorted(said, key=lambda it: (not it.derived, not it.phases, it.sequence)):
        its = by_code.setdefault(one_said.coding.code, [])
        there = _same(its, one_said)
        if there is None:
            its.append(_CoderFinding(one_said.coding.code, one_said.coding.span, one_said.phases, [one_said]))
        else:
            there.said.append(one_said)
            there.phases = there.phases or one_said.phases
    findings = sorted(
        (finding for its in by_code.values() for finding in its), key=attrgetter("span", "code")
    )
    for finding in findings:
        for phase in sorted(finding.phases) or [""]:
            yield _counted(finding, transcript, phase)


def _last_word(derived: Sequence[Review], own: Sequence[_OneCoding]) -> list[_OneCoding]:
    """What the newest consensus on each passage says, and of the coders' own what no consensus is about."""
    kept: list[_OneCoding] = []
    left = list(own)
    newer: list[Review] = []
    for review in sorted(derived, key=lambda review: review.sequence or 0, reverse=True):
        before = [finding for finding in left if _decided(review, finding)]
        left = [finding for finding in left if not _decided(review, finding)]
        for coding in review.codings:
            said = _OneCoding(review.coder, review.sequence, coding, True, review.sequence or 0)
            if not any(_decided(other, said) for other in newer):
                same = tuple(one_said.coding for one_said in before if one_said.coding.code == coding.code)
                kept.append(_OneCoding(said.coder, said.pass_, coding, True, said.sequence, inherited=same))
        newer.append(review)
    return kept + left


def _decided(review: Review, said: _OneCoding) -> bool:
    """Does this consensus speak of at least half of the coding's words, and of its code?"""
    span = said.coding.span
    knows = review.decides is None or said.coding.code in review.decides
    return knows and 2 * (review.span.overlap(span)) >= len(span)


def _with_phases(said: Sequence[_OneCoding], phases: frozenset[str]) -> Iterator[_OneCoding]:
    """Each coding with the phases that the same coder put on its words: on half of them or, else, on some of them."""
    marks: dict[tuple[str, bool], list[Coding]] = {}
    for one_said in said:
        if one_said.coding.code in phases:
            marks.setdefault((one_said.coder, one_said.derived), []).append(one_said.coding)
    if not marks:
        yield from said
        return
    for one_said in said:
        its, span = marks.get((one_said.coder, one_said.derived), ()), one_said.coding.span
        over = {c.code for c in its if 2 * (c.span.overlap(span)) >= len(span)}
        phases_here = over or {c.code for c in its if carries(c.span, span)}
        yield _OneCoding(
            one_said.coder,
            one_said.pass_,
            one_said.coding,
            one_said.derived,
            one_said.sequence,
            frozenset(phases_here),
            one_said.inherited,
        )


def _same(findings: Sequence[_CoderFinding], said: _OneCoding) -> _CoderFinding | None:
    """The finding that this coding says again: the same passage, and no other phase."""
    span = said.coding.span
    fits = [
        finding
        for finding in findings
        if carries(finding.span, span)
        and not (finding.phases and said.phases and finding.phases != said.phases)
        # two codings of one pass are two, whatever they are about
        and all((it.coder, it.pass_) != (said.coder, said.pass_) for it in finding.said)
        # another passage of the same coder is another finding, however near
        and (finding.span == span or all(it.coder != said.coder for it in finding.said))
    ]
    return max(fits, key=lambda fit: (fit.span.overlap(span), fit.span == span), default=None)


def _counted(finding: _CoderFinding, transcript: UUID, phase: str) -> CountedPassage:
    heard = [coding for one_said in finding.said for coding in (one_said.coding, *one_said.inherited)]
    # what a consensus says of the influence goes before what its coders said
    agreed = [one_said.coding for one_said in finding.said if one_said.derived and one_said.coding.influence]
    stated = {coding.influence for coding in agreed or heard if coding.influence}
    stated = stated - {"none stated"} or stated
    return CountedPassage(
        code=finding.code,
        phase=phase,
        transcript=transcript,
        span=finding.span,
        coders=tuple(dict.fromkeys(one_said.coder for one_said in finding.said)),
        influence=(stated.pop() if len(stated) == 1 else "mixed") if stated else None,
        concrete_example=any(coding.concrete_example for coding in heard),
    )
