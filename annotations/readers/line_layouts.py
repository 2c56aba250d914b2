"""Lines of a transcript as programs and people lay them out, made into turns.

======================  =====================================================================
Word, by hand           ``Anna: words``, also with a time before the name or after the colon
Teams                   ``Anna Lind   0:03`` above the words; earlier ``0:0:3.1 --> 0:0:7.2`` and the name
Otter                   ``Anna Lind  0:03`` above the words
Rev                     ``Anna Lind (00:03):`` above the words
Word's own, Trint       ``00:00:03 Anna Lind`` above the words, or ``[00:00:03] Anna: words``
Zoom                    ``[Anna Lind] 14:00:03`` above the words
f4                      ``Anna: words #00:00:03-1#``
by tabs                 ``Anna<TAB>words``
======================  =====================================================================
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.names import folded
from annotations.readers.clock import CLEAR, MARKED, seconds, without_times
from annotations.readers.cues import Cue, turns_of_cues
from annotations.readers.speaker_labels import ends_sentence, speakers_among
from annotations.readers.speaker_table import rows_of_tabs, turns_of_table
from annotations.readers.spoken import INVISIBLE, LABEL, label_of
from annotations.transcript import SpokenTurn

_NAME = rf"[{INVISIBLE}]*(?P<label>[^\W\d_][^:\n\t]{{0,39}}?)"
_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_ABOVE = (
    re.compile(rf"{_NAME}[\s,–-]*(?P<time>{MARKED})\s*:?"),
    re.compile(rf"{_NAME}(?:\s{{2,}}|\t|\s+[-–|·]\s+)(?P<time>{_CLOCK})\s*:?"),
    re.compile(r"\[(?P<label>[^\W\d_][^\]:\n]{0,39})\]\s+(?P<time>\d{1,2}:\d{2}:\d{2})"),
)
_BARE_ABOVE = re.compile(rf"{_NAME}\s(?P<time>{_CLOCK})")
_BELOW_TIME = re.compile(rf"(?P<time>{CLEAR})[\s–-]+(?P<label>[^\W\d_][^:.?!\n\t]{{0,39}})")
TIMED_LABEL = re.compile(rf"(?P<time>{CLEAR})[\s–-]*(?={_NAME}[ \u00a0{INVISIBLE}]*:)")
_ARROW = re.compile(rf"(?P<begins>{_CLOCK}|\d+:\d+:\d+\.\d+)\s*-->\s*(?P<ends>{_CLOCK}|\d+:\d+:\d+\.\d+)")
_PROGRAMS = re.compile(
    r"(?:transcribed by https?://\S+|.{1,60} (?:started|stopped) transcription)\W*", re.IGNORECASE
)
_MOST_WORDS = 5
_LONGEST = 100  # a line with a name and a time is not longer
_HAS_CLOCK = re.compile(r"\d:\d")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a turn starts: the line's number, who speaks, what the line says of it, and when."""

    line: int
    speaker: str
    words: str
    at: float | None


def turns_of_lines(lines: Sequence[str], interviewers: Sequence[str]) -> tuple[list[SpokenTurn], int]:
    """The turns of lines in one of these layouts, and how many lines with words stand before the first.

    No turns for a text without speakers.
    """
    kept = [line for line in lines if len(line) > _LONGEST or not _PROGRAMS.fullmatch(line.strip())]
    cues = _cues(kept)
    if cues:
        return turns_of_cues(cues, interviewers), 0
    above = list(names_above(kept, interviewers))
    if above:
        return _merged(list(_turns(kept, above))), _before(kept, above)
    tabbed = _tabbed(kept)
    if tabbed:
        return tabbed, 0
    starts = list(_labelled(kept, interviewers))
    starts = starts or list(_names_alone(kept))
    return (list(_turns(kept, starts)), _before(kept, starts)) if starts else ([], 0)


def _before(lines: Sequence[str], starts: Sequence[Start]) -> int:
    return sum(1 for line in lines[: starts[0].line] if line.strip())


def _turns(lines: Sequence[str], starts: Sequence[Start]) -> Iterator[SpokenTurn]:
    ends = [start.line for start in starts[1:]] + [len(lines)]
    before: float | None = None
    for start, end in zip(starts, ends, strict=True):
        said = " ".join([start.words, *lines[start.line + 1 : end]])
        timed = without_times(" ".join(said.split()))
        begins = next((at for at in (start.at, timed.begins, before) if at is not None), None)
        yield SpokenTurn(start.speaker, timed.words, begins, timed.ends)
        before = timed.ends


def _merged(turns: Sequence[SpokenTurn]) -> list[SpokenTurn]:
    """A program starts a new block wherever it likes; one that goes on with the sentence is the same turn."""
    merged: list[SpokenTurn] = []
    for turn in turns:
        last = merged[-1] if merged else None
        if last and folded(last.speaker) == folded(turn.speaker) and not ends_sentence(last.words):
            merged[-1] = SpokenTurn(last.speaker, f"{last.words} {turn.words}", last.begins, turn.ends)
        else:
            merged.append(turn)
    return merged


def _labelled(lines: Sequence[str], interviewers: Sequence[str]) -> Iterator[Start]:
    """``Anna: words``, with or without a time before the name."""
    timed = [TIMED_LABEL.match(line.strip()) for line in lines]
    plain = [line.strip()[m.end() :] if m else line for line, m in zip(lines, timed, strict=True)]
    speakers = speakers_among(plain, interviewers)
    for number, (line, time) in enumerate(zip(plain, timed, strict=True)):
        label = LABEL.match(line.strip())
        if label is not None and folded(label_of(label["label"])) in speakers:
            at = seconds(time["time"]) if time else None
            yield Start(number, label_of(label["label"]), line.strip()[label.end() :], at)


def _names_alone(lines: Sequence[str]) -> Iterator[Start]:
    """A name on a line of its own, the words below: only if at least two names come again and take turns."""
    filled = [(number, line.strip()) for number, line in enumerate(lines) if line.strip()]
    named = [(number, line) for number, line in filled if _is_name(line)]
    counted = Counter(folded(line) for _, line in named)
    names = {key for key, count in counted.items() if count > 1}
    starts = [(number, line) for number, line in named if folded(line) in names]
    if len(names) < 2 or 4 * len(starts) < len(filled):
        return
    places = {number for number, _ in starts}
    words_below = [
        at
        for at, (number, _) in enumerate(filled[:-1])
        if number in places and filled[at + 1][0] not in places
    ]
    if len(words_below) == len(starts):
        for number, line in starts:
            yield Start(number, label_of(line), "", None)


def names_above(lines: Sequence[str], interviewers: Sequence[str]) -> Iterator[Start]:
    """A name and a time on a line of their own, the words below."""
    found = [
        (number, m) for number, line in enumerate(lines) if (m := _name_and_time(line.strip())) is not None
    ]
    if len(found) < 2:
        found = _time_and_name(lines)
    if len(found) < 2:
        found = _bare_above(lines)
    counted = Counter(folded(label_of(m["label"])) for _, m in found)
    listed = {folded(name) for name in interviewers}
    if len(found) < 2 or not (len(counted) < len(found) or len(counted) == 2 or listed & set(counted)):
        return
    for number, m in found:
        yield Start(number, label_of(m["label"]), "", seconds(m["time"]))


def _name_and_time(line: str) -> re.Match[str] | None:
    if len(line) > _LONGEST or not _HAS_CLOCK.search(line):
        return None
    for pattern in _ABOVE:
        m = pattern.fullmatch(line)
        if m is not None and seconds(m["time"]) is not None and len(m["label"].split()) <= _MOST_WORDS:
            return m
    return None


def _short(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """A short line with a time in it that is all of the pattern."""
    return pattern.fullmatch(line.strip()) if len(line) <= _LONGEST and _HAS_CLOCK.search(line) else None


def _time_and_name(lines: Sequence[str]) -> list[tuple[int, re.Match[str]]]:
    """``00:00:03 Anna Lind`` only where words stand below nearly every such line, and names come again."""
    found = [(number, m) for number, line in enumerate(lines) if (m := _short(_BELOW_TIME, line))]
    with_words = [
        (number, m)
        for number, m in found
        if len(m["label"].split()) <= _MOST_WORDS and _next_is_words(lines, number)
    ]
    return with_words if len(with_words) >= 0.8 * len(found) else []


def _next_is_words(lines: Sequence[str], number: int) -> bool:
    below = next((line.strip() for line in lines[number + 1 : number + 3] if line.strip()), "")
    return bool(below) and _BELOW_TIME.fullmatch(below) is None and re.match(CLEAR, below) is None


def _bare_above(lines: Sequence[str]) -> list[tuple[int, re.Match[str]]]:
    """``Anna 0:03`` only where the name comes again: "We met at 10:30" is a sentence."""
    found = [(number, m) for number, line in enumerate(lines) if (m := _short(_BARE_ABOVE, line))]
    counted = Counter(folded(m["label"]) for _, m in found)
    return [
        (number, m)
        for number, m in found
        if counted[folded(m["label"])] > 1 and len(m["label"].split()) <= _MOST_WORDS
    ]


def _tabbed(lines: Sequence[str]) -> list[SpokenTurn] | None:
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) < 2 or sum("\t" in line for line in filled) < 0.6 * len(filled):
        return None
    return turns_of_table(list(rows_of_tabs(lines)))


def _cues(lines: Sequence[str]) -> list[Cue]:
    """Blocks under ``0:0:3.1 --> 0:0:7.2``, with the name on the first line or as a label."""
    at = [(number, m) for number, line in enumerate(lines) if (m := _short(_ARROW, line))]
    ends = [*(number for number, _ in at[1:]), *([len(lines)] if at else [])]
    blocks = [
        (m, [line.strip() for line in lines[number + 1 : end] if line.strip()])
        for (number, m), end in zip(at, ends, strict=True)
    ]
    # a number that counts the cues stands above the next time
    blocks = [
        (m, block[:-1] if block and block[-1].isdecimal() and len(block) > 1 else block)
        for m, block in blocks
    ]
    named = Counter(folded(block[0]) for _, block in blocks if len(block) > 1 and _is_name(block[0]))
    alone = sum(named.values()) >= 0.8 * len(blocks) and len(named) <= max(2, len(blocks) / 2)
    cues = []
    for m, block in blocks:
        name = alone and len(block) > 1 and folded(block[0]) in named
        begins, ends_at = seconds(m["begins"]) or 0.0, seconds(m["ends"]) or 0.0
        words = tuple(block[1:] if name else block)
        cues.append(Cue(begins, max(begins, ends_at), words, label_of(block[0]) if name else ""))
    return cues


def _is_name(line: str) -> bool:
    return (
        line[:1].isalpha()
        and len(line) <= 40
        and len(line.split()) <= _MOST_WORDS
        and not ends_sentence(line)
        and LABEL.match(line) is None
    )
