"""What somebody said or is called, where it stands outside what is about them: it is taken out when they withdraw.

Memos on other people's passages, examples in versions of the codebook, and what jobs were asked and came to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Connection, String, Text, cast, select

from annotations.names import folded
from annotations.store.tables import codebook_versions, codings, jobs, metadata

ERASED = "(erased when somebody withdrew)"
# who withdrew is what these are about, as a tombstone is
_OF_WITHDRAWALS = "withdraw"
# codes and ids of passages alone, in the longest table of all
_NO_WORDS = "suggestions"


def forget_copies(
    connection: Connection,
    transcripts: Collection[UUID],
    names: Collection[str],
    quotes: Callable[[str], bool],
) -> None:
    """Blank what quotes a participant, and the name where a job was asked about them.

    ``transcripts``, ``names``: theirs, which go or are blanked elsewhere. A codebook's version keeps its hash.
    """
    wanted = select(codings.c.id, codings.c.transcript_id, codings.c.memo).where(codings.c.memo != "")
    for row in connection.execute(wanted).all():
        if row.transcript_id not in transcripts and quotes(row.memo):
            connection.execute(codings.update().where(codings.c.id == row.id).values(memo=ERASED))
    for row in connection.execute(select(codebook_versions)).all():
        kept = _blanked(row.content, quotes)
        if kept != row.content:
            this = codebook_versions.c.version == row.version
            connection.execute(codebook_versions.update().where(this).values(content=kept))
    keys = {folded(name) for name in names if name.strip()}
    for row in connection.execute(select(jobs).where(jobs.c.kind != _OF_WITHDRAWALS)).all():
        plain = {"arguments": row.arguments, "result": row.result}
        kept = _blanked(plain, lambda words: folded(words) in keys)
        if kept != plain:
            connection.execute(jobs.update().where(jobs.c.id == row.id).values(**kept))


def rows_holding(connection: Connection, passages: Collection[str]) -> Mapping[str, int]:
    """How many rows of each table hold one of these passages, by reading all of their texts; none: empty."""
    rows: dict[str, int] = {}
    # as JSON writes them too
    forms = {form for passage in passages for form in (passage, json.dumps(passage)[1:-1])}
    for table in (table for table in metadata.sorted_tables if table.name != _NO_WORDS):
        texts = [cast(column, Text) for column in table.columns if isinstance(column.type, JSON | String)]
        for row in connection.execute(select(*texts)) if texts else ():
            if any(form in words for words in row if words for form in forms):
                rows[table.name] = rows.get(table.name, 0) + 1
    return rows


def _blanked(plain: Any, erases: Callable[[str], bool]) -> Any:
    """The same data, with what this says of a text in the place of the text."""
    if isinstance(plain, str):
        return ERASED if erases(plain) else plain
    if isinstance(plain, Mapping):
        return {key: _blanked(value, erases) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_blanked(part, erases) for part in plain]
    return plain
