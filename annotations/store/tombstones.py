"""Tombstones kept outside the study, so that a backup which is put back brings nobody back who withdrew.

A tombstone holds no content: the participant's code, the ids of the transcripts, when, and by whom. It is kept in the
study's database, in the user's state folder, and on PostgreSQL in a schema of its own beside the study's: putting back a
study's folder or schema overwrites neither of these. A study is known again by an id that stands in its database, which
a copy and a backup share and a study made anew does not, or by the transcripts' ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from annotations.errors import BadInput
from annotations.store.database import Store
from annotations.store.kept_outside import keep_files, keep_rows, plain_of, read_files, read_rows
from annotations.store.tables import study_identity, transcripts, withdrawals

TABLE = "tombstones"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Who withdrew from which study: ``transcripts`` are ids. ``id``: the withdrawal's."""

    id: UUID
    study: UUID
    participant: str
    transcripts: tuple[UUID, ...]
    by: str
    created: datetime

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "id": str(self.id),
            "study": str(self.study),
            "participant": self.participant,
            "transcripts": [str(transcript) for transcript in self.transcripts],
            "by": self.by,
            "when": self.created.isoformat(),
        }


def tombstone_of(plain: Any) -> Tombstone:
    """A tombstone from plain data; raises BadInput for what is none."""
    try:
        made = Tombstone(
            UUID(plain["id"]),
            UUID(plain["study"]),
            str(plain["participant"]),
            tuple(UUID(transcript_id) for transcript_id in plain["transcripts"]),
            str(plain["by"]),
            datetime.fromisoformat(plain["when"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput(
            "this is no tombstone: it needs id, study, participant, transcripts, by and when."
        ) from None
    if made.created.tzinfo is None or not made.participant.strip():
        raise BadInput("this is no tombstone: its time needs a zone, and the participant a code.")
    return made


def study_id(connection: Connection) -> UUID:
    """What a copy or a backup of this study shares with it."""
    return UUID(str(connection.execute(select(study_identity.c.id)).scalar_one()))


def tombstones_in(connection: Connection) -> tuple[Tombstone, ...]:
    """Those that the study's own database holds, oldest first."""
    study = study_id(connection)
    return tuple(
        Tombstone(
            row.id,
            study,
            row.participant,
            tuple(UUID(transcript_id) for transcript_id in row.transcript_ids),
            row.by,
            row.created,
        )
        for row in connection.execute(select(withdrawals).order_by(withdrawals.c.sequence))
    )


def concerning(connection: Connection, tombstones: Iterable[Tombstone]) -> tuple[Tombstone, ...]:
    """Those of this study: they name it, or a transcript that it holds."""
    study = study_id(connection)
    there = set(connection.execute(select(transcripts.c.id)).scalars())
    concerned = {
        tombstone.id: tombstone
        for tombstone in tombstones
        if tombstone.study == study or there.intersection(tombstone.transcripts)
    }
    return tuple(sorted(concerned.values(), key=lambda tombstone: tombstone.created))


def kept_in_folder(folder: Path) -> tuple[Tombstone, ...]:
    """The tombstones of every study that lie in the state folder. Raises TandemError for a file that cannot be read."""
    return read_files(folder, tombstone_of, _unreadable)


def _unreadable(file: Path) -> str:
    return (
        f"{file} says who withdrew, and cannot be read, so that nobody can tell whether this study still holds "
        f"them. Put the file back from a copy, or take the receipt of that withdrawal, delete the file and run "
        f'"tandem withdraw --tombstones RECEIPT".'
    )


def keep_in_folder(folder: Path, tombstones: Iterable[Tombstone]) -> None:
    """Keep them in the state folder: one file each, that only its owner can read."""
    # one of nobody could not be read again, and would stop every study of this user
    keep_files(
        folder,
        {tombstone.id: tombstone.to_json() for tombstone in tombstones if tombstone.participant.strip()},
    )


def kept_in_schema(store: Store) -> tuple[Tombstone, ...]:
    """Those in the schema beside the study's on PostgreSQL; none on SQLite."""
    unreadable = (
        "says who withdrew, and cannot be read, so that nobody can tell whether this study still holds them. Put the "
        'schema back from a backup, or delete the row and run "tandem withdraw --tombstones RECEIPT" with the receipt of '
        "that withdrawal."
    )
    return read_rows(store, TABLE, tombstone_of, unreadable)


def keep_in_schema(store: Store, tombstones: Iterable[Tombstone]) -> None:
    """Keep them there; the schema is made if it is missing. Nothing on SQLite. Raises TandemError if it may not be."""
    keep_rows(store, TABLE, {tombstone.id: tombstone.to_json() for tombstone in tombstones})


def tombstones_from(file: Path) -> tuple[Tombstone, ...]:
    """Those in a file that "tandem withdraw --save-tombstones" wrote, or in a receipt. Raises BadInput."""
    try:
        plain = plain_of(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise BadInput(
            f"{file} cannot be read as JSON. Give the .json of a receipt, or a file of tombstones."
        ) from None
    given = plain.get("tombstones", [plain.get("tombstone")]) if isinstance(plain, Mapping) else None
    if not isinstance(given, list) or not given:
        raise BadInput(f"{file} holds no tombstone. Give the .json of a receipt, or a file of tombstones.")
    try:
        return tuple(tombstone_of(plain) for plain in given)
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None
