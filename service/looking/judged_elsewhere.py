"""What a coder has judged outside Label Studio: in interviews that do not stand there, and of passages that wait there.

Codings that come in as a file count as they are. They answer no task, so Label Studio asks for these passages all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from annotations.coding import Condition
from annotations.names import folded
from annotations.segment import judged
from annotations.store.label_studio_projects import ProjectRow
from annotations.store.many_values import in_lots
from annotations.store.reviews import past_reviews
from annotations.store.tables import (
    annotation_reviews,
    coders,
    label_studio_tasks,
    retractions,
    reviews,
    segments,
)
from annotations.store.transcript_versions import words_stand
from annotations.transcript import Role, Span


def left_though_judged(connection: Connection, among: Sequence[ProjectRow], coder: str) -> dict[UUID, int]:
    """By transcript how many passages of these projects she has judged in a file and not in Label Studio."""
    r, s, t, w = reviews.c, segments.c, label_studio_tasks.c, annotation_reviews.c
    in_files = _own_reviews(coder).where(r.id.not_in(select(w.review_id)))
    spans = _spans(connection, in_files)
    answered = select(w.key).join(coders, coders.c.name == w.coder)
    answered = answered.where(
        coders.c.name_key == folded(coder), w.review_id.not_in(select(retractions.c.review_id))
    )
    waiting = (
        select(s.transcript_id, s.start, s.end)
        .join(label_studio_tasks, t.segment_id == s.id)
        # what comes again is asked for because she has judged it
        .where(t.project_id.in_([project.id for project in among]), t.key == t.segment_id)
        .where(t.key.not_in(answered), words_stand())
        .order_by(s.transcript_id, s.start)
    )
    left: dict[UUID, int] = {}
    for some in in_lots(spans):
        for transcript, cut in _spans(connection, waiting.where(s.transcript_id.in_(some))).items():
            left[transcript] = len(judged(cut, spans[transcript]))
    return left


def read_elsewhere(
    connection: Connection, segmentation: str, coder: str, known: Any
) -> dict[UUID, tuple[int, int]]:
    """Interviews that she coded outside Label Studio: how many passages each has, and how many she has judged."""
    r, s = reviews.c, segments.c
    hers = select(r.transcript_id).distinct().join(coders, coders.c.id == r.coder_id)
    hers = hers.where(coders.c.name_key == folded(coder))
    elsewhere = [transcript for transcript in connection.execute(hers).scalars() if transcript not in known]
    own = _own_reviews(coder)
    coded = [role.value for role in Role if role.is_coded]
    wanted = (
        select(s.transcript_id, s.start, s.end)
        .where(s.segmentation == segmentation, s.role.in_(coded))
        .order_by(s.transcript_id, s.start)
    )
    read = {}
    for some in in_lots(elsewhere):
        spans = _spans(connection, own.where(r.transcript_id.in_(some)))
        for transcript, cut in _spans(connection, wanted.where(s.transcript_id.in_(some))).items():
            if transcript in spans:
                read[transcript] = (len(cut), len(judged(cut, spans[transcript])))
    return read


def _own_reviews(coder: str) -> Select[Any]:
    """The spans of what she judges now, of all codes, in whatever program."""
    r = reviews.c
    return (
        select(r.transcript_id, r.start, r.end)
        .join(coders, coders.c.id == r.coder_id)
        .where(
            coders.c.name_key == folded(coder),
            r.only.is_(None),
            # what she recorded for the team is no coding of hers
            r.condition.not_in([condition.value for condition in Condition if condition.derived]),
            r.id.not_in(past_reviews()),
        )
        .order_by(r.transcript_id, r.start)
    )


def _spans(connection: Connection, wanted: Any) -> dict[UUID, list[Span]]:
    """Spans by transcript, as a question for a transcript, a start and an end has them."""
    rows = groupby(connection.execute(wanted), key=lambda row: row.transcript_id)
    return {transcript: [Span(row.start, row.end) for row in its] for transcript, its in rows}
