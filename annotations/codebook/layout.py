"""A codebook laid out for reading: what the terminal, the web page and the Word file all show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.codebook.crosswalk import Crosswalk, CrosswalkRow, shipped_crosswalk

TEXTS = (
    ("definition", "Means"),
    ("use_when", "Use when"),
    ("do_not_use_when", "Do not use when"),
    ("example", "Example"),
)
_MODELS = {"cfir2009": "CFIR 2009", "cfir2022": "CFIR 2022", "doi": "Diffusion of Innovations"}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What another model calls the code: its name there, and how far that can be relied on."""

    model: str
    name: str
    status: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.model}: {self.name} ({self.status}{'; ' if self.note else ''}{self.note.rstrip('.')})"


@dataclass(frozen=True, slots=True)
class Entry:
    """A code, the names of the codes above it, and what other models call it."""

    code: Code
    ancestors: tuple[str, ...]
    counterparts: tuple[Counterpart, ...]

    @property
    def level(self) -> int:
        """How many codes lie above it."""
        return len(self.ancestors)

    @property
    def above(self) -> str:
        """The codes above it, outermost first."""
        return " › ".join(self.ancestors)

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Heading and words of what is said of the code; what is not said is left out."""
        return tuple((title, getattr(self.code, key)) for key, title in TEXTS if getattr(self.code, key))


@dataclass(frozen=True, slots=True)
class FrameworkSection:
    """A framework with its entries, in codebook order."""

    framework: Framework
    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.entries)

    @property
    def applicable(self) -> int:
        """How many of its codes may be applied."""
        return sum(entry.code.applicable for entry in self.entries)


@dataclass(frozen=True)
class Layout:
    """A codebook's sections, and the crosswalk's rows that concern it."""

    codebook: Codebook
    sections: tuple[FrameworkSection, ...]
    crosswalk: tuple[CrosswalkRow, ...] = ()


def lay_out(codebook: Codebook, below: str | None = None) -> Layout:
    """All of a codebook, or the code with the id ``below`` and what lies below it."""
    crosswalk = shipped_crosswalk()
    kept = None if below is None else _with_those_below(codebook, below)
    sections = []
    for framework in codebook.frameworks:
        codes = [code for code in codebook.of_framework(framework.id) if kept is None or code.id in kept]
        if codes or kept is None:
            sections.append(FrameworkSection(framework, tuple(_entries(codebook, codes, crosswalk))))
    rows = crosswalk.rows if below is None and crosswalk.concerns(codebook) else ()
    return Layout(codebook, tuple(sections), rows)


def _with_those_below(codebook: Codebook, code_id: str) -> set[str]:
    kept = {code_id}
    for code in codebook:  # parents stand before children
        if code.parent in kept:
            kept.add(code.id)
    return kept


def _entries(codebook: Codebook, codes: Sequence[Code], crosswalk: Crosswalk) -> list[Entry]:
    return [Entry(code, _ancestors(codebook, code), tuple(_counterparts(code, crosswalk))) for code in codes]


def _ancestors(codebook: Codebook, code: Code) -> tuple[str, ...]:
    names: list[str] = []
    above = code.parent
    while above is not None:
        names.insert(0, codebook[above].name)
        above = codebook[above].parent
    return tuple(names)


def _counterparts(code: Code, crosswalk: Crosswalk) -> list[Counterpart]:
    counterparts = [
        Counterpart(_MODELS.get(model, model), name.name, name.status)
        for model, names in code.names.items()
        for name in names
    ]
    for row in crosswalk.of(code.id):
        is_old = row.old is not None and row.old.id == code.id
        other, model = (row.new, "CFIR 2022") if is_old else (row.old, "CFIR 2009")
        name = f"{row.relation} there" if other is None else other.path.split("/", 1)[1].replace("/", ", ")
        if other is None and row.relation == "new":
            name = "none: new in 2022"
        counterparts.append(Counterpart(model, name, row.status, row.note))
    return counterparts


def to_json(layout: Layout) -> dict[str, Any]:
    """As plain data: the codebook in the words of codebook.yaml, its version, and the crosswalk where it concerns it."""
    wanted = {entry.code.id for section in layout.sections for entry in section.entries}
    frameworks = [
        {
            "id": section.framework.id,
            "name": section.framework.name,
            "role": section.framework.role,
            "select": section.framework.select,
            "description": section.framework.description,
            "codes": [_entry_json(entry, wanted) for entry in section.entries],
        }
        for section in layout.sections
    ]
    return {
        "name": layout.codebook.name,
        "version": layout.codebook.version,
        "description": layout.codebook.description,
        "sources": dict(layout.codebook.sources),
        "frameworks": frameworks,
        "crosswalk": [row.to_json() for row in layout.crosswalk],
    }


def _entry_json(entry: Entry, wanted: set[str]) -> dict[str, Any]:
    code = entry.code
    return {
        "id": code.id,
        "code": code.name,
        "path": code.path,
        "parent": code.parent if code.parent in wanted else None,
        "level": entry.level,
        "applicable": code.applicable,
        **{key: getattr(code, key) for key, _ in TEXTS},
        "counterparts": [
            {
                "model": counterpart.model,
                "name": counterpart.name,
                "status": counterpart.status,
                "note": counterpart.note,
            }
            for counterpart in entry.counterparts
        ],
    }
