"""Plain text: lines ``SPEAKER: words``. The decoded file is itself the canonical text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotations.errors import BadInput
from annotations.names import folded
from annotations.readers.clock import IN_WORDS, seconds
from annotations.readers.decoding import decode_text
from annotations.readers.line_layouts import TIMED_LABEL, names_above
from annotations.readers.spoken import LABEL, ReadTranscript
from annotations.transcript import Role, Span, Turn, roles_of

_FIRST = re.compile(rf"{IN_WORDS}\s*")
_LAST = re.compile(rf"\s*{IN_WORDS}$")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class _Start:
    """A line that starts a turn: who speaks, how wide the label is after the indent, and when."""

    speaker: str
    width: int
    at: float | None = None


@dataclass(slots=True)
class _Found:
    speaker: str
    start: int
    end: int
    begins: float | None = None
    ends: float | None = None


def read_text(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """A .txt or .md file: one transcript.

    Every labelled line is a turn; a line without a label goes on with the turn; blank lines are ignored. A
    file without any label is a document: each paragraph is a turn without a speaker.
    """
    text, warnings = decode_text(content, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    turns, more = in_place(text, interviewers)
    if not turns:
        raise BadInput(f"{file} holds no words to code: no line has any after its label. Check the file.")
    return (ReadTranscript(name, text, turns, file, "text", warnings=(*warnings, *more)),)


def in_place(text: str, interviewers: Sequence[str]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """The turns of a text in this layout, where they stand, and what to warn of.

    A time code before a label, or at the beginning or the end of a turn's words, is its time and none of its
    words. Where most turns start with a name and a time (``[00:12] Anna: words``, or ``Anna  0:12`` above the
    words), these are the labels.
    """
    warnings: list[str] = []
    lines = text.split("\n")
    starts = _starts(lines, interviewers)
    found = [_trimmed(one, text) for one in _labelled(lines, starts, warnings)] or list(_paragraphs(text))
    for before, one in pairwise(found):
        one.begins = before.ends if one.begins is None else one.begins
    roles = roles_of([one.speaker for one in found], interviewers)
    turns = [
        Turn(
            index,
            one.speaker,
            roles[one.speaker] if one.speaker else Role.PARTICIPANT,
            Span(one.start, one.end),
            one.begins,
            one.ends,
        )
        for index, one in enumerate(found)
        if one.end > one.start
    ]
    return tuple(turns), tuple(warnings)


def _starts(lines: Sequence[str], interviewers: Sequence[str]) -> dict[int, _Start]:
    """Where turns start, by the number of the line: plain labels, unless a program's layout is more frequent."""
    plain = {
        number: _Start(" ".join(label["label"].split()), label.end())
        for number, line in enumerate(lines)
        if line.strip() and (label := LABEL.match(line.lstrip())) is not None
    }
    timed = {
        number: _Start(" ".join(label["label"].split()), time.end() + label.end(), seconds(time["time"]))
        for number, line in enumerate(lines)
        if (time := TIMED_LABEL.match(line.lstrip())) is not None
        and (label := LABEL.match(line.lstrip()[time.end() :])) is not None
    }
    if len(timed) >= 2 and len(timed) > len(plain):
        speakers = {folded(start.speaker) for start in timed.values()}
        return {**{at: one for at, one in plain.items() if folded(one.speaker) in speakers}, **timed}
    above = list(names_above(lines, interviewers))
    if len(above) > len(plain):
        return {one.line: _Start(one.speaker, len(lines[one.line].strip()), one.at) for one in above}
    return plain


def _labelled(lines: Sequence[str], starts: Mapping[int, _Start], warnings: list[str]) -> Iterator[_Found]:
    """Turns of labelled lines. One without words keeps its number, so that turns count as people count them."""
    current: _Found | None = None
    before: list[int] = []
    at = 0
    for number, line in enumerate(lines):
        start = starts.get(number)
        indent = len(line) - len(line.lstrip())
        if start is not None:
            if current is not None:
                yield current
            words = line[indent + start.width :]
            begin = at + indent + start.width + len(words) - len(words.lstrip())
            current = _Found(start.speaker, begin, begin + len(words.strip()), start.at)
            if not words.strip():
                # its words may follow on the next lines
                current.start = current.end = -1
        elif line.strip():
            if current is None:
                before.append(number + 1)
            else:
                current.start = at + indent if current.start < 0 else current.start
                current.end = at + len(line.rstrip())
        at += len(line) + 1
    if current is None:
        return
    yield current
    if before:
        warnings.append(f"{_lines(before)} before the first speaker, and are no part of any turn.")


def _trimmed(one: _Found, text: str) -> _Found:
    """A turn whose words do not begin or end with a time code; the codes are its times."""
    words = text[one.start : one.end] if one.end > one.start else ""
    if (first := _FIRST.match(words)) is not None:
        one.start += first.end()
        one.begins = seconds(first[0]) if one.begins is None else one.begins
    last = _LAST.search(text, max(one.start, one.end - _LONGEST, 0), max(one.end, 0))
    if last is not None and words:
        one.end = one.start + len(text[one.start : last.start()].rstrip())
        one.ends = seconds(last[0])
    return one


def _paragraphs(text: str) -> Iterator[_Found]:
    for paragraph in re.finditer(r"\S(?:.*\S)?(?:\n[^\S\n]*\S.*)*", text):
        yield _Found("", paragraph.start(), paragraph.start() + len(paragraph.group().rstrip()))


def _lines(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"the words in line {numbers[0]} stand"
    return f"the words in lines {numbers[0]} to {numbers[-1]} stand"
