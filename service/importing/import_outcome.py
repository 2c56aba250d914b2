"""What an import of transcripts did, or would do: what was read and refused, who speaks, and who is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from annotations.names import folded
from annotations.readers.account import NOTHING_COUNTED, Account
from annotations.readers.suspicion import Suspicion, suspicion_of
from annotations.study.speakers import Speaker
from annotations.transcript import Transcript
from service.importing.role_guesses import with_guesses
from service.importing.transcript_files import NotRead


@dataclass(frozen=True, slots=True)
class Read:
    """A transcript that was read: from which file, by which reader, what became of it, who speaks, what to look at."""

    file: str
    reader: str
    transcript: Transcript
    state: str
    speakers: tuple[Speaker, ...]
    warnings: tuple[str, ...] = ()
    account: Account = NOTHING_COUNTED
    read_now: Transcript | None = None

    @property
    def as_read(self) -> Transcript:
        """The transcript as the file reads now; what is kept from before may be other turns."""
        return self.read_now or self.transcript

    @property
    def suspicion(self) -> Suspicion:
        """What to look at."""
        return suspicion_of(self.as_read, self.account)

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
    not_read: list[NotRead] = field(default_factory=list)
    by_key: dict[str, Read] = field(default_factory=dict)

    def take(self, kept: Iterable[Read]) -> None:
        """Add the transcripts of one more file."""
        for one in kept:
            self.read.append(one)
            self.by_key.setdefault(folded(one.transcript.name), one)

    def with_guesses(self) -> Imported:
        """This, with one guess for each speaker whose role nobody has said."""
        guessed = with_guesses([one.speakers for one in self.read])
        self.read = [replace(one, speakers=its) for one, its in zip(self.read, guessed, strict=True)]
        return self

    @property
    def not_read_by_ending(self) -> dict[str, int]:
        """How many files of each ending were not read."""
        return dict(Counter(one.ending for one in self.not_read))

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
    asks: bool = False  # the guess, the same for all files

    def with_one(self, speaker: Speaker, file: str) -> UnknownSpeaker:
        """This, with what the label says in one more file."""
        return UnknownSpeaker(
            self.label,
            self.turns + speaker.turns,
            self.questions + speaker.questions,
            (*self.files, file),
            speaker.counted,
            self.asks or speaker.asks,
        )
