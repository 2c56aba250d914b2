"""The segments whose suggestion nobody may see yet."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select

from annotations.coding import Draw
from annotations.names import folded
from annotations.store.tables import (
    annotation_reviews,
    drawn_segments,
    label_studio_projects,
    label_studio_tasks,
    retractions,
    segments,
)
from annotations.store.transcript_versions import replaced_segments


def hidden_segments(
    connection: Connection, *, of: str | None = None, transcript: UUID | None = None
) -> set[UUID]:
    """Segments whose suggestion nobody may see yet: a task without it still waits for its review.

    What is drawn and not pushed yet, since a push was stopped or its project was deleted, waits too. ``of``: of those
    that stand before coders only the ones that this coder still has to judge. ``transcript``: of this one alone, which
    takes no longer in a large study.
    """
    t, w = label_studio_tasks, annotation_reviews
    own, other = label_studio_projects.alias("own"), label_studio_projects.alias("other")
    # a coder who judged it in one view has judged it; a colleague's project is another one
    there = (
        select(w.c.sequence)
        .join(other, other.c.id == w.c.project_id)
        .join(own, own.c.coder.is_not_distinct_from(other.c.coder))
        .where(own.c.id == t.c.project_id, w.c.key == t.c.key)
        .where(w.c.review_id.not_in(select(retractions.c.review_id)))
        .exists()
    )
    draws = [Draw.BLIND.value, Draw.DOUBLE.value, Draw.REPEAT.value]
    in_use = select(label_studio_projects.c.id).where(label_studio_projects.c.retired.is_(False))
    whose = {
        row.id
        for row in connection.execute(select(label_studio_projects.c.id, label_studio_projects.c.coder))
        if of is None or row.coder is None or folded(row.coder) == folded(of)
    }
    wanted = select(t.c.segment_id).where(t.c.draw.in_(draws), t.c.project_id.in_(in_use), ~there)
    wanted = wanted.where(t.c.project_id.in_(whose))
    d = drawn_segments
    stands = (
        select(t.c.segment_id).where(t.c.segment_id == d.c.segment_id, t.c.project_id.in_(in_use)).exists()
    )
    judged = (
        select(w.c.sequence)
        .where(w.c.segment_id == d.c.segment_id)
        .where(w.c.review_id.not_in(select(retractions.c.review_id)))
        .exists()
    )
    to_come = select(d.c.segment_id).where(d.c.draw.in_(draws), ~stands, ~judged)
    if transcript is not None:
        its = select(segments.c.id).where(segments.c.transcript_id == transcript)
        wanted, to_come = wanted.where(t.c.segment_id.in_(its)), to_come.where(d.c.segment_id.in_(its))
    hidden = set(connection.execute(wanted.union(to_come)).scalars())
    # what stands in the text no more hides nothing; its heir is drawn too
    return hidden - replaced_segments(connection, hidden)
