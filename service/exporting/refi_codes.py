"""The study's codebook as codes of REFI-QDA: frameworks at the top, codes below them, GUIDs made of their ids."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.refi import descriptions
from annotations.refi.guids import stable
from annotations.refi.project import RefiCode

GONE = "No longer in the codebook"


class RefiCodes:
    """Codes to write, those too that were applied and have left the codebook."""

    def __init__(self, study: UUID, codebook: Codebook) -> None:
        self._study, self._codebook = study, codebook
        self._gone: dict[str, str] = {}

    def guid(self, code: str) -> str:
        """The GUID of a code, by its id."""
        found = stable(self._study, "code", code)
        if code not in self._codebook.by_id:
            self._gone[code] = found
        return found

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
                yield RefiCode(guid, (GONE, code), parent=top)

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
        above = stable(self._study, "framework", code.framework)
        return RefiCode(
            guid=stable(self._study, "code", code.id),
            path=(code.name,),
            parent=stable(self._study, "code", code.parent) if code.parent else above,
            codable=code.applicable,
            color=code.color,
            description=descriptions.written(code.definition, more),
        )
