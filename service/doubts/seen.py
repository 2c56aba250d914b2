"""The doubts that somebody may see, each with what it is about in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Connection

from annotations.names import folded
from annotations.store.cell_place import Passage
from annotations.store.doubts import Doubt, all_doubts, doubt_by_id
from annotations.store.transcripts import Kept, all_texts, texts_by_id, turns_at
from annotations.transcript import Span
from annotations.turn_numbers import shown_number
from service.access.page_links import anchor, interview_path
from service.access.policy import WHOLE_STUDY, Action, may
from service.access.transcript_access import about
from service.access.viewer import Role, Viewer
from service.composition import Parts
from service.looking.seen_in_many import SeenInMany

_CHANGED = "a passage whose words have changed since"


@dataclass(frozen=True, slots=True)
class SeenDoubt:
    """A doubt with its place in words, the page where that is, and the words of the passage ("" for none)."""

    doubt: Doubt
    place: str
    address: str
    words: str = ""

    @property
    def id(self) -> UUID:
        """Its id. Raises LookupError for one that is not kept yet."""
        if self.doubt.id is None:
            raise LookupError("this doubt is not kept yet")
        return self.doubt.id

    @property
    def state(self) -> str:
        """Is it open, answered, settled, or a memo that asks nothing?"""
        if not self.doubt.is_question:
            return "memo"
        return "settled" if self.doubt.settled else "answered" if self.doubt.answers else "open"


def doubts_seen(parts: Parts, viewer: Viewer) -> tuple[SeenDoubt, ...]:
    """Those that this person may see, newest first."""
    with parts.store.reading() as connection:
        return tuple(reversed(_seen(connection, parts, viewer, all_doubts(connection))))


def doubt_seen(parts: Parts, viewer: Viewer, doubt: UUID) -> SeenDoubt | None:
    """The one with this id; None if there is none or this person may not see it."""
    with parts.store.reading() as connection:
        found = doubt_by_id(connection, doubt)
        return next(iter(_seen(connection, parts, viewer, [] if found is None else [found])), None)


def doubts_about_code(parts: Parts, viewer: Viewer, code: str) -> tuple[SeenDoubt, ...]:
    """Those about a code that this person may see, newest first."""
    return tuple(one for one in doubts_seen(parts, viewer) if one.doubt.code == code)


def _seen(connection: Connection, parts: Parts, viewer: Viewer, found: Sequence[Doubt]) -> list[SeenDoubt]:
    if not may(viewer, Action.WRITE_DOUBT, WHOLE_STUDY):
        return []
    shown = _of_passages(connection, parts, viewer, found)
    cases = _cases(connection, viewer) if any(one.about == "case" for one in found) else frozenset()
    for one in found:
        if one.about == "code":
            label = parts.codebook.label(one.code) if one.code in parts.codebook.by_id else one.code
            shown[one.id] = SeenDoubt(one, label, f"/codebook/{one.code}")
        elif one.about == "case" and (viewer.sites is None or folded(one.case) in cases):
            shown[one.id] = SeenDoubt(one, f"case {one.case}", f"/interviews?{urlencode({'case': one.case})}")
        elif one.about == "study":
            shown[one.id] = SeenDoubt(one, "the study", "/")
    return [shown[one.id] for one in found if one.id in shown]


def _of_passages(
    connection: Connection, parts: Parts, viewer: Viewer, found: Sequence[Doubt]
) -> dict[UUID | None, SeenDoubt]:
    its = {one.passage.transcript for one in found if one.passage is not None}
    kept = {
        one.id: one
        for one in texts_by_id(connection, its)
        if may(viewer, Action.READ_TEXT, about(viewer, one.transcript))
    }
    seen = None
    if viewer.role is not Role.LEAD:
        seen = SeenInMany(connection, parts.segmentation.version, viewer, kept)
    allowed: list[tuple[Doubt, Kept, Passage]] = []
    for one in found:
        at = one.passage
        if at is None or at.transcript not in kept:
            continue
        its_text = kept[at.transcript]
        own = folded(one.author) == folded(viewer.name)
        if own or seen is None or at.span is None or seen.shows(its_text, one.author, at.span):
            allowed.append((one, its_text, at))
    turns = turns_at(connection, [(at.transcript, at.span) for _, _, at in allowed if at.span is not None])
    return {one.id: _placed(one, its_text, at, turns) for one, its_text, at in allowed}


def _placed(one: Doubt, kept: Kept, at: Passage, turns: Mapping[tuple[UUID, Span], int]) -> SeenDoubt:
    t, path = kept.transcript, interview_path(kept.id)
    if at.span is None:
        return SeenDoubt(one, t.name, path)
    if at.text_hash != t.text_hash:
        return SeenDoubt(one, f"{t.name}, {_CHANGED}", path)
    words, turn = at.span.of(t.text), turns.get((kept.id, at.span))
    if turn is None:
        return SeenDoubt(one, t.name, path, words)
    return SeenDoubt(one, f"{t.name}, turn {shown_number(turn)}", f"{path}#{anchor(turn)}", words)


def _cases(connection: Connection, viewer: Viewer) -> frozenset[str]:
    return frozenset(
        folded(one.transcript.case)
        for one in all_texts(connection)
        if may(viewer, Action.SEE_FIGURES, about(viewer, one.transcript))
    )
