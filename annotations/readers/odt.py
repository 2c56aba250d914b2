"""OpenDocument text, as LibreOffice writes it: the same layouts as in Word documents."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotations.errors import BadInput
from annotations.readers.archive import refuse_hostile
from annotations.readers.document import LookingTable, document_of_seen, turns_of_document
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.looks import HEADING, HIDDEN, PLAIN, Looks, Paragraph
from annotations.readers.odt_styles import looks_of_styles
from annotations.readers.spoken import ReadTranscript, finished

_PARAGRAPHS = ("text:p", "text:h")
# comments, notes, what was deleted while changes were tracked, what Office fills in by itself
_LEFT_OUT = frozenset(
    {
        "office:annotation",
        "office:annotation-end",
        "text:note",
        "text:tracked-changes",
        "office:forms",
        "text:sequence-decls",
        "text:table-of-content",
        "text:bibliography",
    }
)
_HIDDEN = frozenset({"text:hidden-text", "text:hidden-paragraph"})
_MOST_SPACES = 100
_DEEPEST = 40


def read_odt(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .odt file: one transcript. Without any speaker each paragraph is a turn without a speaker."""
    refuse_hostile(content, file, what="OpenDocument text", words="content.xml")
    # heavy, and most transcripts are text
    import odfdo
    from odfdo.security import SecurityError

    try:
        opened = odfdo.Document(io.BytesIO(content))
        if opened.container is not None and b"encryption-data" in _bytes(
            opened.container, "META-INF/manifest.xml"
        ):
            raise BadInput(f"{file} is protected by a password. Save it as .odt without one.")
        blocks = tuple(_blocks(opened.body, looks_of_styles(opened)))
    except BadInput:
        raise
    except SecurityError as error:
        raise BadInput(
            f"{file} unpacks to more than a real OpenDocument text does. It was not opened."
        ) from error
    except Exception as error:  # a damaged file may fail anywhere in lxml, zlib or the library
        raise BadInput(
            f"{file} is no OpenDocument text, or a damaged one. Open it and save it again."
        ) from error
    document = document_of_seen(blocks)
    spoken, account = turns_of_document(document, interviewers, rules)
    return finished(spoken, name=name, file=file, reader="odt", interviewers=interviewers, account=account)


def _bytes(container: Any, part: str) -> bytes:
    content = container.get_part(part)
    return content if isinstance(content, bytes) else str(content).encode()


def _blocks(parent: Any, styles: Mapping[str, Looks], depth: int = 0) -> Iterator[Paragraph | LookingTable]:
    for child in parent.children:
        if child.tag in _PARAGRAPHS:
            above = frozenset([HEADING]) if child.tag == "text:h" else PLAIN
            yield Paragraph.of(_words(child, styles, above))
        elif child.tag == "table:table":
            rows = child.xpath(".//table:table-row")
            yield tuple(
                tuple(_cell(cell, styles) for cell in row.children if cell.tag == "table:table-cell")
                for row in rows
            )
        elif child.tag not in _LEFT_OUT and depth < _DEEPEST:
            yield from _blocks(child, styles, depth + 1)


def _cell(cell: Any, styles: Mapping[str, Looks]) -> Paragraph:
    parts: list[tuple[str, Looks]] = []
    for paragraph in cell.xpath(".//text:p|.//text:h"):
        parts += (
            [("\n", PLAIN), *_words(paragraph, styles, PLAIN)] if parts else _words(paragraph, styles, PLAIN)
        )
    return Paragraph.of(parts)


def _words(
    element: Any, styles: Mapping[str, Looks], above: Looks, depth: int = 0
) -> Iterator[tuple[str, Looks]]:
    looks = above | styles.get(str(element.get_attribute("text:style-name")), PLAIN)
    if element.tag in _HIDDEN and str(element.get_attribute("text:is-hidden")) != "false":
        looks |= {HIDDEN}
    yield element.text or "", looks
    for child in element.children:
        if child.tag == "text:s":
            yield " " * min(_MOST_SPACES, int(child.get_attribute_integer("text:c") or 1)), looks
        elif child.tag == "text:tab":
            yield "\t", looks
        elif child.tag == "text:line-break":
            yield "\n", looks
        elif child.tag not in _LEFT_OUT and depth < _DEEPEST:
            yield from _words(child, styles, looks, depth + 1)
        yield child.tail or "", looks
