"""A project or codebook of REFI-QDA as values, near to its XML: what another program says, before it is judged.

GUIDs are normalised (see ``guids.normal``). Positions are as the file counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RefiUser:
    """Somebody who codes. ``id``: the program's own, where it gives one."""

    guid: str
    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class RefiCode:
    """A code. ``path``: the names of the codes above it and its own. ``codable``: may it be applied?"""

    guid: str
    path: tuple[str, ...]
    parent: str | None = None
    codable: bool = True
    color: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class RefiCoding:
    """A code (or, by NVivo, a case) put on a passage, with the notes that hang on it, by GUID."""

    guid: str
    target: str
    user: str | None = None
    created: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefiSelection:
    """A passage. ``words``: what the file records of its words, often their beginning; positions None: it has none."""

    guid: str
    start: int | None
    end: int | None
    words: str = ""
    description: str = ""
    codings: tuple[RefiCoding, ...] = ()
    notes: tuple[str, ...] = ()
    user: str | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefiSource:
    """A source: ``kind`` is the element, such as TextSource. ``content``: text within the XML, None if it has none.

    ``plain``, ``rich``: paths as the file writes them. ``codings``: codes on the whole of it. ``places``: where a
    position counts from a sync point of a recording.
    """

    guid: str
    name: str
    kind: str = "TextSource"
    content: str | None = None
    plain: str = ""
    rich: str = ""
    selections: tuple[RefiSelection, ...] = ()
    codings: tuple[RefiCoding, ...] = ()
    notes: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    description: str = ""

    @property
    def has_text(self) -> bool:
        """Does it say where its text is?"""
        return self.content is not None or bool(self.plain or self.rich)


@dataclass(frozen=True, slots=True)
class RefiCase:
    """A case: to most programs a person. ``variables``: values by the variable's GUID."""

    guid: str
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class RefiSet:
    """A set of sources, codes or notes."""

    guid: str
    name: str
    sources: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefiNote:
    """A memo and who wrote it."""

    guid: str
    text: str
    name: str = ""
    user: str | None = None
    created: datetime | None = None


@dataclass(frozen=True)
class RefiProject:
    """All that a project says. A codebook (.qdc) is one with codes alone.

    ``left``: what was met and has no place here, by what it is, with how often.
    """

    name: str = ""
    origin: str = ""
    users: tuple[RefiUser, ...] = ()
    codes: tuple[RefiCode, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[RefiCase, ...] = ()
    sources: tuple[RefiSource, ...] = ()
    notes: Mapping[str, RefiNote] = field(default_factory=dict)
    sets: tuple[RefiSet, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)
    user: str | None = None
