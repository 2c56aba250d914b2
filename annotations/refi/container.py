"""The file itself: a .qdpx archive, or bare XML with its sources beside it. Nothing is unpacked onto the disk.

A project comes from a stranger: an entry is read up to a limit, whatever it claims to hold; a path names an entry
of the archive or a file below the project's own folder, and nothing else.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import BadInput

ENDINGS = (".qdpx", ".qde", ".qdc")
MOST_OF_XML = 100_000_000
MOST_OF_TEXT = 80_000_000
MOST_IN_ALL = 400_000_000
_SAYS_UTF8 = 0x800
_MOST_ENTRIES = 200_000
# beyond this a part is packed tighter than text, Word or PDF ever is
_MOST_PACKED = 200
_SMALL = 5_000_000
_FOLDERS = ("sources", "Sources", ".")


@dataclass
class Container:
    """A project's XML, and its sources by their paths. ``read`` is how many bytes were read so far."""

    file: Path
    xml: bytes
    inner: str
    _archive: zipfile.ZipFile | None = None
    _entries: Mapping[str, zipfile.ZipInfo] = field(default_factory=dict)
    _read: int = 0

    def source(self, path: str) -> bytes | None:
        """The bytes of a source, None where it is not there. Raises BadInput for one that is too large or damaged.

        ``path`` is as the project writes it: ``internal://NAME``, or the name alone.
        """
        name = _name_in(path)
        if name is None:
            return None
        if self._archive is not None:
            entry = self._entries.get(name)
            return None if entry is None else self._unpacked(entry)
        file = _beside(self.file, name)
        if file is None or file.stat().st_size > MOST_OF_TEXT:
            return None
        return file.read_bytes()

    def close(self) -> None:
        """Give the archive back."""
        if self._archive is not None:
            self._archive.close()

    def _unpacked(self, entry: zipfile.ZipInfo) -> bytes:
        if self._archive is None:
            return b""
        content = _unpacked(self._archive, entry, self.file, min(MOST_OF_TEXT, MOST_IN_ALL - self._read))
        self._read += len(content)
        return content


def open_container(file: Path) -> Container:
    """Open a .qdpx, .qde or .qdc file. Raises BadInput for what is none of them, is damaged, or is made to do harm."""
    if not file.is_file():
        raise BadInput(f"{file} does not exist or is no file. Check the name and the folder.")
    if file.suffix.lower() not in ENDINGS:
        raise BadInput(
            f'{file}: a project with the ending "{file.suffix}" is not read. Export it as REFI-QDA from the other program '
            f"(.qdpx, or .qdc for a codebook alone)."
        )
    if not zipfile.is_zipfile(file):
        if file.suffix.lower() == ".qdpx":
            raise BadInput(f"{file} is no project archive, or a damaged one. Export it once more.")
        if file.stat().st_size > MOST_OF_XML:
            raise BadInput(f"{file} has more than {MOST_OF_XML // 1_000_000} MB of XML, and is not read.")
        return Container(file, file.read_bytes(), file.name)
    try:
        archive = zipfile.ZipFile(file)
    except (*DAMAGED_ZIP, OSError) as error:
        raise BadInput(f"{file} is no project archive, or a damaged one. Export it once more.") from error
    try:
        return _from_archive(file, archive)
    except BaseException:
        archive.close()
        raise


def _from_archive(file: Path, archive: zipfile.ZipFile) -> Container:
    listed = [
        entry
        for entry in archive.infolist()
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
    ]
    if len(listed) > _MOST_ENTRIES:
        raise BadInput(f"{file} holds {len(listed):,} files; at most {_MOST_ENTRIES:,} are read.")
    inner = _inner(file, listed)
    xml = _unpacked(archive, inner, file, MOST_OF_XML)
    home = PurePosixPath(inner.filename.replace("\\", "/")).parent
    entries: dict[str, zipfile.ZipInfo] = {}
    # those in the project's own folder of sources come first, and the first of a name is taken
    for entry in sorted(listed, key=lambda entry: _away(entry.filename, home)):
        for name in _names_of(entry):
            entries.setdefault(_key(PurePosixPath(name.replace("\\", "/")).name), entry)
    return Container(file, xml, inner.filename, archive, entries)


def _inner(file: Path, listed: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    projects = [entry for entry in listed if entry.filename.lower().endswith(".qde")]
    named = [entry for entry in projects if PurePosixPath(entry.filename).name.casefold() == "project.qde"]
    top = [entry for entry in named or projects if "/" not in entry.filename]
    chosen = top or named or projects
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise BadInput(
            f"{file} holds no project (.qde). Export it from the other program as a REFI-QDA project."
        )
    names = ", ".join(entry.filename for entry in chosen[:5])
    raise BadInput(f"{file} holds {len(chosen)} projects ({names}). Give a file with one.")


def _away(name: str, home: PurePosixPath) -> int:
    folder = PurePosixPath(name.replace("\\", "/")).parent
    if folder.parent == home and folder.name.casefold() == "sources":
        return 0
    return 1 if folder.name.casefold() == "sources" else 2


def _name_in(path: str) -> str | None:
    """The name of the file that a path means; None for a path that leads out of the project."""
    plain = path.strip().replace("\\", "/")
    scheme, sign, rest = plain.partition("://")
    if sign:
        if scheme.casefold() != "internal":
            return None
        plain = rest
    parts = PurePosixPath(unquote(plain).lstrip("/")).parts
    if not parts or ".." in parts or ":" in parts[0]:
        return None
    return _key(parts[-1])


def _key(name: str) -> str:
    """A file's name as it is compared: in any case, and with marks beside their letters, as a Mac writes them, or in
    one with them.
    """
    return unicodedata.normalize("NFC", name).casefold()


def _names_of(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """A name in an archive: some programs write UTF-8 and do not say so, which Python reads as letters of DOS."""
    try:
        meant = (
            entry.filename if entry.flag_bits & _SAYS_UTF8 else entry.filename.encode("cp437").decode("utf-8")
        )
    except UnicodeError:
        meant = entry.filename
    return tuple(dict.fromkeys((meant, entry.filename)))


def _beside(file: Path, name: str) -> Path | None:
    """A file of this name, in any case, in the folder of sources beside a bare .qde; no link that leads elsewhere."""
    home = file.resolve().parent
    for folder in (home / name_of_folder for name_of_folder in _FOLDERS):
        if not folder.is_dir():
            continue
        for file_there in folder.iterdir():
            if (
                _key(file_there.name) == name
                and file_there.is_file()
                and file_there.resolve().is_relative_to(home)
            ):
                return file_there
    return None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Path, most: int) -> bytes:
    """An entry's bytes. Its own word for its size is not believed: what is read is counted."""
    if entry.flag_bits & 1:
        raise BadInput(f"{file} is protected by a password. Export it without one.")
    if entry.file_size > most or entry.file_size > _MOST_PACKED * max(entry.compress_size, 1) + _SMALL:
        raise BadInput(_too_large(file, entry, most))
    try:
        with archive.open(entry) as part:
            content = part.read(most + 1)
    except (*DAMAGED_ZIP, OSError) as error:
        raise BadInput(f"{file}: {entry.filename} in it is damaged. Export the project once more.") from error
    if len(content) > most:
        raise BadInput(_too_large(file, entry, most))
    return content


def _too_large(file: Path, entry: zipfile.ZipInfo, most: int) -> str:
    return (
        f"{file}: {entry.filename} in it unpacks to {entry.file_size / 1e6:.0f} MB, which no text does (at most "
        f"{most / 1e6:.0f} MB are read). It was not opened."
    )
