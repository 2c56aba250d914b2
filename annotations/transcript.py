"""What was said: spans, turns and transcripts over one canonical text.

Offsets count code points in the canonical text, half-open, from 0. The canonical text is never
Unicode-normalised, so that an offset that another program counted still points at the same words.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from annotations.names import folded

# what may follow an interviewer's label: a number, a letter, a name in brackets, or both; "I-3" is a person's code
_COUNTED = re.compile(r"(?=[\W_]|\d)(?:[ _\-#.]*[1-9]\d?|[ _\-][a-z])?(?:\s*[\[(].{1,60}[\])])?")
_COUNTED_LETTER = re.compile(r"(?=\W|\d)(?: ?[1-9])?(?:\s*[\[(].{1,60}[\])])?")
# what may stand before it
_FIRST = re.compile(r"(?:co|lead|main|assistant|first|second|third|1st|2nd|3rd|\d\.?)[ -]+")
# "R?": whoever typed it was not sure who spoke
_UNSURE = re.compile(r"\s?(?:\?{1,3}|[(\[]\?{1,3}[)\]])$")


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A half-open range of code points ``[start, end)`` in a canonical text.

    >>> words = Span(4, 9)
    >>> len(words), words.of("how money came")
    (5, 'money')
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def overlap(self, other: Span) -> int:
        """How many code points both spans cover; 0 where they do not meet.

        >>> Span(0, 10).overlap(Span(6, 20)), Span(0, 10).overlap(Span(10, 20))
        (4, 0)
        """
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def of(self, text: str) -> str:
        """The words of the span."""
        return text[self.start : self.end]


class Role(StrEnum):
    """Who speaks: what an interviewer says is context, what a participant says is coded."""

    INTERVIEWER = "interviewer"
    PARTICIPANT = "participant"

    @property
    def is_coded(self) -> bool:
        """Is what is said in this role coded, learnt from, suggested for and counted? All who ask this ask here."""
        return self is Role.PARTICIPANT


class Kind(StrEnum):
    """What sort of source a transcript is."""

    INTERVIEW = "interview"
    DOCUMENT = "document"
    FIELD_NOTE = "field note"


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn as a reader finds it: who spoke, the words, and the times in seconds if known."""

    speaker: str
    words: str
    begins: float | None = None
    ends: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn in place: ``span`` covers the words only, without the speaker's label.

    >>> turn = Turn(index=0, speaker="JKG-01", role=Role.PARTICIPANT, span=Span(8, 27))
    >>> turn.span.of("JKG-01: The grant was small.")
    'The grant was small'
    """

    index: int
    speaker: str
    role: Role
    span: Span
    begins: float | None = None
    ends: float | None = None


@dataclass(frozen=True, slots=True)
class Consents:
    """What a participant allowed. ``visible_to`` names sites; None means all of the study's.

    >>> Consents(may_quote=True, visible_to=("Lund",)).may_quote_at("Malmö")
    False
    """

    may_train: bool = True
    may_quote: bool = False
    visible_to: tuple[str, ...] | None = None

    def may_quote_at(self, site: str | None) -> bool:
        """May its words be quoted where people of ``site`` read them? None: where anybody does."""
        if self.visible_to is None:
            return self.may_quote
        seen_by = {folded(name) for name in self.visible_to}
        return self.may_quote and site is not None and folded(site) in seen_by


@dataclass(frozen=True, slots=True)
class Transcript:
    """One source of text with its turns, where it belongs, and what may be done with it.

    >>> text, turns = canonical([SpokenTurn("Interviewer", "And?"), SpokenTurn("JKG-01", "Small.")], ["Interviewer"])
    >>> transcript = Transcript("JKG-01", text, turns, case="Esther", wave="1", participant="JKG-01")
    >>> [turn.span.of(text) for turn in transcript.participants_turns]
    ['Small.']
    """

    name: str
    text: str
    turns: tuple[Turn, ...]
    kind: Kind = Kind.INTERVIEW
    case: str = ""
    site: str = ""
    wave: str = ""
    participant: str = ""
    session: str = ""
    language: str = "en"
    date: datetime.date | None = None
    consents: Consents = field(default_factory=Consents)
    source: str = ""

    @property
    def text_hash(self) -> str:
        """SHA-256 of the canonical text in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def participants_turns(self) -> tuple[Turn, ...]:
        """The turns that are coded."""
        return tuple(turn for turn in self.turns if turn.role.is_coded)


def roles_of(speakers: Sequence[str], interviewers: Sequence[str]) -> dict[str, Role]:
    """Each speaker's role: an interviewer if listed (see ``asks``), else a participant."""
    return {
        speaker: Role.INTERVIEWER if asks(speaker, interviewers) else Role.PARTICIPANT for speaker in speakers
    }


def asks(label: str, interviewers: Sequence[str]) -> bool:
    """Is a label one of these interviewers, in any case and spacing, also numbered or with a name?

    "Interviewer 1", "INT1", "MODERATOR-2", "2nd interviewer", "Interviewer (Ines)", "Interviewer Ines" and "Ines
    (Interviewer)" are interviewers where "Interviewer", "INT" and "Moderator" are listed, and so is "INT?". A number
    with a zero before it is a person's code: "INT-03".

    >>> asks("Interviewer 2", ["Interviewer"]), asks("JKG-02", ["Interviewer"])
    (True, False)
    """
    label = without_doubt(label)
    plain = folded(label).strip("[]<>{}* ")
    return any(_is_named(label, plain, folded(name)) for name in interviewers if name.strip())


def without_doubt(label: str) -> str:
    """A label without the question mark of somebody who was not sure who spoke: ``R?``, ``Nurse (?)``."""
    return _UNSURE.sub("", label)


def _is_named(label: str, plain: str, name: str) -> bool:
    if plain == name or folded(label) == name:
        return True
    if len(name) == 1:
        return plain.startswith(name) and _COUNTED_LETTER.fullmatch(plain, len(name)) is not None
    first = _FIRST.match(plain)
    if first is not None and plain[first.end() :] == name:
        return True
    if plain.startswith(name) and (_COUNTED.fullmatch(plain, len(name)) or _and_a_name(label, len(name))):
        return True
    inside = rf"\S\s*(?:\(\s*{re.escape(name)}\s*\)|\[\s*{re.escape(name)}|[,–—]\s*{re.escape(name)})$"
    return re.search(inside, plain) is not None


def _and_a_name(label: str, width: int) -> bool:
    """Do one or two words with a capital follow: "Interviewer Ines Falk"?"""
    words = label.split()
    return 1 < len(words) < 4 and len(words[0]) == width and all(word[0].isupper() for word in words[1:])


def canonical(spoken: Sequence[SpokenTurn], interviewers: Sequence[str]) -> tuple[str, tuple[Turn, ...]]:
    """The canonical text of turns, ``SPEAKER: words`` and LF for each, and the turns in place.

    For sources that are themselves text in this layout use ``in_place`` of the reader instead: there the
    decoded source is the canonical text.
    """
    roles = roles_of([turn.speaker for turn in spoken], interviewers)
    parts: list[str] = []
    turns: list[Turn] = []
    at = 0
    for index, turn in enumerate(spoken):
        label = f"{turn.speaker}: " if turn.speaker else ""
        start = at + len(label)
        line = f"{label}{turn.words}\n"
        turns.append(
            Turn(
                index,
                turn.speaker,
                roles[turn.speaker],
                Span(start, start + len(turn.words)),
                turn.begins,
                turn.ends,
            )
        )
        parts.append(line)
        at += len(line)
    return "".join(parts), tuple(turns)
