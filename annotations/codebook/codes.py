"""What the codes mean: frameworks, codes and the codebook, as values.

A code has a permanent id and a path ``Framework/Parent/Name``. Files may name a code by id, by path or by an
unambiguous name; ``Codebook.resolve`` decides.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from annotations.errors import AmbiguousName, BadInput, UnknownName, unknown
from annotations.names import folded
from annotations.transcript import Role

Select = Literal["one", "many"]
FRAMEWORK_ROLES = ("elements", "phase", "assimilation", "emergent")
TEXTS = ("definition", "use_when", "do_not_use_when", "example")  # what a codebook says of a code


@dataclass(frozen=True, slots=True)
class PublishedName:
    """What a source calls the construct; ``status`` is "published", or "proposal" where the match is Tandem's."""

    name: str
    source: str
    status: Literal["published", "proposal"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a codebook. ``parent`` is the id of the code above it, or None. ``color``: as #RRGGBB, or "".

    >>> Code("cost", "Cost", "themes", "Themes/Money/Cost", definition="What it costs").meaning
    'Money, Cost. What it costs'
    """

    id: str
    name: str
    framework: str
    path: str
    parent: str | None = None
    definition: str = ""
    use_when: str = ""
    do_not_use_when: str = ""
    example: str = ""
    applicable: bool = True
    carried_by: tuple[Role, ...] = (Role.PARTICIPANT,)
    names: Mapping[str, tuple[PublishedName, ...]] = field(default_factory=lambda: MappingProxyType({}))
    color: str = ""

    @property
    def meaning(self) -> str:
        """Name, definition and use in one text: what a reader, or an encoder, learns the code from."""
        name = self.path.split("/", 1)[-1].replace("/", ", ")
        return ". ".join(part.rstrip(". ") for part in (name, self.definition, self.use_when) if part)


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of codes of one sort. ``select``: may one of its codes apply to a segment, or several."""

    id: str
    name: str
    role: str = "elements"
    select: Select = "many"
    description: str = ""


@dataclass(frozen=True)
class Codebook:
    """Frameworks and their codes, parents before children. Its version is the hash of its content.

    ``influence``: are coders asked which influence what they code has, and whether it is told by a concrete example?

    >>> code = Code("cost", "Cost", "themes", "Themes/Cost")
    >>> book = Codebook("Ours", (Framework("themes", "Themes"),), (code,))
    >>> book.resolve("themes/cost").id, book["cost"].name
    ('cost', 'Cost')
    """

    name: str
    frameworks: tuple[Framework, ...]
    codes: tuple[Code, ...]
    description: str = ""
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    influence: bool = False

    def __post_init__(self) -> None:
        _refuse_repeats("code id", (code.id for code in self.codes))
        _refuse_repeats("code path", (folded(code.path) for code in self.codes))
        _refuse_repeats("framework id", (framework.id for framework in self.frameworks))

    def __getitem__(self, code_id: str) -> Code:
        """The code with this id; KeyError if there is none."""
        return self.by_id[code_id]

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Codes by their permanent id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def applicable(self) -> tuple[Code, ...]:
        """The codes that a person may apply, in codebook order."""
        return tuple(code for code in self.codes if code.applicable)

    @cached_property
    def _by_name(self) -> dict[str, list[Code]]:
        names: dict[str, list[Code]] = {}
        for code in self.codes:
            for key in {folded(code.name), folded(code.path), folded(code.path.split("/", 1)[-1])}:
                names.setdefault(key, []).append(code)
        return names

    @cached_property
    def _below(self) -> dict[tuple[str, str | None], list[Code]]:
        below: dict[tuple[str, str | None], list[Code]] = {}
        for code in self.codes:
            below.setdefault((code.framework, code.parent), []).append(code)
        return below

    def framework(self, framework_id: str) -> Framework:
        """The framework with this id; KeyError if there is none."""
        return {framework.id: framework for framework in self.frameworks}[framework_id]

    def of_framework(self, framework_id: str) -> tuple[Code, ...]:
        """The codes of one framework, in codebook order."""
        return tuple(code for code in self.codes if code.framework == framework_id)

    def children(self, code_id: str | None, framework_id: str) -> tuple[Code, ...]:
        """The codes right below a code, or at the top of a framework (``code_id`` None)."""
        return tuple(self._below.get((framework_id, code_id), ()))

    def label(self, code_id: str) -> str:
        """The shortest unambiguous way to name a code in a table: its name if no other bears it, else its path."""
        code = self.by_id[code_id]
        return code.name if len(self._by_name[folded(code.name)]) == 1 else code.path

    def resolve(self, name: str, *, framework: str = "") -> Code:
        """The applicable code that ``name`` means: an id, a path or an unambiguous name, in any case.

        Raises UnknownName with the nearest known name, AmbiguousName with the paths, BadInput for a code that
        only groups others or is retired.
        """
        key = " ".join(name.split())
        if key in self.by_id:
            return self._applicable(self.by_id[key])
        codes = self._by_name.get(folded(f"{framework}/{key}")) or self._by_name.get(folded(key), [])
        codes = codes or [code for code in self.codes if folded(code.id) == folded(key)]
        if framework:
            wanted = folded(framework)
            here = {f.id for f in self.frameworks if wanted in (folded(f.id), folded(f.name))}
            codes = [code for code in codes if code.framework in here]
        usable = [code for code in codes if code.applicable] or codes
        if len(usable) == 1:
            return self._applicable(usable[0])
        if usable:
            paths = "; ".join(f'"{code.path}"' for code in usable)
            raise AmbiguousName(f'code "{name}" is the name of several codes. Give one of the paths {paths}.')
        raise self._unknown(name)

    def find(self, name: str) -> Code:
        """The code that ``name`` means; unlike for a coding, one that only groups others will do.

        Raises AmbiguousName with the paths, and UnknownName with the nearest known name.
        """
        key = folded(name)
        meant = [code for code in self if key in (folded(code.id), folded(code.name), folded(code.path))]
        if len(meant) > 1:
            paths = "; ".join(f'"{code.path}"' for code in meant)
            raise AmbiguousName(f'code "{name}" is the name of several codes. Give one of the paths {paths}.')
        return meant[0] if meant else self.resolve(name)

    def retired(self, code: Code) -> bool:
        """Is it a code that is offered no more, and not one that only groups others?"""
        return not code.applicable and not self.children(code.id, code.framework)

    def _applicable(self, code: Code) -> Code:
        if code.applicable:
            return code
        why, instead = "only groups others", "one of the codes below it"
        if self.retired(code):
            why, instead = "is retired", "another code"
        raise BadInput(
            f'code "{code.path}" {why} and cannot be applied. Use {instead}, or set "applicable: true" for it in '
            f"codebook.yaml."
        )

    @property
    def complete(self) -> int:
        """How many codes that may be applied say when to use them, when not, and give an example."""
        return sum(bool(code.use_when and code.do_not_use_when and code.example) for code in self.applicable)

    def _unknown(self, name: str) -> UnknownName:
        known = [self.label(code.id) for code in self.applicable]
        if "/" in name:
            known += [code.path for code in self.applicable]
        return unknown("code", name, known, remedy="Correct the name, or add the code to codebook.yaml.")

    def content(self) -> dict[str, Any]:
        """The codebook as plain data, in the words and the nesting of codebook.yaml."""
        return {
            "name": self.name,
            "description": self.description,
            "sources": dict(self.sources),
            # left out where it is not asked for, so that older codebooks keep their version
            **({"influence": True} if self.influence else {}),
            "frameworks": [
                {
                    "id": framework.id,
                    "name": framework.name,
                    "role": framework.role,
                    "select": framework.select,
                    "description": framework.description,
                    "codes": [self._content(code) for code in self.children(None, framework.id)],
                }
                for framework in self.frameworks
            ],
        }

    def _content(self, code: Code) -> dict[str, Any]:
        plain: dict[str, Any] = {"id": code.id, "code": code.name}
        plain |= {key: getattr(code, key) for key in (*TEXTS, "color") if getattr(code, key)}
        if not code.applicable:
            plain["applicable"] = False
        if code.carried_by != (Role.PARTICIPANT,):
            plain["carried_by"] = [role.value for role in code.carried_by]
        if code.names:
            plain["names"] = {
                source: [{"name": n.name, "source": n.source, "status": n.status} for n in names]
                for source, names in code.names.items()
            }
        below = self.children(code.id, code.framework)
        if below:
            plain["codes"] = [self._content(child) for child in below]
        return plain

    @cached_property
    def version(self) -> str:
        """The first 16 hex digits of the SHA-256 of the content."""
        plain = json.dumps(self.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()[:16]

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)


def _refuse_repeats(what: str, names: Iterator[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise BadInput(
                f'{what} "{name}" occurs {count} times in the codebook; each may occur once. Rename one.'
            )
