"""The passages that an interview's task asks for."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select

from annotations.coding import Draw
from annotations.label_studio.interview_answer import AskedPassage, InterviewShown
from annotations.label_studio.interview_text import InterviewText
from annotations.store.interviews import InterviewTask
from annotations.store.tables import label_studio_tasks, segments
from annotations.store.transcript_versions import words_stand
from annotations.store.transcripts import KeptTranscript
from annotations.transcript import Role, Span


def interview_shown(connection: Connection, task: InterviewTask, kept: KeptTranscript) -> InterviewShown:
    """What a task shows of a transcript as it reads now, and the passages that it asks for, in order."""
    t, s = label_studio_tasks, segments
    again = t.c.draw == Draw.REPEAT.value
    wanted = (
        select(t.c.key, t.c.segment_id, t.c.model_id, t.c.created, s.c.start, s.c.end, s.c.segmentation)
        .join(s, s.c.id == t.c.segment_id)
        .where(t.c.project_id == task.project, s.c.transcript_id == task.transcript)
        .where(again if task.again else ~again, words_stand())
        .order_by(s.c.start)
    )
    rows = connection.execute(wanted).all()
    # where the text was cut anew since, the passages are those of the newest cut
    cut = max(rows, key=lambda row: row.created).segmentation if rows else ""
    asked = [
        AskedPassage(row.key, row.segment_id, Span(row.start, row.end), row.model_id is None)
        for row in rows
        if row.segmentation == cut
    ]
    coded = _coded(connection, task.transcript, {cut})
    whole = not task.again and coded <= {passage.segment for passage in asked}
    return InterviewShown(InterviewText(kept.transcript.text, kept.transcript.turns), asked, whole)


def _coded(connection: Connection, transcript: UUID, segmentations: set[str]) -> set[UUID]:
    roles = [role.value for role in Role if role.is_coded]
    wanted = select(segments.c.id).where(
        segments.c.transcript_id == transcript,
        segments.c.segmentation.in_(segmentations),
        segments.c.role.in_(roles),
    )
    return set(connection.execute(wanted).scalars())
