"""What a reader gives back, and labels and words as they are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from annotations.errors import BadInput
from annotations.readers.account import NOTHING_COUNTED, WordAccount
from annotations.readers.label_times import timed_label
from annotations.readers.labels_in_study_yaml import LabelRules
from annotations.transcript import SpokenTurn, Turn, canonical

# marks that turn the direction of writing, soft hyphens, the byte order mark: invisible, so no part of a label
INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_HALVES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReadTranscript:
    """A transcript as its file gives it; where it belongs is said elsewhere (``describe``).

    ``described``: what columns of the file say of it (participant, case, site, wave …). ``place``: where the file
    lies below the folder that was imported, as far as that is known. ``account``: where the file's words went.
    """

    name: str
    text: str
    turns: tuple[Turn, ...]
    source: str
    reader: str
    described: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()
    place: str = ""
    account: WordAccount = NOTHING_COUNTED


class TranscriptReader(Protocol):
    """Reads one format. Raises BadInput with a sentence that names the file."""

    def __call__(
        self, content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = ...
    ) -> tuple[ReadTranscript, ...]:
        """The transcripts in ``content``; ``name`` is the id where the file gives none."""
        ...


def one_line(text: str) -> str:
    """Text as it is kept in a turn: on one line, halves of characters joined or marked as lost, no control signs."""
    if not text.isascii() and _HALVES.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(_CONTROL.sub(" ", text).split())


def label_of(text: str) -> str:
    """A speaker's label as it is kept: without invisible marks, on one line, without a colon and without times."""
    plain = one_line(re.sub(f"[{INVISIBLE}]", "", text))
    return timed_label(re.sub(r"\s*(?::(?=\s|$)|：\s*$)", "", plain).strip()).label


def finished(
    spoken: Sequence[SpokenTurn],
    *,
    name: str,
    file: str,
    reader: str,
    interviewers: Sequence[str],
    warnings: Sequence[str] = (),
    account: WordAccount = NOTHING_COUNTED,
) -> tuple[ReadTranscript, ...]:
    """The one transcript of a file, from its turns. Raises BadInput if nobody says anything."""
    clean = [replace(turn, speaker=label_of(turn.speaker), words=one_line(turn.words)) for turn in spoken]
    if not any(turn.words for turn in clean):
        raise BadInput(f"{file} holds no words. If it is a scan, it has to be typed or recognised first.")
    text, turns = turns_with_words(clean, interviewers)
    told = (*warnings, *account.doubts)
    return (ReadTranscript(name, text, turns, file, reader, warnings=told, account=account),)


def turns_with_words(
    spoken: Sequence[SpokenTurn], interviewers: Sequence[str]
) -> tuple[str, tuple[Turn, ...]]:
    """Canonical text and turns; a turn without words is left out, and the others keep their numbers."""
    placed, numbered = [], []
    for index, turn in enumerate(spoken):
        if turn.words:
            placed.append(turn)
            numbered.append(index)
    if len(placed) == len(spoken):
        return canonical(spoken, interviewers)
    text, turns = canonical(placed, interviewers)
    return text, tuple(
        Turn(number, t.speaker, t.role, t.span, t.begins, t.ends)
        for number, t in zip(numbered, turns, strict=True)
    )
