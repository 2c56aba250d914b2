"""REFI-QDA files composed for tests, in the layouts of several programs, and ways to break them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

SPACE = "urn:QDA-XML:project:1.0"
# an interview with an emoji and an umlaut; line ends are the file's own business
TALK = (
    "Interviewer: How did it begin?\n"
    "P-01: We had no money \U0001f4b8 and nobody asked us.\n"
    "Interviewer: And then?\n"
    "P-01: Then the nurses from Jönköping came, and people stayed. \U0001f600 It was good for everybody.\n"
)


def guid(name: str) -> str:
    """The GUID of a thing of a test, by its name."""
    return str(uuid5(NAMESPACE_URL, name)).upper()


def selection(start: int, end: int, *codings: str, words: str = "", inner: str = "") -> str:
    """A passage with codings (see ``coding``)."""
    name = f" name={quoteattr(words)}" if words else ""
    return (
        f'<PlainTextSelection guid="{guid(f"{start}-{end}-{words}-{len(codings)}")}"{name} startPosition="{start}" '
        f'endPosition="{end}" creatingUser="{guid("ada")}">{inner}{"".join(codings)}</PlainTextSelection>'
    )


def coding(code: str, user: str = "ada", note: str = "", when: str = "2024-03-01T10:00:00Z") -> str:
    """A code, by the name that ``code_tree`` gave its GUID, put on a passage by a user."""
    hangs = f'<NoteRef targetGUID="{guid(note)}"/>' if note else ""
    by = f' creatingUser="{guid(user)}"' if user else ""
    return (
        f'<Coding guid="{guid(f"{code}{user}{note}{when}")}"{by} creationDateTime="{when}">'
        f'<CodeRef targetGUID="{guid(code)}"/>{hangs}</Coding>'
    )


def source(name: str, *inner: str, plain: str = "", content: str | None = None, rich: str = "") -> str:
    """A text source."""
    paths = (f' plainTextPath="{plain}"' if plain else "") + (f' richTextPath="{rich}"' if rich else "")
    text = "" if content is None else f"<PlainTextContent>{escape(content)}</PlainTextContent>"
    return (
        f'<TextSource guid="{guid(name)}" name={quoteattr(name)}{paths}>{text}{"".join(inner)}</TextSource>'
    )


def code_tree(*names: str, below: Mapping[str, Sequence[str]] | None = None) -> str:
    """Codes, and those below them."""

    def code(name: str) -> str:
        inner = "".join(map(code, (below or {}).get(name, ())))
        return (
            f'<Code guid="{{{guid(name).lower()}}}" name={quoteattr(name)} isCodable="true" color="#FF0000">'
            f"<Description>What {escape(name)} means.</Description>{inner}</Code>"
        )

    return f"<CodeBook><Codes>{''.join(map(code, names))}</Codes></CodeBook>"


def users(**names: str) -> str:
    """Users by the key of their GUID."""
    return (
        "<Users>"
        + "".join(f'<User guid="{guid(key)}" name="{name}"/>' for key, name in names.items())
        + "</Users>"
    )


def project(*parts: str, origin: str = "Test", space: str = SPACE, name: str = "Wave 1") -> str:
    """A whole project."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{space}" name="{name}" origin="{origin}" '
        f'creatingUserGUID="{guid("ada")}">{"".join(parts)}</Project>'
    )


def sources(*parts: str) -> str:
    """The element of all sources."""
    return f"<Sources>{''.join(parts)}</Sources>"


def qdpx(
    file: Path,
    xml: str,
    files: Mapping[str, bytes] | None = None,
    *,
    inner: str = "project.qde",
    folder: str = "sources",
) -> Path:
    """A project archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inner, xml)
        for name, content in (files or {}).items():
            archive.writestr(f"{folder}/{name}", content)
    return file


def at(text: str, words: str) -> tuple[int, int]:
    """Where words stand first, in code points."""
    start = text.index(words)
    return start, start + len(words)


def as_utf16(text: str, place: int) -> int:
    """A place in UTF-16 units."""
    return len(text[:place].encode("utf-16-le")) // 2
