"""NVivo's lists of references and its coding summaries, from Word documents and workbooks.

A list of references has lines such as "<Files\\JKG-01> - § 3 references coded [2.1% Coverage]" and "Reference 1 - 0.45%
Coverage", the words below. A coding summary has rows with the number of a reference, initials and a date, the words below.
Both are known by their marks, in whatever language NVivo was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from annotations.codings.program_tables import ProgramRows, tidy
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.sheets.sheet import SheetRow

_WORDLESS = "references hold no words (pictures, sound) and were"
Line = tuple[int, list[str]]
_DOCUMENT = re.compile(r"^<?(.+?)>?\s*[-–—]\s*§\s*\d+\s[^\[\]]*\[[^\[\]]*\d\s*%[^\[\]]*\]\s*$")
_REFERENCE = re.compile(
    r"^\w[\w ]{0,30}?\s(\d{1,5})\s*[-–—]\s*(?:\w[\w ]{0,30}\s)?\d[\d.,]*\s*%\s*[\w ]{0,30}\.?\s*$"
)
_NAME = re.compile(r"^(?:Name|Code|Node|Knoten)\s*:\s*(.+)$", re.IGNORECASE)
# between a code's name and its first document: what NVivo says of the code, and its description
_PROPERTY = re.compile(r"^\w[\w ]{0,24}:")
_DESCRIPTION = re.compile(r"^(?:Description|Beschreibung|Descripción|Descripcion)\s*:", re.IGNORECASE)
_MOST_TITLE = 12
_IS_SUMMARY = ("number of coding references", "coded by initials", "reference number", "coded by")
_DOCUMENTS = (
    "files",
    "file",
    "internals",
    "externals",
    "memos",
    "sources",
    "documents",
    "document",
    "datasets",
    "dateien",
)
_CODES = ("codes", "code", "nodes", "node", "theme nodes", "cases", "relationships", "sentiment", "knoten")
_DATED = re.compile(r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\D.*)?$")
_FURNITURE = re.compile(r"^(?:page \d+ of \d+|reports?\\.*|coding summary by .*|\d+ of \d+)$", re.IGNORECASE)


def rows_of_nvivo(lines: Sequence[Line], *, code: str) -> ProgramRows | None:
    """The references of either layout; None where the lines are of neither. ``code``: where no line names one."""
    if any(_DOCUMENT.match(_joined(cells)) for _, cells in lines) and any(
        _REFERENCE.match(_joined(cells)) for _, cells in lines
    ):
        return _references(lines, code)
    words = folded(" ".join(cell for _, cells in lines[:60] for cell in cells))
    if "coverage" in words and sum(mark in words for mark in _IS_SUMMARY) > 1:
        return _summary(lines)
    return None


def _references(lines: Sequence[Line], code: str) -> ProgramRows:
    rows_read: list[SheetRow] = []
    document, named, place = "", "", None
    words: list[str] = []
    wordless = 0

    def finish() -> None:
        nonlocal wordless
        wordless += place is not None and not words
        if place is not None and words:
            cells = {"transcript": document, "code": named or code, "quote": "\n".join(words)}
            rows_read.append(SheetRow(place, cells))
        words.clear()

    for at, (number, cells) in enumerate(lines):
        line = _joined(cells)
        name = _NAME.match(line)
        if name and _titles(lines[at + 1 : at + 1 + _MOST_TITLE]):
            finish()
            named, document, place = name[1].strip(), "", None
        elif begins := _DOCUMENT.match(line):
            finish()
            document, place = begins[1].strip(), None
        elif _REFERENCE.match(line) and document:
            finish()
            place = number
        elif place is not None:
            words.append(line)
    finish()
    notes = _about_wordless(wordless)
    if any(row["code"] == code for row in rows_read) and not named:
        notes.append(f'no line names the code; the name of the file, "{code}", is taken for it.')
    return _made("NVivo list of references", rows_read, notes)


def _titles(lines: Sequence[Line]) -> bool:
    """Do these lines lead from a code's name to its first document, and not on from what somebody said?"""
    described = False
    for _, cells in lines:
        line = _joined(cells)
        if _DOCUMENT.match(line):
            return True
        described = described or _DESCRIPTION.match(line) is not None
        if _REFERENCE.match(line) or not (described or _PROPERTY.match(line)):
            return False
    return False


def _summary(lines: Sequence[Line]) -> ProgramRows:
    rows_read: list[SheetRow] = []
    document, code = "", ""
    said: dict[str, str] | None = None
    place = 0
    words: list[str] = []
    wordless = 0

    def finish() -> None:
        nonlocal wordless
        wordless += said is not None and not words
        if said is not None and words:
            rows_read.append(SheetRow(place, {**said, "quote": "\n".join(words)}))
        words.clear()

    for number, cells in lines:
        full = [cell for cell in cells if cell]
        kind, name = _item(full)
        reference = _reference(full)
        if kind or reference or _is_head(full):
            finish()
            said = None
        if kind == "document":
            document = name
        elif kind == "code":
            code = name
        elif reference:
            said = {"transcript": document, "code": code, "coder": reference[0], "created": reference[1]}
            place = number
            words += full[full.index(reference[1]) + 1 :]
        elif said is not None and not _FURNITURE.match(" ".join(full)):
            words.append("\n".join(full))
    finish()
    return _made("NVivo coding summary", rows_read, _about_wordless(wordless))


def _about_wordless(count: int) -> list[str]:
    if not count:
        return []
    return [
        f"{counted(count, 'reference holds', 'references hold')} no words (a picture, sound) and were left out."
    ]


def _item(cells: Sequence[str]) -> tuple[str, str]:
    """Whether a row names a document or a code, and its name without the folder that all of the kind lie in."""
    if len(cells) != 1 or "\\" not in cells[0] or "\n" in cells[0]:
        return "", ""
    first, _, rest = cells[0].partition("\\")
    name = rest.strip("\\ ")
    if folded(first) in _DOCUMENTS:
        return "document", name
    return ("code", re.sub(r"\\+", "\\\\", name)) if folded(first) in _CODES else ("", "")


def _reference(cells: Sequence[str]) -> tuple[str, str] | None:
    """Initials and date of a row that begins a reference."""
    if len(cells) < 2 or not cells[0].isdigit():
        return None
    dated = next((cell for cell in cells[1:4] if _DATED.match(cell)), None)
    if dated is None:
        return None
    between = cells[1 : list(cells).index(dated)]
    return (between[0] if between else ""), dated


def _is_head(cells: Sequence[str]) -> bool:
    """Is this a row of figures of a document or code, or one that names columns or what follows?"""
    numbers = sum(re.fullmatch(r"[\d.,]+\s*%?", cell) is not None for cell in cells)
    if 2 <= len(cells) <= 4 and numbers == len(cells) - 1 and folded(cells[0]) in ("yes", "no", "ja", "nein"):
        return True
    line = folded(" ".join(cells))
    return line in (*_DOCUMENTS, *_CODES) or ("coverage" in line and "reference" in line)


def _joined(cells: Sequence[str]) -> str:
    return "\n".join(cell for cell in cells if cell)


def _made(program: str, rows_made: Sequence[SheetRow], notes: list[str]) -> ProgramRows:
    rows, more = tidy(rows_made)
    return ProgramRows(program, rows, MappingProxyType({}), (), (*notes, *more))
