"""What a file holds, as bytes and as text: of a sensible size, whole, and no archive that fills the memory."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from annotations.damaged_zip import DAMAGED_ZIP
from annotations.errors import BadInput, nearest

MOST_BYTES = 50_000_000
MOST_UNPACKED = 400_000_000


def read_bytes(file: Path) -> bytes:
    """The file's content; raises BadInput if it is missing, a folder, empty or larger than 50 MB."""
    if file.is_dir():
        raise BadInput(f"{file} is a folder. Give a file.")
    if not file.is_file():
        beside = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        close = nearest(file.name, beside, at_least=70)
        guess = f' Did you mean "{close}"?' if close else " Check the name and the folder."
        raise BadInput(f"{file} does not exist.{guess}")
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise BadInput(
            f"{file} has {size / 1e6:.0f} MB; at most {MOST_BYTES // 1_000_000} MB are read. Split it."
        )
    content = file.read_bytes()
    if not content.strip():
        raise BadInput(f"{file} is empty.")
    return content


def decode(content: bytes, file: str) -> str:
    """Text from UTF-8 or UTF-16, for files that people write for Tandem; raises BadInput for anything else."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError as error:
                raise BadInput(f"{file} is no UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
            break
    if "\x00" in text:
        raise BadInput(f"{file} is no text: it holds zero bytes. Save it as UTF-8.")
    return text


def refuse_zip_bomb(content: bytes, file: str, what: str) -> None:
    """Raise BadInput unless ``content`` is a sound zip archive of a sensible size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            too_many = len(archive.infolist()) > 10_000
    except (*DAMAGED_ZIP, OSError) as error:
        raise BadInput(f"{file} is no {what}, or a damaged one. Open it and save it again.") from error
    if unpacked > MOST_UNPACKED or too_many or unpacked > 200 * len(content) + 20_000_000:
        raise BadInput(
            f"{file} unpacks to {unpacked / 1e6:.0f} MB, which no real {what} does. It was not opened."
        )
