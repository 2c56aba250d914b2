"""The codebook as coders look things up in it: found by any word of it, with passages that the team coded so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.codebook.layout import TEXTS, Entry, Layout, Section
from annotations.names import folded
from annotations.segment import Segment
from annotations.store.reviews import current_reviews, past_reviews
from annotations.store.segments import segments_of
from annotations.store.tables import coders, codings
from annotations.store.transcripts import Kept, transcript_by_id
from annotations.store.written_cells import current_quotes
from annotations.transcript import Span
from annotations.turn_numbers import shown_number
from service.access.page_links import anchor, interview_path
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Role, Viewer
from service.composition import Parts
from service.looking.hidden_spans import Hidden
from service.looking.margin import shows_coding
from service.looking.seen_passages import SeenPassages

MOST_EXAMPLES = 12
# looked through for those that may be shown; reading further would keep somebody waiting
_MOST_LOOKED_AT = 300
_MOST_TRANSCRIPTS = 25


def found_in(layout: Layout, words: str) -> Layout:
    """The entries that hold all of these words in name, path, definition, use or example; all for no words."""
    wanted = [folded(word) for word in words.split()]
    if not wanted:
        return layout
    sections = []
    for section in layout.sections:
        entries = tuple(entry for entry in section.entries if _holds(entry, wanted))
        if entries:
            sections.append(Section(section.framework, entries))
    return replace(layout, sections=tuple(sections), crosswalk=())


def entry_of(layout: Layout, code: str) -> Entry | None:
    """The entry of the code with this id."""
    return next((one for section in layout.sections for one in section.entries if one.code.id == code), None)


@dataclass(frozen=True, slots=True)
class TeamExample:
    """A passage that somebody coded so. ``chosen``: somebody chose it to stand for the code."""

    place: str
    address: str
    words: str
    coder: str
    memo: str
    chosen: bool
    concrete: bool


def team_examples(parts: Parts, viewer: Viewer, code: str) -> tuple[TeamExample, ...]:
    """Passages with this code that the viewer may see: those chosen as quotes, concrete examples, then the newest."""
    with parts.store.reading() as connection:
        return tuple(_examples(connection, parts, viewer, code))


@dataclass(frozen=True, slots=True)
class _Coded:
    transcript: UUID
    span: Span
    coder: str
    memo: str
    chosen: bool
    concrete: bool


def _examples(connection: Connection, parts: Parts, viewer: Viewer, code: str) -> list[TeamExample]:
    looks = _Looks(connection, parts, viewer)
    found: list[TeamExample] = []
    seen: set[tuple[UUID, Span]] = set()
    for one in _candidates(connection, code):
        if len(found) == MOST_EXAMPLES:
            break
        if (one.transcript, one.span) in seen:
            continue
        seen.add((one.transcript, one.span))
        kept = looks.shows(one)
        if kept is not None:
            found.append(_shown(kept, one))
    return found


def _candidates(connection: Connection, code: str) -> list[_Coded]:
    chosen = {
        (quote.passage.transcript, quote.passage.span)
        for quote in current_quotes(connection)
        if quote.code == code
    }
    c = codings
    wanted = (
        select(c.c.transcript_id, c.c.start, c.c.end, c.c.memo, c.c.concrete_example, coders.c.name)
        .join(coders, coders.c.id == c.c.coder_id)
        .where(c.c.code == code, c.c.review_id.is_(None) | c.c.review_id.not_in(past_reviews()))
        .order_by(c.c.concrete_example.desc(), c.c.sequence.desc())
        .limit(_MOST_LOOKED_AT)
    )
    found = []
    for row in connection.execute(wanted):
        span = Span(row.start, row.end)
        is_chosen = (row.transcript_id, span) in chosen
        found.append(
            _Coded(row.transcript_id, span, row.name, row.memo, is_chosen, bool(row.concrete_example))
        )
    return sorted(found, key=lambda one: not one.chosen)


class _Looks:
    """Which of them the viewer may see; what is known of a transcript is read once."""

    def __init__(self, connection: Connection, parts: Parts, viewer: Viewer) -> None:
        self._connection = connection
        self._parts = parts
        self._viewer = viewer
        self._kept: dict[UUID, Kept | None] = {}
        self._seen: dict[UUID, tuple[Sequence[Segment], SeenPassages]] = {}
        self._hidden: Hidden | None = None

    def shows(self, one: _Coded) -> Kept | None:
        """The transcript, where the passage may be shown."""
        if one.transcript not in self._kept:
            if len(self._kept) >= _MOST_TRANSCRIPTS:
                return None
            self._kept[one.transcript] = transcript_by_id(self._connection, one.transcript)
        kept = self._kept[one.transcript]
        if kept is None or not may(self._viewer, Action.READ_TEXT, about(self._viewer, kept.transcript)):
            return None
        if self._viewer.role is Role.LEAD:
            return kept
        cut, seen = self._passages(kept)
        return kept if shows_coding(self._viewer, kept, cut, seen, one.coder, one.span) else None

    def _passages(self, kept: Kept) -> tuple[Sequence[Segment], SeenPassages]:
        if kept.id not in self._seen:
            if self._hidden is None:
                self._hidden = Hidden.now(self._connection)
            version = self._parts.segmentation.version
            cut = segments_of(self._connection, version, transcript=kept.id).get(kept.id, ())
            reviews = current_reviews(self._connection, transcript=kept.id)
            self._seen[kept.id] = (cut, SeenPassages(self._viewer, kept, self._hidden, reviews))
        return self._seen[kept.id]


def _shown(kept: Kept, one: _Coded) -> TeamExample:
    t, path = kept.transcript, interview_path(kept.id)
    turn = next((turn for turn in t.turns if turn.span.start <= one.span.start < turn.span.end), None)
    place, address = (t.name, path)
    if turn is not None:
        place, address = f"{t.name}, turn {shown_number(turn.index)}", f"{path}#{anchor(turn.index)}"
    return TeamExample(place, address, one.span.of(t.text), one.coder, one.memo, one.chosen, one.concrete)


def _holds(entry: Entry, wanted: Sequence[str]) -> bool:
    said = [entry.code.name, entry.code.path, entry.above, *(getattr(entry.code, key) for key, _ in TEXTS)]
    said += [one.name for one in entry.counterparts]
    plain = folded(" ".join(said))
    return all(word in plain for word in wanted)
