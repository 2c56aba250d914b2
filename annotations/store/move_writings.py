"""Passages that summaries, quotes, events and doubts rest on, when a corrected text takes the place of the one before.

A passage whose words are the same goes along. One whose words have changed stays a span of the earlier text, which its hash
says: whatever shows it says that its text has changed since, and it is quoted no more.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from annotations.store.tables import chosen_quotes, doubts, event_passages, summary_passages
from annotations.store.transcripts import KeptTranscript
from annotations.text_changes import TextChanges
from annotations.transcript import Span, Transcript


def move_written_passages(
    connection: Connection, before: KeptTranscript, after: Transcript, changes: TextChanges
) -> None:
    """Let the passages of a transcript stand at the new place of their words, within one writing transaction."""
    was = before.transcript.text_hash
    for table in (chosen_quotes, event_passages, doubts):
        mine = (table.c.transcript_id == before.id) & (table.c.text_hash == was)
        for row in connection.execute(select(table).where(mine)).all():
            values = _landed(row.start, row.end, after, changes)
            if values is not None:
                connection.execute(table.update().where(table.c.sequence == row.sequence).values(**values))
    s = summary_passages
    rows = connection.execute(select(s).where(s.c.transcript_id == before.id)).all()
    connection.execute(delete(s).where(s.c.transcript_id == before.id))
    kept: dict[tuple[object, ...], dict[str, object]] = {}
    # those that go along last: where an older passage has the same place, they are what stands there
    for row in sorted(rows, key=lambda row_there: bool(row_there.text_hash == was)):
        values = _landed(row.start, row.end, after, changes) if row.text_hash == was else None
        moved = {**row._mapping, **(values or {})}
        kept[(moved["summary_id"], moved["start"], moved["end"])] = moved
    if kept:
        connection.execute(s.insert(), list(kept.values()))


def _landed(
    start: int | None, end: int | None, after: Transcript, changes: TextChanges
) -> dict[str, int | str | None] | None:
    """The new place; None where a word has changed. What is no passage is the whole transcript."""
    if start is None or end is None:
        return {"start": None, "end": None, "text_hash": after.text_hash}
    landed = changes.landed(Span(start, end))
    if not landed.unchanged or landed.span is None:
        return None
    return {"start": landed.span.start, "end": landed.span.end, "text_hash": after.text_hash}
