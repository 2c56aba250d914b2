"""A project's codes as a codebook: its tree, colours and descriptions; groups at the top that hold codes are frameworks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from annotations.codebook.codes import FRAMEWORK_ROLES, TEXTS, Codebook
from annotations.codebook.draft import CodeDraft, FrameworkDraft, a_name, assemble
from annotations.errors import BadInput
from annotations.names import folded
from annotations.refi import descriptions
from annotations.refi.project import RefiCode

UNNAMED = "Codes"
APART = "::"


@dataclass(frozen=True)
class ProjectCodebook:
    """A codebook made of a project's codes. ``ids``: the code's id here, by the GUID there. ``notes``: what was changed."""

    codebook: Codebook
    ids: dict[str, str]
    notes: tuple[str, ...]


def names_of(code: RefiCode) -> tuple[str, ...]:
    """The names on a code's path, a name such as "Coke::diet" taken as two: ATLAS.ti writes its tree so."""
    return tuple(part.strip() for name in code.path for part in _parts(name))


def codebook_of(codes: Sequence[RefiCode], *, name: str, used: Collection[str], file: str) -> ProjectCodebook:
    """The codebook that these codes make. ``used``: the GUIDs of codes that somebody has applied.

    Raises BadInput where there is none, and for a name that may be none.
    """
    if not codes:
        raise BadInput(f"{file} holds no codes.")
    making = _CodebookMaker(codes, used, file)
    frameworks, drafts = making.drafts()
    made = assemble(a_name(name, file, "a codebook"), frameworks, drafts, file=file)
    by_path = {folded(code.path): code.id for code in made}
    ids = {guid: by_path[folded(draft.path)] for guid, draft in making.by_guid.items()}
    return ProjectCodebook(made, ids, tuple(making.notes))


class _CodebookMaker:
    def __init__(self, codes: Sequence[RefiCode], used: Collection[str], file: str) -> None:
        self._codes, self._used, self._file = codes, used, file
        self.by_guid: dict[str, CodeDraft] = {}
        self.notes: list[str] = []
        self._drafts: list[CodeDraft] = []
        self._taken: dict[str, CodeDraft] = {}
        self._frameworks: dict[str, FrameworkDraft] = {}
        holding = {code.parent for code in codes if code.parent}
        self._groups = {
            code.guid
            for code in codes
            if code.parent is None
            and not code.codable
            and code.guid not in used
            and (code.guid in holding or "role" in descriptions.read(code.description))
        }

    def drafts(self) -> tuple[list[FrameworkDraft], list[CodeDraft]]:
        for code in self._codes:
            if not code.name:
                self.notes.append("a code without a name was left out.")
            elif code.guid in self._groups:
                self._add_framework(code)
            else:
                self._add(code)
        parted = sum(APART in code.name for code in self._codes)
        if parted:
            self.notes.append(f'{parted} names with "{APART}" were read as a code below a code.')
        return list(self._frameworks.values()), self._drafts

    def _add_framework(self, code: RefiCode) -> None:
        said = descriptions.read(code.description)
        name = a_name(code.name, self._file, "a framework")
        role = said.get("role", "")
        self._frameworks[code.guid] = FrameworkDraft(
            name=self._free(
                name, {folded(framework_taken.name) for framework_taken in self._frameworks.values()}
            ),
            role=role if role in FRAMEWORK_ROLES else "",
            select="one" if said.get("select") == "one" else "many",
            description=said.get("definition", ""),
        )

    def _add(self, code: RefiCode) -> None:
        above, framework = self._above(code)
        names = [
            a_name(part, f'{self._file}, code "{code.name[:60]}"', "a code") for part in _parts(code.name)
        ]
        for name in names[:-1]:
            above = self._group(name, framework, above)
        said = descriptions.read(code.description)
        draft = self._keep(names[-1], framework, above, code)
        draft.texts = {key: said[key] for key in TEXTS if key in said}
        if code.color:
            draft.texts = {**draft.texts, "color": code.color}
        self.by_guid[code.guid] = draft

    def _above(self, code: RefiCode) -> tuple[CodeDraft | None, FrameworkDraft]:
        if code.parent in self._frameworks:
            return None, self._frameworks[code.parent]
        above = self.by_guid.get(code.parent or "")
        if above is not None:
            return above, above.framework
        name = self._free(
            UNNAMED,
            {folded(framework_taken.name) for key, framework_taken in self._frameworks.items() if key},
        )
        return None, self._frameworks.setdefault("", FrameworkDraft(name))

    def _group(self, name: str, framework: FrameworkDraft, above: CodeDraft | None) -> CodeDraft:
        """The code that a part of a name before "::" means; one that only groups others is made where it is missing."""
        made = CodeDraft(name, framework, self._file, applicable=False, above=above)
        draft = self._taken.get(folded(made.path))
        if draft is None:
            # it may still come in its own right
            self._taken[folded(made.path)] = made
            self._drafts.append(made)
            return made
        return draft

    def _keep(
        self, name: str, framework: FrameworkDraft, above: CodeDraft | None, code: RefiCode
    ) -> CodeDraft:
        made = CodeDraft(name, framework, f'{self._file}, code "{name}"', above=above)
        there = self._taken.get(folded(made.path))
        if there is not None and there not in self.by_guid.values():
            there.applicable = self._applicable(code)
            return there
        made.name = self._free(name, {folded(sibling.name) for sibling in self._siblings(framework, above)})
        if made.name != name:
            self.notes.append(
                f'two codes are called "{name}" in one place; the second is "{made.name}" here.'
            )
        made.applicable = self._applicable(code)
        self._taken[folded(made.path)] = made
        self._drafts.append(made)
        return made

    def _applicable(self, code: RefiCode) -> bool:
        closed = descriptions.read(code.description).get(descriptions.APPLIED) == descriptions.NO_MORE
        return not closed and (code.codable or code.guid in self._used)

    def _siblings(self, framework: FrameworkDraft, above: CodeDraft | None) -> list[CodeDraft]:
        return [draft for draft in self._drafts if draft.framework is framework and draft.above is above]

    def _free(self, name: str, taken: Collection[str]) -> str:
        free, number = name, 2
        while folded(free) in taken:
            free, number = f"{name} ({number})", number + 1
        return free


def added_to(
    codebook: Codebook, more: ProjectCodebook, wanted: Collection[str]
) -> tuple[Codebook, dict[str, str]]:
    """The codebook with the codes of these GUIDs added, in frameworks of their own; and their ids here, by GUID.

    What lies above a wanted code comes with it, as a group.
    """
    chosen = {more.ids[guid] for guid in wanted if guid in more.ids}
    needed: set[str] = set()
    for named_guid in chosen:
        at: str | None = named_guid
        while at is not None and at not in needed:
            needed.add(at)
            at = more.codebook[at].parent
    taken = {folded(code.id) for code in codebook}
    fresh: dict[str, str] = {}
    for code in more.codebook:
        if code.id in needed:
            fresh[code.id] = _unused(code.id, taken)
            taken.add(folded(fresh[code.id]))
    frameworks, ids = list(codebook.frameworks), {folded(framework.id) for framework in codebook.frameworks}
    names = {folded(framework.name) for framework in codebook.frameworks}
    moved = {}
    for framework in more.codebook.frameworks:
        if not any(code.framework == framework.id for code in more.codebook if code.id in needed):
            continue
        name = (
            framework.name if folded(framework.name) not in names else f"{framework.name} (from the project)"
        )
        name = _unused(name, names, " ")
        moved[framework.id] = replace(framework, id=_unused(framework.id, ids), name=name)
        frameworks.append(moved[framework.id])
    added = [
        replace(
            code,
            id=fresh[code.id],
            framework=moved[code.framework].id,
            path="/".join((moved[code.framework].name, *code.path.split("/")[1:])),
            parent=fresh[code.parent] if code.parent else None,
            applicable=code.id in chosen and code.applicable,
        )
        for code in more.codebook
        if code.id in needed
    ]
    whole = replace(codebook, frameworks=tuple(frameworks), codes=(*codebook.codes, *added))
    return whole, {guid: fresh[more.ids[guid]] for guid in wanted if guid in more.ids}


def _unused(wanted: str, taken: Collection[str], between: str = "-") -> str:
    free, number = wanted, 2
    while folded(free) in taken:
        free, number = f"{wanted}{between}{number}", number + 1
    return free


def _parts(name: str) -> list[str]:
    parts = [part.strip() for part in name.split(APART)]
    return parts if len(parts) > 1 and all(parts) else [name]
