"""The study's codebook as codes of REFI-QDA: frameworks at the top, codes below them, GUIDs made of their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from uuid import UUID

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.names import folded
from annotations.refi import descriptions
from annotations.refi.guids import stable
from annotations.refi.project import RefiCode

GONE = "No longer in the codebook"


class RefiCodes:
    """Codes to write, those too that were applied and have left the codebook."""

    def __init__(self, study: UUID, codebook: Codebook) -> None:
        self._study, self._codebook = study, codebook
        self._gone: dict[str, str] = {}
        self._applied: set[str] = set()
        self._shared = Counter((code.applicable, folded(code.name)) for code in codebook)

    @property
    def known(self) -> Collection[str]:
        """The ids of the codebook's codes."""
        return self._codebook.by_id.keys()

    def guid(self, code: str) -> str:
        """The GUID of a code, by its id."""
        guid = stable(self._study, "code", code)
        if code not in self._codebook.by_id:
            self._gone[code] = guid
        return guid

    def of_coding(self, code: str) -> str:
        """The GUID of a code that somebody applied. One that was retired is written as a code, not as a heading."""
        self._applied.add(code)
        return self.guid(code)

    @property
    def gone(self) -> int:
        """How many codes were applied and are in the codebook no more."""
        return len(self._gone)

    def all(self) -> tuple[RefiCode, ...]:
        """Every code, parents first; ask once all codings are written."""
        return (*self._of_codebook(), *self._left())

    def _of_codebook(self) -> Iterator[RefiCode]:
        for framework in self._codebook.frameworks:
            yield self._framework(framework)
            yield from map(self._code, self._codebook.of_framework(framework.id))

    def _left(self) -> Iterator[RefiCode]:
        if self._gone:
            top = stable(self._study, "framework", "", "gone")
            yield RefiCode(
                top, (GONE,), codable=False, description=descriptions.written("", {"role": "elements"})
            )
            for code, guid in self._gone.items():
                yield RefiCode(
                    guid,
                    (GONE, code),
                    parent=top,
                    description=descriptions.written("", {descriptions.APPLIED: descriptions.NO_MORE}),
                )

    def _framework(self, framework: Framework) -> RefiCode:
        more = {"select": framework.select, "role": framework.role}
        return RefiCode(
            guid=stable(self._study, "framework", framework.id),
            path=(framework.name,),
            codable=False,
            description=descriptions.written(framework.description, more),
        )

    def _code(self, code: Code) -> RefiCode:
        more = {"use_when": code.use_when, "do_not_use_when": code.do_not_use_when, "example": code.example}
        if closed := not code.applicable and code.id in self._applied:
            more[descriptions.APPLIED] = descriptions.NO_MORE
        above = stable(self._study, "framework", code.framework)
        name = self._name(code)
        if name != code.name:
            more[descriptions.NAME] = code.name
        return RefiCode(
            guid=stable(self._study, "code", code.id),
            path=(name,),
            parent=stable(self._study, "code", code.parent) if code.parent else above,
            codable=code.applicable or closed,
            color=code.color,
            description=descriptions.written(code.definition, more),
        )

    def _name(self, code: Code) -> str:
        """The name that it goes by in the file: one that several have is followed by what is above it.

        QualCoder keeps the first code of a name and lets go what was coded with the others.
        """
        if self._shared[code.applicable, folded(code.name)] < 2:
            return code.name
        parts = code.path.split("/")
        apart = f"{code.name} ({parts[-2]})"
        rivals = [
            rival for rival in self._codebook if rival.applicable == code.applicable and rival is not code
        ]
        if any(
            folded(apart) in (folded(f"{o.name} ({o.path.split('/')[-2]})"), folded(o.name)) for o in rivals
        ):
            apart = f"{code.name} ({' > '.join(parts[:-1])})"
        return apart
