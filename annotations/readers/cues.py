"""Timed cues, as subtitles have them, made into turns: a cue breaks where a line is full, not where a thought ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotations.names import folded
from annotations.readers.speaker_labels import ends_sentence, speakers_among
from annotations.readers.spoken import LABEL, label_of, one_line
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
class _Piece:
    begins: float
    ends: float
    speaker: str
    words: str
    changes: bool


def turns_of_cues(cues: Sequence[Cue], interviewers: Sequence[str]) -> list[SpokenTurn]:
    """Cues of one speaker in a row are one turn. Where no cue names a speaker, a turn ends with its sentence."""
    pieces = list(_pieces(cues, interviewers))
    named = any(piece.speaker for piece in pieces)
    turns: list[SpokenTurn] = []
    words: list[str] = []
    for at, piece in enumerate(pieces):
        goes_on = at > 0 and (_same_speaker if named else _same_sentence)(pieces[at - 1], piece, turns)
        if goes_on:
            words.append(piece.words)
            turns[-1] = SpokenTurn(turns[-1].speaker, "", turns[-1].begins, piece.ends)
        else:
            if turns:
                turns[-1] = _with_words(turns[-1], words)
            turns.append(SpokenTurn(piece.speaker, "", piece.begins, piece.ends))
            words = [piece.words]
    if turns:
        turns[-1] = _with_words(turns[-1], words)
    return turns


def _with_words(turn: SpokenTurn, words: Sequence[str]) -> SpokenTurn:
    return SpokenTurn(turn.speaker, " ".join(filter(None, words)), turn.begins, turn.ends)


def _same_speaker(_before: _Piece, piece: _Piece, turns: Sequence[SpokenTurn]) -> bool:
    return not piece.speaker or folded(piece.speaker) == folded(turns[-1].speaker)


def _same_sentence(before: _Piece, piece: _Piece, _turns: Sequence[SpokenTurn]) -> bool:
    paused = piece.begins - before.ends >= _PAUSE
    return not (piece.changes or paused or ends_sentence(before.words))


def _pieces(cues: Sequence[Cue], interviewers: Sequence[str]) -> Iterator[_Piece]:
    """The cues' lines, each with its speaker; what is shown twice while captions roll is kept once."""
    shown = [(cue, line) for cue in _unrolled(cues) for line in cue.lines if line.strip()]
    voiced = any(cue.voice for cue, _ in shown)
    plain = [_CHANGE.sub("", line) for _, line in shown]
    speakers = frozenset[str]() if voiced else speakers_among(plain, interviewers)
    for (cue, line), words in zip(shown, plain, strict=True):
        label = LABEL.match(words) if not cue.voice else None
        known = label is not None and folded(label_of(label["label"])) in speakers
        speaker = label_of(label["label"]) if known and label else cue.voice
        said = one_line(words[label.end() :] if known and label else (line if cue.voice else words))
        if said or speaker:
            yield _Piece(cue.begins, cue.ends, speaker, said, words != line)


def _unrolled(cues: Sequence[Cue]) -> Iterator[Cue]:
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
                lines = lines[1:]
        if lines:
            before = cue
            yield Cue(cue.begins, cue.ends, lines, cue.voice)
