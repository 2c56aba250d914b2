"""Lines of a document made into turns, their words joined: the layouts are those of ``speaker_labels``, and cues."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from annotations.names import folded
from annotations.readers.account import LeftOut, WordAccount
from annotations.readers.clock import CLOCK, seconds, without_times
from annotations.readers.cues import Cue, turns_of_cues, with_names_above
from annotations.readers.label_forms import LabelMark, ends_sentence
from annotations.readers.label_words import is_programs_line
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules, LineRule
from annotations.readers.line_numbers import NUMBERS_AMONG_WORDS, line_numbers
from annotations.readers.speaker_labels import find_labels
from annotations.readers.speaker_table import rows_of_tabs, turns_of_table
from annotations.readers.text_lines import TextLines
from annotations.readers.turn_pieces import TurnPiece, TurnPieces, account_of, pieces_of
from annotations.readers.words import count_words, first_words
from annotations.transcript import SpokenTurn

_ARROW = re.compile(rf"(?P<begins>{CLOCK}|\d+:\d+:\d+\.\d+)\s*-->\s*(?P<ends>{CLOCK}|\d+:\d+:\d+\.\d+)")
_LONGEST = 100
_HAS_CLOCK = re.compile(r"\d:\d")


def turns_of_lines(
    lines: TextLines, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[list[SpokenTurn], WordAccount]:
    """The turns of lines in one of these layouts, and the account of their words; without any speaker each paragraph
    is a turn without one.
    """
    if rules.lines is not LineRule.NO_SPEAKERS:
        in_blocks = _of_cues(lines, interviewers, rules) or _of_tabs(lines)
        if in_blocks is not None:
            return in_blocks
    labels = find_labels(lines, interviewers, rules)
    pieces = pieces_of(lines, labels)
    spoken, marks = [], 0
    before: float | None = None
    for piece in pieces.turns:
        turn, its = _spoken(piece, lines.texts, before)
        spoken.append(turn)
        marks += its
        before = turn.ends
    if labels.layout == LabelMark.ABOVE and not labels.unlabelled:
        spoken = _merged(spoken)
    account = account_of(
        labels,
        pieces,
        sum(map(count_words, lines.texts)),
        sum(count_words(turn.words) for turn in spoken),
        marks,
    )
    return spoken, _with_doubt_of_numbers(account, pieces, lines)


def _with_doubt_of_numbers(account: WordAccount, pieces: TurnPieces, lines: TextLines) -> WordAccount:
    """The account, with a sentence where a number of a line stands within what somebody says."""
    within = {part.line for turn in pieces.turns for part in turn.parts[1:]}
    numbered = within and within & {place.line for place in line_numbers([lines.texts])}
    return replace(account, doubts=(*account.doubts, NUMBERS_AMONG_WORDS)) if numbered else account


def _spoken(piece: TurnPiece, lines: Sequence[str], before: float | None) -> tuple[SpokenTurn, int]:
    said = " ".join(lines[part.line][part.column : part.end] for part in piece.parts)
    timed = without_times(" ".join(said.split()))
    begins = next((at for at in (piece.at, timed.begins, before) if at is not None), None)
    return SpokenTurn(piece.speaker, timed.words, begins, timed.ends or piece.ends), timed.marks


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


def _of_tabs(lines: TextLines) -> tuple[list[SpokenTurn], WordAccount] | None:
    filled = [line.strip() for line in lines.texts if line.strip()]
    if len(filled) < 2 or sum("\t" in line for line in filled) < 0.6 * len(filled):
        return None
    return turns_of_table(list(rows_of_tabs(lines.texts)))


def _of_cues(
    lines: TextLines, interviewers: Sequence[str], rules: LabelRules
) -> tuple[list[SpokenTurn], WordAccount] | None:
    """Blocks under ``0:0:3.1 --> 0:0:7.2``, with the name on the first line or as a label."""
    at = [(number, m) for number, line in enumerate(lines.texts) if (m := _short(_ARROW, line))]
    if len(at) < 2:
        return None
    first = at[0][0]
    beside = [number for number in lines.filled if number < first or is_programs_line(lines.texts[number])]
    nobody = set(beside)
    marks = sum(count_words(lines.texts[number]) for number, _ in at)
    cues = []
    for (number, m), end in zip(at, [*(number for number, _ in at[1:]), len(lines.texts)], strict=True):
        block = [
            line.strip()
            for n, line in enumerate(lines.texts[number + 1 : end], number + 1)
            if n not in nobody
        ]
        block = [line for line in block if line]
        if len(block) > 1 and block[-1].isdecimal():
            marks += count_words(block.pop())  # it counts the cues, and stands above the next time
        begins, ends = seconds(m["begins"]) or 0.0, seconds(m["ends"]) or 0.0
        cues.append(Cue(begins, max(begins, ends), tuple(block)))
    named, names = with_names_above(cues)
    spoken, account = turns_of_cues(named, interviewers, rules)
    left_out = tuple(
        LeftOut(f"line {number + 1}", "before the first cue" if number < first else "a program's own line",
                count_words(lines.texts[number]), first_words(lines.texts[number]))
        for number in beside
    )  # fmt: skip
    return spoken, replace(
        account,
        words_in=sum(map(count_words, lines.texts)),
        marks=account.marks + marks + names,
        left_out=(*left_out, *account.left_out),
        before_first=sum(count_words(lines.texts[number]) for number in beside if number < first),
    )


def _short(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """A short line with a time in it that is all of the pattern."""
    return pattern.fullmatch(line.strip()) if len(line) <= _LONGEST and _HAS_CLOCK.search(line) else None
