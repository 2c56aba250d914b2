"""Who speaks in a transcript, and of whom the study knows whether they ask or answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotations.names import folded
from annotations.study.config import StudyConfig
from annotations.transcript import Role, Transcript, Turn, asks, without_doubt

# labels that say who speaks without saying which person it is
ANYBODY = frozenset(
    {
        "participant",
        "respondent",
        "interviewee",
        "patient",
        "client",
        "speaker",
        "p",
        "r",
        "a",
        "answer",
        "informant",
    }
)
_ASKS = re.compile(r"[?؟？][\"'”’»)]*$")
# labels that a program counts anew in each file
_COUNTED = re.compile(
    r"(?:unknown )?(?:speaker|sprecher|talare|locuteur|hablante)[ _-]?\w{0,3}", re.IGNORECASE
)
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d]).*-.*")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A label in a transcript: the role it is taken for, whether the study says so, how often it speaks and asks."""

    label: str
    role: Role
    known: bool
    turns: int
    questions: int
    guess: Role | None = None  # what all files together say, where they were imported together

    @property
    def counted(self) -> bool:
        """Is the label one that a program gives, such as "Speaker 1", so that it is somebody else in each file?"""
        return _COUNTED.fullmatch(self.label) is not None

    @property
    def asks(self) -> bool:
        """Do its turns look like an interviewer's: are most of them questions, or do other files say so?"""
        if self.guess is not None:
            return self.guess is Role.INTERVIEWER
        return self.turns > 1 and 2 * self.questions >= self.turns


def speakers_of(transcript: Transcript, config: StudyConfig) -> tuple[Speaker, ...]:
    """The speakers in the order in which they first speak.

    The role of a speaker is known if study.yaml lists the label, if it is the participant's or looks like a
    participant's code, if it is the only one beside a listed interviewer, or if nobody else speaks.
    """
    turns: dict[str, list[Turn]] = {}
    for turn in transcript.turns:
        turns.setdefault(turn.speaker, []).append(turn)
    listed = {folded(name) for name in config.participant_speakers}
    alone = sum(its[0].role is Role.PARTICIPANT for its in turns.values()) == 1
    return tuple(
        Speaker(
            label,
            its[0].role,
            known=alone
            or folded(label) in listed
            or asks(label, config.interviewers)
            or _is_participant(label, transcript, config),
            turns=len(its),
            questions=sum(_ASKS.search(turn.span.of(transcript.text)) is not None for turn in its),
        )
        for label, its in turns.items()
    )


def _is_participant(label: str, transcript: Transcript, config: StudyConfig) -> bool:
    label = without_doubt(label)
    key = folded(label)
    if not key or key == folded(transcript.participant) or _word_of(key) in ANYBODY - {"speaker", "a", "r"}:
        return True
    pattern = config.participant_pattern
    return _CODE.fullmatch(label) is not None or bool(pattern and re.fullmatch(pattern, label))


def _word_of(key: str) -> str:
    """A label without the number that counts it: "participant 2", and not "p2", which is a code like others."""
    return re.sub(r"(?<=[^\W\d]{3})[ _#-]*\d{1,3}$", "", key)
