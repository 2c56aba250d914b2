"""Office files are zip archives of XML. They are looked at before anything unpacks them; nothing is extracted."""

from __future__ import annotations

import io
import zipfile

from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import BadInput
from annotations.sheets.content import refuse_zip_bomb

_OLE = b"\xd0\xcf\x11\xe0"
MOST_OF_XML = 20_000_000
_READ = (".xml", ".rels")


def refuse_hostile(content: bytes, file: str, *, what: str, words: str) -> None:
    """Raise BadInput unless ``content`` is a sound archive whose part ``words`` is there, of a sensible size, and
    whose XML declares no entities: they would unfold in memory, or read other files.
    """
    if content.startswith(_OLE):
        raise BadInput(
            f"{file} is protected by a password, or an old .doc file. Save it as {_ending(what)} without one."
        )
    refuse_zip_bomb(content, file, what)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if words not in archive.namelist():
            raise BadInput(f"{file} is no {what}, or a damaged one. Open it and save it again.")
        for entry in archive.infolist():
            if entry.filename.endswith(_READ):
                _look_at(archive, entry, file, what)


def _look_at(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str, what: str) -> None:
    if entry.file_size > MOST_OF_XML:
        raise BadInput(
            f"{file} holds {entry.file_size / 1e6:.0f} MB of text and marks; at most {MOST_OF_XML // 1_000_000} MB "
            f"are read. Split it."
        )
    try:
        with archive.open(entry) as part:
            head = part.read(4096)
    except (*DAMAGED_ZIP, OSError) as error:
        raise BadInput(f"{file} is no {what}, or a damaged one. Open it and save it again.") from error
    refuse_entities(head, file, what)


def refuse_entities(head: bytes, file: str, what: str) -> None:
    """Raise BadInput if XML begins with declarations of its own."""
    plain = head.replace(b"\x00", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise BadInput(f"{file} declares XML entities, which no real {what} does. It was not opened.")


def _ending(what: str) -> str:
    return ".docx" if what.startswith("Word") else ".odt"
