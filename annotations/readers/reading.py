"""The reader for each ending."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from annotations.errors import BadInput
from annotations.html_marks import said_of_marks
from annotations.numbers_shown import counted
from annotations.readers.docx import read_docx
from annotations.readers.eaf import read_eaf
from annotations.readers.html_file import read_html
from annotations.readers.json_file import read_json
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.odt import read_odt
from annotations.readers.otr import read_otr
from annotations.readers.pdf import read_pdf
from annotations.readers.rtf import read_rtf
from annotations.readers.spoken import ReadTranscript, TranscriptReader
from annotations.readers.srt import read_srt
from annotations.readers.table import read_table
from annotations.readers.text import read_text
from annotations.readers.vtt import read_vtt
from annotations.sheets.content import read_bytes

READERS: Mapping[str, TranscriptReader] = {
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
    ".json": read_json,
    ".html": read_html,
    ".htm": read_html,
}
SAVE_AS_DOCX = (".doc", ".dot", ".docm", ".dotx", ".dotm", ".pages", ".wps", ".gdoc")
# projects and codebooks of other programs, which another command reads
PROJECTS = (".qdpx", ".qde", ".qdc")
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_TABLES = (".csv", ".tsv", ".xlsx", ".jsonl")
# files of these endings are often something else: a workbook of codings, a page, a program's settings
OFTEN_OTHERS = (".json", ".html", ".htm", ".tsv", ".xlsx")
ENDINGS = (*READERS, *_TABLES)
MOST_NAME = 120


def read_transcripts(
    file: Path, *, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """The transcripts in a file. Raises BadInput, one sentence, for a file that cannot be used."""
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        hint = " Save it as .docx." if ending in SAVE_AS_DOCX else ""
        hint = ' Bring it in with "tandem import-project".' if ending in PROJECTS else hint
        hint = " Unpack it, and give the files that are in it." if ending in PACKED else hint
        raise BadInput(
            f'{file}: files ending in "{ending}" are not read.{hint} Allowed: {", ".join(ENDINGS)}.'
        )
    name = unicodedata.normalize("NFC", file.stem)  # a Mac writes ö as o and a mark
    if ending in _TABLES:
        transcripts = read_table(file, name=name, interviewers=interviewers, rules=rules)
    else:
        transcripts = READERS[ending](
            read_bytes(file), name=name, file=str(file), interviewers=interviewers, rules=rules
        )
    for transcript_read in transcripts:
        if len(transcript_read.name) > MOST_NAME or not transcript_read.name.isprintable():
            raise BadInput(
                f"{file}: the id {transcript_read.name[:40]!r} is too long or holds odd characters. Rename it."
            )
    return tuple(
        replace(read, warnings=(*read.warnings, *said))
        if (said := (*said_of_marks(read.text), *_said_of_lost(read)))
        else read
        for read in transcripts
    )


def _said_of_lost(read: ReadTranscript) -> tuple[str, ...]:
    """A sentence about letters that were lost before the file came here, or that its reader could not read."""
    if "\ufffd" not in read.text or any("\ufffd" in said for said in read.warnings):
        return ()
    lost = counted(read.text.count("\ufffd"), "letter is lost and stands", "letters are lost and stand")
    return (f"{lost} as \ufffd. Look for them, or save the file anew in the program that wrote it.",)
