"""What a person should look at in a transcript as it was read: it may be right, and it may be wrong in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from annotations.readers.account import WordAccount
from annotations.readers.words import count_words
from annotations.transcript import Transcript

_LEAST_TURNS = 6
_LONG = 250
_TIMES_LONGER = 8


@dataclass(frozen=True, slots=True)
class LongTurn:
    """A turn that is far longer than the others: its number from 0, who speaks, and its words."""

    turn: int
    speaker: str
    words: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """``near``: lines that look like a label and were not taken. ``before_first``: words before the first speaker.
    ``once``: who speaks once, in a transcript of several turns. ``left_out``: words in no turn. ``missing``: words that
    the account does not find. ``nameless``: turns without a name among others with one.
    """

    near: int = 0
    before_first: int = 0
    once: tuple[str, ...] = ()
    long: tuple[LongTurn, ...] = ()
    left_out: int = 0
    missing: int = 0
    unlabelled: bool = False
    nameless: int = 0

    @property
    def sentences(self) -> list[str]:
        """In words, the most telling first."""
        said = []
        if self.missing:
            said.append(f"{self.missing} words cannot be accounted for")
        if self.near:
            said.append(f"{_lines(self.near)} like a label, not taken")
        if self.unlabelled:
            said.append("lines without a label are taken as the participant's")
        if self.nameless:
            turns = (
                "1 turn has no speaker, and counts"
                if self.nameless == 1
                else f"{self.nameless} turns have no speaker, and count"
            )
            said.append(f"{turns} as the participant's")
        if self.before_first:
            said.append(f"{_words(self.before_first)} before the first speaker")
        if self.left_out > self.before_first:
            said.append(f"{_words(self.left_out - self.before_first)} left out elsewhere")
        if self.once:
            said.append(f"speaks once: {_names(self.once)}")
        if self.long:
            speakers = tuple(dict.fromkeys(turn.speaker or "no name" for turn in self.long))
            most = max(turn.words for turn in self.long)
            said.append(f"unusually long turns: {_names(speakers)} (up to {most} words)")
        return said

    def to_json(self) -> dict[str, Any]:
        """As plain data; turns count from 0."""
        return {
            "lines_like_labels": self.near,
            "words_before_first": self.before_first,
            "speak_once": list(self.once),
            "long_turns": [
                {"turn": turn.turn, "speaker": turn.speaker, "words": turn.words} for turn in self.long
            ],
            "unlabelled_are_participant": self.unlabelled,
            "words_unaccounted": self.missing,
            "turns_without_a_name": self.nameless,
        }


def suspicion_of(transcript: Transcript, account: WordAccount) -> Suspicion:
    """What to look at in a transcript."""
    turns = transcript.turns
    words = [count_words(turn.span.of(transcript.text)) for turn in turns]
    counted = Counter(turn.speaker for turn in turns if turn.speaker)
    several = len(turns) >= _LEAST_TURNS and len(counted) > 1
    usual = median(words) if words else 0
    return Suspicion(
        near=len(account.near),
        before_first=account.before_first,
        once=tuple(speaker for speaker, times in counted.items() if times == 1) if several else (),
        long=tuple(
            LongTurn(turn.index, turn.speaker, count)
            for turn, count in zip(turns, words, strict=True)
            if several and count >= _LONG and count > _TIMES_LONGER * usual
        ),
        left_out=account.words_left_out,
        missing=account.missing,
        unlabelled=account.unlabelled,
        nameless=0 if account.unlabelled or not counted else sum(not turn.speaker for turn in turns),
    )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
