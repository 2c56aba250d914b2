"""The lines of a file in turns: which line belongs to whom, and which to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from annotations.readers.account import LeftOut, NearLabel, WordAccount
from annotations.readers.label_forms import Form, ends_sentence
from annotations.readers.speaker_labels import FoundLabels
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words, first_words


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """A line, or the rest of it, that is said: its number, where the words begin, and the time that stood above it.

    ``apart``: does a line that nobody says stand between it and the part before? ``end``: where the words end, if not
    with the line.
    """

    line: int
    column: int
    at: float | None = None
    ends: float | None = None
    apart: bool = False
    end: int | None = None


@dataclass(slots=True)
class TurnPiece:
    """What one speaker says until the next begins; ``labelled``: does a line name the speaker?"""

    speaker: str
    labelled: bool
    at: float | None = None
    ends: float | None = None
    parts: list[SpokenPart] = field(default_factory=list)


@dataclass(slots=True)
class TurnPieces:
    """The turns of a file as lines, the words of nobody, and how many words are labels, times and numbers."""

    turns: list[TurnPiece] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    marks: int = 0
    before_first: int = 0


def pieces_of(lines: TextLines, labels: FoundLabels) -> TurnPieces:
    """Every line with words, in the turn it belongs to; without any label each paragraph is a turn."""
    walk = _Walk(lines, labels)
    for at in lines.filled:
        walk.take(at)
    return walk.pieces


def account_of(
    labels: FoundLabels, pieces: TurnPieces, words_in: int, kept: int, more_marks: int
) -> WordAccount:
    """The account of lines: what was found, what became of each line, and the words counted on both sides."""
    return WordAccount(
        words_in=words_in,
        kept=kept,
        marks=pieces.marks + more_marks,
        left_out=tuple(pieces.left_out),
        near=tuple(NearLabel(form.line + 1, form.begins, form.why) for form in labels.near),
        layout=labels.layout,
        speakers=labels.speakers,
        before_first=pieces.before_first,
        unlabelled=labels.unlabelled,
    )


class _Walk:
    def __init__(self, lines: TextLines, labels: FoundLabels) -> None:
        self.pieces = TurnPieces()
        self._lines, self._found = lines, labels
        self._starts = {form.line: form for form in labels.starts}
        self._paragraphs = labels.unlabelled or not labels.starts
        self._time: tuple[float | None, float | None] = (None, None)
        self._apart = False
        self._last = -1

    def take(self, at: int) -> None:
        form = self._starts.get(at)
        if form is not None:
            self._start(form)
        elif at in self._found.beside:
            self._nobody(at)
        else:
            self._words(at)

    def _start(self, form: Form) -> None:
        line = self._lines.texts[form.line]
        begins, ends = self._time if form.at is None else (form.at, form.ends)
        piece = TurnPiece(form.label, True, begins, ends)
        self._time, self._apart = (None, None), False
        self.pieces.marks += count_words(line[: form.width])
        if form.end is not None:
            self.pieces.marks += count_words(line[form.end :])
        if line[form.width : form.end].strip():
            piece.parts.append(SpokenPart(form.line, form.width, end=form.end))
        self.pieces.turns.append(piece)
        self._last = form.line

    def _nobody(self, at: int) -> None:
        beside, line = self._found.beside[at], self._lines.texts[at]
        if beside.at is not None:
            self._time = (beside.at, beside.ends)
        if beside.at is not None or beside.why == "the number of a cue":
            self.pieces.marks += count_words(line)
        else:
            self._leave(at, beside.why)
        self._apart = True

    def _leave(self, at: int, why: str) -> None:
        line = self._lines.texts[at]
        words = count_words(line)
        self.pieces.left_out.append(LeftOut(f"line {at + 1}", why, words, first_words(line)))
        if not self.pieces.turns:
            self.pieces.before_first += words

    def _words(self, at: int) -> None:
        turns = self.pieces.turns
        if not turns and not self._paragraphs:
            self._leave(at, "before the first speaker")
            return
        if not turns or (self._paragraphs and self._begins_a_turn(at, turns)):
            turns.append(TurnPiece("", False, *self._time))
            self._time, self._apart = (None, None), False
        line = self._lines.texts[at]
        indent = len(line) - len(line.lstrip())
        turns[-1].parts.append(
            SpokenPart(at, indent, *self._time, apart=self._apart and bool(turns[-1].parts))
        )
        if not turns[-1].parts[1:] and turns[-1].at is None:
            turns[-1].at, turns[-1].ends = self._time
        self._time, self._apart = (None, None), False
        self._last = at

    def _begins_a_turn(self, at: int, turns: Sequence[TurnPiece]) -> bool:
        """Does a line without a label begin a turn where such lines are turns of their own?"""
        if turns[-1].labelled and turns[-1].speaker:
            if not turns[-1].parts:
                return False
            before, line = self._lines.texts[self._last], self._lines.texts[at].lstrip()
            return at in self._lines.opens or ends_sentence(before) or not line[:1].islower()
        return at in self._lines.opens or self._apart
