"""Timed cues, as subtitles have them, made into turns: a cue breaks where a line is full, not where a thought ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from annotations.names import folded
from annotations.readers.account import LeftOut, NearLabel, WordAccount
from annotations.readers.label_forms import ends_sentence, name_alone, without_brackets
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.speaker_labels import speakers_among
from annotations.readers.spoken import label_of, one_line
from annotations.readers.words import count_words, first_words
from annotations.transcript import SpokenTurn

_PAUSE = 2.0
_CHANGE = re.compile(r"^\s*(?:>>+|[-–—])\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue, or one voice of it: its times in seconds, the voice if a tag names it, and its lines."""

    begins: float
    ends: float
    lines: tuple[str, ...]
    voice: str = ""


@dataclass(frozen=True, slots=True)
class _CuePiece:
    begins: float
    ends: float
    speaker: str
    words: str
    changes: bool


@dataclass(slots=True)
class _UncountedLines:
    """What of the cues' lines is no part of a turn: labels, and lines that are shown twice."""

    marks: int = 0
    twice: list[str] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    near: tuple[NearLabel, ...] = ()


def turns_of_cues(
    cues: Sequence[Cue], interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[list[SpokenTurn], WordAccount]:
    """Cues of one speaker in a row are one turn. Where no cue names a speaker, a turn ends with its sentence. And the
    account of the words in their lines.
    """
    counted = _UncountedLines()
    pieces = list(_pieces(cues, interviewers, rules, counted))
    named = any(piece.speaker for piece in pieces)
    turns: list[SpokenTurn] = []
    words: list[str] = []
    for at, piece in enumerate(pieces):
        goes_on = at > 0 and (_same_speaker if named else _same_sentence)(pieces[at - 1], piece, turns)
        if goes_on:
            words.append(piece.words)
            turns[-1] = replace(turns[-1], ends=piece.ends)
        else:
            if turns:
                turns[-1] = _with_words(turns[-1], words)
            turns.append(SpokenTurn(piece.speaker, "", piece.begins, piece.ends))
            words = [piece.words]
    if turns:
        turns[-1] = _with_words(turns[-1], words)
    return turns, _account(cues, turns, counted, named)


def _account(
    cues: Sequence[Cue], turns: Sequence[SpokenTurn], counted: _UncountedLines, named: bool
) -> WordAccount:
    twice = sum(map(count_words, counted.twice))
    return WordAccount(
        words_in=sum(count_words(line) for cue in cues for line in cue.lines),
        kept=sum(count_words(turn.words) for turn in turns),
        marks=counted.marks,
        left_out=(
            (LeftOut("cues", "shown twice while captions roll", twice, first_words(counted.twice[0])),)
            if twice
            else ()
        ),
        layout="timed cues with speakers" if named else "timed cues without speakers",
        speakers=counted.why,
        near=counted.near,
    )


def _with_words(turn: SpokenTurn, words: Sequence[str]) -> SpokenTurn:
    return replace(turn, words=" ".join(filter(None, words)))


def _same_speaker(_before: _CuePiece, piece: _CuePiece, turns: Sequence[SpokenTurn]) -> bool:
    return not piece.speaker or folded(piece.speaker) == folded(turns[-1].speaker)


def _same_sentence(before: _CuePiece, piece: _CuePiece, _turns: Sequence[SpokenTurn]) -> bool:
    paused = piece.begins - before.ends >= _PAUSE
    return not (piece.changes or paused or ends_sentence(before.words))


def _pieces(
    cues: Sequence[Cue], interviewers: Sequence[str], rules: LabelRules, counted: _UncountedLines
) -> Iterator[_CuePiece]:
    """The cues' lines, each with its speaker; what is shown twice while captions roll is kept once."""
    shown = [(cue, line) for cue in _unrolled(cues, counted) for line in cue.lines if line.strip()]
    voiced = any(cue.voice for cue, _ in shown)
    plain = [_CHANGE.sub("", line) for _, line in shown]
    labels, near = ({}, ()) if voiced else speakers_among(plain, interviewers, rules)
    counted.near = tuple(NearLabel(label.line + 1, label.begins, label.why) for label in near)
    for at, ((cue, line), words) in enumerate(zip(shown, plain, strict=True)):
        label = labels.get(at)
        if label is not None:
            counted.marks += count_words(words[: label.width])
            counted.why.setdefault(label.label, "its label stands before the words of cues")
            yield _CuePiece(cue.begins, cue.ends, label.label, one_line(words[label.width :]), words != line)
            continue
        said = one_line(line if cue.voice else words)
        if cue.voice:
            counted.why.setdefault(cue.voice, "the cues name it")
        if said or cue.voice:
            yield _CuePiece(cue.begins, cue.ends, cue.voice, said, words != line)


def with_names_above(cues: Sequence[Cue]) -> tuple[list[Cue], int]:
    """Cues whose first line is the speaker's name, with it as their voice, and how many words these names have.

    Only where nearly every cue has one, and the names come again.
    """
    bare = [cue for cue in cues if not cue.voice]
    named = Counter(folded(cue.lines[0]) for cue in bare if len(cue.lines) > 1 and name_alone(cue.lines[0]))
    few = len(named) <= max(2, len(cues) / 2)
    if not bare or not few or sum(named.values()) < 0.8 * len(cues):
        return list(cues), 0
    lines = [cue.lines[0] for cue in bare if len(cue.lines) > 1 and folded(cue.lines[0]) in named]
    # brackets around every name are the program's
    plain = without_brackets if all(without_brackets(line) != line.strip() for line in lines) else str
    cues_named, marks = [], 0
    for cue in cues:
        has_name = not cue.voice and len(cue.lines) > 1 and folded(cue.lines[0]) in named
        marks += count_words(cue.lines[0]) if has_name else 0
        cues_named.append(
            replace(cue, voice=label_of(plain(cue.lines[0])), lines=cue.lines[1:]) if has_name else cue
        )
    return cues_named, marks


def _unrolled(cues: Sequence[Cue], counted: _UncountedLines) -> Iterator[Cue]:
    before: Cue | None = None
    for cue in cues:
        lines = cue.lines
        if (
            before is not None
            and before.lines
            and cue.begins <= before.ends + 0.05
            and before.voice == cue.voice
        ):
            rolls = len(lines) > 1 and lines[0].strip() == before.lines[-1].strip()
            lingers = lines == before.lines[-1:] and cue.ends - cue.begins < 0.05
            if rolls or lingers:
                counted.twice.append(lines[0])
                lines = lines[1:]
        if lines:
            before = cue
            yield Cue(cue.begins, cue.ends, lines, cue.voice)
