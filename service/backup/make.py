"""Making a backup while everything runs: the work behind "tandem backup".

The database is copied first, as it stands at one moment; then the files, of which those that it names are never changed
and go only when somebody withdraws. If somebody withdrew meanwhile, all is begun anew. The archive is written under
another name, opened and checked, and only then takes its own: whatever ends the work half way, no half backup is seen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from annotations.disk_faults import disk_faults_named
from annotations.errors import BadInput, Busy, TandemError
from annotations.store.database import as_it_is
from annotations.study.config import Study
from service.backup import contents
from service.backup.archive import ArchiveWriter, writing_archive
from service.backup.check import check
from service.backup.encrypted_file import refuse_weak
from service.backup.kept import Good, destination, note_good, remove_older
from service.backup.manifest import BackupManifest, DatabaseEntry
from service.backup.postgresql_dump import dump_schema, read_dump
from service.backup.sqlite_copy import Damaged, copy_database, head_in, rows_in, rows_of_ours, study_id_in
from service.backup.workplace import killed_backups, one_at_a_time, sync_folder, unfinished_file, workplace
from service.settings import Settings

_TRIES = 3
ENDING, ENCRYPTED = ".tandem.zip", ".tandem.zip.encrypted"
# told the name of each step as it begins
Steps = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that was opened and found to be whole. ``removed``: older ones that had to go; ``notes``: sentences."""

    file: Path
    bytes: int
    encrypted: bool
    manifest: BackupManifest
    removed: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "file": str(self.file),
            "bytes": self.bytes,
            "made": self.manifest.made,
            "encrypted": self.encrypted,
            "tables": self.manifest.main.head,
            "files": len(self.manifest.files),
            "rows": sum(self.manifest.main.rows.values()),
            "removed": [str(file) for file in self.removed],
            "notes": list(self.notes),
        }


def nothing(_step: str) -> None:
    """Nobody watches the steps."""


def make_backup(
    study: Study,
    database_url: str,
    settings: Settings,
    *,
    to: Path | None = None,
    keep: int | None = None,
    password: str | None = None,
    why: str = "asked for",
    step: Steps = nothing,
) -> MadeBackup:
    """Make a backup, check it by opening it, and remove older good ones beyond ``keep``.

    Raises BadInput for a place that cannot be used, Busy if another backup of the study is being made, TandemError if
    the database is damaged or cannot be dumped. Then there is no new file, and the older backups are as they were.
    """
    if password is not None:
        refuse_weak(password)
    folder, is_usual = destination(settings, study, to)
    with disk_faults_named(folder, study.folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, manifest = _kept(study, database_url, settings, folder, password, why, step)
        good = Good(str(file), manifest.made, file.stat().st_size)
        note_good(settings, study, good, by_hand_to=to and folder)
        step("noted")
        removed = remove_older(settings, study, good, keep) if keep is not None else []
    notes = [*manifest.left_out, *_same_disk(folder, study, is_usual)]
    return MadeBackup(file, good.bytes, password is not None, manifest, tuple(removed), tuple(notes))


def _kept(
    study: Study,
    database_url: str,
    settings: Settings,
    folder: Path,
    password: str | None,
    why: str,
    step: Steps,
) -> tuple[Path, BackupManifest]:
    """The file of a new backup that was checked, under its own name."""
    for left in killed_backups(settings, study):
        left.unlink(missing_ok=True)
    with one_at_a_time(study), unfinished_file(folder, study) as unfinished:
        job = _BackupJob(study, database_url, settings, unfinished, password, why, step)
        manifest = _written(job)
        with workplace(study) as work:
            step("checking")
            check(unfinished, manifest, password, work)
        step("checked")
        file = _free_name(folder, manifest, encrypted=password is not None)
        unfinished.replace(file)
        sync_folder(folder)
    step("named")
    return file, manifest


@dataclass(frozen=True, slots=True)
class _BackupJob:
    """What a backup is made of, and where it is written meanwhile."""

    study: Study
    database_url: str
    settings: Settings
    unfinished: Path
    password: str | None
    why: str
    step: Steps


def _written(job: _BackupJob) -> BackupManifest:
    """Write the archive, up to three times. Raises Busy."""
    for _ in range(_TRIES):
        with workplace(job.study) as work:
            manifest = _write(job, work)
        if manifest is not None:
            return manifest
    raise Busy(
        "the study changed three times while it was copied, so no backup was made. Try again when nobody withdraws or "
        "deletes models."
    )


def _write(job: _BackupJob, work: Path) -> BackupManifest | None:
    """Write the archive; None if it must be begun anew, since files went meanwhile."""
    job.unfinished.unlink(missing_ok=True)
    job.step("copying the database")
    databases, study_id, notes = _copied(job, work)
    job.step("copying the files")
    with os.fdopen(os.open(job.unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with writing_archive(out, job.password) as archive:
            there = _add_files(archive, job, databases, work)
            if not there or _withdrawn(job.database_url) != databases[0].rows.get("withdrawals", 0):
                return None
            manifest = BackupManifest(
                made=datetime.now(UTC).isoformat(timespec="seconds"),
                version=version("tandem-coding"),
                name=job.study.config.name,
                study=study_id,
                why=job.why,
                databases=databases,
                files=tuple(archive.files),
                left_out=(*notes, *contents.left_out(job.study)),
            )
            archive.close_with(manifest)
            job.step("closing the archive")
        out.flush()
        os.fsync(out.fileno())
    job.step("written")
    return manifest


def _add_files(
    archive: ArchiveWriter, job: _BackupJob, databases: tuple[DatabaseEntry, ...], work: Path
) -> bool:
    """Put everything in; False if a file went meanwhile."""
    for database in databases:
        archive.add(database.file, work / database.file)
        (work / database.file).unlink()
    job.step("adding files")
    try:
        for name, file in contents.plain_files(job.study):
            archive.add(name, file)
    except FileNotFoundError:
        return False
    return True


def _copied(job: _BackupJob, work: Path) -> tuple[tuple[DatabaseEntry, ...], str | None, list[str]]:
    """Copies of all databases in ``work``, the study's id, and sentences about what could not be copied."""
    main, study_id = _copied_main(job.database_url, work)
    databases, notes = [main], []
    caches = [(job.study.embeddings_file, contents.EMBEDDINGS, "is made anew when it is needed")]
    if job.settings.tracking_uri is None:
        caches.append((job.study.tracking_file, contents.TRACKING, "begins anew with the next training"))
    else:
        notes.append(
            "MLflow's server keeps runs of its own, which are not in the backup; back that server up too"
        )
    for file, name, remedy in caches:
        if not file.exists():
            continue
        try:
            copy_database(file, work / name)
            rows = rows_in(work / name) if name == contents.TRACKING else rows_of_ours(work / name)
            databases.append(DatabaseEntry(file=name, kind="sqlite", head=None, rows=rows))
        except (Damaged, BadInput) as error:
            notes.append(f"{name} is not in the backup, and {remedy}: {error}")
    return tuple(databases), study_id, notes


def _copied_main(database_url: str, work: Path) -> tuple[DatabaseEntry, str | None]:
    address = make_url(database_url)
    if address.get_backend_name() == "postgresql":
        dump = work / contents.DUMP
        dump_schema(database_url, dump)
        with dump.open("rb") as opened:
            facts = read_dump(iter(lambda: opened.read(1 << 20), b""), contents.DUMP)
        return DatabaseEntry(
            file=contents.DUMP, kind="postgresql", head=facts.head, rows=facts.rows
        ), facts.study
    file, copy = Path(address.database or ""), work / contents.DATABASE
    if not file.is_file():
        raise BadInput(
            f"{file} is missing, so there is nothing to back up. Look whether this is the study's folder."
        )
    try:
        copy_database(file, copy)
        entry = DatabaseEntry(
            file=contents.DATABASE, kind="sqlite", head=head_in(copy), rows=rows_of_ours(copy)
        )
        return entry, study_id_in(copy)
    except Damaged as error:
        raise TandemError(
            f"{error}, so no backup was made of it; older backups were left alone. Put back the last good one with "
            f'"tandem restore FILE --to DIR": "tandem doctor" says where it is.'
        ) from error


def _withdrawn(database_url: str) -> int:
    with as_it_is(database_url) as connection:
        if not connection.dialect.has_table(connection, "withdrawals"):
            return 0
        return int(connection.execute(text("SELECT count(*) FROM withdrawals")).scalar_one())


def _free_name(folder: Path, manifest: BackupManifest, *, encrypted: bool) -> Path:
    plain = re.sub(r"[^a-z0-9]+", "-", manifest.name.casefold()).strip("-")[:40] or "study"
    moment = datetime.fromisoformat(manifest.made).strftime("%Y-%m-%d-%H%M%SZ")
    for more in ("", *(f"-{number}" for number in range(2, 1000))):
        file = folder / f"{plain}-{moment}{more}{ENCRYPTED if encrypted else ENDING}"
        if not os.path.lexists(file):
            return file
    raise BadInput(f"{folder} holds a thousand backups of this second. Choose another folder.")


def _same_disk(folder: Path, study: Study, is_usual: bool) -> list[str]:
    if not is_usual or folder.stat().st_dev != study.folder.stat().st_dev:
        return []
    return ["it lies on the same disk as the study: copy it to another one, or name one with --to"]
