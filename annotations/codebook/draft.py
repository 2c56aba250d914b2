"""From codes as a file lists them to a codebook: parents found, circles and twins refused, permanent ids given."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from annotations.codebook.codes import FRAMEWORK_ROLES, Code, Codebook, Framework, PublishedName, Select
from annotations.errors import BadInput, unknown
from annotations.names import LONGEST_NAME, fault_of_name, folded, folded_for_id
from annotations.transcript import Role

MOST_CODES = 5000
MOST_LEVELS = 20
_LONGEST_ID = 80


@dataclass(eq=False)
class FrameworkDraft:
    """A framework as a file gives it; ``select_where`` is where the file first said whether one or many."""

    name: str
    id: str = ""
    role: str = ""
    select: Select = "many"
    select_where: str = ""
    description: str = ""

    def say_select(self, word: Select, where: str) -> None:
        """A place in the file says whether one or many of its codes may apply. Raises BadInput for a contradiction."""
        if self.select_where and self.select != word:
            raise BadInput(
                f'{where}, column "select": found "{word}" for the framework "{self.name}", but '
                f'{self.select_where.rsplit(", ", 1)[-1]} says "{self.select}". A framework says one or the other.'
            )
        self.select, self.select_where = word, self.select_where or where


@dataclass(eq=False)
class CodeDraft:
    """A code as a file gives it, before its parent, path and id are known.

    ``parent``: what the file says; ``above``: the code it lies below, by nesting or once the parent is found.
    """

    name: str
    framework: FrameworkDraft
    where: str
    parent: str = ""
    id: str = ""
    applicable: bool = True
    carried_by: tuple[Role, ...] = (Role.PARTICIPANT,)
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[PublishedName, ...]] = field(default_factory=lambda: MappingProxyType({}))
    above: CodeDraft | None = None

    @property
    def path(self) -> str:
        """Framework, the codes above, and the name."""
        return f"{self.above.path if self.above else self.framework.name}/{self.name}"


def assemble(
    name: str,
    frameworks: Sequence[FrameworkDraft],
    drafts: Sequence[CodeDraft],
    *,
    file: str,
    description: str = "",
    sources: Mapping[str, str] = MappingProxyType({}),
    influence: bool = False,
) -> Codebook:
    """The codebook that the drafts make. Raises BadInput or UnknownName that says where the fault stands."""
    if len(drafts) > MOST_CODES:
        raise BadInput(f"{file} holds {len(drafts):,} codes; at most {MOST_CODES} are read.")
    finished = _frameworks(frameworks, file)
    _find_parents(drafts)
    _refuse_circles(drafts)
    _refuse_twins(drafts)
    ids = _ids(drafts)
    codes = tuple(
        Code(
            id=ids[draft],
            name=draft.name,
            framework=finished[framework].id,
            path=draft.path,
            parent=ids[draft.above] if draft.above else None,
            applicable=draft.applicable,
            carried_by=draft.carried_by,
            names=draft.names,
            **draft.texts,
        )
        for framework in frameworks
        for draft in _parents_first([draft for draft in drafts if draft.framework is framework])
    )
    return Codebook(name, tuple(finished.values()), codes, description, sources, influence)


def a_name(given: str, where: str, what: str) -> str:
    """A name with single spaces; raises BadInput for none, a very long one or one with control characters."""
    name = " ".join(given.split())
    if not name:
        raise BadInput(f"{where}: {what} needs a name.")
    if fault_of_name(name):
        raise BadInput(
            f"{where}: the name of {what} has at most {LONGEST_NAME} printable characters; found {name[:60]!r}."
        )
    return name


def _frameworks(drafts: Sequence[FrameworkDraft], file: str) -> dict[FrameworkDraft, Framework]:
    frameworks: dict[FrameworkDraft, Framework] = {}
    taken: dict[str, str] = {}
    for draft in drafts:
        its_id = (
            a_name(draft.id, f'{file}, framework "{draft.name}"', "an id") if draft.id else _slug(draft.name)
        )
        for word in {folded(draft.name), folded(its_id)}:
            if word in taken:
                raise BadInput(
                    f'{file}: the framework "{draft.name}" has the name or id of the framework "{taken[word]}". '
                    f"Put their codes together, or rename one."
                )
            taken[word] = draft.name
        role = draft.role or _role_of(its_id, draft.name)
        frameworks[draft] = Framework(its_id, draft.name, role, draft.select, draft.description)
    return frameworks


def _role_of(*names: str) -> str:
    words = " ".join(map(folded, names))
    return next((role for role in FRAMEWORK_ROLES if role in words and role != "elements"), "elements")


def _find_parents(drafts: Sequence[CodeDraft]) -> None:
    """Turn what the file says of parents into drafts: a name, an id, or a path with the framework or without."""
    named: dict[tuple[FrameworkDraft, str], list[CodeDraft]] = {}
    for draft in drafts:
        for word in {folded(draft.name), folded(draft.id)}:
            named.setdefault((draft.framework, word), []).append(draft)
    for draft in drafts:
        if not draft.parent:
            continue
        if draft.above is not None:
            raise BadInput(
                f'{draft.where}: it stands below "{draft.above.name}" and names the parent "{draft.parent}". '
                f"Keep one of the two."
            )
        draft.above = _parent_of(draft, named)


def _parent_of(
    draft: CodeDraft, named: Mapping[tuple[FrameworkDraft, str], Sequence[CodeDraft]]
) -> CodeDraft:
    wanted = folded(draft.parent)
    parts, whole = _parts(draft.parent, draft.framework)
    above = [other for other in named.get((draft.framework, wanted), ()) if other is not draft]
    if not above and parts:
        last = named.get((draft.framework, parts[-1]), ())
        above = [other for other in last if other is not draft and _lies_at(other, parts, whole)]
    if len(above) == 1:
        return above[0]
    if above:
        raise BadInput(
            f'{draft.where}: the parent "{draft.parent}" is the name of several codes '
            f"({'; '.join(other.where.rsplit(', ', 1)[-1] for other in above[:5])}). Give its path, such as "
            f'"{above[0].framework.name}/{"/".join(filter(None, (above[0].parent, above[0].name)))}".'
        )
    if folded(draft.name) == wanted:
        raise BadInput(f'{draft.where}: the code "{draft.name}" is its own parent. Leave its parent empty.')
    here = {
        other.name for (framework, _), its in named.items() if framework is draft.framework for other in its
    }
    raise unknown(
        "parent",
        draft.parent,
        here - {draft.name},
        where=draft.where,
        remedy=f'Correct it, or add it as a code of "{draft.framework.name}".',
    )


def _parts(path: str, framework: FrameworkDraft) -> tuple[list[str], bool]:
    """The names of a path, and whether it begins with the framework and is whole."""
    parts = [folded(part) for part in path.split("/") if part.strip()]
    whole = len(parts) > 1 and parts[0] in (folded(framework.name), folded(framework.id))
    return (parts[1:] if whole else parts), whole


def _lies_at(draft: CodeDraft, parts: Sequence[str], whole: bool) -> bool:
    """Does the path end at this code, as far as the file tells what lies above it?"""
    if not parts or folded(draft.name) != parts[-1]:
        return False
    before = parts[:-1]
    if draft.above is not None:
        return _lies_at(draft.above, before, whole) if before else not whole
    above, _ = _parts(draft.parent, draft.framework)
    if not before or not above:
        return not before and not (whole and above)
    shared = min(len(above), len(before))
    return above[-shared:] == list(before[-shared:])


def _refuse_circles(drafts: Sequence[CodeDraft]) -> None:
    levels: dict[CodeDraft, int] = {}
    for draft in drafts:
        chain: list[CodeDraft] = []
        at: CodeDraft | None = draft
        while at is not None and at not in levels:
            if at in chain:
                circle = [*chain[chain.index(at) :], at]
                names = " → ".join(f'"{draft.name}" ({draft.where.rsplit(", ", 1)[-1]})' for draft in circle)
                raise BadInput(
                    f"{at.where}: the codes lie below each other in a circle: {names}. Clear one parent."
                )
            chain.append(at)
            at = at.above
        for step in reversed(chain):
            levels[step] = 1 + (levels[step.above] if step.above else 0)
            if levels[step] > MOST_LEVELS:
                raise BadInput(
                    f"{step.where}: it lies more than {MOST_LEVELS} levels deep. Use fewer levels."
                )


def _refuse_twins(drafts: Sequence[CodeDraft]) -> None:
    seen: dict[str, str] = {}
    for draft in drafts:
        path = folded(draft.path)
        if path in seen:
            raise BadInput(
                f'{draft.where}: the code "{draft.path}" stands there already ({seen[path].rsplit(", ", 1)[-1]}). '
                f"Remove one, or rename it."
            )
        seen[path] = draft.where


def _ids(drafts: Sequence[CodeDraft]) -> dict[CodeDraft, str]:
    """Permanent ids: the one given, else the name if no other code bears it, else the path, in plain letters."""
    ids: dict[CodeDraft, str] = {}
    taken: dict[str, CodeDraft] = {}
    for draft in drafts:
        if draft.id:
            ids[draft] = _given_id(draft)
            other = taken.setdefault(folded(ids[draft]), draft)
            if other is not draft:
                raise BadInput(
                    f'{draft.where}: the id "{draft.id}" belongs to "{other.path}" already. Give another, or none.'
                )
    counted = Counter(_slug(draft.name) for draft in drafts)
    for draft in drafts:
        if draft.id:
            continue
        wanted = _slug(draft.name) if counted[_slug(draft.name)] == 1 else _slug(draft.path)
        plain, number = wanted, 2
        while plain in taken:
            plain, number = f"{wanted[: _LONGEST_ID - 6]}-{number}", number + 1
        taken[plain] = draft
        ids[draft] = plain
    return ids


def _given_id(draft: CodeDraft) -> str:
    its_id = " ".join(draft.id.split())
    if len(its_id) > _LONGEST_ID or not its_id.isprintable():
        raise BadInput(
            f"{draft.where}: an id has at most {_LONGEST_ID} printable characters; found {its_id[:60]!r}."
        )
    return its_id


def _parents_first(drafts: Sequence[CodeDraft]) -> Iterator[CodeDraft]:
    below: dict[CodeDraft | None, list[CodeDraft]] = {}
    for draft in drafts:
        below.setdefault(draft.above, []).append(draft)
    todo = list(reversed(below.get(None, [])))
    while todo:
        draft = todo.pop()
        yield draft
        todo.extend(reversed(below.get(draft, [])))


def _slug(name: str) -> str:
    """Small letters, digits, the marks that belong to letters of some scripts, and "-" between words."""
    plain = "".join(
        letter if letter.isalnum() or unicodedata.category(letter).startswith("M") else "-"
        for letter in folded_for_id(name)
    )
    return re.sub("-+", "-", plain).strip("-")[:_LONGEST_ID].strip("-") or "code"
