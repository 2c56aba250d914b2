"""XML of projects and codebooks, read without believing it: no entities, no DTD, whatever the namespace is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from annotations.errors import BadInput

DEEPEST = 100
_NO_SIGNS = re.compile(
    rb"&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)


def parsed(xml: bytes, file: str) -> Element:
    """The root. Raises BadInput with the line for what is no sound XML, or declares entities.

    Signs that XML does not allow, and that some programs write all the same, are left out.
    """
    try:
        root = _root(xml)
    except DefusedXmlException as error:
        raise BadInput(
            f"{file} declares XML entities or a DTD, which no project does. It was not opened."
        ) from error
    except ParseError as error:
        line, column = getattr(error, "position", (0, 0))
        raise BadInput(
            f"{file} is no sound XML (line {line}, column {column}). Export it from the other program once more."
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that is none
        raise BadInput(
            f"{file} is no XML that can be read. Export it from the other program once more."
        ) from error
    if _depth(root) > DEEPEST:
        raise BadInput(
            f"{file} nests more than {DEEPEST} levels deep, which no project does. It was not read."
        )
    return root


def _root(xml: bytes) -> Element:
    try:
        first_try: Element = fromstring(xml, forbid_dtd=True)
    except ParseError:
        cleaned = _NO_SIGNS.sub(b"", xml)
        if b"\x00" in xml[:200] or cleaned == xml:
            raise
        second_try: Element = fromstring(cleaned, forbid_dtd=True)
        return second_try
    return first_try


def local(element: Element) -> str:
    """An element's name without its namespace: several are in use."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def below(element: Element | None, *names: str) -> Iterator[Element]:
    """The children of these names."""
    for child in element if element is not None else ():
        if local(child) in names:
            yield child


def first(element: Element | None, name: str) -> Element | None:
    """The first child of this name."""
    return next(below(element, name), None)


def words_in(element: Element | None, name: str) -> str:
    """The text of the first child of this name, as it stands; "" for none."""
    child = first(element, name)
    return "" if child is None else child.text or ""


def attribute(element: Element, name: str) -> str:
    """An attribute, whatever the case of its name; "" for none."""
    given = element.get(name)
    if given is not None:
        return given
    wanted = name.casefold()
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2].casefold() == wanted), ""
    )


def number(element: Element, name: str) -> int | None:
    """A whole number, None for what is none; at most 12 digits."""
    plain = attribute(element, name).strip()
    return (
        int(plain)
        if plain.removeprefix("-").isascii() and plain.removeprefix("-").isdigit() and len(plain) < 13
        else None
    )


def moment(element: Element, name: str) -> datetime | None:
    """A time, with a zone or without; None for none and for what is no time."""
    try:
        return datetime.fromisoformat(attribute(element, name).strip())
    except ValueError:
        return None


def yes(element: Element, name: str, *, otherwise: bool) -> bool:
    """An xsd:boolean."""
    plain = attribute(element, name).strip().casefold()
    return plain in ("true", "1") if plain else otherwise


def _depth(root: Element) -> int:
    level, depth = [root], 0
    while level and depth <= DEEPEST:
        depth += 1
        level = [child for parent in level for child in parent]
    return depth
