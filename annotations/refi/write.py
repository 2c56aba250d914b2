"""A RefiProject → a .qdpx or .qdc file, valid by the standard's schemas and written as most programs read it.

Small letters in ``sources`` and ``project.qde``, LF, no BOM, plain text alone, elements in the schema's order. The same
project makes the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from annotations.refi.project import (
    RefiCase,
    RefiCode,
    RefiCoding,
    RefiNote,
    RefiProject,
    RefiSelection,
    RefiSource,
)

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
# what XML 1.0 has no sign for
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLOR = re.compile("#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_THEN = (1980, 1, 1, 0, 0, 0)


def project_archive(project: RefiProject, texts: Mapping[str, str]) -> bytes:
    """The .qdpx file. ``texts``: the canonical text of each source, by its GUID."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "project.qde", project_xml(project))
        for source in project.sources:
            _put(archive, f"sources/{source.guid}.txt", texts[source.guid].encode("utf-8", "replace"))
    return out.getvalue()


def codebook_xml(project: RefiProject) -> bytes:
    """The .qdc file: the project's codes alone."""
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap={None: CODEBOOK}, origin=xml_text(project.origin))
    _codes(root, project.codes)
    return _bytes(root)


def project_xml(project: RefiProject) -> bytes:
    """The project's XML; its texts lie in files of their own."""
    root = etree.Element(f"{{{PROJECT}}}Project", nsmap={None: PROJECT})
    root.set("name", xml_text(project.name))
    root.set("origin", xml_text(project.origin))
    if project.users:
        users = _child(root, "Users")
        for user in project.users:
            user_element = _child(users, "User", guid=user.guid, name=user.name)
            if user.id:
                user_element.set("id", xml_text(user.id))
    if project.codes:
        _codes(_child(root, "CodeBook"), project.codes)
    variables = [
        {"guid": guid, "name": name, "typeOfVariable": "Text"} for guid, name in project.variables.items()
    ]
    # the schema wants none of these groups where it would be empty
    _group(root, "Variables", lambda parent, attributes: _child(parent, "Variable", **attributes), variables)
    _group(root, "Cases", _case, project.cases)
    _group(root, "Sources", _source, project.sources)
    _group(root, "Notes", _note, tuple(project.notes.values()))
    return _bytes(root)


def xml_text(text: str) -> str:
    """Text as XML can hold it: what it has no sign for becomes the replacement character."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def unwritable(texts: Iterable[str]) -> int:
    """In how many of these texts a character is lost on the way."""
    return sum(_NO_XML.search(text) is not None for text in texts)


def _group(root: Any, tag: str, write: Callable[[Any, Any], Any], listed: Sequence[Any]) -> None:
    if listed:
        parent = _child(root, tag)
        for entry in listed:
            write(parent, entry)


def _codes(parent: Any, codes: Iterable[RefiCode]) -> None:
    listed = list(codes)
    above: dict[str | None, Any] = {None: _child(parent, "Codes")}
    for code in listed:
        element = _child(
            above[code.parent],
            "Code",
            guid=code.guid,
            name=code.name,
            isCodable="true" if code.codable else "false",
        )
        if _COLOR.fullmatch(code.color):
            element.set("color", code.color)
        if code.description:
            _child(element, "Description").text = xml_text(code.description)
        above[code.guid] = element


def _case(parent: Any, case: RefiCase) -> None:
    element = _child(parent, "Case", guid=case.guid, name=case.name)
    _values(element, case.variables)
    for source in case.sources:
        _child(element, "SourceRef", targetGUID=source)


def _source(parent: Any, source: RefiSource) -> None:
    element = _child(
        parent,
        "TextSource",
        guid=source.guid,
        name=source.name,
        plainTextPath=f"internal://{source.guid}.txt",
    )
    for selection in source.selections:
        _selection(element, selection)
    _values(element, source.variables)


def _selection(parent: Any, selection: RefiSelection) -> None:
    element = _child(
        parent,
        "PlainTextSelection",
        guid=selection.guid,
        name=selection.words,
        startPosition=str(selection.start),
        endPosition=str(selection.end),
    )
    _by(element, selection.user, selection.created)
    if selection.description:
        _child(element, "Description").text = xml_text(selection.description)
    for coding in selection.codings:
        _coding(element, coding)


def _coding(parent: Any, coding: RefiCoding) -> None:
    element = _child(parent, "Coding", guid=coding.guid)
    _by(element, coding.user, coding.created)
    _child(element, "CodeRef", targetGUID=coding.target)
    for note in coding.notes:
        _child(element, "NoteRef", targetGUID=note)


def _note(parent: Any, note: RefiNote) -> None:
    element = _child(parent, "Note", guid=note.guid, name=note.name)
    _by(element, note.user, note.created)
    _child(element, "PlainTextContent").text = xml_text(note.text)


def _values(parent: Any, variables: Mapping[str, str]) -> None:
    for guid, value in variables.items():
        element = _child(parent, "VariableValue")
        _child(element, "VariableRef", targetGUID=guid)
        _child(element, "TextValue").text = xml_text(value)


def _by(element: Any, user: str | None, created: datetime | None) -> None:
    if user:
        element.set("creatingUser", user)
    if created is not None:
        element.set("creationDateTime", created.astimezone(UTC).isoformat().replace("+00:00", "Z"))


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    space = etree.QName(parent).namespace
    plain = {key: xml_text(value) for key, value in attributes.items()}
    return etree.SubElement(parent, f"{{{space}}}{tag}", plain)


def _bytes(root: Any) -> bytes:
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=False)
    return written


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content)
