"""The doubts that somebody may see, each with what it is about in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Connection

from annotations.names import folded
from annotations.store.cell_place import RestingPassage
from annotations.store.doubts import Doubt, all_doubts, doubt_by_id
from annotations.store.transcripts import KeptTranscript, all_texts, texts_by_id, turns_at
from annotations.transcript import Span
from annotations.turn_numbers import shown_number
from service.access.page_links import anchor, interview_path
from service.access.policy import WHOLE_STUDY, Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer, ViewerRole
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
        return tuple(reversed(seen_among(connection, parts, viewer, all_doubts(connection))))


def doubt_seen(parts: Parts, viewer: Viewer, doubt: UUID) -> SeenDoubt | None:
    """The one with this id; None if there is none or this person may not see it."""
    with parts.store.reading() as connection:
        doubt_there = doubt_by_id(connection, doubt)
        return next(
            iter(seen_among(connection, parts, viewer, [] if doubt_there is None else [doubt_there])), None
        )


def doubts_about_code(parts: Parts, viewer: Viewer, code: str) -> tuple[SeenDoubt, ...]:
    """Those about a code that this person may see, newest first."""
    return tuple(seen_doubt for seen_doubt in doubts_seen(parts, viewer) if seen_doubt.doubt.code == code)


def seen_among(
    connection: Connection, parts: Parts, viewer: Viewer, doubts: Sequence[Doubt]
) -> list[SeenDoubt]:
    """Those of these doubts that this person may see, in their order."""
    if not may(viewer, Action.WRITE_DOUBT, WHOLE_STUDY):
        return []
    shown = _of_passages(connection, parts, viewer, doubts)
    cases = cases_seen(connection, viewer) if any(doubt_kept.about == "case" for doubt_kept in doubts) else {}
    for doubt_kept in doubts:
        if doubt_kept.about == "code":
            label = (
                parts.codebook.label(doubt_kept.code)
                if doubt_kept.code in parts.codebook.by_id
                else doubt_kept.code
            )
            shown[doubt_kept.id] = SeenDoubt(doubt_kept, label, f"/codebook/{doubt_kept.code}")
        elif doubt_kept.about == "case" and (viewer.sites is None or folded(doubt_kept.case) in cases):
            shown[doubt_kept.id] = SeenDoubt(
                doubt_kept, f"case {doubt_kept.case}", f"/interviews?{urlencode({'case': doubt_kept.case})}"
            )
        elif doubt_kept.about == "study":
            shown[doubt_kept.id] = SeenDoubt(doubt_kept, "the study", "/")
    return [shown[doubt_kept.id] for doubt_kept in doubts if doubt_kept.id in shown]


def _of_passages(
    connection: Connection, parts: Parts, viewer: Viewer, doubts: Sequence[Doubt]
) -> dict[UUID | None, SeenDoubt]:
    its = {doubt_kept.passage.transcript for doubt_kept in doubts if doubt_kept.passage is not None}
    kept = {
        text_kept.id: text_kept
        for text_kept in texts_by_id(connection, its)
        if may(viewer, Action.READ_TEXT, about(viewer, text_kept.transcript))
    }
    seen = None
    if viewer.role is not ViewerRole.LEAD:
        seen = SeenInMany(connection, parts.segmentation.version, viewer, kept)
    allowed: list[tuple[Doubt, KeptTranscript, RestingPassage]] = []
    for doubt_kept in doubts:
        at = doubt_kept.passage
        if at is None or at.transcript not in kept:
            continue
        its_text = kept[at.transcript]
        own = folded(doubt_kept.author) == folded(viewer.name)
        if own or seen is None or at.span is None or seen.shows(its_text, doubt_kept.author, at.span):
            allowed.append((doubt_kept, its_text, at))
    turns = turns_at(connection, [(at.transcript, at.span) for _, _, at in allowed if at.span is not None])
    return {doubt_kept.id: _placed(doubt_kept, its_text, at, turns) for doubt_kept, its_text, at in allowed}


def _placed(
    doubt: Doubt, kept: KeptTranscript, at: RestingPassage, turns: Mapping[tuple[UUID, Span], int]
) -> SeenDoubt:
    t, path = kept.transcript, interview_path(kept.id)
    if at.span is None:
        return SeenDoubt(doubt, t.name, path)
    if at.text_hash != t.text_hash:
        return SeenDoubt(doubt, f"{t.name}, {_CHANGED}", path)
    words, turn = at.span.of(t.text), turns.get((kept.id, at.span))
    if turn is None:
        return SeenDoubt(doubt, t.name, path, words)
    return SeenDoubt(doubt, f"{t.name}, turn {shown_number(turn)}", f"{path}#{anchor(turn)}", words)


def cases_seen(connection: Connection, viewer: Viewer) -> Mapping[str, str]:
    """The cases of whose transcripts this person may know: each as the study writes it, by its folded name."""
    return {
        folded(text.transcript.case): text.transcript.case
        for text in all_texts(connection)
        if text.transcript.case and may(viewer, Action.SEE_FIGURES, about(viewer, text.transcript))
    }
