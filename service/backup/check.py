"""Is a backup whole? All of it is read, and its databases are opened."""

from __future__ import annotations

from pathlib import Path

from annotations.errors import BadInput, TandemError
from service.backup.archive import Archive, opened_archive
from service.backup.contents import TRACKING
from service.backup.manifest import BackupManifest, DatabaseEntry
from service.backup.postgresql_dump import read_dump
from service.backup.sqlite_copy import head_in, rows_in, rows_of_ours


def check(file: Path, expected: BackupManifest | None, password: str | None, work: Path) -> BackupManifest:
    """Open a backup and read all of it: hashes, databases, rows. Raises BadInput or TandemError with what is wrong."""
    with opened_archive(file, password) as archive:
        manifest = archive.manifest
        if expected is not None and manifest != expected:
            raise TandemError(f"{file} does not hold what was put in. Nothing was kept; try another disk.")
        databases = {database.file: database for database in manifest.databases}
        for entry in manifest.files:
            if entry.name not in databases:
                archive.check(entry)
        for database in manifest.databases:
            check_database(archive, database, work / database.file)
    return manifest


def check_database(archive: Archive, database: DatabaseEntry, to: Path) -> None:
    """Unpack a database and compare it with what the manifest says. Raises BadInput or TandemError."""
    entry = archive.entry(database.file)
    if entry is None:
        raise BadInput(f"the backup lacks {database.file}. Take another one.")
    if database.kind == "postgresql":
        facts = read_dump(archive.blocks(entry), database.file)
        rows, head = facts.rows, facts.head
    else:
        archive.extract(entry, to)
        rows = rows_in(to) if database.file == TRACKING else rows_of_ours(to)
        head = head_in(to) if database.head is not None else None
    if rows != database.rows or head != database.head:
        raise BadInput(
            f"the backup's {database.file} does not hold the rows that its manifest says. Take another one."
        )
