"""A backup's one file: a zip archive with its manifest, encrypted where asked for.

A zip archive can be opened without Tandem. What comes from a stranger is bounded and checked: plain names without
links, ``..`` or a drive, sizes as the manifest says, every hash before anything counts.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import BadInput
from service.backup.encrypted_file import DecryptingReader, EncryptingWriter, is_encrypted
from service.backup.manifest import LARGEST, NAME, BackupManifest, FileEntry, read_manifest

_BLOCK = 1 << 20
MOST_FILES = 200_000
# the list of a zip archive is read into memory as a whole: about 100 bytes a file
_LARGEST_LIST = 64_000_000
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_BESIDE_A_DATABASE = ("-journal", "-wal", "-shm")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class ArchiveWriter:
    """An archive that is being written: files first, the manifest at its end."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: list[FileEntry] = []

    def add(self, name: str, file: Path) -> None:
        """Put a file in, and note its size and hash. Raises OSError if it cannot be read to its end."""
        refuse_name(name, str(file))
        digest, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as source, self._archive.open(entry, "w", force_zip64=True) as out:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                out.write(block)
        self.files.append(FileEntry(name=name, bytes=size, sha256=digest.hexdigest()))

    def close_with(self, manifest: BackupManifest) -> None:
        """Put the manifest in, as the last thing."""
        self._archive.writestr(NAME, manifest.to_bytes())


@contextmanager
def writing_archive(out: IO[bytes], password: str | None) -> Iterator[ArchiveWriter]:
    """An archive in ``out``; what is not left in peace is no archive."""
    if password is None:
        with zipfile.ZipFile(out, "w") as archive:
            yield ArchiveWriter(archive)
        return
    encrypting = EncryptingWriter(out, password)
    with zipfile.ZipFile(cast("BinaryIO", encrypting), "w") as archive:
        yield ArchiveWriter(archive)
    encrypting.finish()


class Archive:
    """An archive that is read."""

    def __init__(self, archive: zipfile.ZipFile, file: Path) -> None:
        self._archive = archive
        self._file = file
        self.manifest = self._checked()

    def extract(self, entry: FileEntry, to: Path) -> None:
        """Write a file of the archive to ``to``, which is new. Raises BadInput if it is not as the manifest says."""
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for block in self.blocks(entry):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())

    def check(self, entry: FileEntry) -> None:
        """Read a file of the archive to its end. Raises BadInput if it is not as the manifest says."""
        for _ in self.blocks(entry):
            continue

    def blocks(self, entry: FileEntry) -> Iterator[bytes]:
        """What a file of the archive holds, in pieces; raises BadInput at the end at the latest."""
        digest, left = hashlib.sha256(), entry.bytes
        try:
            with self._archive.open(entry.name) as source:
                while block := source.read(min(_BLOCK, left + 1)):
                    left -= len(block)
                    if left < 0:
                        break
                    digest.update(block)
                    yield block
        except (*DAMAGED_ZIP, OSError) as error:
            _refused_by_disk(error)
            raise self._damaged(entry) from error
        if left != 0 or digest.hexdigest() != entry.sha256:
            raise self._damaged(entry)

    def entry(self, name: str) -> FileEntry | None:
        """The file of this name."""
        return next((file for file in self.manifest.files if file.name == name), None)

    def _checked(self) -> BackupManifest:
        listed = self._archive.infolist()
        if len(listed) > MOST_FILES:
            raise BadInput(f"{self._file} holds {len(listed):,} files; at most {MOST_FILES:,} are read.")
        there = {entry.filename: entry for entry in listed}
        entry = there.pop(NAME, None)
        if entry is None or entry.file_size > LARGEST:
            raise BadInput(
                f"{self._file} is no backup of Tandem: it holds no {NAME}. Give the file of a backup."
            )
        try:
            with self._archive.open(entry) as opened:
                content = opened.read(LARGEST + 1)
        except (*DAMAGED_ZIP, OSError) as error:
            _refused_by_disk(error)
            raise BadInput(
                f"{self._file} is damaged: its {NAME} cannot be read. Take another backup."
            ) from error
        manifest = read_manifest(content, str(self._file))
        self._refuse_odd(manifest, there)
        return manifest

    def _refuse_odd(self, manifest: BackupManifest, there: dict[str, zipfile.ZipInfo]) -> None:
        wanted = {file.name: file.bytes for file in manifest.files}
        if len(there) + 1 < len(self._archive.infolist()) or set(there) != set(wanted):
            raise BadInput(
                f"{self._file} does not hold just the files that its {NAME} names. Nothing was unpacked."
            )
        seen: set[str] = set()
        for name, size in wanted.items():
            refuse_name(name, str(self._file))
            kind = there[name].external_attr >> 16 & 0o170000
            if kind not in (0, 0o100000) or there[name].file_size != size:
                raise BadInput(
                    f"{self._file}: {name!a} is no plain file of the size that is said. Nothing was unpacked."
                )
            seen.add(name.casefold())
        tops = {name.casefold() for name in wanted if "/" not in name}
        above = {
            "/".join(parts[:depth])
            for parts in (n.split("/") for n in seen)
            for depth in range(1, len(parts))
        }
        if len(seen) < len(wanted) or above & (seen | tops):
            raise BadInput(
                f"{self._file} names one file twice, in capitals and small letters. Nothing was unpacked."
            )

    def _damaged(self, entry: FileEntry) -> BadInput:
        return BadInput(
            f"{self._file} is damaged: {entry.name} is not what was put in. Take another backup. Nothing was changed."
        )


@contextmanager
def opened_archive(file: Path, password: str | None) -> Iterator[Archive]:
    """A backup for reading, its manifest checked. Raises BadInput; nothing of it is unpacked."""
    if not file.is_file():
        raise BadInput(f"{file} is no file. Give the file of a backup.")
    if not is_encrypted(file):
        with file.open("rb") as plain, _as_zip(plain, file) as archive:
            yield Archive(archive, file)
        return
    if password is None:
        raise BadInput(
            f"{file} is encrypted. Give its password with --password-file FILE, or with --password."
        )
    with closing(DecryptingReader(file, password)) as raw, _as_zip(cast("BinaryIO", raw), file) as archive:
        yield Archive(archive, file)


@contextmanager
def _as_zip(content: BinaryIO, file: Path) -> Iterator[zipfile.ZipFile]:
    _refuse_long_list(content, file)
    try:
        archive = zipfile.ZipFile(content)
    except (*DAMAGED_ZIP, OSError) as error:
        _refused_by_disk(error)
        raise _no_backup(file) from error
    with archive:
        yield archive


def _refused_by_disk(error: Exception) -> None:
    """Raise what a disk said; that a place is before the file's beginning comes of a changed byte."""
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
        raise error


def _refuse_long_list(content: BinaryIO, file: Path) -> None:
    """The end of an archive says how long its list of files is, and that is read into memory."""
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - _END.size - (1 << 16)))
    tail = _all_of(content)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _no_backup(file)
    length = _END.unpack_from(tail, at)[5]
    locator = tail[at - _LOCATOR_64.size : at] if at >= _LOCATOR_64.size else b""
    if locator.startswith(b"PK\x06\x07"):
        content.seek(min(size, _LOCATOR_64.unpack(locator)[2]))
        record = content.read(_END_64.size)
        length = _END_64.unpack(record)[8] if len(record) == _END_64.size else size
    if length > _LARGEST_LIST:
        raise BadInput(
            f"{file} lists more files than a backup holds ({MOST_FILES:,} at most). Nothing was unpacked."
        )
    content.seek(0)


def _all_of(content: BinaryIO) -> bytes:
    unpacked = bytearray()
    while block := content.read(_BLOCK):
        unpacked += block
    return bytes(unpacked)


def _no_backup(file: Path) -> BadInput:
    return BadInput(f"{file} is no backup of Tandem, or it is cut off or damaged. Give another file.")


def refuse_name(name: str, where: str) -> None:
    """Raises BadInput unless a file of this name can lie below a study's folder on Linux, macOS and Windows alike.

    Hidden files, the manifest's own name and what SQLite puts beside a database are refused too.
    """
    parts = name.split("/")
    odd = (
        len(name) > 1000
        or parts[0] == NAME
        or name.startswith(".")
        or any(part in ("", ".", "..") or len(part.encode(errors="replace")) > 240 for part in parts)
        or any(part != part.rstrip(" .") or _DEVICES.fullmatch(part) for part in parts)
        or _UNFIT.search(name) is not None
        or parts[0].endswith(_BESIDE_A_DATABASE)
    )
    if odd:
        raise BadInput(
            f"{where}: {name[:80]!a} is no name that a backup's file may have. Nothing was unpacked."
        )
