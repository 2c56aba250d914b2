"""The passages that a coder skipped, and whether codes were saved there since, which do not count.

In Label Studio a passage stays skipped until its coder presses "Cancel skip"; Ctrl+Enter saves there all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Subquery, select, union_all

from annotations.label_studio.annotation import MARKS
from annotations.label_studio.arrivals import ArrivalState
from annotations.names import folded
from annotations.store.label_studio_projects import projects_in_view
from annotations.store.many_values import in_lots
from annotations.store.tables import (
    annotation_reviews,
    coders,
    label_studio_annotations,
    label_studio_interviews,
    label_studio_tasks,
    retractions,
    segments,
)

# Label Studio writes both times of a new annotation within milliseconds
_SAME_SAVE = timedelta(seconds=2)


def spellings_of(connection: Connection, coder: str) -> list[str]:
    """The coder's name as answers from Label Studio have it."""
    seen = connection.execute(select(coders.c.name).where(coders.c.name_key == folded(coder))).scalars()
    return list(dict.fromkeys([coder, *seen]))


def skipped_passages(among: Collection[UUID]) -> Subquery:
    """Every passage that somebody skips in these projects, alone or with the whole interview: a row for each annotation.

    ``among``: those of the view that coders work in now. What was skipped in the other one is merely left: nothing there
    has to be cancelled before an answer counts.
    """
    a, t, i = label_studio_annotations, label_studio_tasks.c, label_studio_interviews.c
    said = (t.project_id, t.key, a.c.coder, a.c.made, a.c.changed, a.c.body)
    skipped = (a.c.state == ArrivalState.SKIPPED.value) & a.c.coder.is_not(None) & a.c.project_id.in_(among)
    in_project = t.project_id == a.c.project_id
    alone = select(*said).select_from(a).join(label_studio_tasks, in_project & (t.key == a.c.key))
    # an interview has a key of its own; its task stands at each of its passages
    its = (i.project_id == a.c.project_id) & (i.key == a.c.key)
    whole = select(*said).select_from(a).join(label_studio_interviews, its)
    whole = whole.join(label_studio_tasks, in_project & (t.task_id == i.task_id))
    return union_all(alone.where(skipped), whole.where(skipped)).subquery()


def skipped_keys(names: Collection[str], among: Collection[UUID]) -> Select[tuple[UUID]]:
    """The keys of the passages that a coder, under any of these names, skips in these projects."""
    skipped = skipped_passages(among).c
    return select(skipped.key).where(skipped.coder.in_(names))


def skipped_of(
    connection: Connection, names: Collection[str], segment_ids: Collection[UUID], among: Collection[UUID]
) -> Mapping[UUID, bool]:
    """Those of these passages that a coder, under any of these names, skips: have codes been saved there since?

    One that they have judged as well is none of them.
    """
    a, w = skipped_passages(among).c, annotation_reviews.c
    gone = select(retractions.c.review_id)
    judged = select(w.key).where(w.coder.in_(names), w.review_id.not_in(gone))
    wanted = select(a.key, a.made, a.changed, a.body).where(a.coder.in_(names), a.key.not_in(judged))
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
    here = [project.id for project in projects_in_view(connection)]
    for key, saved in skipped_of(connection, names, turns, here).items():
        by_turn[turns[key]] = by_turn.get(turns[key], False) or saved
    return by_turn


def _has_codes(body: Any) -> bool:
    regions = (body or {}).get("result") or ()
    values = [region.get("value") or {} for region in regions]
    return any(value.get(answer) for value in values for answer in ("choices", "taxonomy", MARKS))
