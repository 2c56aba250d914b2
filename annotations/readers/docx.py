"""Word documents: labelled paragraphs, the layouts of Teams, Otter, Rev and others, or a table of speakers and words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from annotations.errors import BadInput
from annotations.readers.archive import refuse_hostile
from annotations.readers.document import Document, turns_of_document
from annotations.readers.spoken import ReadTranscript, finished

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
}
# what was deleted or moved away while changes were tracked, and what stands there twice for old programs
_LEFT_OUT = frozenset(
    {
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}pPr",
        f"{_W}rPr",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)
_HOLDS_BLOCKS = frozenset(
    f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "body")
)
_DEEPEST = 40


def read_docx(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str]
) -> tuple[ReadTranscript, ...]:
    """A .docx file: one transcript. Without any speaker each paragraph is a turn without a speaker."""
    refuse_hostile(content, file, what="Word document", words="word/document.xml")
    body = _body(content, file)
    if body is None:
        raise BadInput(f"{file} is a damaged Word document: it has no body. Open it and save it again.")
    spoken, warnings = turns_of_document(Document(tuple(_blocks(body))), interviewers)
    return finished(spoken, name=name, file=file, reader="docx", interviewers=interviewers, warnings=warnings)


def _body(content: bytes, file: str) -> Any:
    # heavy, and most transcripts are text
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        return docx.Document(io.BytesIO(content)).element.body
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


def _blocks(parent: Any, depth: int = 0) -> Iterator[str | tuple[tuple[str, ...], ...]]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield _words(child)
        elif child.tag == f"{_W}tbl":
            yield tuple(
                tuple(_cell(cell) for cell in row.iter(f"{_W}tc")) for row in child.iterchildren(f"{_W}tr")
            )
        elif child.tag in _HOLDS_BLOCKS and depth < _DEEPEST:
            yield from _blocks(child, depth + 1)


def _cell(cell: Any) -> str:
    return "\n".join(_words(paragraph) for paragraph in cell.iter(f"{_W}p"))


def _words(paragraph: Any) -> str:
    """A paragraph's text with what was added while changes were tracked, and without what was deleted."""
    parts: list[str] = []
    todo = list(reversed(paragraph))
    while todo:
        one = todo.pop()
        if one.tag == f"{_W}t":
            parts.append(one.text or "")
        elif one.tag in _TEXT:
            parts.append(_TEXT[one.tag])
        elif one.tag not in _LEFT_OUT:
            todo.extend(reversed(one))
    return "".join(parts)
