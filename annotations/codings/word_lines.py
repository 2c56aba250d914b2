"""The lines of a Word document, and the passages that have a comment."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotations.errors import BadInput
from annotations.readers.archive import refuse_hostile
from annotations.readers.ooxml import W, transitional

_TEXT = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
# what was deleted or moved away while changes were tracked
_GONE = frozenset({f"{W}del", f"{W}moveFrom"})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: the words that it stands beside, where they begin in the document's text, who wrote it and when."""

    number: int
    words: str
    begins: int
    text: str
    author: str
    written: str


def opened(content: bytes, file: str) -> Any:
    """The document; raises BadInput for a damaged or hostile file."""
    refuse_hostile(content, file, what="Word document", words="word/document.xml")
    from docx import Document

    try:
        return Document(io.BytesIO(transitional(content)))
    except Exception as error:  # whatever a damaged archive makes the library raise
        raise BadInput(f"{file} is no Word document, or a damaged one. Open it and save it again.") from error


def lines_of(document: Any) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number, as the cells that a table or tabs make of it; empty lines count and are left out."""
    number = 0
    for block in document.iter_inner_content():
        rows = [[cell.text for cell in row.cells] for row in block.rows] if hasattr(block, "rows") else None
        if rows is None:
            for line in block.text.split("\n"):
                number += 1
                cells = [cell.strip() for cell in line.split("\t")]
                if any(cells):
                    yield number, cells
            continue
        for row in rows:
            number += 1
            # a cell that spans several columns comes once for each
            cells = [cell.strip() for at, cell in enumerate(row) if at == 0 or cell != row[at - 1]]
            if any(cells):
                yield number, cells


def comments_of(document: Any) -> tuple[Comment, ...]:
    """The comments in the order of the text. One that stands beside no words has none."""
    open_at: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    parts: list[str] = []
    length = 0

    def add(text: str) -> None:
        nonlocal length
        parts.append(text)
        length += len(text)

    def walk(element: Any) -> None:
        for child in element:
            if child.tag in _GONE:
                continue
            if child.tag == f"{W}commentRangeStart":
                open_at[child.get(f"{W}id")] = length
            elif child.tag == f"{W}commentRangeEnd":
                its = child.get(f"{W}id")
                spans[its] = (open_at.get(its, length), length)
            elif child.tag == f"{W}t":
                add(child.text or "")
            elif child.tag in _TEXT:
                add(_TEXT[child.tag])
            else:
                walk(child)
                if child.tag == f"{W}p":
                    add("\n")

    walk(document.element.body)
    text = "".join(parts)
    comments = []
    for comment in document.comments:
        start, end = spans.get(str(comment.comment_id), (0, 0))
        said = "\n".join(paragraph.text for paragraph in comment.paragraphs).strip()
        written = comment.timestamp.isoformat() if comment.timestamp else ""
        number = int(comment.comment_id) + 1
        comments.append(Comment(number, text[start:end].strip(), start, said, comment.author or "", written))
    return tuple(sorted(comments, key=lambda comment: (comment.begins, comment.number)))
