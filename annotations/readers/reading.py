"""The reader for each ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from annotations.errors import BadInput
from annotations.readers.docx import read_docx
from annotations.readers.eaf import read_eaf
from annotations.readers.odt import read_odt
from annotations.readers.otr import read_otr
from annotations.readers.pdf import read_pdf
from annotations.readers.rtf import read_rtf
from annotations.readers.spoken import Reader, ReadTranscript
from annotations.readers.srt import read_srt
from annotations.readers.table import read_table
from annotations.readers.text import read_text
from annotations.readers.vtt import read_vtt
from annotations.sheets.sheet import read_bytes

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".docx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".pdf": read_pdf,
    ".vtt": read_vtt,
    ".srt": read_srt,
    ".otr": read_otr,
    ".eaf": read_eaf,
}
_TABLES = (".csv", ".jsonl")
ENDINGS = (*READERS, *_TABLES)
MOST_NAME = 120


def read_transcripts(file: Path, *, interviewers: Sequence[str]) -> tuple[ReadTranscript, ...]:
    """The transcripts in a file. Raises BadInput, one sentence, for a file that cannot be used."""
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        hint = " Save it as .docx." if ending in (".doc", ".dot", ".pages", ".wps") else ""
        raise BadInput(
            f'{file}: files ending in "{ending}" are not read.{hint} Allowed: {", ".join(ENDINGS)}.'
        )
    if ending in _TABLES:
        found = read_table(file, name=file.stem, interviewers=interviewers)
    else:
        found = READERS[ending](read_bytes(file), name=file.stem, file=str(file), interviewers=interviewers)
    for one in found:
        if len(one.name) > MOST_NAME or not one.name.isprintable():
            raise BadInput(
                f"{file}: the id {one.name[:40]!r} is too long or holds odd characters. Rename it."
            )
    return found
