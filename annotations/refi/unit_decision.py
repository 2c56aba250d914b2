"""In which unit a program counted the positions of one source, decided by trying each on the source's own passages.

People select whole words, so where the unit is right nearly all passages begin and end between words; where it is
wrong they end anywhere. Where the file records a passage's words, these must stand there. Measured on projects of
NVivo for Windows 12.6: 281 of 303 passages at word boundaries in UTF-16 units with CR LF as two, 22 in code points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from annotations.refi.counting import EVERY, Counting, Positions, RawText
from annotations.refi.project import RefiSelection
from annotations.transcript import Span
from annotations.word_edges import between_words

# our own export counts code points of the canonical text
OWN = "Tandem"
# of passages whose unit is right, at least so many edges lie between words
_MOSTLY = 0.95
_SAMPLE = 20_000
_WORDS_FOUND, _WORDS_ELSEWHERE, _BEYOND = 4.0, -4.0, -6.0
# below this the edges lie as they would by chance: the text is not the one that was coded, or the unit is none known
_NONE_FITS = -3.5
_LEAST_WORDS = 4
# ways that fit less well by no more than this are still open
_OPEN = 4.0
NO_HABIT: Mapping[Counting, float] = MappingProxyType({})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class UnitDecision:
    """What was decided of one source, and on which evidence.

    ``counting``: None where no way of counting fits. ``whole``: of how many passages both edges lie between words.
    ``recorded``: of how many the words that the file records stand there, of so many that record any found in the text.
    ``sure``: the evidence is not against it, and tells it from every other way. ``differ``: does the way matter?
    """

    counting: Counting | None
    passages: int = 0
    whole: int = 0
    recorded: tuple[int, int] = (0, 0)
    sure: bool = True
    differ: bool = False
    next_best: tuple[Counting, int] | None = field(default=None)


class UnitEvidence:
    """What the passages of one source say for each way of counting; ways that come to the same are one.

    ``origin``: the program, which decides the order in which ways are tried.
    """

    def __init__(self, raw: RawText, selections: Sequence[RefiSelection], origin: str = "") -> None:
        self.own = origin == OWN
        self.given = len(selections)
        self.passages = [
            selection
            for selection in selections
            if selection.start is not None and selection.end is not None and selection.start < selection.end
        ]
        self._raw = raw
        alike: dict[tuple[tuple[int, int] | None, ...], list[Counting]] = {}
        for counting in (
            () if self.own else sorted(raw.countings(), key=lambda counting: _unlikely(counting, origin))
        ):
            alike.setdefault(_spans(raw.positions(counting), self.passages), []).append(counting)
        text = _Text(raw.text if len(alike) and self.passages else "")
        self.ways = sorted(
            ((text.judged(spans, self.passages), ways) for spans, ways in alike.items()),
            key=lambda way: -way[0].score,
        )

    def against(self, counting: Counting) -> float:
        """How much the passages speak against a way of counting, from 0 to 10; 0 where the text cannot tell."""
        if not self.passages or not self.ways:
            return 0.0
        here = self._raw.same_here(counting)
        score = next((judged.score for judged, ways in self.ways if here in ways), self.ways[0][0].score)
        return min(self.ways[0][0].score - score, 10.0)


def habit_of(sources: Iterable[UnitEvidence]) -> Mapping[Counting, float]:
    """How much all sources of a project speak against each way of counting: one program counts all of them alike."""
    all_evidence = list(sources)
    return {counting: sum(evidence.against(counting) for evidence in all_evidence) for counting in EVERY}


def decide_unit(
    raw: RawText,
    selections: Sequence[RefiSelection],
    origin: str = "",
    habit: Mapping[Counting, float] = NO_HABIT,
) -> UnitDecision:
    """The way of counting that fits the passages of a source best, or none. See ``decide``."""
    return decide(UnitEvidence(raw, selections, origin), habit)


def decide(evidence: UnitEvidence, habit: Mapping[Counting, float] = NO_HABIT) -> UnitDecision:
    """The way of counting that fits the passages of a source best, or none.

    A source's own passages decide. Where few of them leave several ways open, those of the project's other sources
    do (``habit``), then the program; that these could not tell is said (``sure``). What Tandem itself wrote is known.
    """
    if evidence.own:
        return UnitDecision(Counting(), evidence.given, evidence.given)
    count = len(evidence.passages)
    if not count:
        return UnitDecision(Counting())
    top = evidence.ways[0][0]
    if top.score < _NONE_FITS:
        return UnitDecision(None, count, top.whole, top.recorded, sure=False, differ=len(evidence.ways) > 1)

    def unusual(ways: Sequence[Counting]) -> float:
        return min(habit.get(counting, 0.0) for counting in ways)

    # stable: of ways that are as usual, the one that fits best, then the one that the program is known for
    open_ways = sorted(
        (way for way in evidence.ways if top.score - way[0].score < _OPEN),
        key=lambda way: round(unusual(way[1])),
    )
    (best, ways), others = open_ways[0], open_ways[1:]
    usual = all(unusual(other[1]) - unusual(ways) >= _OPEN for other in others)
    alone = all(best.score - other[0].score >= 1 for other in others)
    rest = [way for way in evidence.ways if way[1] is not ways]
    return UnitDecision(
        ways[0],
        count,
        best.whole,
        best.recorded,
        sure=best.score >= 0 and (usual or alone),
        differ=len(evidence.ways) > 1,
        next_best=(rest[0][1][0], rest[0][0].whole) if rest else None,
    )


def span_of(positions: Positions, selection: RefiSelection) -> Span | None:
    """The place of a passage in the text; None where it is none, or lies beyond the text."""
    if selection.start is None or selection.end is None:
        return None
    start, end = positions.start(selection.start), positions.end(selection.end)
    return Span(start, end) if start is not None and end is not None and start < end else None


def plain_words(words: str) -> str:
    """Words as they are compared: without white space, and without the dots that say that they go on."""
    return _SPACE.sub("", words).rstrip("…").removesuffix("...")


@dataclass(frozen=True, slots=True)
class _UnitScore:
    score: float
    whole: int
    recorded: tuple[int, int]


class _Text:
    """A text, to be asked how well passages lie in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = _SPACE.sub("", text)
        edges = [between_words(text, at) for at in range(1, min(len(text), _SAMPLE))]
        told = [edge for edge in edges if edge is not None]
        by_chance = min(max(sum(told) / len(told), 0.05), 0.6) if told else 0.35
        mostly = (by_chance + _MOSTLY) / 2
        self._good = math.log(mostly / by_chance)
        self._bad = math.log((1 - mostly) / (1 - by_chance))

    def judged(
        self, spans: Sequence[tuple[int, int] | None], selections: Sequence[RefiSelection]
    ) -> _UnitScore:
        score, whole, hits, recorded = 0.0, 0, 0, 0
        for span, selection in zip(spans, selections, strict=True):
            if span is None:
                score += _BEYOND
                continue
            edges = [between_words(self._text, at) for at in span]
            whole += all(edge is not False for edge in edges)
            score += sum(self._good if edge else self._bad for edge in edges if edge is not None)
            words = plain_words(selection.words)
            if len(words) < _LEAST_WORDS or words not in self._plain:
                continue
            here = plain_words(self._text[span[0] : span[1]])
            hit = here.startswith(words)
            hits, recorded = hits + hit, recorded + 1
            score += _WORDS_FOUND if hit else _WORDS_ELSEWHERE
        return _UnitScore(score, whole, (hits, recorded))


def _spans(positions: Positions, placed: Sequence[RefiSelection]) -> tuple[tuple[int, int] | None, ...]:
    spans = [span_of(positions, place) for place in placed]
    return tuple(None if span is None else (span.start, span.end) for span in spans)


def _unlikely(counting: Counting, origin: str) -> tuple[bool, bool, bool]:
    """The order in which ways of counting are preferred where passages cannot tell them apart."""
    windows = "nvivo" in origin.casefold() and "mac" not in origin.casefold()
    return (counting.bom, counting.utf16 != windows, counting.line_ends != "as written")
