"""Restoring a backup into a new place: the work behind "tandem restore".

A backup may come from a stranger. Its files are unpacked into a folder of another name, checked there, and only a whole
study takes the name that was asked for. Its database is read as data: nothing of it runs. Then the study is opened by the
same door as ever, where who withdrew in the meantime is erased again and older tables are brought up to date.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url

from annotations.disk_faults import disk_faults_named
from annotations.errors import BadInput, TandemError
from annotations.store.database import HEAD, new_schema
from annotations.study.config import FILE, Study, read_study
from service.backup.archive import Archive, opened_archive
from service.backup.check import check_database
from service.backup.contents import CODEBOOK, DATABASE, DUMP, EMBEDDINGS, TRACKING
from service.backup.make import Steps, nothing
from service.backup.manifest import BackupManifest
from service.backup.postgresql_dump import load_dump
from service.backup.workplace import sync_folder
from service.trust.named import database_file_named

# study.yaml under another name: a folder without study.yaml is no study
_NOT_YET = "study.yaml.not-yet"
_SPARE_BYTES = 100_000_000
OpenStudy = Callable[[Study], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """A study that was restored. ``database``: the PostgreSQL address without its password, None for a file."""

    study: Study
    manifest: BackupManifest
    database: str | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "study": str(self.study.folder),
            "name": self.manifest.name,
            "made": self.manifest.made,
            "database": self.database,
            "files": len(self.manifest.files),
            "rows": sum(self.manifest.main.rows.values()),
            "notes": list(self.notes),
        }


def restore_backup(
    file: Path,
    to: Path,
    *,
    open_study: OpenStudy,
    database: str | None = None,
    password: str | None = None,
    step: Steps = nothing,
) -> Restored:
    """Restore a backup into the new or empty folder ``to`` and, from PostgreSQL, into the new schema of ``database``.

    ``open_study`` opens the study's database as every command does. Raises BadInput, before anything takes the name
    ``to``, for a file that is no whole backup or a place that is taken.
    """
    to = to.expanduser().absolute()
    _refuse_taken(to)
    with opened_archive(file, password) as archive:
        manifest = archive.manifest
        _refuse_unfit(manifest, file, database)
        _refuse_too_large(manifest, to)
        half = to.with_name(f"{to.name}.half-restored-{secrets.token_hex(4)}")
        try:
            with disk_faults_named(half):
                half.mkdir(mode=0o700)
                step("unpacking")
                _unpack(archive, half)
                step("unpacked")
                address = _fill_schema(archive, half, database, step) if database is not None else None
                _take_name(half, to, step)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    step("named")
    study = read_study(to)
    open_study(study)
    return Restored(study, manifest, address, _notes(manifest, address))


def _refuse_taken(to: Path) -> None:
    if not to.parent.is_dir():
        raise BadInput(f"{to.parent} does not exist. Make it, or name another folder for the study.")
    if os.path.lexists(to) and (to.is_symlink() or not to.is_dir() or any(to.iterdir())):
        raise BadInput(
            f"{to} is there already and is not empty. A backup is restored into a new folder, so that nothing is "
            f"overwritten: name one that does not exist yet."
        )


def _refuse_unfit(manifest: BackupManifest, file: Path, database: str | None) -> None:
    main = manifest.main
    named = {FILE, CODEBOOK} - {file.name for file in manifest.files}
    allowed = {"sqlite": {DATABASE, EMBEDDINGS, TRACKING}, "postgresql": {DUMP, EMBEDDINGS, TRACKING}}[
        main.kind
    ]
    files = [database.file for database in manifest.databases]
    if named or set(files) - allowed or len(set(files)) < len(files) or files[0] not in (DATABASE, DUMP):
        raise BadInput(f"{file} is no whole backup of a study. Take another backup. Nothing was unpacked.")
    if main.head is None or not re.fullmatch("[0-9]{4}", main.head):
        raise BadInput(
            f"{file} does not say of which version its tables are. Take another backup. Nothing was unpacked."
        )
    if main.head > HEAD:
        raise BadInput(
            f"{file} was made by a newer Tandem (its tables are version {main.head}, this one knows {HEAD}). "
            f"Update Tandem. Nothing was unpacked."
        )
    if main.kind == "postgresql" and database is None:
        raise BadInput(
            f"{file} holds a study on PostgreSQL. Name a new schema for it, such as "
            f'--database "postgresql://user@host/name?schema=restored". Nothing was unpacked.'
        )
    if main.kind == "sqlite" and database is not None:
        raise BadInput(
            f"{file} holds a study whose database is a file, and it is restored as one. Leave --database out."
        )


def _refuse_too_large(manifest: BackupManifest, to: Path) -> None:
    free, wanted = shutil.disk_usage(to.parent).free, manifest.total_bytes + _SPARE_BYTES
    if wanted > free:
        raise BadInput(
            f"no room in {to.parent}: the study needs {wanted / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free. Make room, "
            f"or name a folder on another disk. Nothing was unpacked."
        )


def _unpack(archive: Archive, half: Path) -> None:
    databases = {database.file for database in archive.manifest.databases}
    for entry in archive.manifest.files:
        if entry.name not in databases:
            archive.extract(entry, half / (_NOT_YET if entry.name == FILE else entry.name))
    for database in archive.manifest.databases:
        check_database(archive, database, half / database.file)
    _settle_database_key(half, keep=archive.manifest.main.kind == "sqlite")


def _settle_database_key(half: Path, *, keep: bool) -> None:
    """Put the database where study.yaml looks for it; a server that it names may hold the study that still lives."""
    shutil.copyfile(half / _NOT_YET, half / FILE)
    try:
        study = read_study(half)
        named = study.config.database
        if named is None:
            return
        if keep and named.startswith("sqlite"):
            file = database_file_named(study)
            if file is not None and file != study.database_file:
                file.parent.mkdir(parents=True, exist_ok=True)
                (half / DATABASE).rename(file)
            return
    finally:
        (half / FILE).unlink()
    _write_database_key(half / _NOT_YET, None)


def _write_database_key(file: Path, address: str | None) -> None:
    """Let study.yaml name this database or none; everything else in it stays as it is, comments included."""
    text = file.read_text("utf-8-sig")
    kept = re.sub(r"(?m)^(database|\"database\"|'database')\s*:.*\n?(?:[ \t]+\S.*\n?)*", "", text)
    if address is not None:
        kept = f"{kept.rstrip()}\n{yaml.safe_dump({'database': address}).strip()}\n"
    plain = yaml.safe_load(kept)
    if not isinstance(plain, dict) or plain.get("database") != address:
        raise BadInput(
            'study.yaml of this backup names its database in a way that cannot be changed. Write "database: …" on a line of '
            "its own, and make the backup again."
        )
    file.write_text(kept, "utf-8")


def _fill_schema(archive: Archive, half: Path, database: str, step: Steps) -> str:
    main = archive.manifest.main
    entry = archive.entry(main.file)
    if entry is None or main.head is None:
        raise BadInput("the backup lacks its database. Take another one.")
    plain = make_url(database)._replace(password=None).render_as_string()
    _write_database_key(half / _NOT_YET, plain)
    with new_schema(database, main.head) as connection:
        step("filling the schema")
        facts = load_dump(connection, archive.blocks(entry), main.file)
        if facts.rows != main.rows:
            raise TandemError(
                "the new schema does not hold the rows that the backup names. Nothing was kept."
            )
        step("schema filled")
    step("schema kept")
    return plain


def _take_name(half: Path, to: Path, step: Steps) -> None:
    for folder, _, _ in os.walk(half):
        sync_folder(Path(folder))
    (half / _NOT_YET).rename(half / FILE)
    sync_folder(half)
    step("whole")
    if to.is_dir():
        to.rmdir()
    half.rename(to)
    sync_folder(to.parent)


def _notes(manifest: BackupManifest, address: str | None) -> tuple[str, ...]:
    notes = list(manifest.left_out)
    if address is not None:
        notes.append(
            f"study.yaml names {address}, without a password; TANDEM_DATABASE, where it is set, is used instead, so "
            f"unset it or let it name this schema"
        )
    return tuple(notes)
