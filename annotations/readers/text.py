"""Plain text: lines ``SPEAKER: words`` and the layouts of programs. The decoded file is itself the canonical text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from annotations.decoding import decode_text
from annotations.errors import BadInput
from annotations.readers.account import WordAccount
from annotations.readers.clock import IN_WORDS, seconds
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.line_numbers import NUMBERS_AMONG_WORDS, line_numbers
from annotations.readers.speaker_labels import FoundLabels, find_labels
from annotations.readers.spoken import ReadTranscript
from annotations.readers.text_lines import lines_of_text
from annotations.readers.turn_pieces import SpokenPart, TurnPiece, TurnPieces, account_of, pieces_of
from annotations.readers.words import count_words
from annotations.transcript import Role, Span, Turn, roles_of

_FIRST = re.compile(rf"{IN_WORDS}\s*")
_LAST = re.compile(rf"\s*{IN_WORDS}$")
_LONGEST = 40


@dataclass(slots=True)
class _PlacedLine:
    speaker: str
    start: int
    end: int
    begins: float | None = None
    ends: float | None = None
    marks: int = 0


def read_text(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .txt or .md file: one transcript.

    Every labelled line is a turn; a line without a label goes on with the turn; blank lines are ignored. A
    file without any label is a document: each paragraph is a turn without a speaker.
    """
    text, warnings = decode_text(content, file)
    _refuse_another_format(text, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    turns, account = in_place(text, interviewers, rules)
    if not turns:
        raise BadInput(f"{file} holds no words to code: no line has any after its label. Check the file.")
    if _numbers_among_words(text, turns):
        warnings = (*warnings, NUMBERS_AMONG_WORDS)
    return (ReadTranscript(name, text, turns, file, "text", warnings=warnings, account=account),)


def _refuse_another_format(text: str, file: str) -> None:
    """Rich text or a web page that somebody called .txt: its marks would be words."""
    begins = text[:200].lstrip().casefold()
    for signs, what, ending in (
        (("{\\rtf",), "rich text", ".rtf"),
        (("<!doctype html", "<html"), "a web page", ".html"),
    ):
        if begins.startswith(signs):
            raise BadInput(f"{file} is {what} and no plain text. Give it the ending {ending}.")


def _numbers_among_words(text: str, turns: Sequence[Turn]) -> bool:
    """Does a number of a line stand within what somebody says?"""
    lines = lines_of_text(text).texts
    numbered = [place.line for place in line_numbers([lines])]
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    starts = [turn.span.start for turn in turns]
    for line in numbered:
        at = bisect_right(starts, offsets[line]) - 1
        if at >= 0 and turns[at].span.start < offsets[line] < turns[at].span.end:
            return True
    return False


def in_place(
    text: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[tuple[Turn, ...], WordAccount]:
    """The turns of a text where they stand, and the account of its words.

    A time code before a label, or at the beginning or the end of a turn's words, is its time and none of its
    words. Where a line that nobody says stands within a turn, the turn ends there and goes on as another.
    """
    lines = lines_of_text(text)
    labels = find_labels(lines, interviewers, rules)
    pieces = pieces_of(lines, labels)
    offsets = [0, *accumulate(len(line) + 1 for line in lines.texts)]
    placed = [
        _trimmed(place_of_piece, text)
        for piece in pieces.turns
        for place_of_piece in _spans(piece, lines.texts, offsets)
    ]
    for before, later in pairwise(placed):
        later.begins = before.ends if later.begins is None else later.begins
    roles = roles_of([line.speaker for line in placed], interviewers)
    turns = tuple(
        Turn(
            index,
            line.speaker,
            roles[line.speaker] if line.speaker else Role.PARTICIPANT,
            Span(line.start, line.end),
            line.begins,
            line.ends,
        )
        for index, line in enumerate(placed)
        if line.end > line.start
    )
    return turns, _account(text, turns, labels, pieces, sum(line.marks for line in placed))


def _spans(piece: TurnPiece, lines: Sequence[str], offsets: Sequence[int]) -> Iterator[_PlacedLine]:
    """A piece as places in the text: one, or more where a line that nobody says stands within it."""
    runs: list[list[SpokenPart]] = [[]]
    for part in piece.parts:
        if part.apart:
            runs.append([])
        runs[-1].append(part)
    for at, run in enumerate(runs):
        if not run:
            yield _PlacedLine(piece.speaker, 0, 0, piece.at, piece.ends)
            continue
        first, last = run[0], run[-1]
        begins, ends = (piece.at, piece.ends) if at == 0 else (first.at, first.ends)
        end = offsets[last.line] + (len(lines[last.line].rstrip()) if last.end is None else last.end)
        yield _PlacedLine(piece.speaker, offsets[first.line] + first.column, end, begins, ends)


def _trimmed(line: _PlacedLine, text: str) -> _PlacedLine:
    """A turn whose words do not begin or end with a time code; the codes are its times."""
    words = text[line.start : line.end] if line.end > line.start else ""
    if (first := _FIRST.match(words)) is not None and (at := seconds(first[0])) is not None:
        line.start += first.end()
        line.marks += count_words(first[0])
        line.begins = at if line.begins is None else line.begins
    last = _LAST.search(text, max(line.start, line.end - _LONGEST, 0), max(line.end, 0))
    if last is not None and words and (at := seconds(last[0])) is not None:
        line.end = line.start + len(text[line.start : last.start()].rstrip())
        line.marks += count_words(last[0])
        line.ends = at
    said = text[line.start : line.end]
    line.start += len(said) - len(said.lstrip())
    line.end -= len(said) - len(said.rstrip())
    return line


def _account(
    text: str, turns: Sequence[Turn], labels: FoundLabels, pieces: TurnPieces, more_marks: int
) -> WordAccount:
    return account_of(
        labels, pieces, count_words(text), sum(count_words(turn.span.of(text)) for turn in turns), more_marks
    )
