"""XML of a project or a codebook → a RefiProject. Nothing is judged here; what has no place is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from annotations.errors import BadInput
from annotations.refi import descriptions
from annotations.refi.guids import normal
from annotations.refi.project import (
    RefiCase,
    RefiCode,
    RefiNote,
    RefiProject,
    RefiSet,
    RefiUser,
)
from annotations.refi.read_sources import coded_passages, sources_in, variables_of
from annotations.refi.xml_tree import (
    attribute,
    below,
    first,
    local,
    moment,
    parsed,
    words_in,
    yes,
)

ReadText = Callable[[str], str]


def read_project(xml: bytes, file: str, text_at: ReadText) -> RefiProject:
    """A project (.qde) or codebook (.qdc). ``text_at`` gives the text of a note that lies in a file of its own.

    Raises BadInput for XML that is neither.
    """
    root = parsed(xml, file)
    if local(root) == "CodeBook":
        return RefiProject(
            origin=attribute(root, "origin"), codes=tuple(_codes(root)), sets=tuple(_sets(root))
        )
    if local(root) != "Project":
        raise BadInput(
            f"{file} is no REFI-QDA: its XML begins with <{local(root)[:40]}>, not with <Project> or <CodeBook>. Export the "
            f"project as REFI-QDA (.qdpx) from the other program."
        )
    left: Counter[str] = Counter()
    notes = {note.guid: note for note in _notes(root, text_at, left)}
    linked = _links(root, notes, left)
    sources = tuple(sources_in(first(root, "Sources"), linked, left))
    left["graphs"] += sum(1 for _ in below(first(root, "Graphs"), "Graph"))
    left["notes on the whole project"] += sum(1 for _ in below(root, "NoteRef"))
    return RefiProject(
        name=attribute(root, "name"),
        origin=attribute(root, "origin"),
        users=tuple(
            RefiUser(normal(attribute(u, "guid")), " ".join(attribute(u, "name").split()), attribute(u, "id"))
            for u in below(first(root, "Users"), "User")
        ),
        codes=tuple(_codes(first(root, "CodeBook"))),
        variables={
            normal(attribute(v, "guid")): " ".join(attribute(v, "name").split())
            for v in below(first(root, "Variables"), "Variable")
        },
        cases=tuple(map(_case, below(first(root, "Cases"), "Case"))),
        sources=sources,
        notes=notes,
        sets=tuple(_sets(root)),
        left={what: count for what, count in left.items() if count},
        user=normal(attribute(root, "creatingUserGUID")) or None,
    )


def _codes(book: Element | None) -> Iterator[RefiCode]:
    """Every code, parents before children, in the order of the file."""
    todo = [(element, (), None) for element in reversed(list(below(first(book, "Codes"), "Code")))]
    pending: list[tuple[Element, tuple[str, ...], str | None]] = list(todo)
    while pending:
        element, above, parent = pending.pop()
        guid = normal(attribute(element, "guid"))
        description = words_in(element, "Description").strip()
        # a code whose name several have goes by a longer one in a file that Tandem wrote
        called = descriptions.read(description).get(descriptions.NAME, "")
        path = (*above, " ".join((called or attribute(element, "name")).split()))
        yield RefiCode(
            guid=guid,
            path=path,
            parent=parent,
            codable=yes(element, "isCodable", otherwise=True),
            color=attribute(element, "color").strip(),
            description=description,
            notes=tuple(normal(attribute(n, "targetGUID")) for n in below(element, "NoteRef")),
        )
        pending.extend((child, path, guid) for child in reversed(list(below(element, "Code"))))


def _case(element: Element) -> RefiCase:
    return RefiCase(
        guid=normal(attribute(element, "guid")),
        name=" ".join(attribute(element, "name").split()),
        variables=variables_of(element),
        sources=tuple(
            normal(attribute(reference, "targetGUID")) for reference in below(element, "SourceRef")
        ),
        selections=tuple(
            normal(attribute(reference, "targetGUID")) for reference in below(element, "SelectionRef")
        ),
        description=words_in(element, "Description").strip(),
    )


def _sets(root: Element) -> Iterator[RefiSet]:
    for element in below(first(root, "Sets"), "Set"):
        yield RefiSet(
            guid=normal(attribute(element, "guid")),
            name=" ".join(attribute(element, "name").split()),
            sources=_members(element, "MemberSource"),
            codes=_members(element, "MemberCode"),
        )


def _members(element: Element, name: str) -> tuple[str, ...]:
    """A codebook says guid where a project says targetGUID."""
    return tuple(
        normal(attribute(member, "targetGUID") or attribute(member, "guid"))
        for member in below(element, name)
    )


def _notes(root: Element, text_at: ReadText, left: Counter[str]) -> Iterator[RefiNote]:
    for note in below(first(root, "Notes"), "Note"):
        text = words_in(note, "PlainTextContent")
        path = attribute(note, "plainTextPath")
        if not text and path:
            text = text_at(path)
            left["notes whose file is missing"] += not text
        description = words_in(note, "Description").strip()
        left["passages coded within notes"] += coded_passages(note)
        yield RefiNote(
            guid=normal(attribute(note, "guid")),
            text="\n".join(part for part in (text, description) if part),
            name=attribute(note, "name"),
            user=normal(attribute(note, "creatingUser")) or None,
            created=moment(note, "creationDateTime"),
        )


def _links(root: Element, notes: dict[str, RefiNote], left: Counter[str]) -> dict[str, tuple[str, ...]]:
    """The notes that ATLAS.ti hangs on passages by links, by the passage's GUID; other links are counted."""
    linked: dict[str, tuple[str, ...]] = {}
    for link in below(first(root, "Links"), "Link"):
        ends = (normal(attribute(link, "originGUID")), normal(attribute(link, "targetGUID")))
        note = next((end for end in ends if end in notes), None)
        other = next((end for end in ends if end not in notes), None)
        if note is None or other is None:
            left["links"] += 1
        else:
            linked[other] = (*linked.get(other, ()), note)
    return linked


def without_empty(project: RefiProject) -> RefiProject:
    """The project without codes that have no name: they cannot be shown to anybody."""
    named = tuple(code for code in project.codes if all(code.path))
    return replace(project, codes=named)
