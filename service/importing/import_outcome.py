"""What an import of transcripts did, or would do: what was read and refused, who speaks, and who is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from annotations.names import folded
from annotations.study.speakers import Speaker
from annotations.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Read:
    """A transcript that was read: from which file, by which reader, what became of it, who speaks, what to look at."""

    file: str
    reader: str
    transcript: Transcript
    state: str
    speakers: tuple[Speaker, ...]
    warnings: tuple[str, ...] = ()

    @property
    def interviewers(self) -> list[str]:
        """The speakers whose turns are context."""
        return [one.label for one in self.speakers if not one.role.is_coded]

    @property
    def participants(self) -> list[str]:
        """The speakers whose turns are coded."""
        return [one.label for one in self.speakers if one.role.is_coded]


@dataclass
class Imported:
    """What an import read, the sentences for what it refused, and how many files of other endings lay beside."""

    read: list[Read] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    not_read: Counter[str] = field(default_factory=Counter)
    by_key: dict[str, Read] = field(default_factory=dict)

    def take(self, kept: Iterable[Read]) -> None:
        """Add the transcripts of one more file."""
        for one in kept:
            self.read.append(one)
            self.by_key.setdefault(folded(one.transcript.name), one)

    @property
    def unknown_speakers(self) -> list[UnknownSpeaker]:
        """The labels whose role nobody has said, each once, the one that speaks most first."""
        found: dict[str, UnknownSpeaker] = {}
        for one in self.read:
            for speaker in one.speakers:
                if not speaker.known:
                    key = folded(speaker.label)
                    found[key] = found.get(key, UnknownSpeaker(speaker.label)).with_one(speaker, one.file)
        return sorted(found.values(), key=lambda one: -one.turns)


@dataclass(frozen=True, slots=True)
class UnknownSpeaker:
    """A label whose role nobody has said: where it speaks, how often, and how many of its turns are questions."""

    label: str
    turns: int = 0
    questions: int = 0
    files: tuple[str, ...] = ()
    counted: bool = False

    @property
    def asks(self) -> bool:
        """Are most of its turns questions?"""
        return 2 * self.questions >= self.turns

    def with_one(self, speaker: Speaker, file: str) -> UnknownSpeaker:
        """This, with what the label says in one more file."""
        return UnknownSpeaker(
            self.label,
            self.turns + speaker.turns,
            self.questions + speaker.questions,
            (*self.files, file),
            speaker.counted,
        )
