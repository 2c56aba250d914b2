"""``Anna: words``: which words before a colon are speakers. A file says it by repeating them and taking turns.

A label is a speaker if study.yaml lists it, if it is a role or a code, or if it comes again. One that comes once is a
speaker only beside others, where a sentence has ended, if it looks like a name. What stands above the interview
("Date: …"), headings and phrases of running text are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotations.names import folded
from annotations.readers.counted_turns import without_counts
from annotations.readers.interview_head import head_of
from annotations.readers.label_forms import Form, LabelMark, colon_form, ends_sentence
from annotations.readers.label_shapes import Shape, is_head, is_noise, is_role, shape_of
from annotations.readers.label_words import listed
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words
from annotations.transcript import asks, without_doubt

_MOST_WORDS_ONCE = 3
_MOST_BEFORE = 0.3
_LONG = re.compile(r"(?=[A-ZÀ-Þ\[(+\d])[^:：.?!\n]{101,160}[:：](?=\s|$)")
_MOST_KEYS_ONCE = 3


@dataclass(frozen=True, slots=True)
class KnownLabels:
    """The labels that study.yaml lists: of those who ask, and of those who answer."""

    interviewers: Sequence[str]
    participants: Sequence[str] = ()

    def asks(self, label: str) -> bool:
        """Is it of somebody who asks?"""
        return asks(label, self.interviewers)

    def lists(self, label: str) -> bool:
        """Is the label listed?"""
        return self.asks(label) or folded(label) in {folded(name) for name in self.participants}


@dataclass(frozen=True, slots=True)
class ColonLabels:
    """The lines that start a turn, why each label is a speaker (by its key), and what nearly was a label and why not."""

    starts: tuple[Form, ...] = ()
    why: Mapping[str, str] | None = None
    near: tuple[tuple[Form, str], ...] = ()
    head: frozenset[int] = frozenset()


def colon_labels(lines: TextLines, beside: Mapping[int, object], known: KnownLabels) -> ColonLabels:
    """The labels with a colon that are speakers; none for a text without speakers."""
    filled = [at for at in lines.filled if at not in beside]
    forms = _forms(lines, filled)
    for marks in ((LabelMark.COLON,), (LabelMark.COLON, LabelMark.TIGHT)):
        labels_there = _labels([form for form in forms if form.mark in marks], forms, lines, filled, known)
        if labels_there.starts:
            return labels_there
    return labels_there


def _forms(lines: TextLines, filled: Sequence[int]) -> list[Form]:
    """The lines with a colon; a number before a name is no part of it where the numbers count the lines up."""
    with_numbers = _read(lines, filled, numbers=True)
    numbers = [form.number for form in with_numbers if form.number is not None]
    counts = (
        len(numbers) > 1
        and 2 * len(numbers) >= len(with_numbers)
        and all(a < b for a, b in pairwise(numbers))
    )
    if counts or not numbers:
        return with_numbers
    plain = {form.line: form for form in _read(lines, filled, numbers=False)}
    return [form if form.number is None else plain.get(form.line, form) for form in with_numbers]


def _read(lines: TextLines, filled: Sequence[int], *, numbers: bool) -> list[Form]:
    forms = (colon_form(at, lines.texts[at], numbers=numbers) for at in filled)
    return without_counts([form for form in forms if form])


def _labels(
    asked: Sequence[Form], forms: Sequence[Form], lines: TextLines, filled: Sequence[int], known: KnownLabels
) -> ColonLabels:
    head = head_of(lines, asked, filled)
    evidence = _LabelEvidence(lines, [at for at in filled if at not in head], known)
    why = evidence.speakers(
        [form for form in asked if form.line not in head], len({form.key for form in asked})
    )
    starts = tuple(form for form in forms if form.key in why and form.line not in head)
    taken = {start.line for start in starts}
    near = tuple(
        (form, evidence.why_not(form, bool(starts)))
        for form in forms
        if form.line not in taken and form.line not in head and _looks_like_one(form)
    )
    too_long = [
        Form(at, LabelMark.COLON, "", 0) for at in filled if at not in taken and _LONG.match(lines.texts[at])
    ]
    near = (
        *near,
        *((form, "what stands before its colon is longer than a label may be") for form in too_long),
    )
    return ColonLabels(starts, why, near if starts else near[: len(near) - len(too_long)], head)


def _looks_like_one(form: Form) -> bool:
    shape = shape_of(form.label)
    if form.mark is LabelMark.TIGHT:
        return shape is Shape.ROLE
    words = form.label.split()
    with_article = (
        shape is Shape.HEADING and len(words) in (2, 3, 4) and folded(words[0]) in listed("article")
    )
    return (shape is not Shape.HEADING or with_article) and not is_noise(form.label)


@dataclass(frozen=True, slots=True)
class _Style:
    """How the sure labels of a file are written: all in small letters; with the words below (True), beside (False), or
    both (None).
    """

    small: bool
    below: bool | None

    @classmethod
    def of(cls, forms: Sequence[Form], lines: TextLines) -> _Style:
        empty = [not lines.texts[form.line][form.width :].strip() for form in forms]
        share = sum(empty) / len(empty) if empty else 0.5
        return cls(
            small=bool(forms) and all(form.label[0].islower() for form in forms),
            below=None if 0.1 < share < 0.9 else share >= 0.9,
        )


class _LabelEvidence:
    """What the lines of a file say of the labels in it."""

    def __init__(self, lines: TextLines, filled: Sequence[int], known: KnownLabels) -> None:
        self._lines, self._filled, self._known = lines, filled, known
        self._clocks = False
        self._before = dict(zip(filled[1:], filled, strict=False))

    def speakers(self, forms: Sequence[Form], different: int) -> dict[str, str]:
        """The keys of the labels that are speakers, each with the reason; empty for a text without speakers.

        ``different``: how many labels the file has, those above the interview included.
        """
        counted = Counter(form.key for form in forms)
        self._clocks = sum(form.weak and counted[form.key] > 1 for form in forms) > len(forms) / 2
        fit = [form for form in forms if self._fits(form, counted)]
        counted = Counter(form.key for form in fit)
        most = 2 * len(fit) >= len(self._filled)
        sure = {form.key for form in fit if self._known.lists(form.label) or is_role(form.label)}
        within = self._within_sentences(fit)
        again = {form.key for form in fit if self._comes_again(form, counted) and form.key not in within}
        opens = bool(fit) and fit[0].line == self._filled[0] and fit[0].key in again | sure
        listed_ones = any(self._known.lists(form.label) for form in fit)
        if not (len(again) > 1 or opens or most or (sure and (again or listed_ones))):
            return {}
        if most and not sure | again and different > _MOST_KEYS_ONCE:
            return {}  # a form to fill in: every label comes once
        style = _Style.of([form for form in fit if form.key in again | sure], self._lines)
        once = {form.key for form in fit if self._may_come_once(form, most, style)}
        speakers = sure | again | once
        if not (most or opens or sum(counted[key] for key in speakers) > 1):
            return {}
        if not most and self._much_before(fit, speakers):
            return {}
        return {form.key: self._why(form, counted, sure) for form in fit if form.key in speakers}

    def _fits(self, form: Form, counted: Counter[str]) -> bool:
        if form.weak and counted[form.key] < 2 and not self._clocks:
            return False  # "10:30 Meeting:" is no time and label
        sure = folded(without_doubt(form.label))
        return (
            self._known.lists(form.label)
            or (shape_of(form.label) is not Shape.HEADING and not is_noise(form.label))
            or (sure != form.key and counted[sure] > 0)
        )

    def _comes_again(self, form: Form, counted: Counter[str]) -> bool:
        return counted[form.key] > (2 if is_head(form.label) else 1)

    def _within_sentences(self, fit: Sequence[Form]) -> set[str]:
        """Phrases in small letters where a sentence goes on from the line before, as the lines of a page are broken."""
        if all(form.label[0].islower() for form in fit):
            return set()
        small = [form for form in fit if form.label[0].islower() and " " in form.label]
        goes_on = Counter(form.key for form in small if not self._after_a_sentence(form))
        all_of = Counter(form.key for form in small)
        return {key for key, count in goes_on.items() if 2 * count > all_of[key]}

    def _may_come_once(self, form: Form, most: bool, style: _Style) -> bool:
        label = form.label
        shape = shape_of(label)
        short = len(label.split()) <= (_MOST_WORDS_ONCE if shape is Shape.NAME else 2)
        looks = short or any(map(str.isdigit, label)) or label.startswith("[")
        return (
            looks
            and (style.small or not label[0].islower())
            and style.below in (None, not self._lines.texts[form.line][form.width :].strip())
            and not label.isdecimal()
            and not is_head(label)
            and ((most and shape is not Shape.PHRASE) or self._after_a_sentence(form))
        )

    def _after_a_sentence(self, form: Form) -> bool:
        before = self._before.get(form.line)
        blank = form.line > 0 and not self._lines.texts[form.line - 1].strip()
        return before is None or blank or ends_sentence(self._lines.texts[before])

    def _much_before(self, fit: Sequence[Form], speakers: set[str]) -> bool:
        """Stands much of the text before the first speaker? Then it is a text that quotes somebody."""
        sure = sum(form.key in speakers and self._known.lists(form.label) for form in fit)
        first = next((form.line for form in fit if form.key in speakers), 0)
        words = [count_words(self._lines.texts[at]) for at in self._filled]
        before = sum(words[: self._filled.index(first)]) if first in self._filled else 0
        return sure < 2 and before > 20 and before > _MOST_BEFORE * sum(words)

    def _why(self, form: Form, counted: Counter[str], sure: set[str]) -> str:
        times = "once" if counted[form.key] == 1 else f"{counted[form.key]} times"
        if self._known.lists(form.label):
            return f"study.yaml lists it; it stands there {times}"
        if form.key in sure:
            return f"it is a word for a speaker or a code; it stands there {times}"
        if counted[form.key] > 1:
            return f"it comes {times}"
        return "it comes once, beside other speakers, and looks like a name"

    def why_not(self, form: Form, speakers: bool) -> str:
        """Why a line that looks like a label was not taken for one."""
        if form.mark is LabelMark.TIGHT:
            return "no space stands after the colon"
        if is_head(form.label):
            return "it looks like a heading above an interview"
        if not speakers:
            return "nothing else in the file shows that it has speakers"
        if form.weak:
            return "the time before it may be a time of day"
        return "it comes once and looks like a phrase, or stands in the middle of a sentence"
