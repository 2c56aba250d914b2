"""What would now be read otherwise than when it was imported: the work behind "tandem import --reread"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.names import folded
from annotations.problems import Problem
from annotations.progress import Progress
from annotations.readers.line_switches import rules_for
from annotations.readers.same_speakers import with_same_speakers
from annotations.readers.text import in_place
from annotations.store.transcripts import all_transcripts
from annotations.transcript import Transcript, Turn
from service.composition import Parts
from service.importing.transcript_files import NotRead, opened_files

_IN_PLACE = (".txt", ".md")


@dataclass(frozen=True, slots=True)
class Reread:
    """A transcript as it is kept and as it would be read now: how many turns, and who speaks. ``first``: the number, from
    0, of the first turn that would be another; None if all are the same.
    """

    transcript: str
    before: int
    after: int
    speakers_before: tuple[str, ...]
    speakers_after: tuple[str, ...]
    first: int | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "transcript": self.transcript,
            "same": self.first is None,
            "turns_before": self.before,
            "turns_after": self.after,
            "speakers_before": list(self.speakers_before),
            "speakers_after": list(self.speakers_after),
            "first_different_turn": self.first,
        }


@dataclass(frozen=True)
class AllReread:
    """What was compared, the problems of files that cannot be read, and the transcripts that need their file."""

    compared: tuple[Reread, ...]
    refused: tuple[Problem, ...] = ()
    without_file: tuple[str, ...] = ()


def reread(
    parts: Parts, files: Sequence[Path], *, described: Mapping[str, str], progress: Progress
) -> AllReread:
    """Compare what is kept with what would be read now; nothing is changed. Without files, the transcripts whose kept
    text is the file itself (.txt, .md).
    """
    with parts.store.reading() as connection:
        kept = {
            folded(transcript.transcript.name): transcript.transcript
            for transcript in all_transcripts(connection)
        }
    if not files:
        return _from_store(parts, kept)
    refused: list[Problem] = []
    not_read: list[NotRead] = []
    opened = opened_files(
        parts.study.config,
        files,
        manifest=None,
        described=described,
        progress=progress,
        refused=refused,
        not_read=not_read,
    )
    compared = [
        _compared(kept[folded(now.name)], now.text, now.turns)
        for file_opened in opened
        for _, now, _ in file_opened.found
        if folded(now.name) in kept
    ]
    return AllReread(tuple(compared), tuple(refused))


def _from_store(parts: Parts, kept: Mapping[str, Transcript]) -> AllReread:
    config = parts.study.config
    compared, others = [], []
    for transcript in kept.values():
        if not transcript.source.lower().endswith(_IN_PLACE):
            others.append(transcript.name)
            continue
        rules = rules_for(transcript.source, config, transcript.kind)
        turns, _ = in_place(transcript.text, config.interviewers, rules)
        turns = with_same_speakers(turns, config.same_speakers, config.interviewers)
        compared.append(_compared(transcript, transcript.text, turns))
    return AllReread(tuple(compared), without_file=tuple(others))


def _compared(before: Transcript, text: str, turns: Sequence[Turn]) -> Reread:
    was, now = list(_said(before.text, before.turns)), list(_said(text, turns))
    first = next(
        (at for at in range(max(len(was), len(now))) if was[at : at + 1] != now[at : at + 1]),
        None,
    )
    return Reread(before.name, len(was), len(now), _speakers(was), _speakers(now), first)


def _said(text: str, turns: Sequence[Turn]) -> Iterator[tuple[str, str, str]]:
    for turn in turns:
        yield turn.speaker, turn.role.value, " ".join(turn.span.of(text).split())


def _speakers(said: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(speaker for speaker, _, _ in said if speaker))
