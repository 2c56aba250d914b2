"""Where turns start in the lines of a file, and who speaks: the one place that decides what is a speaker's label.

The evidence is the whole file: labels that come again and take turns, roles and codes, times beside names, lines of
their own, bold type. Each layout is tried, and the one by which most turns start is taken; the reasons are kept, so
that "tandem import --explain" can show them.

======================  =====================================================================
by hand                 ``Anna: words``, ``**Anna:** words``, ``12. Anna: words``, ``护士：…``
Trint, whisper, f4      ``[00:00:03] Anna: words``, ``[00:00:03 --> 00:00:07] SPEAKER_00: …``
WhisperX, Vibe          ``[SPEAKER_00]: words``, ``[Speaker 1] words``
Teams, Otter            ``Anna Lind   0:03`` above the words
Rev, Sonix              ``Anna Lind (00:03):`` above the words
Happy Scribe, Word      ``00:00:03 - Anna Lind`` above the words
Zoom                    ``[Anna Lind] 14:00:03`` above the words
by hand                 ``Anna Lind`` above the words, or ``Anna Lind<TAB>words``
======================  =====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from annotations.names import folded
from annotations.readers.clock import begin_and_end, is_range, is_time
from annotations.readers.colon_labels import ColonLabels, KnownLabels, colon_labels
from annotations.readers.label_forms import (
    Form,
    LabelMark,
    asks_something,
    ends_sentence,
    name_alone,
    prefix_of,
    without_brackets,
)
from annotations.readers.label_shapes import asks_by_word
from annotations.readers.label_words import is_notes_label, is_programs_line
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules, LineRule
from annotations.readers.looks import HEADING
from annotations.readers.names_in_lines import names_above, names_alone
from annotations.readers.notes_below import lines_of_notes, without_notes_as_speakers
from annotations.readers.other_labels import other_labels, timed_lines
from annotations.readers.page_heads import page_heads
from annotations.readers.questions_by_look import questions_by_look
from annotations.readers.tab_table import rows_in_tabs
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words, first_words
from annotations.transcript import asks

_LONGEST_TIME = 60
_MOSTLY = 0.6
_MOST_WORDS_OF_HEADING = 25
_NAME_AND_TIME = re.compile(r"\S.{0,80}? (?P<time>(?:\d+ \w+ )?\d+ \w+ \d+ \w+)")
_RULE = re.compile(r"[>\-_*=#~–—·•.]{1,200}(?<![.])|[_\-*=~][\s_\-*=~]{2,200}")


@dataclass(frozen=True, slots=True)
class UnspokenLine:
    """A line that nobody says: why, and the seconds that it gives to what follows."""

    why: str
    at: float | None = None
    ends: float | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A line that looks like a speaker's label and was not taken for one, by its number from 0, and why not."""

    line: int
    begins: str
    why: str


@dataclass(frozen=True, slots=True)
class FoundLabels:
    """Where turns start; no starts for a text without speakers.

    ``speakers``: why each label is one. ``beside``: lines that nobody says. ``unlabelled``: are lines without a label
    the participant's?
    """

    layout: str
    starts: tuple[Form, ...] = ()
    speakers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    beside: Mapping[int, UnspokenLine] = field(default_factory=lambda: MappingProxyType({}))
    near: tuple[Near, ...] = ()
    unlabelled: bool = False


def find_labels(lines: TextLines, interviewers: Sequence[str], rules: LabelRules = USUAL) -> FoundLabels:
    """Where turns start in these lines, and why."""
    if rules.lines is LineRule.NO_SPEAKERS:
        return FoundLabels("no speakers: study.yaml, or its kind, says so")
    known = KnownLabels(interviewers, rules.participants)
    beside = _beside(lines)
    colon = colon_labels(lines, beside, known)
    chosen, layout = _most_starts(lines, beside, known, colon)
    starts, notes = without_notes_as_speakers(_with_colon_labels(chosen, colon, layout), known)
    near = tuple(_near(lines, (*chosen.near, *colon.near), starts, layout))
    speakers = _labels_as_kept(starts, chosen.why or {})
    if not starts:
        timed = timed_lines(lines, beside)
        layout = "a time before each line, and no speakers" if timed.starts else "no speakers"
        return FoundLabels(layout, timed.starts, {}, beside, near)
    head = {at: UnspokenLine("above the interview") for at in chosen.head}
    beside = {**beside, **_headings(lines, starts)}
    notes = (*notes, *(form for form, _ in (*chosen.near, *colon.near) if is_notes_label(form.label)))
    beside |= dict.fromkeys(lines_of_notes(lines, starts, notes), UnspokenLine("notes, said by nobody"))
    starts = tuple(replace(form, label=_label(form, starts)) for form in starts)
    return FoundLabels(
        layout,
        starts,
        speakers,
        {**beside, **head},
        tuple(label for label in near if label.line not in beside),
        _unlabelled(lines, starts, head, beside, known, rules),
    )


def speakers_among(
    lines: Sequence[str], interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[Mapping[int, Form], tuple[Near, ...]]:
    """The lines of cues that begin with a speaker's label, by their number; and what nearly was a label.

    Where every cue has a label, as Zoom writes them, it is one also if it comes once and looks odd ("orla's iPad").
    """
    if rules.lines is LineRule.NO_SPEAKERS:
        return {}, ()
    texts = TextLines(lines, frozenset())
    known = KnownLabels(interviewers, rules.participants)
    colon = colon_labels(texts, {}, known)
    labels = max((colon, other_labels(texts, {}, known)), key=lambda labels: len(labels.starts))
    starts, near = labels.starts, {form.line: (form, why) for form, why in colon.near}
    every = labels is colon and starts and len(starts) + len(near) == len(texts.filled)
    if every and all(ends_sentence(lines[at - 1]) for at in near):
        starts, near = (*starts, *(form for form, _ in near.values())), {}
    found_labels = {form.line: replace(form, label=_label(form, starts)) for form in starts}
    return found_labels, tuple(_near(texts, [*near.values()], starts, ""))


def _most_starts(
    lines: TextLines, beside: Mapping[int, UnspokenLine], known: KnownLabels, colon: ColonLabels
) -> tuple[ColonLabels, str]:
    table = rows_in_tabs(lines, beside)
    if table.starts:
        return table, "a table of speakers and words, its cells between tabs"
    candidates = [
        (names_above(lines, beside, known), LabelMark.ABOVE.value),
        (colon, LabelMark.COLON.value),
        (names_alone(lines, beside, known), LabelMark.ALONE.value),
        (other_labels(lines, beside, known), "a label without a colon"),
    ]
    best, layout = max(candidates, key=lambda candidate: len(candidate[0].starts))
    if not best.starts and lines.looks:
        best, layout = questions_by_look(lines), LabelMark.LOOK.value
    return best, layout


def _with_colon_labels(chosen: ColonLabels, colon: ColonLabels, layout: str) -> tuple[Form, ...]:
    """The starts, with lines ``Anna: words`` of somebody who speaks in another layout as well."""
    if layout != LabelMark.ABOVE or not chosen.starts:
        return chosen.starts
    lines, keys = {form.line for form in chosen.starts}, {form.key for form in chosen.starts}
    more = [form for form in colon.starts if form.key in keys and form.line not in lines]
    return tuple(sorted((*chosen.starts, *more), key=lambda form: form.line))


def _label(form: Form, starts: Sequence[Form]) -> str:
    """A label as it is kept: brackets around all labels are the program's, around some they say that a name was
    blanked.
    """
    around_all = all(without_brackets(start.label) != start.label for start in starts)
    return without_brackets(form.label) if around_all else form.label


def _labels_as_kept(starts: Sequence[Form], why: Mapping[str, str]) -> Mapping[str, str]:
    return {_label(form, starts): why.get(form.key, "it speaks elsewhere in the file") for form in starts}


def _beside(lines: TextLines) -> dict[int, UnspokenLine]:
    """The lines that nobody says: those of programs, times on lines of their own, and the numbers of cues."""
    beside = {at: UnspokenLine("the head or foot of a page") for at in page_heads(lines)}
    filled = lines.filled
    for place, at in enumerate(filled):
        plain = lines.texts[at].strip()
        if (
            is_programs_line(plain)
            or is_programs_line(plain[prefix_of(plain, numbers=False).end :])
            or (place and _is_said_again(plain, lines.texts[filled[place - 1]].strip()))
        ):
            beside[at] = UnspokenLine("a program's own line")
        elif (above := _name_above(lines, filled[:place], plain)) is not None:
            beside[above] = UnspokenLine("a program's own line")
        elif _RULE.fullmatch(plain):
            beside[at] = UnspokenLine("a line of marks")
        elif len(plain) <= _LONGEST_TIME and (is_time(plain) or is_range(plain)):
            beside[at] = UnspokenLine("a time", *begin_and_end(plain))
            above = filled[place - 1] if place else -1
            if above >= 0 and is_range(plain) and lines.texts[above].strip().isdecimal():
                beside[above] = UnspokenLine("the number of a cue")
    return beside


def _headings(lines: TextLines, starts: Sequence[Form]) -> dict[int, UnspokenLine]:
    """The headings between the turns; none where somebody's words look so."""
    starting = {form.line for form in starts}
    headings = [at for at, looks in lines.looks.items() if HEADING in looks]
    spoken = any(lines.texts[form.line][form.width :].strip() for form in starts if form.line in headings)
    if spoken:
        return {}
    return {
        at: UnspokenLine("a heading")
        for at in headings
        if at not in starting and count_words(lines.texts[at]) <= _MOST_WORDS_OF_HEADING
    }


def _is_said_again(line: str, above: str) -> bool:
    """Does Teams say the name and the time once more ("Anna Lind 0 minutes 3 seconds") below the time alone?"""
    m = _NAME_AND_TIME.fullmatch(line) if is_programs_line(above) else None
    return m is not None and above.startswith(m["time"])


def _name_above(lines: TextLines, filled: Sequence[int], line: str) -> int | None:
    """The line with the name alone, where "Anna Lind 0 minutes 3 seconds" says it again below times alone."""
    m = _NAME_AND_TIME.fullmatch(line)
    if m is None:
        return None
    for at in reversed(filled[-3:]):
        plain = lines.texts[at].strip()
        if plain == line[: m.start("time")].strip() and at != filled[-1]:
            return at
        if not (is_time(plain) or is_programs_line(plain)):
            return None
    return None


def _unlabelled(
    lines: TextLines,
    starts: Sequence[Form],
    head: Mapping[int, object],
    beside: Mapping[int, object],
    known: KnownLabels,
    rules: LabelRules,
) -> bool:
    """Are the lines without a label the participant's: because the study says so, or because only those who ask are
    labelled, and much is said beside them?
    """
    if rules.lines is LineRule.UNLABELLED_ANSWER:
        return True
    asking = {form.key for form in starts if asks(form.label, known.interviewers) or asks_by_word(form.label)}
    asking |= _only_one_who_asks(starts, lines)
    if any(form.mark is not LabelMark.COLON or form.key not in asking for form in starts):
        return False
    labelled = {form.line for form in starts}
    others = [at for at in lines.filled if at not in labelled and at not in head and at not in beside]
    after = [at for at in others if at > starts[0].line]
    return 2 * len(after) >= len(starts)


def _only_one_who_asks(starts: Sequence[Form], lines: TextLines) -> set[str]:
    """The one label of a file, if most of the lines that bear it are questions."""
    keys = {form.key for form in starts}
    asked = sum(asks_something(lines.texts[form.line]) for form in starts)
    return keys if len(keys) == 1 and len(starts) > 1 and asked >= _MOSTLY * len(starts) else set()


def _label_inside(starts: Sequence[Form]) -> re.Pattern[str] | None:
    """A label in the middle of a line: after a sentence, or in brackets or strokes ("(I: Mhm.)")."""
    labels = sorted({form.label for form in starts}, key=len, reverse=True)[:50]
    some = "|".join(map(re.escape, labels))
    longer = "|".join(re.escape(label) for label in labels if len(label) > 1)
    after_a_sentence = rf"(?<=[.?!…]\s)(?:{longer})|" if longer else ""
    return re.compile(rf"(?:{after_a_sentence}(?<=[(\[{{/])(?:{some}))\s?[:：](?=\s)") if labels else None


def _near(
    lines: TextLines, near: Sequence[tuple[Form, str]], starts: Sequence[Form], layout: str
) -> list[Near]:
    """What nearly was a label, each line once, and where a speaker's label stands in the middle of a line."""
    taken = {form.line for form in starts}
    nearly = {
        form.line: Near(form.line, first_words(lines.texts[form.line]), why)
        for form, why in near
        if form.line not in taken
    }
    keys = {form.key for form in starts}
    inside = _label_inside(starts)
    words_from = {form.line: form.width for form in starts}
    for at in lines.filled:
        text = lines.texts[at]
        if at in nearly:
            continue
        if inside is not None and inside.search(text, words_from.get(at, 0)):
            nearly[at] = Near(at, first_words(text), "a speaker's label stands in the middle of it")
        elif at not in taken and layout == LabelMark.ABOVE and folded(name_alone(text)) in keys - {""}:
            nearly[at] = Near(at, first_words(text), "it holds a speaker's name and no time")
    return [nearly[at] for at in sorted(nearly)]
