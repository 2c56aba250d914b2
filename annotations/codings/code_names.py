"""Codes as other files name them: by path in several spellings, by a name alone, several in one cell.

What a separator means is decided by the codebook: a name that holds it is a name, and a cell is several codes only where
each of them is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotations.codebook.code_paths import CodePaths, claimed_by_several
from annotations.codebook.codes import Codebook
from annotations.errors import AmbiguousName, BadInput, UnknownName

# MAXQDA, REFI-QDA and others write "Money > Cost", NVivo and Dedoose "Money\Cost"; "::" and "/" are common in tables
_BETWEEN_NAMES = (">", "::", "\\", "/", "›", "»", "→", ": ")
# Taguette's tags; names hold full stops too, so the whole path has to be the codebook's
_ONLY_WHOLE = (".",)
ANY_BETWEEN_CODES = "\n;|,"
_MOST_PIECES = 60
# what ATLAS.ti prints around a name: a bullet before it, how often it is used behind it
_BULLET = re.compile(r"^[●○•◦▪]\s*")
_COUNTS = re.compile(r"\s*\{\d+[-–]\d+\}(?:\s*~)?$")


@dataclass(frozen=True, slots=True)
class CodeNaming:
    """How a file names codes in a cell.

    ``above``: the names of the groups that a program puts the code below, the outermost first. ``several``: the marks
    that may stand between codes in the cell, "" where it holds one. ``listed``: the program writes several codes into
    one cell, so that a name with such a mark may be two codes.
    """

    cell: str
    framework: str = ""
    above: tuple[str, ...] = ()
    several: str = ANY_BETWEEN_CODES
    listed: bool = False


@dataclass(frozen=True, slots=True)
class _Meant:
    """The code that a name means. ``said``: the name with what is above it, where the codebook has it elsewhere.

    ``guessed``: another code may have been meant.
    """

    code: str
    said: str = ""
    guessed: bool = False


class CodeNames:
    """The codes that the cells of one file mean. ``cells``: all that it holds, each once or more often."""

    def __init__(self, codebook: Codebook, cells: Iterable[CodeNaming]) -> None:
        self._codebook = codebook
        self._code_paths = CodePaths(codebook)
        self._one: dict[CodeNaming, _Meant | BadInput] = {}
        self._found: dict[CodeNaming, tuple[_Meant, ...] | BadInput] = {}
        for cell in cells:
            if cell not in self._found:
                self._found[cell] = self._codes_or_reason(cell)
        self._refuse_merging()

    def codes(self, cell: CodeNaming) -> tuple[str, ...]:
        """The ids of the codes in a cell, none where it is empty. Raises BadInput with the reason."""
        meant = self._found[cell]
        if isinstance(meant, BadInput):
            raise meant
        return tuple(dict.fromkeys(code_meant.code for code_meant in meant))

    @property
    def by_name_alone(self) -> tuple[tuple[str, str], ...]:
        """What was taken for a code though the codebook has it elsewhere: as the file says, and the code's path."""
        meant = (
            code_meant
            for codes_meant in self._found.values()
            if not isinstance(codes_meant, BadInput)
            for code_meant in codes_meant
        )
        return tuple(
            sorted(
                {
                    (code_meant.said, self._codebook[code_meant.code].path)
                    for code_meant in meant
                    if code_meant.said
                }
            )
        )

    def _codes_or_reason(self, cell: CodeNaming) -> tuple[_Meant, ...] | BadInput:
        try:
            return self._read(cell)
        except BadInput as error:
            return error

    def _read(self, cell: CodeNaming) -> tuple[_Meant, ...]:
        text = cell.cell.strip()
        if not text:
            return ()
        whole = self._try(text, cell)
        marked = any(mark in text for mark in cell.several)
        if whole is not None and not (marked and cell.listed):
            return (whole,)
        parted = self._parted(cell) if marked else None
        if whole is not None and parted:
            names = " and ".join(f'"{self._codebook[meant.code].path}"' for meant in parted)
            raise AmbiguousName(
                f'"{text}" may be the code "{self._codebook[whole.code].path}" or {names}. Put each code into a row of its '
                f"own, and write the path where you mean the one."
            )
        if whole is not None:
            return (whole,)
        if parted:
            return parted
        pieces = _pieces(text, cell.several)
        unknown = next((piece for piece in pieces if self._try(piece, cell) is None), text)
        return (self._resolve(unknown, cell),)

    def _parted(self, cell: CodeNaming) -> tuple[_Meant, ...] | None:
        """The cell as several codes, as few as possible; None where that cannot be. Raises AmbiguousName."""
        text, marks = cell.cell, re.compile(f"[{re.escape(cell.several)}]")
        cuts = [-1, *(mark.start() for mark in marks.finditer(text)), len(text)]
        if len(cuts) > _MOST_PIECES:
            pieces = [self._try(piece, cell) for piece in _pieces(text, cell.several)]
            known = tuple(piece for piece in pieces if piece is not None)
            return known if len(known) == len(pieces) else None
        # best[n]: the fewest codes that the text before the n-th mark is; and whether other codes would do as well
        best: list[tuple[tuple[_Meant, ...], bool] | None] = [((), False)] + [None] * (len(cuts) - 1)
        for end in range(1, len(cuts)):
            for begin in range(end):
                before = best[begin]
                piece = text[cuts[begin] + 1 : cuts[end]].strip()
                if before is None or (begin == 0 and end == len(cuts) - 1):
                    continue
                meant = self._try(piece, cell) if piece else None
                if piece and meant is None:
                    continue
                codes, other = (*before[0], meant) if meant else before[0], before[1]
                at = best[end]
                if at is None or len(codes) < len(at[0]):
                    best[end] = (codes, other)
                elif len(codes) == len(at[0]) and set(codes) != set(at[0]):
                    best[end] = (at[0], True)
        parts = best[-1]
        if parts is None or not parts[0]:
            return None
        if parts[1]:
            raise AmbiguousName(
                f'"{text.strip()}" can be read as several codes in more than one way, since names of the codebook hold the '
                f"mark between them. Put each code into a row of its own."
            )
        return parts[0]

    def _try(self, name: str, cell: CodeNaming) -> _Meant | None:
        """The code, or None where the name is not known; raises what else is wrong with it."""
        try:
            return self._resolve(name, cell)
        except UnknownName:
            return None

    def _resolve(self, name: str, cell: CodeNaming) -> _Meant:
        key = CodeNaming(" ".join(name.split()), cell.framework, cell.above, cell.several, cell.listed)
        if key not in self._one:
            try:
                self._one[key] = self._look_up(key)
            except BadInput as error:
                self._one[key] = error
        meant_before = self._one[key]
        if isinstance(meant_before, BadInput):
            raise meant_before
        return meant_before

    def _look_up(self, key: CodeNaming) -> _Meant:
        try:
            return _Meant(self._codebook.resolve(key.cell, framework=key.framework).id)
        except AmbiguousName as error:
            if not key.above:
                raise
            first: BadInput = error
        except UnknownName as error:
            first = error
        plain = _COUNTS.sub("", _BULLET.sub("", key.cell))
        if plain and plain != key.cell:
            return self._resolve(plain, key)
        for path, whole in self._paths(key):
            # in a file of our own layout a path is meant as it stands
            as_it_stands = whole or bool(key.several and not key.listed)
            place = self._code_paths.find(
                path,
                framework=key.framework,
                # what would be dropped may be a code of its own
                may_drop=lambda names, stays=as_it_stands: (
                    not stays  # type: ignore[misc]
                    and not any(mark in part for part in names for mark in key.several)
                ),
            )
            if place is not None:
                # says too that a heading cannot be applied
                code = self._codebook.resolve(place.code.id).id
                return _Meant(code, " > ".join(path) if place.dropped else "", place.guessed)
        raise first

    def _paths(self, key: CodeNaming) -> Iterator[tuple[tuple[str, ...], bool]]:
        """The paths that a name may be, and whether only the whole of it will do."""
        if key.above:
            yield (*key.above, key.cell), False
        for mark in (*_BETWEEN_NAMES, *_ONLY_WHOLE):
            parts = tuple(part for part in (part.strip() for part in key.cell.split(mark)) if part)
            if len(parts) > 1:
                yield parts, mark in _ONLY_WHOLE

    def _refuse_merging(self) -> None:
        """Two codes of a file do not become one because the codebook knows their last name once."""
        several = claimed_by_several(self._claims())
        for cell, codes_meant in self._found.items():
            for meant in () if isinstance(codes_meant, BadInput) else codes_meant:
                if meant.guessed and meant.code in several:
                    listed = " and ".join(f'"{name}"' for name in several[meant.code][:3])
                    self._found[cell] = UnknownName(
                        f"the file has {listed}, and the codebook knows such a name once, as "
                        f'"{self._codebook[meant.code].path}". Add the codes to '
                        "codebook.yaml, or write that path in the file."
                    )

    def _claims(self) -> Iterator[tuple[str, str, bool]]:
        """The paths of the file, with the code that each means; a name alone says nothing of what is above it."""
        for cell, codes_meant in self._found.items():
            for meant in () if isinstance(codes_meant, BadInput) else codes_meant:
                if meant.said:
                    yield meant.said, meant.code, meant.guessed
                elif isinstance(codes_meant, tuple) and len(codes_meant) == 1:
                    path = next(iter(self._paths(cell)), None)
                    if path is not None:
                        yield " > ".join(path[0]), meant.code, False


def _pieces(text: str, marks: str) -> list[str]:
    if not marks:
        return [text]
    return [piece for piece in (p.strip() for p in re.split(f"[{re.escape(marks)}]", text)) if piece]
