"""What a backup says of itself: who made it, of what, and the hash and size of each of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotations.errors import BadInput

NAME = "manifest.json"
LARGEST = 50_000_000
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class _BackupPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileEntry(_BackupPart):
    """One file: its place in the study, its size in bytes and its hash."""

    name: str
    bytes: Count
    sha256: Sha256


class DatabaseEntry(_BackupPart):
    """One database: the file that holds it, the version of its tables (None for MLflow's and the cache), rows by table."""

    file: str
    kind: Literal["sqlite", "postgresql"]
    head: str | None
    rows: dict[str, Count]


class BackupManifest(_BackupPart):
    """The whole. ``study``: its id, None where it has none. ``left_out``: sentences about what is not in the backup."""

    tandem_backup: Literal[1] = 1
    made: str
    version: str
    name: str
    study: str | None
    why: str
    databases: tuple[DatabaseEntry, ...]
    files: tuple[FileEntry, ...]
    left_out: tuple[str, ...] = ()

    @property
    def main(self) -> DatabaseEntry:
        """The study's own database."""
        return self.databases[0]

    @property
    def total_bytes(self) -> int:
        """The size of all files together."""
        return sum(file.bytes for file in self.files)

    def rows(self) -> Mapping[str, int]:
        """How many rows each table of the study's own database holds."""
        return self.main.rows

    def to_bytes(self) -> bytes:
        """As JSON."""
        return (json.dumps(self.model_dump(), ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(content: bytes, where: str) -> BackupManifest:
    """The manifest that a file of any origin holds; raises BadInput."""
    try:
        manifest = BackupManifest.model_validate_json(content)
    except (ValidationError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{where} is no backup that this Tandem reads: its {NAME} is missing something or is of another version. "
            f"Update Tandem, or take another backup."
        ) from error
    listed = {file.name for file in manifest.files}
    if (
        not manifest.databases
        or {database.file for database in manifest.databases} - listed
        or len(listed) < len(manifest.files)
    ):
        raise BadInput(
            f"{where} is no whole backup: its {NAME} does not name each file once. Take another backup."
        )
    return manifest
