"""Codes in the comments of a Word document, as Dedoose exports excerpts and as people code by hand."""

from __future__ import annotations

import re
from types import MappingProxyType

from annotations.codings.program_tables import ProgramRows, tidy
from annotations.codings.word_lines import Comment
from annotations.numbers_shown import counted
from annotations.sheets.sheet import SheetRow

_BESIDE_NOTHING = "comments stand beside no words and were"
_HEADING = re.compile(r"^\s*codes?(?:\s+applied)?(?:\s*\(s\))?\s*:\s*", re.IGNORECASE | re.MULTILINE)
_WEIGHT = re.compile(r"\s*[\[(]\s*weight\s*:?\s*(-?[\d.]+)\s*[\])]", re.IGNORECASE)


def rows_of_comments(comments: tuple[Comment, ...], transcript: str) -> ProgramRows:
    """A coding for each comment: its words are the codes, its author the coder, the words beside it the quote."""
    rows_coded, beside_nothing, empty = [], 0, 0
    for comment in comments:
        codes = _WEIGHT.sub("", _HEADING.sub("", comment.text)).strip()
        if not codes:
            empty += 1
        elif not comment.words:
            beside_nothing += 1
        else:
            weights = _WEIGHT.findall(comment.text)
            cells = {
                "transcript": transcript,
                "code": codes,
                "quote": comment.words,
                "coder": comment.author,
                "created": comment.written,
                "weight": ", ".join(weights),
                "position": str(comment.begins),
            }
            rows_coded.append(SheetRow(comment.number, cells))
    rows, notes = tidy(rows_coded)
    if beside_nothing:
        left = counted(beside_nothing, "comment stands beside no words and was", _BESIDE_NOTHING)
        notes.append(f"{left} left out.")
    if empty:
        notes.append(f"{counted(empty, 'comment is empty and was', 'comments are empty and were')} left out.")
    called = MappingProxyType({"code": "comment", "quote": "words beside the comment", "coder": "author"})
    return ProgramRows(
        "codes in the comments of a Word document (Dedoose)", rows, called, (), tuple(notes), listed=True
    )
