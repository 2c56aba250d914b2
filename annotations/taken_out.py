"""Which words a correction took out of a text, without saying what they were: by their place, for a text that comes back.

A backup from before the correction still holds them. Here stand the places of the parts that stayed and a hash of these
parts alone, so the text is known again, and its words can be taken out of it a second time, while nobody can find out
from this what they were.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from annotations.errors import BadInput
from annotations.text_changes import TextChanges
from annotations.transcript import Span, Transcript

BLANKED = "[…]"
_GONE = re.compile(r"\S+(?:[ \t]+\S+)*")
Part = tuple[
    int, int, int
]  # where it begins, where it stands in the corrected text, its length (code points)


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A text that held the words: its ``length``, the parts by which it is ``known`` and their hash, and what ``stays``."""

    length: int
    known: tuple[Part, ...]
    rest: str
    stays: tuple[Part, ...]

    @classmethod
    def between(cls, before: str, after: str) -> TakenOut:
        """What a correction took out of ``before``."""
        same = TextChanges(before, after).same
        return cls(len(before), same, _hash(before, same), same)

    def is_of(self, text: str) -> bool:
        """Is this the text that held the words?"""
        return len(text) == self.length and _hash(text, self.known) == self.rest

    def and_then(self, before: str, after: str) -> TakenOut:
        """The same text, with what a later correction took out of the text that this one had made."""
        later = TextChanges(before, after).same
        return replace(self, stays=tuple(_joined(self.stays, later)))

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"length": self.length, "known": self.known, "rest": self.rest, "stays": self.stays}


def taken_out_of(plain: Any) -> TakenOut:
    """From plain data; raises BadInput for what is none."""
    try:
        known, stays = (tuple(_part(part) for part in plain[key]) for key in ("known", "stays"))
        made = TakenOut(int(plain["length"]), known, str(plain["rest"]), stays)
    except (KeyError, TypeError, ValueError):
        raise BadInput("this does not say where words were taken out.") from None
    for parts in (made.known, made.stays):
        ends = [0, *(part[0] + part[2] for part in parts)]
        if (
            any(part[0] < end or part[2] < 1 for part, end in zip(parts, ends, strict=False))
            or ends[-1] > made.length
        ):
            raise BadInput("this does not say where words were taken out: its parts are out of order.")
    return made


def blanked(transcript: Transcript, taken: TakenOut) -> Transcript:
    """The transcript with ``[…]`` for the words that were taken out; a label of which a word is gone is ``[…]`` too."""
    pieces = list(_pieces(transcript.text, taken))
    ends = [0, *(turn.span.end for turn in transcript.turns)]
    turns = tuple(
        replace(
            turn,
            span=Span(_start(pieces, turn.span.start), _end(pieces, turn.span.end)),
            speaker=BLANKED if turn.speaker and _is_touched(pieces, end, turn.span.start) else turn.speaker,
        )
        for turn, end in zip(transcript.turns, ends, strict=False)
    )
    return replace(transcript, text="".join(piece.text for piece in pieces), turns=turns)


@dataclass(frozen=True, slots=True)
class _TextPiece:
    """A piece of the text: where it stood, what stands there now and where, and whether its words are gone."""

    begins: int
    ends: int
    at: int
    text: str
    gone: bool


def _pieces(text: str, taken: TakenOut) -> Iterator[_TextPiece]:
    at = 0
    bounds = [(0, 0), *((begin, begin + length) for begin, _, length in taken.stays), (len(text), len(text))]
    for (_, before), (begin, end) in pairwise(bounds):
        for piece in (*_gap(text, before, begin), (begin, end, False)):
            shown = BLANKED if piece[2] else text[piece[0] : piece[1]]
            if piece[0] < piece[1]:
                yield _TextPiece(piece[0], piece[1], at, shown, piece[2])
                at += len(shown)


def _gap(text: str, begin: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The words between two parts that stay are gone; white space and line ends stay."""
    last = begin
    for gap in _GONE.finditer(text, begin, end):
        yield last, gap.start(), False
        yield gap.start(), gap.end(), True
        last = gap.end()
    yield last, end, False


def _start(pieces: Sequence[_TextPiece], at: int) -> int:
    piece = next((piece for piece in pieces if piece.begins <= at < piece.ends), pieces[-1])
    return piece.at if piece.gone else piece.at + at - piece.begins


def _end(pieces: Sequence[_TextPiece], at: int) -> int:
    piece = next((piece for piece in pieces if piece.begins < at <= piece.ends), pieces[-1])
    return piece.at + (len(piece.text) if piece.gone else at - piece.begins)


def _is_touched(pieces: Sequence[_TextPiece], begin: int, end: int) -> bool:
    return any(piece.gone and piece.begins < end and piece.ends > begin for piece in pieces)


def _joined(first: Sequence[Part], later: Sequence[Part]) -> Iterator[Part]:
    """The parts of a text that stay through two corrections."""
    for begin, there, length in first:
        for start, to, other in later:
            low, high = max(there, start), min(there + length, start + other)
            if low < high:
                yield begin + low - there, to + low - start, high - low


def _hash(text: str, parts: Sequence[Part]) -> str:
    kept = "\x1f".join(text[begin : begin + length] for begin, _, length in parts)
    return hashlib.sha256(kept.encode("utf-8", "surrogatepass")).hexdigest()


def _part(plain: Any) -> Part:
    begin, there, length = plain
    if not all(type(number) is int and number >= 0 for number in (begin, there, length)):
        raise ValueError
    return begin, there, length
