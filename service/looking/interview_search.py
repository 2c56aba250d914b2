"""Words found in what was said: turns that hold all of them, in interviews that the searcher may read."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup, escape
from sqlalchemy import Connection, select

from annotations.names import folded
from annotations.store.tables import transcripts
from annotations.store.transcripts import KeptTranscript, all_texts, all_transcripts
from annotations.turn_numbers import shown_number
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer
from service.composition import Parts

MOST = 200
_AROUND = 140


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that holds the words. ``said``: what stands around them, with the words marked, as HTML."""

    transcript: UUID
    name: str
    turn: int
    speaker: str
    said: Markup


@dataclass(frozen=True, slots=True)
class Hits:
    """The first turns found, in the order of the study; ``many``: there are more than are shown."""

    found: tuple[Hit, ...]
    many: bool


class InterviewSearch:
    """Keeps the turns in the form in which they are searched, until a transcript changes or goes. Safe among threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: dict[UUID, tuple[str, KeptTranscript, tuple[str, ...]]] = {}

    def find(self, parts: Parts, viewer: Viewer, words: str) -> Hits:
        """Turns that hold every one of the words, whatever their case; none where no word is given."""
        wanted = [folded(word) for word in words.split()]
        if not wanted:
            return Hits((), many=False)
        mark = re.compile("|".join(re.escape(word) for word in words.split()), re.IGNORECASE)
        hits: list[Hit] = []
        for kept, turns in self._readable(parts, viewer):
            for turn, said in zip(kept.transcript.turns, turns, strict=True):
                if all(word in said for word in wanted):
                    if len(hits) == MOST:
                        return Hits(tuple(hits), many=True)
                    text = turn.span.of(kept.transcript.text)
                    number = shown_number(turn.index)
                    hits.append(Hit(kept.id, kept.transcript.name, number, turn.speaker, _around(text, mark)))
        return Hits(tuple(hits), many=False)

    def read(self, parts: Parts) -> None:
        """Read all there is, so that the first search need not."""
        with parts.store.reading() as connection:
            self._now(connection)

    def _readable(self, parts: Parts, viewer: Viewer) -> Sequence[tuple[KeptTranscript, tuple[str, ...]]]:
        with parts.store.reading() as connection:
            now = self._now(connection)
        return [
            (kept, turns)
            for kept, turns in now
            if may(viewer, Action.READ_TEXT, about(viewer, kept.transcript))
        ]

    def _now(self, connection: Connection) -> list[tuple[KeptTranscript, tuple[str, ...]]]:
        """Every transcript as it stands, those that are gone forgotten."""
        t = transcripts.c
        columns = (t.id, t.text_hash, t.site, t.visible_to, t.name)
        rows = connection.execute(select(*columns).order_by(t.sequence)).all()
        marks = {row.id: f"{row.text_hash} {row.site} {row.visible_to} {row.name}" for row in rows}
        with self._turn:
            stale = [
                transcript_id
                for transcript_id, mark in marks.items()
                if transcript_id not in self._kept or self._kept[transcript_id][0] != mark
            ]
            if stale:
                for kept in all_transcripts(connection):
                    if kept.id in marks:
                        turns = tuple(
                            folded(turn.span.of(kept.transcript.text)) for turn in kept.transcript.turns
                        )
                        self._kept[kept.id] = (marks[kept.id], kept, turns)
            for gone in self._kept.keys() - marks.keys():
                del self._kept[gone]
            return [self._kept[row.id][1:] for row in rows if row.id in self._kept]


def readable_interviews(parts: Parts, viewer: Viewer) -> tuple[KeptTranscript, ...]:
    """The interviews that somebody may read, without their turns, in the order of the study."""
    with parts.store.reading() as connection:
        texts = all_texts(connection)
    return tuple(text for text in texts if may(viewer, Action.READ_TEXT, about(viewer, text.transcript)))


def _around(text: str, mark: re.Pattern[str]) -> Markup:
    first = mark.search(text)
    at = first.start() if first else 0
    begin = max(0, at - _AROUND)
    end = min(len(text), at + 2 * _AROUND)
    shown = text[begin:end]
    pieces: list[str] = []
    last = 0
    for word in mark.finditer(shown):
        pieces += [str(escape(shown[last : word.start()])), f"<mark>{escape(word.group())}</mark>"]
        last = word.end()
    pieces.append(str(escape(shown[last:])))
    return Markup(  # noqa: S704 (every piece is escaped)
        ("… " if begin else "") + "".join(pieces) + (" …" if end < len(text) else "")
    )
