"""What happened in each case and when, in the store, with the passages that it rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, select

from annotations.names import folded
from annotations.store.cell_place import RestingPassage
from annotations.store.tables import event_passages, events, now
from annotations.transcript import Span


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened in a case. ``date``: as people write it; ``phase``: the id of a phase's code, or "".

    ``source``: what is cited besides transcripts and documents of the study; ``passages``: of these.
    """

    case: str
    date: str
    text: str
    phase: str = ""
    actor: str = ""
    place: str = ""
    source: str = ""
    passages: tuple[RestingPassage, ...] = ()
    id: UUID | None = None

    @property
    def key(self) -> str:
        """Case, date and text in one form: the same event again says more of it."""
        return json.dumps([folded(self.case), folded(self.date), folded(self.text)], ensure_ascii=False)

    @property
    def has_source(self) -> bool:
        """Does it rest on anything?"""
        return bool(self.source or self.passages)


@dataclass
class KeptEvents:
    """What became of events that were given."""

    new: list[CaseEvent] = field(default_factory=list)
    changed: list[CaseEvent] = field(default_factory=list)
    removed: list[CaseEvent] = field(default_factory=list)
    unchanged: int = 0


def keep_events(connection: Connection, given: Sequence[CaseEvent]) -> KeptEvents:
    """Keep events. One that is there already (same case, date and text) takes what is said of it now."""
    kept = KeptEvents()
    before = {event.key: event for event in all_events(connection)}
    for event in given:
        there = before.get(event.key)
        if there is None:
            new = uuid4()
            connection.execute(events.insert().values(id=new, **_columns(event), created=now()))
            _add_passages(connection, new, event.passages)
            kept.new.append(event)
        elif _said(there) == _said(event):
            kept.unchanged += 1
        else:
            connection.execute(events.update().where(events.c.id == there.id).values(**_columns(event)))
            connection.execute(delete(event_passages).where(event_passages.c.event_id == there.id))
            if there.id is not None:
                _add_passages(connection, there.id, event.passages)
            kept.changed.append(event)
    return kept


def remove_events(connection: Connection, given: Sequence[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Take events away (same case, date and text); those that were there."""
    keys = {event.key for event in given}
    gone = [event for event in all_events(connection) if event.key in keys]
    for event in gone:
        connection.execute(delete(event_passages).where(event_passages.c.event_id == event.id))
        connection.execute(delete(events).where(events.c.id == event.id))
    return tuple(gone)


def all_events(connection: Connection) -> tuple[CaseEvent, ...]:
    """Every event, in the order in which they came."""
    passages: dict[UUID, list[RestingPassage]] = {}
    for row in connection.execute(select(event_passages).order_by(event_passages.c.sequence)):
        span = None if row.start is None else Span(row.start, row.end)
        passages.setdefault(row.event_id, []).append(RestingPassage(row.transcript_id, span, row.text_hash))
    return tuple(
        CaseEvent(
            case=row.case,
            date=row.date,
            text=row.text,
            phase=row.phase,
            actor=row.actor,
            place=row.place,
            source=row.source,
            passages=tuple(passages.get(row.id, ())),
            id=row.id,
        )
        for row in connection.execute(select(events).order_by(events.c.sequence))
    )


def _columns(event: CaseEvent) -> dict[str, str]:
    names = ("case", "date", "text", "phase", "actor", "place", "source")
    return {name: getattr(event, name) for name in names} | {"event_key": event.key}


def _said(event: CaseEvent) -> tuple[object, ...]:
    return (_columns(event), set(event.passages))


def _add_passages(connection: Connection, event: UUID, passages: Sequence[RestingPassage]) -> None:
    rows = [
        {
            "event_id": event,
            "transcript_id": passage.transcript,
            "start": None if passage.span is None else passage.span.start,
            "end": None if passage.span is None else passage.span.end,
            "text_hash": passage.text_hash,
        }
        for passage in dict.fromkeys(passages)
    ]
    if rows:
        connection.execute(event_passages.insert(), rows)
