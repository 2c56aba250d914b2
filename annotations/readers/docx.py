"""Word documents: labelled paragraphs, the layouts of Teams, Otter, Rev and others, or a table of speakers and words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from annotations.errors import BadInput
from annotations.readers.archive import refuse_hostile
from annotations.readers.document import Document, Table, turns_of_document
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.looks import HEADING, PLAIN, Looks, Paragraph
from annotations.readers.ooxml import W, transitional, words_beside
from annotations.readers.spoken import ReadTranscript, finished
from annotations.readers.word_changes import heading_styles, settle, struck_through
from annotations.readers.words import count_words

_TEXT = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_BOX = f"{W}txbxContent"
# what was deleted or moved away while changes were tracked, and what stands there twice for old programs
_LEFT_OUT = frozenset(
    {
        f"{W}del",
        f"{W}moveFrom",
        f"{W}pPr",
        f"{W}rPr",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
        _BOX,
    }
)
_HOLDS_BLOCKS = frozenset(
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "body")
)
_DEEPEST = 40
_LOOKS = {f"{W}b": "bold", f"{W}i": "italic", f"{W}u": "underlined"}
_COLOURS = frozenset({f"{W}color", f"{W}highlight"})


def read_docx(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .docx file: one transcript. Without any speaker each paragraph is a turn without a speaker.

    Text boxes stand beside the text, unless they hold most of it; notes, comments, headers, footers and hidden text
    are left out and told.
    """
    refuse_hostile(content, file, what="Word document", words="word/document.xml")
    body, headings, beside = _opened(content, file)
    if body is None:
        raise BadInput(f"{file} is a damaged Word document: it has no body. Open it and save it again.")
    if body.find(f".//{W}altChunk") is not None:
        raise BadInput(
            f"{file} holds another document inside it, which Word alone unpacks. Open it in Word and save it again."
        )
    blocks = tuple(_blocks(body, headings))
    boxes = [block for box in _boxes(body) for block in _blocks(box, headings)]
    in_boxes = sum(map(_words_of, boxes))
    if in_boxes > sum(map(_words_of, blocks)):
        blocks = (*blocks, *boxes)
    elif in_boxes:
        beside = [*beside, ("text boxes", " ".join(_plain(block) for block in boxes))]
    spoken, account = turns_of_document(
        Document(blocks, tuple(beside), struck_through(body)), interviewers, rules
    )
    return finished(spoken, name=name, file=file, reader="docx", interviewers=interviewers, account=account)


def _opened(content: bytes, file: str) -> tuple[Any, frozenset[str], list[tuple[str, str]]]:
    """The document's body, the styles of its headings, and the words beside it."""
    # heavy, and most transcripts are text
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        plain = transitional(content)
        document = docx.Document(io.BytesIO(plain))
        body = document.element.body
        hidden = [] if body is None else [("hidden text", settle(body))]
        return body, heading_styles(document), [*words_beside(plain), *hidden]
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


def _blocks(parent: Any, headings: frozenset[str], depth: int = 0) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in their order. Of a table that holds others, each cell's blocks, so that nothing is read
    twice.
    """
    for child in parent:
        if child.tag == f"{W}p":
            yield _paragraph(child, headings)
        elif child.tag == f"{W}tbl":
            rows = [_cells(row) for row in child.iterchildren(f"{W}tr", f"{W}sdt")]
            if any(cell.find(f".//{W}tbl") is not None for row in rows for cell in row) and depth < _DEEPEST:
                for row in rows:
                    for cell in row:
                        yield from _blocks(cell, headings, depth + 1)
            else:
                yield tuple(tuple(_cell(cell) for cell in row) for row in rows)
        elif child.tag in _HOLDS_BLOCKS and depth < _DEEPEST:
            yield from _blocks(child, headings, depth + 1)


def _cells(row: Any) -> list[Any]:
    return [
        cell
        for cell in row.iter(f"{W}tc")
        if next(cell.iterancestors(f"{W}tr"), None) is row or row.tag != f"{W}tr"
    ]


def _cell(cell: Any) -> str:
    return "\n".join(
        _paragraph(paragraph).text for paragraph in cell.iter(f"{W}p") if not _in_a_box(paragraph, cell)
    )


def _in_a_box(paragraph: Any, cell: Any) -> bool:
    for above in paragraph.iterancestors():
        if above is cell:
            return False
        if above.tag == _BOX:
            return True
    return False


def _boxes(body: Any) -> Iterator[Any]:
    """Text boxes, each once: for old programs a copy stands beside."""
    for box in body.iter(_BOX):
        if not any(above.tag in _LEFT_OUT for above in box.iterancestors()):
            yield box


def _paragraph(paragraph: Any, headings: frozenset[str] = frozenset()) -> Paragraph:
    """A paragraph with what was added while changes were tracked, without what was deleted, and how it looks."""
    parts: list[tuple[str, Looks]] = []
    whole = _looks_of_paragraph(paragraph, headings)
    todo: list[tuple[Any, Looks]] = [(node, whole) for node in reversed(paragraph)]
    while todo:
        node, looks = todo.pop()
        if node.tag == f"{W}t":
            parts.append((node.text or "", looks))
        elif node.tag in _TEXT:
            parts.append((_TEXT[node.tag], looks))
        elif node.tag not in _LEFT_OUT:
            its = whole | _looks_of_run(node) if node.tag == f"{W}r" else looks
            todo.extend((below, its) for below in reversed(node))
    return Paragraph.of(parts)


def _looks_of_paragraph(paragraph: Any, headings: frozenset[str]) -> Looks:
    """Its style, whether that is a heading's, and how far it is indented."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    indent = paragraph.find(f"{W}pPr/{W}ind")
    looks = {f"style {style.get(f'{W}val')}"} if style is not None else set()
    if style is not None and style.get(f"{W}val") in headings:
        looks.add(HEADING)
    left = "" if indent is None else indent.get(f"{W}left") or indent.get(f"{W}start") or ""
    return frozenset(looks | ({f"indent {left}"} if left.strip("0") else set()))


def _looks_of_run(run: Any) -> Looks:
    properties = run.find(f"{W}rPr")
    if properties is None:
        return PLAIN
    looks = set()
    for mark in properties:
        value = str(mark.get(f"{W}val") or "")
        if mark.tag in _LOOKS and value not in ("0", "false", "off", "none"):
            looks.add(_LOOKS[mark.tag])
        elif mark.tag in _COLOURS and value.lower() not in ("", "auto", "000000", "none"):
            looks.add(f"color {value.lower()}")
        elif mark.tag == f"{W}rStyle" and value:
            looks.add(f"style {value}")
    return frozenset(looks)


def _plain(block: Paragraph | Table) -> str:
    return block.text if isinstance(block, Paragraph) else "\n".join(cell for row in block for cell in row)


def _words_of(block: Paragraph | Table) -> int:
    return count_words(_plain(block))
