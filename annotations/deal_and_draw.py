"""Which passages are put before coders without a suggestion, twice, or again: dealt by transcript, drawn by seed.

Of each transcript three disjoint sets are drawn:

- *blind*: the coder sees no suggestion, so that what people find by themselves is known;
- *double*: a second coder gets the passage too, and neither sees a suggestion;
- *repeat*: the coder gets the passage again, at the end. The first time counts as blind: whoever agreed with a
  suggestion twice would only have agreed with it.

Whole transcripts are dealt to coders, since an interview is read as a whole. What is dealt stays dealt.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from uuid import UUID

from annotations.coding import Draw
from annotations.errors import BadInput

_DRAWN = (Draw.BLIND, Draw.DOUBLE, Draw.REPEAT)


@dataclass(frozen=True, slots=True)
class Fractions:
    """Which part of each transcript is drawn for what, each from 0 to 1. Raises BadInput if they cannot be."""

    blind: float = 0.0
    double: float = 0.0
    repeat: float = 0.0

    def __post_init__(self) -> None:
        for name, part in zip(("blind", "double", "repeat"), self.parts, strict=True):
            if not 0 <= part <= 1:
                raise BadInput(
                    f"--{name} is {part:g}, but it is a part of each transcript: give 0 to 1, such as 0.15."
                )
        if sum(self.parts) > 1 + 1e-9:
            raise BadInput(
                f"the parts blind, double and repeat together are {sum(self.parts):g}, but no passage is drawn twice: give "
                f"parts that are 1 together at most."
            )

    @property
    def parts(self) -> tuple[float, float, float]:
        """Blind, double, repeat."""
        return self.blind, self.double, self.repeat

    def __str__(self) -> str:
        return f"blind {self.blind:g}, double {self.double:g}, repeat {self.repeat:g}"


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """How transcripts are dealt and drawn. ``coders``: who gets a project of their own; none: all share one."""

    fractions: Fractions
    seed: int
    coders: tuple[str, ...] = ()
    id: UUID | None = None


@dataclass(frozen=True)
class Dealt:
    """A transcript as dealt: to whom (None: the project that all share), who gets the doubled passages, what was drawn.

    ``units``: how many passages it has; ``drawn``: those that are not ordinary.
    """

    transcript: UUID
    units: int
    coder: str | None = None
    second: str | None = None
    drawn: Mapping[UUID, Draw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DealtSegment:
    """A segment at its place in a coder's stream."""

    segment: UUID
    draw: Draw


def deal(
    transcripts: Sequence[tuple[UUID, Sequence[UUID]]], plan: DrawPlan, before: Iterable[Dealt] = ()
) -> list[Dealt]:
    """Deal transcripts (each with its segments) to the plan's coders, and draw of each.

    Long ones are dealt first, each to the coder with the least to read; its doubled passages go to whom the fewest
    of them have gone, by pair. ``before``: what was dealt earlier counts towards the balance. The same seed, plan and
    transcripts give the same. Raises BadInput if passages are to be doubled for fewer than two coders.
    """
    if plan.fractions.double and len(plan.coders) < 2:
        raise BadInput(
            "some passages are to go to two coders (double), but fewer than two coders are named. Name at least two, or "
            "let no passage be doubled."
        )
    balance = _Balance(plan.coders, before)
    order = {transcript: at for at, (transcript, _) in enumerate(transcripts)}
    dealt = []
    for transcript, segments in sorted(transcripts, key=lambda sized: -len(sized[1])):
        drawn = draw(transcript, segments, plan)
        doubled = sum(kind is Draw.DOUBLE for kind in drawn.values())
        coder, second = balance.next(len(segments), doubled) if plan.coders else (None, None)
        dealt.append(Dealt(transcript, len(segments), coder, second, drawn))
    return sorted(dealt, key=lambda stream: order[stream.transcript])


def draw(transcript: UUID, segments: Sequence[UUID], plan: DrawPlan) -> dict[UUID, Draw]:
    """Which of a transcript's segments are drawn for what; each count is within one of its part.

    Systematic sampling of a shuffled list: the borders between the parts are moved by one random offset, so that
    over many transcripts every part is met exactly, however short they are.
    """
    dice = random.Random(f"{plan.seed}/{transcript}")  # noqa: S311 (a draw that can be repeated, no secret)
    shuffled = list(segments)
    dice.shuffle(shuffled)
    offset = dice.random()
    draws: dict[UUID, Draw] = {}
    up_to, begin = 0.0, 0
    for kind, part in zip(_DRAWN, plan.fractions.parts, strict=True):
        up_to += part * len(shuffled)
        # rounded, so that parts such as 0.1 + 0.2 end where they are meant to
        end = floor(round(up_to, 9) + offset)
        draws |= dict.fromkeys(shuffled[begin:end], kind)
        begin = end
    return draws


def streams(
    transcripts: Sequence[tuple[UUID, Sequence[UUID]]], dealt: Mapping[UUID, Dealt]
) -> dict[str | None, list[DealtSegment]]:
    """What each coder gets, in order: transcript by transcript in reading order, and what comes again at the end.

    A transcript that was not dealt stands in the project that all share (the key None), with nothing drawn.
    """
    first: dict[str | None, list[DealtSegment]] = {}
    again: dict[str | None, list[DealtSegment]] = {}
    for transcript, segments in transcripts:
        its = dealt.get(transcript, Dealt(transcript, len(segments)))
        for segment in segments:
            kind = its.drawn.get(segment, Draw.ORDINARY)
            shown = Draw.BLIND if kind is Draw.REPEAT else kind
            first.setdefault(its.coder, []).append(DealtSegment(segment, shown))
            if kind is Draw.REPEAT:
                again.setdefault(its.coder, []).append(DealtSegment(segment, kind))
            elif kind is Draw.DOUBLE and its.second is not None:
                first.setdefault(its.second, []).append(DealtSegment(segment, kind))
    return {coder: [*its, *again.get(coder, ())] for coder, its in first.items()}


class _Balance:
    """Who has how much to read, and how many doubled passages each pair shares."""

    def __init__(self, coders: Sequence[str], before: Iterable[Dealt]) -> None:
        self._coders = coders
        self._load = dict.fromkeys(coders, 0)
        self._pairs: dict[frozenset[str], int] = {}
        for stream in before:
            doubled = sum(kind is Draw.DOUBLE for kind in stream.drawn.values())
            self._add(stream.coder, stream.second, stream.units, doubled)

    def next(self, units: int, doubled: int) -> tuple[str, str | None]:
        """The coder for a transcript of so many passages, and the one for those that are doubled."""
        coder = min(self._coders, key=lambda name: self._load[name])
        others = [name for name in self._coders if name != coder]
        second = None
        if doubled and others:
            second = min(
                others, key=lambda name: (self._pairs.get(frozenset((coder, name)), 0), self._load[name])
            )
        self._add(coder, second, units, doubled)
        return coder, second

    def _add(self, coder: str | None, second: str | None, units: int, doubled: int) -> None:
        if coder in self._load:
            self._load[coder] += units
        if second in self._load:
            self._load[second] += doubled
        if coder is not None and second is not None:
            pair = frozenset((coder, second))
            self._pairs[pair] = self._pairs.get(pair, 0) + doubled
