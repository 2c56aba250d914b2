"""Word documents: paragraphs ``SPEAKER: words``, or a table with a column of speakers and one of words."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from annotations.errors import BadInput
from annotations.readers.spoken import LABEL, ReadTranscript
from annotations.readers.table import turns_with_words
from annotations.sheet import refuse_zip_bomb
from annotations.transcript import SpokenTurn

_OLE = b"\xd0\xcf\x11\xe0"
_TIME = re.compile(r"\[?\(?\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?\)?\]?")


def read_docx(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """A .docx file: one transcript. Without any speaker label each paragraph is a turn without a speaker."""
    if content.startswith(_OLE):
        raise BadInput(
            f"{file} is protected by a password, or an old .doc file. Save it as .docx without one."
        )
    refuse_zip_bomb(content, file, "Word document")
    _refuse_entities(content, file)
    paragraphs, tables = _blocks(content, file)
    spoken, warnings = _from_tables(tables) if _is_dialogue(tables) else _from_paragraphs(paragraphs)
    if not any(turn.words for turn in spoken):
        raise BadInput(f"{file} holds no words. If it is a scan, it has to be typed or recognised first.")
    text, turns = turns_with_words(spoken, interviewers)
    return (ReadTranscript(name, text, turns, file, "docx", warnings=tuple(warnings)),)


def _refuse_entities(content: bytes, file: str) -> None:
    """A Word document declares no entities; one that does is made to unfold in memory, or to read other files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            try:
                with archive.open(entry) as part:
                    head = part.read(4096)
            except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError) as error:
                raise BadInput(
                    f"{file} is no Word document, or a damaged one. Open it and save it again."
                ) from error
            except Exception as error:  # zlib.error has no public base but Exception
                raise BadInput(f"{file} is a damaged Word document. Open it and save it again.") from error
            plain = head.replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise BadInput(
                    f"{file} declares XML entities, which no real Word document does. It was not opened."
                )


def _blocks(content: bytes, file: str) -> tuple[list[str], list[list[list[str]]]]:
    # heavy, and most transcripts are text
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        document: Any = Document(io.BytesIO(content))
        paragraphs: list[str] = []
        tables: list[list[list[str]]] = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                tables.append([[cell.text for cell in row.cells] for row in block.rows])
            else:
                paragraphs.append(block.text)
    except (
        PackageNotFoundError,
        LxmlError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        OSError,
    ) as error:
        raise BadInput(f"{file} is no Word document, or a damaged one. Open it and save it again.") from error
    except Exception as error:  # a damaged stream raises zlib's own error, which is no OSError
        raise BadInput(f"{file} is a damaged Word document. Open it and save it again.") from error
    return paragraphs, tables


def _from_paragraphs(paragraphs: Sequence[str]) -> tuple[list[SpokenTurn], list[str]]:
    lines = [line for paragraph in paragraphs for line in re.split(r"[\n\v\f]", paragraph)]
    spoken = list(_labelled(lines))
    if not spoken:
        return [SpokenTurn("", " ".join(p.split())) for p in paragraphs if p.strip()], []
    first = next(at for at, line in enumerate(lines) if LABEL.match(line.strip()))
    before = sum(1 for line in lines[:first] if line.strip())
    warned = (
        [f"{before} paragraphs before the first speaker are no part of any turn and were left out."]
        if before
        else []
    )
    return spoken, warned


def _labelled(lines: Sequence[str]) -> Iterator[SpokenTurn]:
    speaker, words = None, []
    for line in lines:
        label = LABEL.match(line.strip())
        if label is not None:
            if speaker is not None:
                yield SpokenTurn(speaker, " ".join(words))
            speaker, words = " ".join(label["label"].split()), line.strip()[label.end() :].split()
        else:
            words.extend(line.split())
    if speaker is not None:
        yield SpokenTurn(speaker, " ".join(words))


def _is_dialogue(tables: Sequence[Sequence[Sequence[str]]]) -> bool:
    """Is most of the document a table of two or three columns, one of them short: the speakers?"""
    rows = [row for table in tables for row in table if len(row) in (2, 3)]
    return len(rows) >= 4 and sum(_split(row) is not None for row in rows) >= 0.8 * len(rows)


def _split(row: Sequence[str]) -> tuple[str, str] | None:
    cells = [" ".join(cell.split()) for cell in row]
    if len(cells) == 3 and (_TIME.fullmatch(cells[0]) or not cells[0]):
        cells = cells[1:]
    speaker = cells[0].rstrip(": ")
    if len(cells) != 2 or not 0 < len(speaker) <= 40 or not speaker[0].isalpha():
        return None
    return speaker, cells[1]


def _from_tables(tables: Sequence[Sequence[Sequence[str]]]) -> tuple[list[SpokenTurn], list[str]]:
    spoken = []
    left_out = 0
    for table in tables:
        for row in table:
            found = _split(row)
            if found is None:
                left_out += 1
            elif found[0].casefold() not in ("speaker", "who", "name"):
                spoken.append(SpokenTurn(*found))
    return spoken, [f"{left_out} rows of its tables have no speaker and were left out."] if left_out else []
