"""The codebook as coders look things up in it: found by any word of it, with passages that the team coded so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.codebook.layout import TEXTS, Entry, FrameworkSection, Layout
from annotations.names import folded
from annotations.store.reviews import past_reviews
from annotations.store.tables import coders, codings
from annotations.store.transcripts import KeptTranscript, texts_by_id, turns_at
from annotations.store.written_cells import current_quotes
from annotations.transcript import Span
from annotations.turn_numbers import shown_number
from service.access.page_links import anchor, interview_path
from service.access.policy import Action, may
from service.access.transcript_access import about
from service.access.viewer import Viewer, ViewerRole
from service.composition import Parts
from service.looking.seen_in_many import SeenInMany

MOST_EXAMPLES = 12
# looked through for those that may be shown; reading further would keep somebody waiting
_MOST_LOOKED_AT = 300


def found_in(layout: Layout, words: str) -> Layout:
    """The entries that hold all of these words in name, path, definition, use or example; all for no words."""
    wanted = [folded(word) for word in words.split()]
    if not wanted:
        return layout
    sections = []
    for section in layout.sections:
        entries = tuple(entry for entry in section.entries if _holds(entry, wanted))
        if entries:
            sections.append(FrameworkSection(section.framework, entries))
    return replace(layout, sections=tuple(sections), crosswalk=())


def entry_of(layout: Layout, code: str) -> Entry | None:
    """The entry of the code with this id."""
    return next(
        (entry for section in layout.sections for entry in section.entries if entry.code.id == code), None
    )


@dataclass(frozen=True, slots=True)
class TeamExample:
    """A passage that somebody coded so. ``chosen``: somebody chose it to stand for the code."""

    transcript: str
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
class _CodedExample:
    transcript: UUID
    span: Span
    coder: str
    memo: str
    chosen: bool
    concrete: bool


def _examples(connection: Connection, parts: Parts, viewer: Viewer, code: str) -> list[TeamExample]:
    candidates = _candidates(connection, code)
    texts = {
        text.id: text for text in texts_by_id(connection, {candidate.transcript for candidate in candidates})
    }
    readable = {
        text.id: text
        for text in texts.values()
        if may(viewer, Action.READ_TEXT, about(viewer, text.transcript))
    }
    seen = None
    if viewer.role is not ViewerRole.LEAD:
        seen = SeenInMany(connection, parts.segmentation.version, viewer, readable)
    examples: dict[tuple[UUID, Span], _CodedExample] = {}
    for candidate in candidates:
        kept = readable.get(candidate.transcript)
        if kept is None or (candidate.transcript, candidate.span) in examples:
            continue
        if seen is None or seen.shows(kept, candidate.coder, candidate.span):
            examples[candidate.transcript, candidate.span] = candidate
        if len(examples) == MOST_EXAMPLES:
            break
    turns = turns_at(connection, list(examples))
    return [
        _shown(readable[example.transcript], example, turns.get(place)) for place, example in examples.items()
    ]


def _candidates(connection: Connection, code: str) -> list[_CodedExample]:
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
    candidates = []
    for row in connection.execute(wanted):
        span = Span(row.start, row.end)
        is_chosen = (row.transcript_id, span) in chosen
        candidates.append(
            _CodedExample(row.transcript_id, span, row.name, row.memo, is_chosen, bool(row.concrete_example))
        )
    return sorted(candidates, key=lambda candidate: not candidate.chosen)


def _shown(kept: KeptTranscript, example: _CodedExample, turn: int | None) -> TeamExample:
    t, path = kept.transcript, interview_path(kept.id)
    place, address = t.name, path
    if turn is not None:
        place, address = f"{t.name}, turn {shown_number(turn)}", f"{path}#{anchor(turn)}"
    return TeamExample(
        t.name,
        place,
        address,
        example.span.of(t.text),
        example.coder,
        example.memo,
        example.chosen,
        example.concrete,
    )


def _holds(entry: Entry, wanted: Sequence[str]) -> bool:
    said = [entry.code.name, entry.code.path, entry.above, *(getattr(entry.code, key) for key, _ in TEXTS)]
    said += [counterpart.name for counterpart in entry.counterparts]
    plain = folded(" ".join(said))
    return all(word in plain for word in wanted)
