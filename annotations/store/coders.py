"""Who has coded: the coders' names and ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID, uuid4

from sqlalchemy import Connection, or_, select

from annotations.coding import Coder
from annotations.names import folded
from annotations.store.many_values import in_lots
from annotations.store.tables import coders, codings, reviews


def keep_coder(connection: Connection, coder: Coder) -> UUID:
    """The id under which a coder is known, making it if the name is new."""
    known = select(coders.c.id).where(coders.c.name_key == folded(coder.name))
    coder_id = connection.execute(known).scalar()
    if coder_id is not None:
        return UUID(str(coder_id))
    new = uuid4()
    values = {"id": new, "name": coder.name, "name_key": folded(coder.name), "kind": coder.kind}
    connection.execute(coders.insert().values(**values))
    return new


def keep_coders(connection: Connection, names: Iterable[str]) -> dict[str, UUID]:
    """The ids under which these people are known, by name; new names are kept."""
    by_key: dict[str, UUID] = {}
    keys = {name: folded(name) for name in names}
    for some in in_lots(list(keys.values())):
        known = select(coders.c.name_key, coders.c.id).where(coders.c.name_key.in_(some))
        by_key |= {row.name_key: row.id for row in connection.execute(known)}
    for name, key in keys.items():
        if key not in by_key:
            by_key[key] = keep_coder(connection, Coder(name))
    return {name: by_key[key] for name, key in keys.items()}


def coder_names(connection: Connection) -> Mapping[UUID, str]:
    """The people by whom anything was written or coded, by id, in the order in which they came."""
    wanted = select(coders.c.id, coders.c.name).where(coders.c.kind == "person").order_by(coders.c.sequence)
    return {row.id: row.name for row in connection.execute(wanted)}


def names_of_those_who_coded(connection: Connection) -> tuple[str, ...]:
    """Those of them who have coded, in the same order: whoever answered a question or rated a cell alone has not."""
    has_coded = [
        select(table.c.id).where(table.c.coder_id == coders.c.id).exists() for table in (reviews, codings)
    ]
    wanted = (
        select(coders.c.name).where(coders.c.kind == "person", or_(*has_coded)).order_by(coders.c.sequence)
    )
    return tuple(connection.execute(wanted).scalars())


def coders_of(connection: Connection, coder_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Who made each of these reviews, superseded ones included."""
    if not coder_ids:
        return {}
    wanted = select(reviews.c.id, coders.c.name).join(coders, coders.c.id == reviews.c.coder_id)
    return {row.id: row.name for row in connection.execute(wanted) if row.id in coder_ids}
