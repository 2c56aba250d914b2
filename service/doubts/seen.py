"""The doubts that somebody may see, each with what it is about in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from annotations.names import folded
from annotations.store.doubts import Doubt, all_doubts, doubt_by_id
from annotations.store.reviews import current_reviews
from annotations.store.segments import segments_of
from annotations.store.transcripts import Kept, all_texts, transcript_by_id
from annotations.turn_numbers import shown_number
from service.access.page_links import anchor, interview_path
from service.access.policy import WHOLE_STUDY, Action, may
from service.access.transcript_access import about
from service.access.viewer import Role, Viewer
from service.composition import Parts
from service.looking.hidden_spans import Hidden
from service.looking.margin import seen_doubts
from service.looking.seen_passages import SeenPassages

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
    passages: dict[UUID, list[Doubt]] = {}
    for one in found:
        if one.passage is not None:
            passages.setdefault(one.passage.transcript, []).append(one)
    shown: dict[UUID | None, SeenDoubt] = {}
    for transcript, its in passages.items():
        kept = transcript_by_id(connection, transcript)
        if kept is not None and may(viewer, Action.READ_TEXT, about(viewer, kept.transcript)):
            for seen in _of_transcript(connection, parts, viewer, kept, its):
                shown[seen.doubt.id] = seen
    cases = _cases(connection, viewer) if any(one.about == "case" for one in found) else frozenset()
    for one in found:
        if one.about == "code":
            label = parts.codebook.label(one.code) if one.code in parts.codebook.by_id else one.code
            shown[one.id] = SeenDoubt(one, label, f"/codebook/{one.code}")
        elif one.about == "case" and (viewer.sites is None or folded(one.case) in cases):
            shown[one.id] = SeenDoubt(one, f"case {one.case}", f"/interviews?case={one.case}")
        elif one.about == "study":
            shown[one.id] = SeenDoubt(one, "the study", "/")
    return [shown[one.id] for one in found if one.id in shown]


def _of_transcript(
    connection: Connection, parts: Parts, viewer: Viewer, kept: Kept, found: Sequence[Doubt]
) -> list[SeenDoubt]:
    if viewer.role is Role.LEAD:
        seen = tuple(found)
    else:
        cut = segments_of(connection, parts.segmentation.version, transcript=kept.id).get(kept.id, ())
        passages = SeenPassages(
            viewer, kept, Hidden.now(connection), current_reviews(connection, transcript=kept.id)
        )
        seen = seen_doubts(viewer, kept, cut, passages, found)
    return [_placed(kept, one) for one in seen]


def _placed(kept: Kept, one: Doubt) -> SeenDoubt:
    at, t = one.passage, kept.transcript
    path = interview_path(kept.id)
    if at is None or at.span is None:
        return SeenDoubt(one, t.name, path)
    if at.text_hash != t.text_hash:
        return SeenDoubt(one, f"{t.name}, {_CHANGED}", path)
    span = at.span
    turn = next((turn for turn in t.turns if turn.span.start <= span.start < turn.span.end), None)
    words = span.of(t.text)
    if turn is None:
        return SeenDoubt(one, t.name, path, words)
    return SeenDoubt(one, f"{t.name}, turn {shown_number(turn.index)}", f"{path}#{anchor(turn.index)}", words)


def _cases(connection: Connection, viewer: Viewer) -> frozenset[str]:
    return frozenset(
        folded(one.transcript.case)
        for one in all_texts(connection)
        if may(viewer, Action.SEE_FIGURES, about(viewer, one.transcript))
    )
