"""The passages that a coder skipped, and whether codes were saved there since, which do not count.

In Label Studio a passage stays skipped until its coder presses "Cancel skip"; Ctrl+Enter saves there all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.label_studio.arrivals import ArrivalState
from annotations.names import folded
from annotations.store.many_values import in_lots
from annotations.store.tables import (
    annotation_reviews,
    coders,
    label_studio_annotations,
    retractions,
    segments,
)

# Label Studio writes both times of a new annotation within milliseconds
_SAME_SAVE = timedelta(seconds=2)


def spellings_of(connection: Connection, coder: str) -> list[str]:
    """The coder's name as answers from Label Studio have it."""
    seen = connection.execute(select(coders.c.name).where(coders.c.name_key == folded(coder))).scalars()
    return list(dict.fromkeys([coder, *seen]))


def skipped_of(
    connection: Connection, names: Collection[str], segment_ids: Collection[UUID]
) -> Mapping[UUID, bool]:
    """Those of these passages that a coder, under any of these names, skips: have codes been saved there since?

    One that they have judged as well is none of them.
    """
    a, w = label_studio_annotations.c, annotation_reviews.c
    gone = select(retractions.c.review_id)
    judged = select(w.key).where(w.coder.in_(names), w.review_id.not_in(gone))
    wanted = select(a.key, a.made, a.changed, a.body).where(
        a.coder.in_(names), a.state == ArrivalState.SKIPPED.value, a.key.not_in(judged)
    )
    skipped: dict[UUID, bool] = {}
    for some in in_lots(segment_ids):
        for row in connection.execute(wanted.where(a.key.in_(some))):
            later = None not in (row.made, row.changed) and row.changed - row.made >= _SAME_SAVE
            skipped[row.key] = skipped.get(row.key, False) or (later and _has_codes(row.body))
    return skipped


def skipped_by_turn(
    connection: Connection, names: Collection[str], transcript: UUID, segmentation: str
) -> Mapping[int, bool]:
    """The same by turn (from 0) of a transcript: true where codes were saved in any of its skipped passages."""
    s = segments.c
    wanted = select(s.id, s.turn).where(s.transcript_id == transcript, s.segmentation == segmentation)
    turns = {row.id: row.turn for row in connection.execute(wanted)}
    by_turn: dict[int, bool] = {}
    for key, saved in skipped_of(connection, names, turns).items():
        by_turn[turns[key]] = by_turn.get(turns[key], False) or saved
    return by_turn


def _has_codes(body: Any) -> bool:
    regions = (body or {}).get("result") or ()
    values = [region.get("value") or {} for region in regions]
    return any(value.get("choices") or value.get("taxonomy") for value in values)
