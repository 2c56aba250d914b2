"""The sources of a project: texts, PDFs and transcripts of recordings with their passages; what has no text is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from annotations.refi.guids import normal
from annotations.refi.project import RefiCoding, RefiSelection, RefiSource
from annotations.refi.xml_tree import attribute, below, first, local, moment, number, words_in

Links = Mapping[str, tuple[str, ...]]
KINDS = ("TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource")
_COUNTED = {"PictureSource": "pictures", "AudioSource": "sound recordings", "VideoSource": "films"}
_ON_COUNTED = ("PictureSelection", "AudioSelection", "VideoSelection")


def sources_in(sources: Element | None, linked: Links, left: Counter[str]) -> Iterator[RefiSource]:
    """Every source that may have a text. ``linked``: notes by the passage that a link hangs them on."""
    seen: set[str] = set()
    recordings = []
    for element in below(sources, *KINDS):
        kind = local(element)
        if kind == "TextSource":
            source = _text(element, element, kind, linked)
            seen.add(source.plain.casefold())
            yield source
        elif kind == "PDFSource":
            yield _pdf(element, linked)
        else:
            left[_COUNTED[kind]] += 1
            passages = list(below(element, *_ON_COUNTED))
            left["passages in pictures and recordings"] += sum(_is_coded(passage) for passage in passages)
            recordings += [(recording, kind) for recording in below(element, "Transcript")]
            if kind == "PictureSource" and first(element, "TextDescription") is not None:
                left["descriptions of pictures"] += 1
    for element, _ in recordings:
        source = _transcript(element, linked)
        # ATLAS.ti lists the transcript of a recording a second time as a text
        if source.plain and source.plain.casefold() in seen:
            left["passages in pictures and recordings"] += sum(
                bool(selection.codings) for selection in source.selections
            )
            continue
        yield source


def coded_passages(element: Element) -> int:
    """How many passages of a text carry a code."""
    return sum(_is_coded(selection) for selection in below(element, "PlainTextSelection"))


def variables_of(element: Element) -> dict[str, str]:
    """Values by the GUID of their variable, as text; empty ones left out."""
    values = {}
    for value_element in below(element, "VariableValue"):
        reference = first(value_element, "VariableRef")
        value = next((child for child in value_element if local(child).endswith("Value")), None)
        text = " ".join((value.text or "").split()) if value is not None else ""
        if reference is not None and text:
            values[normal(attribute(reference, "targetGUID"))] = text
    return values


def _text(outer: Element, inner: Element, kind: str, linked: Links) -> RefiSource:
    """A source whose text and passages stand in ``inner``, and whose name, codes and variables in ``outer``."""
    content = first(inner, "PlainTextContent")
    guid = normal(attribute(outer, "guid"))
    return RefiSource(
        guid=guid,
        name=" ".join((attribute(outer, "name") or attribute(inner, "name")).split()),
        kind=kind,
        content=None if content is None else content.text or "",
        plain=attribute(inner, "plainTextPath").strip(),
        rich=attribute(inner, "richTextPath").strip(),
        selections=tuple(_selection(selection, linked) for selection in below(inner, "PlainTextSelection")),
        codings=tuple(map(_coding, below(outer, "Coding"))),
        notes=(*_notes_on(outer), *linked.get(guid, ())),
        variables=variables_of(outer),
        description=words_in(outer, "Description").strip(),
    )


def _pdf(element: Element, linked: Links) -> RefiSource:
    """A PDF: its text is the representation; a passage on a page has no place in it but by its words."""
    inner = first(element, "Representation")
    source = _text(element, element if inner is None else inner, "PDFSource", linked)
    on_pages = tuple(_on_page(selection, linked) for selection in below(element, "PDFSelection"))
    rich = source.rich or attribute(element, "path").strip()
    return replace(source, rich=rich, selections=(*source.selections, *on_pages))


def _on_page(element: Element, linked: Links) -> RefiSelection:
    inner = first(element, "Representation")
    words = words_in(inner, "PlainTextContent")
    codings = tuple(
        coding
        for place in below(inner, "PlainTextSelection")
        for coding in map(_coding, below(place, "Coding"))
    )
    selection = _selection(element, linked)
    return replace(
        selection,
        start=None,
        end=None,
        words=words or selection.words,
        codings=(*selection.codings, *codings),
    )


def _transcript(element: Element, linked: Links) -> RefiSource:
    """The transcript of a recording: a passage begins and ends at sync points, of which the text's position is known."""
    at = {
        normal(attribute(point, "guid")): number(point, "position") for point in below(element, "SyncPoint")
    }
    passages = []
    for selection_element in below(element, "TranscriptSelection"):
        begins, ends = (
            at.get(normal(attribute(selection_element, name))) for name in ("fromSyncPoint", "toSyncPoint")
        )
        passages.append(replace(_selection(selection_element, linked), start=begins, end=ends))
    source = _text(element, element, "Transcript", linked)
    return replace(source, selections=(*source.selections, *passages))


def _selection(element: Element, linked: Links) -> RefiSelection:
    guid = normal(attribute(element, "guid"))
    return RefiSelection(
        guid=guid,
        start=number(element, "startPosition"),
        end=number(element, "endPosition"),
        words=attribute(element, "name"),
        description=words_in(element, "Description"),
        codings=tuple(map(_coding, below(element, "Coding"))),
        notes=(*_notes_on(element), *linked.get(guid, ())),
        user=normal(attribute(element, "creatingUser") or attribute(element, "modifyingUser")) or None,
        created=moment(element, "creationDateTime") or moment(element, "modifiedDateTime"),
    )


def _coding(element: Element) -> RefiCoding:
    reference = first(element, "CodeRef")
    return RefiCoding(
        guid=normal(attribute(element, "guid")),
        target="" if reference is None else normal(attribute(reference, "targetGUID")),
        user=normal(attribute(element, "creatingUser")) or None,
        created=moment(element, "creationDateTime"),
        notes=_notes_on(element),
    )


def _notes_on(element: Element) -> tuple[str, ...]:
    return tuple(normal(attribute(reference, "targetGUID")) for reference in below(element, "NoteRef"))


def _is_coded(element: Element) -> bool:
    return first(element, "Coding") is not None
