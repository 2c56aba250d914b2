"""What came in together: kept item by item, so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, select

from annotations.store.tables import brought_in, brought_in_items, now


@dataclass(frozen=True, slots=True)
class BroughtItem:
    """One thing that came in. ``kind``: transcript, described, replaced, review, coding, adopted, attribute, settings or
    codebook; ``before``: how it was, None where it was not there.
    """

    kind: str
    transcript: UUID | None = None
    item: UUID | None = None
    owner_key: str | None = None
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came in at one time. ``what``: counts by what they count, and sentences to know under "notes"."""

    id: UUID
    by: str
    what: Mapping[str, Any]
    created: datetime
    undone: datetime | None = None
    undone_by: str | None = None


def keep_brought_in(
    connection: Connection, by: str, what: Mapping[str, Any], items: Iterable[BroughtItem]
) -> UUID:
    """Keep that these came in."""
    new = uuid4()
    connection.execute(brought_in.insert().values(id=new, by=by, what=dict(what)))
    rows = [
        {
            "brought_in_id": new,
            "kind": item.kind,
            "transcript_id": item.transcript,
            "item_id": item.item,
            "owner_key": item.owner_key,
            "before": None if item.before is None else dict(item.before),
        }
        for item in items
    ]
    if rows:
        connection.execute(brought_in_items.insert(), rows)
    return new


def all_brought_in(connection: Connection, *, latest: int = 200) -> tuple[BroughtIn, ...]:
    """What came in, the newest first."""
    wanted = select(brought_in).order_by(brought_in.c.sequence.desc()).limit(latest)
    return tuple(_brought_in(row) for row in connection.execute(wanted))


def brought_in_by_id(connection: Connection, record: UUID) -> BroughtIn | None:
    """What came in under this id, or None."""
    row = connection.execute(select(brought_in).where(brought_in.c.id == record)).first()
    return None if row is None else _brought_in(row)


def items_of(connection: Connection, record: UUID) -> tuple[BroughtItem, ...]:
    """Its items, in the order in which they were kept; those of somebody who withdrew are gone."""
    i = brought_in_items.c
    rows = connection.execute(select(brought_in_items).where(i.brought_in_id == record).order_by(i.sequence))
    return tuple(
        BroughtItem(row.kind, row.transcript_id, row.item_id, row.owner_key, row.before) for row in rows
    )


def mark_undone(connection: Connection, record: UUID, by: str) -> None:
    """It is not there any more."""
    connection.execute(
        brought_in.update().where(brought_in.c.id == record).values(undone=now(), undone_by=by)
    )
    # what it was like before is known by what is there now
    connection.execute(brought_in_items.delete().where(brought_in_items.c.brought_in_id == record))


def take_out_of(connection: Connection, record: UUID, transcript: UUID, what: Mapping[str, Any]) -> None:
    """A transcript is none of what came in any more; ``what``: what the record says from now on."""
    i = brought_in_items.c
    connection.execute(
        brought_in_items.delete().where(i.brought_in_id == record, i.transcript_id == transcript)
    )
    connection.execute(brought_in.update().where(brought_in.c.id == record).values(what=dict(what)))


def _brought_in(row: Row[Any]) -> BroughtIn:
    return BroughtIn(row.id, row.by, row.what, row.created, row.undone, row.undone_by)
