"""Another program's codes and the study's codebook: which is which, by path and by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from annotations.codebook.code_paths import CodePaths, FoundCode, claimed_by_several
from annotations.codebook.codes import Code, Codebook
from annotations.errors import AmbiguousName, BadInput, nearest
from annotations.refi.codebook_of import names_of
from annotations.refi.map_file import ADDED, LEFT_OUT, NameMap
from annotations.refi.project import RefiCode


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """What became of one of their codes. ``ours``: the id here, None for none. ``by``: how it was found, or why not.

    ``nearest``: the code here whose name is most like it, where none was found.
    """

    guid: str
    theirs: str
    ours: str | None
    by: str
    nearest: str = ""
    added: bool = False

    @property
    def left_out(self) -> bool:
        """Did people say that it shall be left out?"""
        return self.by == "left out"


def match_codes(
    codes: Sequence[RefiCode], codebook: Codebook, names: NameMap, used: Collection[str], *, add: bool
) -> list[CodeMatch]:
    """Each used code of theirs, and ours. ``add``: what is not found is to be added to the codebook."""
    finder = _Finder(codebook, codes)
    return [finder.match(code, names, add=add) for code in codes if code.guid in used]


class _Finder:
    def __init__(self, codebook: Codebook, codes: Sequence[RefiCode]) -> None:
        self._codebook = codebook
        self._code_paths = CodePaths(codebook)
        self._labels = [codebook.label(code.id) for code in codebook.applicable]
        places = {code.guid: self._look_up(names_of(code)) for code in codes}
        # what was coded with a code that is retired since stays coded with it
        self._meant = {
            guid: place
            if place is not None and (place.code.applicable or codebook.retired(place.code))
            else None
            for guid, place in places.items()
        }
        self._headings = places.keys() - {
            guid for guid, place in places.items() if place is None or self._meant[guid]
        }
        # theirs that are codes may not become one of ours because it has the last name of both
        claims = (
            ("/".join(names_of(code)), meant.code.id, meant.guessed)
            for code in codes
            if (meant := self._meant[code.guid]) is not None
        )
        self._several = claimed_by_several(claims)

    def match(self, code: RefiCode, names: NameMap, *, add: bool) -> CodeMatch:
        parts = names_of(code)
        theirs = "/".join(parts)
        told = names.get("code", theirs, "/".join(code.path), code.name, code.guid)
        if told is not None and told in LEFT_OUT:
            return CodeMatch(code.guid, theirs, None, "left out")
        if told is not None and told != ADDED:
            try:
                return CodeMatch(code.guid, theirs, self._codebook.resolve(told).id, "the map")
            except BadInput as error:
                return CodeMatch(code.guid, theirs, None, f"the map: {error}")
        code_found = None if told == ADDED else self._found(code)
        if code_found is not None:
            by = "path" if len(parts) > 1 else "name"
            return CodeMatch(code.guid, theirs, code_found.id, by)
        if add or told == ADDED:
            return CodeMatch(code.guid, theirs, None, "added", added=True)
        if code.guid in self._headings:
            return CodeMatch(code.guid, theirs, None, "it only groups others in the codebook")
        return CodeMatch(code.guid, theirs, None, "not found", nearest(parts[-1], self._labels) or "")

    def _found(self, code: RefiCode) -> Code | None:
        meant = self._meant[code.guid]
        if meant is None or (meant.guessed and meant.code.id in self._several):
            return None
        return meant.code

    def _look_up(self, parts: Sequence[str]) -> FoundCode | None:
        try:
            return self._code_paths.find(parts)
        except AmbiguousName:
            return None


def labels_of(matches: Sequence[CodeMatch]) -> Mapping[str, str]:
    """Their codes' paths by GUID, for messages."""
    return {match.guid: match.theirs for match in matches}
