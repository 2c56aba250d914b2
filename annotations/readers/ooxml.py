"""The parts of a Word document as XML: also of one in the strict variant of the format, whose names are other ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# the strict variant (ISO 29500) says the same under other addresses
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)  # fmt: skip
# parts with words beside the text, and what they are
_BESIDE = (
    ("word/footnotes", "footnotes"),
    ("word/endnotes", "endnotes"),
    ("word/comments.xml", "comments"),
    ("word/header", "page headers"),
    ("word/footer", "page footers"),
)


def transitional(content: bytes) -> bytes:
    """The document under the usual addresses; as it is if it has them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if b"purl.oclc.org/ooxml" not in archive.read("word/document.xml")[:4000]:
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
            for entry in archive.infolist():
                part = archive.read(entry)
                if entry.filename.endswith((".xml", ".rels")):
                    for strict, usual in _STRICT:
                        part = part.replace(strict, usual)
                made.writestr(entry.filename, part)
    return out.getvalue()


def words_beside(content: bytes) -> Iterator[tuple[str, str]]:
    """What stands in notes, comments, headers and footers: what it is, and its words. The same words are told once."""
    # heavy, and most transcripts are text
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    seen: set[tuple[str, str]] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            what = next(
                (what for begins, what in _BESIDE if name.startswith(begins) and name.endswith(".xml")), ""
            )
            if not what:
                continue
            root: Any = etree.fromstring(archive.read(name), parser)
            words = " ".join(
                " ".join("".join(text.text or "" for text in paragraph.iter(f"{W}t")).split())
                for paragraph in root.iter(f"{W}p")
            ).strip()
            if words and (what, words) not in seen:
                seen.add((what, words))
                yield what, words
