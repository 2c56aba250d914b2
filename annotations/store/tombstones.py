"""Tombstones kept outside the study, so that a backup which is put back brings nobody back who withdrew.

A tombstone holds no content: the participant's code, the ids of the transcripts, when, and by whom. It is kept in the
study's database, in the user's state folder, and on PostgreSQL in a schema of its own beside the study's: putting back a
study's folder or schema overwrites neither of these. A study is known again by an id that stands in its database, which
a copy and a backup share and a study made anew does not, or by the transcripts' ids.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column as Field
from sqlalchemy import Connection, MetaData, Table, Text, Uuid, select
from sqlalchemy import text as query

from annotations.errors import BadInput, TandemError
from annotations.store.database import Store
from annotations.store.tables import study_identity, transcripts, withdrawals


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
            "transcripts": [str(one) for one in self.transcripts],
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
            tuple(UUID(one) for one in plain["transcripts"]),
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
            tuple(UUID(one) for one in row.transcript_ids),
            row.by,
            row.created,
        )
        for row in connection.execute(select(withdrawals).order_by(withdrawals.c.sequence))
    )


def concerning(connection: Connection, tombstones: Iterable[Tombstone]) -> tuple[Tombstone, ...]:
    """Those of this study: they name it, or a transcript that it holds."""
    study = study_id(connection)
    there = set(connection.execute(select(transcripts.c.id)).scalars())
    found = {one.id: one for one in tombstones if one.study == study or there.intersection(one.transcripts)}
    return tuple(sorted(found.values(), key=lambda one: one.created))


def kept_in_folder(folder: Path) -> tuple[Tombstone, ...]:
    """The tombstones of every study that lie in the state folder. Raises TandemError for a file that cannot be read."""
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            found.append(tombstone_of(_plain(file.read_text("utf-8"))))
        except (OSError, ValueError, BadInput):
            raise TandemError(
                f"{file} says who withdrew, and cannot be read, so that nobody can tell whether this study still holds "
                f"them. Put the file back from a copy, or take the receipt of that withdrawal, delete the file and run "
                f'"tandem withdraw --tombstones RECEIPT".'
            ) from None
    return tuple(found)


def keep_in_folder(folder: Path, tombstones: Iterable[Tombstone]) -> None:
    """Keep them in the state folder: one file each, that only its owner can read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in tombstones:
        file = folder / f"{one.id}.json"
        # one of nobody could not be read again, and would stop every study of this user
        if file.exists() or not one.participant.strip():
            continue
        whole = folder / f".{one.id}.{secrets.token_hex(4)}"
        with os.fdopen(
            os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            json.dump(one.to_json(), out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        whole.replace(file)


def kept_in_schema(store: Store) -> tuple[Tombstone, ...]:
    """Those in the schema beside the study's on PostgreSQL; none on SQLite."""
    table = _beside(store)
    if table is None:
        return ()
    with store.reading() as connection:
        if not _is_there(connection, table, str(store.schema)):
            return ()
        rows = connection.execute(select(table.c.said)).scalars().all()
    try:
        return tuple(tombstone_of(_plain(row)) for row in rows)
    except (ValueError, BadInput):
        raise TandemError(
            f"a row of {table.schema}.{table.name} says who withdrew, and cannot be read, so that nobody can tell whether "
            f"this study still holds them. Put the schema back from a backup, or delete the row and run "
            f'"tandem withdraw --tombstones RECEIPT" with the receipt of that withdrawal.'
        ) from None


def _is_there(connection: Connection, table: Table, study: str) -> bool:
    """Is there such a table of the study's own? Whoever else made it could have anybody erased. Raises TandemError."""
    owners = query(
        "SELECT n.nspname, pg_get_userbyid(n.nspowner) AS schema_owner, c.relkind, "
        "pg_get_userbyid(c.relowner) AS owner FROM pg_namespace n "
        "LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = :table WHERE n.nspname IN (:own, :beside)"
    )
    named = {"table": table.name, "own": study, "beside": table.schema}
    found = {row.nspname: row for row in connection.execute(owners, named)}
    there = found.get(str(table.schema))
    if there is None:
        return False
    allowed = {connection.execute(query("SELECT current_user")).scalar_one()}
    allowed |= {found[study].schema_owner} if study in found else set()
    is_table = there.relkind in (None, "r", b"r")
    if not is_table or not {there.owner or there.schema_owner, there.schema_owner} <= allowed:
        raise TandemError(
            f"{table.schema}.{table.name} would say who withdrew from this study, and is no table of whoever owns the "
            f"study's schema, so it is not believed, and nobody was erased. Ask whoever runs the database who made it, and "
            f"have it removed."
        )
    return there.relkind is not None


def _plain(said: str) -> Any:
    """What JSON says; raises ValueError for what is none."""
    try:
        return json.loads(said)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def keep_in_schema(store: Store, tombstones: Iterable[Tombstone]) -> None:
    """Keep them there; the schema is made if it is missing. Nothing on SQLite. Raises TandemError if it may not be."""
    table, wanted = _beside(store), {one.id: one for one in tombstones}
    if table is None or not wanted:
        return
    with store.writing() as connection:
        _is_there(connection, table, str(store.schema))
        connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{table.schema}"')
        table.create(connection, checkfirst=True)
        there = set(connection.execute(select(table.c.id)).scalars())
        rows = [
            {"id": key, "said": json.dumps(one.to_json())} for key, one in wanted.items() if key not in there
        ]
        if rows:
            connection.execute(table.insert(), rows)


def tombstones_from(file: Path) -> tuple[Tombstone, ...]:
    """Those in a file that "tandem withdraw --save-tombstones" wrote, or in a receipt. Raises BadInput."""
    try:
        plain = _plain(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise BadInput(
            f"{file} cannot be read as JSON. Give the .json of a receipt, or a file of tombstones."
        ) from None
    given = plain.get("tombstones", [plain.get("tombstone")]) if isinstance(plain, Mapping) else None
    if not isinstance(given, list) or not given:
        raise BadInput(f"{file} holds no tombstone. Give the .json of a receipt, or a file of tombstones.")
    try:
        return tuple(tombstone_of(one) for one in given)
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None


def beside(schema: str) -> str:
    """The name of the schema that keeps the tombstones of a study in the schema ``schema``."""
    name = f"{schema}_tombstones"
    return (
        name if len(name) <= 63 else f"{schema[:40]}_{hashlib.sha256(schema.encode()).hexdigest()[:12]}_gone"
    )


def _beside(store: Store) -> Table | None:
    if store.schema is None:
        return None
    return Table(
        "tombstones",
        MetaData(schema=beside(store.schema)),
        Field("id", Uuid, primary_key=True),
        Field("said", Text, nullable=False),
    )
