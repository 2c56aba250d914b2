"""Which code of the codebook another file means by the names on a path: the one rule, for tables and for projects.

Another program's tree may begin anywhere in ours, and may stand under names that ours does not have. So a path means the
code whose own path ends so, and where there is none, what is left of it without its first names. That is a guess, and it
holds only where no other code of the file claims the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotations.codebook.codes import Code, Codebook
from annotations.errors import AmbiguousName
from annotations.names import folded


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code, and how many names of the path had to be left out to find it.

    ``guessed``: what was left of the path is not the whole of the code's own, so that another code may have been meant.
    """

    code: Code
    dropped: int
    guessed: bool


class CodePaths:
    """The codes of a codebook by the ends of their paths."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        self._ending: dict[tuple[str, ...], list[Code]] = {}
        self._chains: dict[str, tuple[str, ...]] = {}
        for code in codebook:
            chain = self._chains[code.id] = _chain(codebook, code)
            for at in range(len(chain)):
                self._ending.setdefault(chain[at:], []).append(code)

    def ending(self, path: Sequence[str], *, framework: str = "") -> list[Code]:
        """The codes whose path ends so; of several the one whose whole path it is, or those that may be applied."""
        wanted = tuple(map(folded, path))
        codes = self._ending.get(wanted, [])
        if framework:
            named = folded(framework)
            here = {
                framework.id
                for framework in self._codebook.frameworks
                if named in (folded(framework.id), folded(framework.name))
            }
            codes = [code for code in codes if code.framework in here]
        usable = [code for code in codes if code.applicable] or codes
        whole = [code for code in usable if self._chains[code.id] == wanted]
        return whole if len(whole) == 1 else usable

    def find(
        self,
        path: Sequence[str],
        *,
        framework: str = "",
        may_drop: Callable[[Sequence[str]], bool] = lambda _names: True,
    ) -> FoundCode | None:
        """The one code that a path means; None where there is none. Raises AmbiguousName where it may be several.

        ``may_drop``: may these first names be left out?
        """
        for dropped in range(len(path)):
            if dropped and not may_drop(path[:dropped]):
                return None
            codes = self.ending(path[dropped:], framework=framework)
            if len(codes) > 1:
                paths = "; ".join(f'"{code.path}"' for code in codes)
                raise AmbiguousName(
                    f'code "{" > ".join(path[dropped:])}" is the name of several codes. Give one of the paths {paths}.'
                )
            if codes:
                whole = self._chains[codes[0].id] == tuple(map(folded, path[dropped:]))
                return FoundCode(codes[0], dropped, dropped > 0 and not whole)
        return None


def claimed_by_several(claims: Iterable[tuple[str, str, bool]]) -> Mapping[str, tuple[str, ...]]:
    """The codes that a file means by different paths, one of them at least with names left out: the paths, by code.

    Two codes of a file do not become one because the codebook knows their last name once. ``claims``: the path, the
    code's id, and whether it was guessed.
    """
    paths: dict[str, dict[str, str]] = {}
    guessed: set[str] = set()
    for path, code, guess in claims:
        paths.setdefault(code, {}).setdefault(folded(path), path)
        if guess:
            guessed.add(code)
    return {
        code: tuple(sorted(its.values())) for code, its in paths.items() if len(its) > 1 and code in guessed
    }


def _chain(codebook: Codebook, code: Code) -> tuple[str, ...]:
    """The framework's name and the names from the outermost code down to this one, folded."""
    names = [folded(code.name)]
    above = code.parent
    while above is not None:
        names.insert(0, folded(codebook[above].name))
        above = codebook[above].parent
    return (folded(codebook.framework(code.framework).name), *names)
