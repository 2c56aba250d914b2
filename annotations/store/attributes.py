"""Attributes of participants and cases, in the store. The newest word holds; a withdrawal erases a participant's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, delete, func, select

from annotations.attributes import Attribute, Attributes, Owner
from annotations.names import folded
from annotations.store.tables import attributes, brought_in_items


@dataclass
class Changes:
    """What became of attributes that were given: those that are new, changed (with the value before) and taken away."""

    new: list[Attribute] = field(default_factory=list)
    changed: list[tuple[Attribute, str]] = field(default_factory=list)
    unchanged: int = 0
    removed: list[Attribute] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Is anything otherwise than before?"""
        return bool(self.new or self.changed or self.removed)


def keep_attributes(connection: Connection, given: Iterable[Attribute]) -> Changes:
    """Keep attributes. One that is there already under another value takes the new one; an empty value removes it."""
    changes = Changes()
    rows = connection.execute(select(attributes)).all()
    before = {(row.of, row.owner_key, row.name_key): row for row in rows}
    names = {row.name_key: row.name for row in rows}
    for attribute in given:
        name = names.setdefault(folded(attribute.name), attribute.name)
        key = (attribute.of.value, folded(attribute.owner), folded(name))
        there = before.get(key)
        kept = Attribute(attribute.of, attribute.owner, name, attribute.value)
        this = (
            (attributes.c.of == key[0])
            & (attributes.c.owner_key == key[1])
            & (attributes.c.name_key == key[2])
        )
        if there is None and attribute.value:
            row = dict(zip(("of", "owner_key", "name_key"), key, strict=True))
            row |= {"owner": attribute.owner, "name": name, "value": attribute.value}
            connection.execute(attributes.insert().values(**row))
            changes.new.append(kept)
        elif there is not None and not attribute.value:
            connection.execute(delete(attributes).where(this))
            changes.removed.append(Attribute(attribute.of, attribute.owner, name, there.value))
        elif there is not None and there.value != attribute.value:
            connection.execute(attributes.update().where(this).values(value=attribute.value))
            changes.changed.append((kept, there.value))
        else:
            changes.unchanged += 1
    return changes


def all_attributes(connection: Connection) -> Attributes:
    """Everything that is known of participants and cases, in the order in which it came."""
    rows = connection.execute(select(attributes).order_by(attributes.c.sequence))
    return Attributes(Attribute(Owner(row.of), row.owner, row.name, row.value) for row in rows)


def forget_participants(connection: Connection, participants: Collection[str]) -> int:
    """Erase what is known of these participants; how many attributes that were."""
    keys = {folded(participant) for participant in participants if participant.strip()}
    own = brought_in_items.c.owner_key.in_(sorted(keys))
    connection.execute(delete(brought_in_items).where(brought_in_items.c.kind == "attribute", own))
    gone = connection.execute(delete(attributes).where(_of(keys)))
    return gone.rowcount


def count_of(connection: Connection, participant: str) -> int:
    """How many attributes are kept of a participant."""
    wanted = select(func.count()).select_from(attributes).where(_of({folded(participant)}))
    return connection.execute(wanted).scalar_one()


def _of(keys: Collection[str]) -> ColumnElement[bool]:
    return (attributes.c.of == Owner.PARTICIPANT.value) & attributes.c.owner_key.in_(sorted(keys))
