"""What an import of transcripts did, or would do: what was read and refused, who speaks, and who is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from annotations.names import folded
from annotations.problems import Problem
from annotations.readers.account import NOTHING_COUNTED, WordAccount
from annotations.readers.suspicion import Suspicion, suspicion_of
from annotations.study.speakers import Speaker
from annotations.transcript import Transcript
from service.importing.manifest_attributes import ManifestAttributes
from service.importing.new_versions import Replaced
from service.importing.role_guesses import with_guesses
from service.importing.transcript_files import NotRead, sentences_of


@dataclass(frozen=True, slots=True)
class ImportedTranscript:
    """A transcript that was read: from which file, by which reader, what became of it, who speaks, what to look at."""

    file: str
    reader: str
    transcript: Transcript
    state: str
    speakers: tuple[Speaker, ...]
    warnings: tuple[str, ...] = ()
    account: WordAccount = NOTHING_COUNTED
    read_now: Transcript | None = None
    replaced: Replaced | None = None

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
        return [speaker.label for speaker in self.speakers if not speaker.role.is_coded]

    @property
    def participants(self) -> list[str]:
        """The speakers whose turns are coded."""
        return [speaker.label for speaker in self.speakers if speaker.role.is_coded]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        t, account, look = self.transcript, self.account, self.suspicion
        return {
            "file": self.file,
            "reader": self.reader,
            "transcript": t.name,
            "state": self.state,
            "kind": t.kind.value,
            "participant": t.participant,
            "case": t.case,
            "site": t.site,
            "wave": t.wave,
            "session": t.session,
            "turns": len(t.turns),
            "participant_turns": len(t.participants_turns),
            "interviewers": self.interviewers,
            "participants": self.participants,
            "speakers": [
                {
                    "speaker": s.label,
                    "role": s.role.value,
                    "known": s.known,
                    "turns": s.turns,
                    "questions": s.questions,
                    "guess": None if s.known else "interviewer" if s.asks else "participant",
                }
                for s in self.speakers
            ],
            "warnings": list(self.warnings),
            "layout": account.layout,
            "words": {
                "in": account.words_in,
                "kept": account.kept,
                "marks": account.marks,
                "left_out": account.words_left_out,
            },
            "look": look.to_json(),
            "replaced": None if self.replaced is None else self.replaced.to_json(),
        }


@dataclass
class Imported:
    """What an import read, the problems of what it refused, and how many files of other endings lay beside.

    ``shared_codes``: what to say of participants' codes that may mean several people, "" where none does.
    """

    read: list[ImportedTranscript] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)
    by_key: dict[str, ImportedTranscript] = field(default_factory=dict)
    attributes: ManifestAttributes = field(default_factory=ManifestAttributes)
    shared_codes: str = ""

    def take(self, kept: Iterable[ImportedTranscript]) -> None:
        """Add the transcripts of one more file."""
        for read in kept:
            self.read.append(read)
            self.by_key.setdefault(folded(read.transcript.name), read)

    def with_guesses(self) -> Imported:
        """This, with one guess for each speaker whose role nobody has said."""
        guessed = with_guesses([read.speakers for read in self.read])
        self.read = [replace(read, speakers=its) for read, its in zip(self.read, guessed, strict=True)]
        return self

    @property
    def not_read_by_ending(self) -> dict[str, int]:
        """How many files of each ending were not read."""
        return dict(Counter(unread.ending for unread in self.not_read))

    @property
    def unknown_speakers(self) -> list[UnknownSpeaker]:
        """The labels whose role nobody has said, each once, the one that speaks most first."""
        speakers_asked: dict[str, UnknownSpeaker] = {}
        for read in self.read:
            for speaker in read.speakers:
                if not speaker.known:
                    key = folded(speaker.label)
                    speakers_asked[key] = speakers_asked.get(key, UnknownSpeaker(speaker.label)).with_one(
                        speaker, read.file
                    )
        return sorted(speakers_asked.values(), key=lambda asked: -asked.turns)

    @property
    def states(self) -> Counter[str]:
        """How many transcripts are new, were there already, and so on."""
        return Counter(read.state for read in self.read)

    @property
    def about_participants(self) -> list[str]:
        """What has to be told of participants: their columns in the manifest, and codes that may mean several people."""
        return [*self.attributes.notes, *filter(None, [self.shared_codes])]

    @property
    def notes(self) -> list[str]:
        """What the whole import has to be told: speakers whose role nobody has said, and files that were not read."""
        unknown = self.unknown_speakers
        anew = [speaker for speaker in unknown if speaker.counted and len(speaker.files) > 1]
        notes = []
        if named := [speaker for speaker in unknown if speaker not in anew]:
            notes.append(
                f"{_quoted(named)}: study.yaml does not say whether they ask or answer, so their turns are coded. Add them "
                f"to interviewers or to participant_speakers there and import again."
            )
        if anew:
            notes.append(
                f"{_quoted(anew)}: a program counts speakers anew in each file, so study.yaml cannot say who they are. "
                f"Write their names or codes into the files; until then their turns are coded."
            )
        return [*notes, *self.about_participants, *sentences_of(self.not_read)]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "transcripts": [read.to_json() for read in self.read],
            "refused": [str(fault) for fault in self.refused],
            "not_read": self.not_read_by_ending,
            "not_read_files": [{"file": unread.file, "why": unread.why} for unread in self.not_read],
            "attributes": list(self.attributes.names.values()),
            "unknown_speakers": [speaker.to_json() for speaker in self.unknown_speakers],
            "warnings": self.notes,
        }


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

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "speaker": self.label,
            "turns": self.turns,
            "questions": self.questions,
            "guess": "interviewer" if self.asks else "participant",
            "files": list(self.files),
        }


def _quoted(speakers: Sequence[UnknownSpeaker]) -> str:
    names = [f'"{speaker.label}"' for speaker in speakers]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
