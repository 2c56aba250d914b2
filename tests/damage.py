"""Rows of a study's database that are damaged on purpose, in each way that a row may be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

DAMAGE = {
    "no text": "UPDATE transcripts SET text = CAST(x'5a656265646565ff' AS TEXT) WHERE name = 'A'",
    "a number": "UPDATE transcripts SET name = x'00' WHERE name = 'A'",
    "a text that was changed": "UPDATE transcripts SET text = replace(text, 'lack', 'have') WHERE name = 'A'",
    "no identity": "UPDATE transcripts SET id = 'Zebedee' WHERE name = 'A'",
    "no time": "UPDATE transcripts SET created = 'Zebedee' WHERE name = 'A'",
    "no JSON": "UPDATE transcripts SET visible_to = 'Zebedee' WHERE name = 'A'",
    "no known kind": "UPDATE transcripts SET kind = 'Zebedee' WHERE name = 'A'",
}


def damaged(file: Path, statement: str) -> None:
    """Damage the row of the transcript "A"."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
