"""What an annotation of a whole interview means for each of its passages: pure rules.

| a passage | outcome |
|---|---|
| words in it are marked and coded | a review with these spans and codes |
| read, nothing marked; or marked "nothing here" | an empty review |
| behind "read up to here", nothing marked or changed by the coder | nothing: it was not read |
| a sure suggestion that stands as it was | coded: the coder submitted it |
| a doubtful one that stands as it was | offered and not taken, as a box that is left empty |
| a mark without a code, without words, with other words, or with codes unknown | set aside |
| "nothing here" beside codes | set aside |

Marks on words that are not asked for are told, but for a mere "nothing here".

A mark over several passages is one coding: it belongs to the first passage that carries it, and the others follow by
the rule of halves. Only where some of them hid their suggestions and others did not is it cut between them, since the
parts were judged under different conditions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from annotations.codebook.codes import Codebook
from annotations.errors import BadInput
from annotations.label_studio.annotation import MARK, MARKS, OURS, PLACE, Arrival
from annotations.label_studio.answer_of_annotation import SegmentAnswer, answer_of
from annotations.label_studio.arrivals import ArrivalState, ArrivalVerdict, CodedWords, CoderDecision
from annotations.label_studio.interview_screen import STATE, InterviewMark
from annotations.label_studio.interview_text import InterviewText, MarkedPlace
from annotations.segment import project
from annotations.transcript import Span

NO_WORDS = (
    "words are marked that the screen never showed so, and Label Studio gives such a mark back as if it had been "
    "accepted. Ask the coder to open the interview, mark the words anew and update it."
)
NO_CODE = (
    "words are marked as coded, but no code is chosen. Ask the coder to choose one or to delete the mark."
)
BOTH = (
    'words are marked "nothing here", and codes stand there too. Ask the coder to take one of the two away.'
)
NOT_ASKED = (
    "words are marked that this task does not ask for (they are grey there), so they were not taken in. Ask the coder "
    "to delete the mark."
)
NO_END = (
    'the place of the mark "read up to here" cannot be found, so nobody knows what was read. Ask the coder to set it '
    "anew."
)
UNTOUCHED = "prediction"


@dataclass(frozen=True, slots=True)
class AskedPassage:
    """A passage that an interview's task asks for. ``hidden``: it shows no suggestion."""

    key: UUID
    segment: UUID
    span: Span
    hidden: bool = False


@dataclass(frozen=True)
class InterviewShown:
    """What an interview's task shows: its words and the passages that it asks for, in order.

    ``whole``: it asks for every passage that is coded.
    """

    text: InterviewText
    passages: Sequence[AskedPassage]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class PassageSaid:
    """What an annotation says of a passage. ``by_mark``: it was marked, not only passed over."""

    passage: AskedPassage
    verdict: ArrivalVerdict
    by_mark: bool


@dataclass(frozen=True, slots=True)
class InterviewSaid:
    """What an annotation of an interview says, passage by passage; ``nowhere``: why marks without a passage do not count."""

    passages: tuple[PassageSaid, ...]
    nowhere: tuple[str, ...] = ()


@dataclass
class _One:
    """A mark with all that was said under it."""

    name: str
    label: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)
    origin: str = UNTOUCHED
    said: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        """Does it count? What is doubtful counts only if the coder had their hands on it."""
        return self.label != InterviewMark.DOUBTFUL or self.origin != UNTOUCHED


def said_of_interview(arrival: Arrival, shown: InterviewShown, codebook: Codebook) -> InterviewSaid:
    """What a submitted interview says. Raises BadInput where nobody can know what of it was read."""
    marks = _by_mark(arrival.result)
    reading = _MarksReading(shown, codebook)
    upto = _read_upto(marks, shown.text)
    for mark in marks:
        if mark.label != InterviewMark.READ:
            reading.take(mark, upto)
    return reading.said(upto)


def furthest(result: Sequence[Mapping[str, Any]], text: InterviewText) -> tuple[Span | None, int]:
    """The last words of an interview on which a coder had their hands (None: on none), and how many marks they set or
    changed."""
    touched = [mark for mark in _by_mark(result) if mark.origin != UNTOUCHED and mark.label]
    spans = [span for mark in touched if (span := _span(mark, text)) is not None]
    return max(spans, key=lambda span: span.end, default=None), len(touched)


class _MarksReading:
    """Marks taken in one by one, and what they come to."""

    def __init__(self, shown: InterviewShown, codebook: Codebook) -> None:
        self._shown = shown
        self._codebook = codebook
        self._spans = [passage.span for passage in shown.passages]
        self._coded: dict[int, list[CodedWords]] = {}
        self._empty: dict[int, str] = {}
        self._reached: dict[int, set[str]] = {}
        self._aside: dict[int, str] = {}
        self._nowhere: list[str] = []

    def take(self, mark: _One, upto: int | None) -> None:
        """One mark. ``upto``: the end of what was read, None for all."""
        span = _span(mark, self._shown.text)
        at = self._places(span) if span is not None else self._told_by_name(mark)
        if upto is not None and mark.origin == UNTOUCHED:
            at = [place for place in at if self._spans[place].start < upto]
            if not at:
                return  # nobody has read so far
        if not mark.taken:
            return
        if span is None:
            self._set_aside(at, NO_WORDS)
            return
        try:
            answer = answer_of(mark.said, self._codebook)
        except BadInput as error:
            self._set_aside(at, str(error))
            return
        if not at:
            # Label Studio takes no interview without a mark: one word that says nothing may stand anywhere
            if mark.label != InterviewMark.NOTHING or answer.codes or answer.memo:
                self._nowhere.append(NOT_ASKED)
        elif mark.label == InterviewMark.NOTHING:
            self._nothing(at, answer)
        elif not answer.codes:
            self._set_aside(at, NO_CODE)
        else:
            self._code(at, span, answer, mark)

    def said(self, upto: int | None) -> InterviewSaid:
        """What it comes to."""
        said = []
        for at, passage in enumerate(self._shown.passages):
            by_mark = at in self._coded or at in self._empty or at in self._reached or at in self._aside
            read = upto is None or self._spans[at].start < upto
            if by_mark or read:
                said.append(PassageSaid(passage, self._verdict(at), by_mark))
        return InterviewSaid(tuple(said), tuple(dict.fromkeys(self._nowhere)))

    def _verdict(self, at: int) -> ArrivalVerdict:
        if at in self._aside:
            return ArrivalVerdict(ArrivalState.SET_ASIDE, self._aside[at])
        if at in self._empty and (at in self._coded or at in self._reached):
            return ArrivalVerdict(ArrivalState.SET_ASIDE, BOTH)
        marked = tuple(sorted(self._coded.get(at, ()), key=lambda marked: (marked.span, marked.codes)))
        codes = tuple(sorted({code for mark in marked for code in mark.codes}))
        reached = tuple(sorted(self._reached.get(at, ())))
        return ArrivalVerdict(
            ArrivalState.REVIEW,
            "",
            CoderDecision(codes, self._empty.get(at, ""), marked=marked, reached=reached),
        )

    def _nothing(self, at: Sequence[int], answer: SegmentAnswer) -> None:
        if answer.codes:
            self._set_aside(at, BOTH)
            return
        for place in at:
            self._empty[place] = answer.memo

    def _code(self, at: Sequence[int], span: Span, answer: SegmentAnswer, mark: _One) -> None:
        for places, part in self._parts(at, span):
            coded = CodedWords(
                tuple(sorted(answer.codes)),
                part,
                answer.memo,
                answer.influence,
                answer.concrete_example,
                mark.origin,
            )
            self._coded.setdefault(places[0], []).append(coded)
            for place in places[1:]:
                self._reached.setdefault(place, set()).update(answer.codes)

    def _parts(self, at: Sequence[int], span: Span) -> Iterator[tuple[list[int], Span]]:
        """The passages that carry a mark, in runs that were shown alike, each with its part of the words."""
        runs: list[list[int]] = []
        for place in at:
            if runs and self._shown.passages[runs[-1][-1]].hidden == self._shown.passages[place].hidden:
                runs[-1].append(place)
            else:
                runs.append([place])
        begin = span.start
        for run, following in zip(runs, [*runs[1:], None], strict=True):
            end = span.end if following is None else self._spans[following[0]].start
            yield run, Span(begin, end)
            begin = end

    def _places(self, span: Span) -> list[int]:
        """The passages that a mark is about, by the rule of halves; where it is about none, the nearest."""
        carrying = list(project(self._spans, {0: span})[0])
        if carrying or not self._spans:
            return carrying
        shared = [(span.overlap(its), -at) for at, its in enumerate(self._spans)]
        most, at = max(shared)
        if most:
            return [-at]
        if not self._shown.whole:
            return []
        before = [at for at, its in enumerate(self._spans) if its.end <= span.start]
        return [before[-1] if before else 0]

    def _told_by_name(self, mark: _One) -> list[int]:
        """A suggestion without words says in its name for which passage it stood there."""
        names = [mark.name.startswith(f"{OURS}{passage.segment.hex}") for passage in self._shown.passages]
        return [at for at, is_it in enumerate(names) if is_it]

    def _set_aside(self, at: Sequence[int], why: str) -> None:
        for place in at:
            self._aside.setdefault(place, why)
        if not at:
            self._nowhere.append(why)


def _read_upto(marks: Sequence[_One], text: InterviewText) -> int | None:
    ends = [_span(mark, text) for mark in marks if mark.label == InterviewMark.READ]
    if any(end is None for end in ends):
        raise BadInput(NO_END)
    return max((end.end for end in ends if end is not None), default=None)


def _span(mark: _One, text: InterviewText) -> Span | None:
    if not mark.place:
        return None
    p = mark.place
    return text.span_of(MarkedPlace(p["start"], p["startOffset"], p["end"], p["endOffset"], p["words"]))


def _by_mark(result: Sequence[Mapping[str, Any]]) -> list[_One]:
    marks: dict[str, _One] = {}
    for at, region in enumerate(result):
        # what belongs to no mark is read by itself, so that it is not lost
        name = str(region.get(MARK, f"?{at}"))
        mark_there = marks.setdefault(name, _One(name))
        origin = str(region.get("origin", "manual"))
        if origin != UNTOUCHED:
            mark_there.origin = origin
        value = region.get("value") or {}
        if region.get("from_name") == STATE and MARKS in value:
            mark_there.label, mark_there.place = str(next(iter(value[MARKS]), "")), value.get(PLACE) or {}
        else:
            mark_there.said.append(region)
    return list(marks.values())
