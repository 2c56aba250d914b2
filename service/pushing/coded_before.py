"""Passages that people have coded before they are handed out: how many there are, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.numbers_shown import counted
from annotations.store.judged_passages import counted_passages
from annotations.store.many_values import in_lots
from annotations.store.tables import label_studio_tasks, reviews, segments


def coded_before(connection: Connection, segmentation: str, transcripts: Collection[UUID]) -> int:
    """How many passages somebody has judged, of those of these transcripts that never stood in Label Studio."""
    r, s, t = reviews.c.transcript_id, segments.c, label_studio_tasks.c
    stood = select(s.transcript_id).join(label_studio_tasks, t.segment_id == s.id)
    looked_at = [
        transcript
        for some in in_lots(transcripts)
        for transcript in connection.execute(
            select(r).where(r.in_(some), r.not_in(stood.where(s.transcript_id.in_(some)))).distinct()
        ).scalars()
    ]
    if not looked_at:
        return 0
    return sum(count.judged for count in counted_passages(connection, segmentation, looked_at).values())


def said_of_coded_before(count: int) -> str:
    """What whoever hands them out should know; "" where there is none."""
    if not count:
        return ""
    them = "It is" if count == 1 else "They are"
    return (
        f"{counted(count, 'passage that is handed out now has', 'passages that are handed out now have')} been coded "
        f"before. {them} given to coders all the same; what was coded before stays and counts as it is."
    )
