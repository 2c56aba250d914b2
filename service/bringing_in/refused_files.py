"""Files that cannot come in as they are: why, in a page's words, and whether saying something of them can help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annotations.errors import BadInput
from annotations.readers.labels_in_study_yaml import LabelRules, LineRule
from annotations.readers.reading import read_transcripts
from service.bringing_in.uploads import Upload
from service.importing.import_outcome import Imported
from service.page_words import for_pages


def refused_files(upload: Upload, imported: Imported) -> list[dict[str, Any]]:
    """Each refused file as plain data; ``unreadable``: it holds no interview, however its lines are taken."""
    by_path = {str(upload.path(sent)): sent for sent in upload.of_kind("transcript")}
    said = []
    for refused in imported.refused:
        sent = by_path.get(refused.file)
        reason = page_sentence(upload, refused.reason)
        said.append(
            {
                "number": sent.number if sent else None,
                "file": sent.name if sent else Path(refused.file).name,
                "row": refused.row,
                "reason": reason[:1].upper() + reason[1:],
                "unreadable": sent is not None and is_unreadable(upload.path(sent)),
            }
        )
    return said


def is_unreadable(path: Path) -> bool:
    """Is it empty, damaged, or no such file as its name says, so that nothing that is said of it helps?"""
    for rule in LineRule:
        try:
            if any(
                read.turns for read in read_transcripts(path, interviewers=(), rules=LabelRules((), rule))
            ):
                return False
        except BadInput:
            continue
    return True


def page_sentence(upload: Upload, sentence: str) -> str:
    """A sentence without the folders in which the files lie here, and with what a page calls things."""
    for file in upload.files:
        sentence = sentence.replace(str(upload.path(file)), file.short)
    plain = sentence.replace(f"{upload.folder}/transcripts/", "").replace(f"{upload.folder}/", "")
    return for_pages(plain)
