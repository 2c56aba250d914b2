"""Which model version's suggestion stands on which task."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from annotations.coding import Draw
from annotations.lots import lots
from annotations.store.tables import label_studio_projects, label_studio_tasks, suggestions

_AT_A_TIME = 400


class StandingSuggestion(NamedTuple):
    """A task that shows what a model version says of a segment."""

    key: UUID
    model: UUID
    segment: UUID

    @property
    def said(self) -> tuple[UUID, UUID]:
        """Whose word it is and about what: the same for ever, whatever task shows it."""
        return self.model, self.segment


# made once: an answer to a coder who waits is asked for with it
_p, _t, _s = label_studio_projects, label_studio_tasks, suggestions
_WANTED = (
    select(_t.c.key, _t.c.model_id, _t.c.segment_id)
    .join(_s, (_s.c.segment_id == _t.c.segment_id) & (_s.c.model_id == _t.c.model_id))
    .where(
        # as ``project_numbered``: the newest, one in use before a retired one
        _t.c.project_id
        == select(_p.c.id)
        .where(_p.c.project_id == bindparam("number"))
        .order_by(_p.c.retired, _p.c.sequence.desc())
        .limit(1)
        .scalar_subquery(),
        _t.c.key.in_(bindparam("keys", expanding=True)),
        _t.c.draw == Draw.ORDINARY.value,
    )
)


def standing_on(
    connection: Connection, number: int, keys: Collection[UUID]
) -> tuple[StandingSuggestion, ...]:
    """Those of these tasks, in the project that Label Studio knows by this number, on which a suggestion stands.

    A task drawn blind, double or again shows none, and so does one whose suggestion was erased.
    """
    asked = list(dict.fromkeys(keys))
    return tuple(
        StandingSuggestion(row.key, row.model_id, row.segment_id)
        for some in lots(asked, _AT_A_TIME)
        for row in connection.execute(_WANTED, {"number": number, "keys": some})
    )
